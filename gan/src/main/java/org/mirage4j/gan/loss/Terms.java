package org.mirage4j.gan.loss;

import java.util.function.DoubleUnaryOperator;
import org.mirage4j.core.MirageException;

/** The arithmetic that losses share. */
final class Terms {
    private Terms() {}

    /** log(1 + exp(t)) without overflow. */
    static double softplus(double t) {
        return Math.max(t, 0) + Math.log1p(Math.exp(-Math.abs(t)));
    }

    /** The derivative of softplus. */
    static double sigmoid(double t) {
        return t >= 0 ? 1 / (1 + Math.exp(-t)) : Math.exp(t) / (1 + Math.exp(t));
    }

    /** sigmoid(t) - label, which for a label of 1 and a large t is minus a very small number, not 0. */
    static double sigmoidLess(double t, double label) {
        return (1 - label) * sigmoid(t) - label * sigmoid(-t);
    }

    /** Mean of f over the logits; 0 for none. */
    static double mean(double[] logits, DoubleUnaryOperator f) {
        double sum = 0;
        for (double logit : logits) {
            sum += f.applyAsDouble(logit);
        }
        return logits.length == 0 ? 0 : sum / logits.length;
    }

    static double mean(double[] logits) {
        return mean(logits, t -> t);
    }

    /** Gradient of {@link #mean(double[], DoubleUnaryOperator)}, given f's derivative. */
    static double[] meanGradient(double[] logits, DoubleUnaryOperator derivative) {
        double[] gradient = new double[logits.length];
        for (int i = 0; i < gradient.length; i++) {
            gradient[i] = derivative.applyAsDouble(logits[i]) / gradient.length;
        }
        return gradient;
    }

    static double[] zeros(double[] logits) {
        return new double[logits.length];
    }

    static void checkRealLabel(double realLabel) {
        if (!(realLabel > 0 && realLabel <= 1)) {
            throw new MirageException("label of real examples must be in (0, 1], but is " + realLabel);
        }
    }

    static void checkPairs(double[] real, double[] fake) {
        if (real.length != fake.length) {
            throw new IllegalArgumentException(
                    "a loss on pairs needs as many real as generated examples, but was given " + real.length + " and "
                            + fake.length);
        }
    }
}
