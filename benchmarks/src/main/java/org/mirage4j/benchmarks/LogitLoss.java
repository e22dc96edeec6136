package org.mirage4j.benchmarks;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Sigmoid cross-entropy on logits, computed on the JVM: a batch has only a hundred of them. */
final class LogitLoss {
    private final float[] logits;
    private final float[] gradients;

    /** @param logits shape [N, 1] */
    LogitLoss(INDArray logits) {
        this.logits = logits.data().asFloat();
        gradients = new float[this.logits.length];
    }

    /** The mean loss of all logits against one target. */
    double mean(double target) {
        return mean(0, logits.length, target);
    }

    /** The mean loss of some logits; their gradient is that of the sum. */
    double mean(int from, int to, double target) {
        double sum = 0;
        for (int i = from; i < to; i++) {
            double logit = logits[i];
            double exponential = Math.exp(-Math.abs(logit));
            double probability = (logit < 0 ? exponential : 1) / (1 + exponential);
            gradients[i] = (float) (probability - target);
            sum += Math.max(logit, 0) - logit * target + Math.log1p(exponential);
        }
        return sum / (to - from);
    }

    /** The gradient in the logits of all losses computed so far, shape [N, 1]. */
    INDArray gradient() {
        return Nd4j.create(gradients, new long[] {gradients.length, 1}, 'c');
    }
}
