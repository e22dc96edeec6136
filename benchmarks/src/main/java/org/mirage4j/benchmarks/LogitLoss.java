package org.mirage4j.benchmarks;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.ops.transforms.Transforms;

/** Sigmoid cross-entropy on logits, as few array operations as possible. */
final class LogitLoss {
    private LogitLoss() {}

    /** The gradient of the loss summed over the batch: sigmoid(logit) - target. */
    static INDArray gradient(INDArray logits, double target) {
        return Transforms.sigmoid(logits, true).subi(target);
    }

    /** The mean loss, computed on the JVM: a batch has only a hundred logits. */
    static double mean(INDArray logits, double target) {
        double sum = 0;
        for (float logit : logits.data().asFloat()) {
            sum += Math.max(logit, 0) - logit * target + Math.log1p(Math.exp(-Math.abs(logit)));
        }
        return sum / logits.length();
    }
}
