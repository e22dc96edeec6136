package org.mirage4j.core.engine.plan;

import java.nio.FloatBuffer;
import java.util.Optional;
import org.mirage4j.core.loss.GaussianLikelihood;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.activations.impl.ActivationSigmoid;
import org.nd4j.linalg.activations.impl.ActivationSoftmax;
import org.nd4j.linalg.lossfunctions.ILossFunction;
import org.nd4j.linalg.lossfunctions.impl.LossBinaryXENT;
import org.nd4j.linalg.lossfunctions.impl.LossL2;
import org.nd4j.linalg.lossfunctions.impl.LossMCXENT;
import org.nd4j.linalg.lossfunctions.impl.LossMSE;
import org.nd4j.linalg.lossfunctions.impl.LossNegativeLogLikelihood;

/**
 * A loss together with the activation before it, as a function of logits: the summed loss and its
 * gradient in one pass, defined exactly as Deeplearning4j defines them, clipping included.
 */
sealed interface Loss {

    /**
     * Replaces logits by the loss's gradient.
     *
     * @param logits one row, overwritten
     * @param labels rows of labels
     * @param offset where the labels of this row begin
     * @return the row's loss
     */
    double row(float[] logits, float[] labels, int offset);

    /** How many labels an example has. */
    default long labels(long outputs) {
        return outputs;
    }

    /** The loss of an output layer, empty if its combination with the activation is not known. */
    static Optional<Loss> of(ILossFunction function, IActivation activation) {
        if (activation instanceof ActivationSoftmax
                && (function.getClass() == LossMCXENT.class || function.getClass() == LossNegativeLogLikelihood.class)
                && function instanceof LossMCXENT crossEntropy
                && crossEntropy.getWeights() == null) {
            return Optional.of(new SoftmaxCrossEntropy(crossEntropy.getSoftmaxClipEps()));
        }
        if (activation instanceof ActivationSigmoid
                && function instanceof LossBinaryXENT crossEntropy
                && crossEntropy.getWeights() == null) {
            return Optional.of(new SigmoidCrossEntropy(crossEntropy.getClipEps()));
        }
        if (activation instanceof ActivationIdentity
                && (function.getClass() == LossMSE.class || function.getClass() == LossL2.class)
                && function instanceof LossL2 squares
                && squares.getWeights() == null) {
            return Optional.of(new SquaredError(function.getClass() == LossMSE.class));
        }
        if (activation instanceof ActivationIdentity && function instanceof GaussianLikelihood) {
            return Optional.of(new Gaussian());
        }
        return Optional.empty();
    }

    /** Goes over a whole batch: reads logits, writes gradients, returns the summed loss. */
    static double batch(Loss loss, FloatBuffer logits, FloatBuffer gradients, float[] labels, int columns) {
        float[] row = new float[columns];
        double sum = 0;
        int labelColumns = (int) loss.labels(columns);
        for (int start = 0, label = 0; start < logits.capacity(); start += columns, label += labelColumns) {
            logits.get(start, row);
            sum += loss.row(row, labels, label);
            gradients.put(start, row);
        }
        return sum;
    }

    /** Cross-entropy of a softmax, probabilities clipped in the score but not in the gradient. */
    record SoftmaxCrossEntropy(double clip) implements Loss {
        @Override
        public double row(float[] logits, float[] labels, int offset) {
            int place = 0;
            for (int i = 1; i < logits.length; i++) {
                if (logits[i] > logits[place]) {
                    place = i;
                }
            }
            float largest = logits[place];
            double total = 0;
            double others = 0;
            for (int i = 0; i < logits.length; i++) {
                double term = Math.exp(logits[i] - largest);
                total += term;
                others += i == place ? 0 : term;
            }
            double logTotal = Math.log(total);
            double lowest = clip > 0 ? Math.log(clip) : Double.NEGATIVE_INFINITY;
            double score = 0;
            for (int i = 0; i < logits.length; i++) {
                double logProbability = logits[i] - largest - logTotal;
                float label = labels[offset + i];
                if (label != 0) {
                    score -= label * Math.max(lowest, logProbability);
                }
                double probability = Math.exp(logProbability);
                // where a class is as good as certain, 1 - probability would cancel
                double improbability = i == place ? others / total : 1 - probability;
                logits[i] =
                        label == 0 ? (float) probability : (float) ((1 - label) * probability - label * improbability);
            }
            return score;
        }
    }

    /** Binary cross-entropy of a sigmoid, outputs clipped in score and gradient. */
    record SigmoidCrossEntropy(double clip) implements Loss {
        @Override
        public double row(float[] logits, float[] labels, int offset) {
            double score = 0;
            for (int i = 0; i < logits.length; i++) {
                double probability = 1 / (1 + Math.exp(-logits[i]));
                double clipped = clip > 0 ? Math.min(1 - clip, Math.max(clip, probability)) : probability;
                double label = labels[offset + i];
                score -= label * Math.log(clipped) + (1 - label) * Math.log(1 - clipped);
                double slope = probability * (1 - probability);
                logits[i] = (float) ((clipped - label) / (clipped * (1 - clipped)) * slope);
            }
            return score;
        }
    }

    /** Squared error of the logits themselves, summed or averaged over the outputs. */
    record SquaredError(boolean averaged) implements Loss {
        @Override
        public double row(float[] logits, float[] labels, int offset) {
            double weight = averaged ? 1.0 / logits.length : 1;
            double score = 0;
            for (int i = 0; i < logits.length; i++) {
                double difference = (double) logits[i] - labels[offset + i];
                score += weight * difference * difference;
                logits[i] = (float) (2 * weight * difference);
            }
            return score;
        }
    }

    /** A normal distribution's negative log-likelihood, of its mean and the logarithm of its variance. */
    record Gaussian() implements Loss {
        @Override
        public long labels(long outputs) {
            return 1;
        }

        @Override
        public double row(float[] logits, float[] labels, int offset) {
            return GaussianLikelihood.differentiate(logits, labels[offset]);
        }
    }
}
