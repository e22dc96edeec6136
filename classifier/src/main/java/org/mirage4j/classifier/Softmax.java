package org.mirage4j.classifier;

import java.util.Arrays;

/** Softmax and entropy of one row, in double and natural logarithms. What is not finite comes out as NaN throughout. */
final class Softmax {
    private Softmax() {}

    static double[] of(double[] logits) {
        double largest = Double.NEGATIVE_INFINITY;
        boolean finite = true;
        for (double logit : logits) {
            largest = Math.max(largest, logit);
            finite &= Double.isFinite(logit);
        }
        double sum = 0;
        double[] probabilities = new double[logits.length];
        if (!finite) {
            Arrays.fill(probabilities, Double.NaN);
            return probabilities;
        }
        for (int k = 0; k < logits.length; k++) {
            probabilities[k] = Math.exp(logits[k] - largest);
            sum += probabilities[k];
        }
        for (int k = 0; k < logits.length; k++) {
            probabilities[k] /= sum;
        }
        return probabilities;
    }

    static double entropy(double[] probabilities) {
        double entropy = 0;
        for (double p : probabilities) {
            if (!Double.isFinite(p)) {
                return Double.NaN; // never 0 or less, which would be certainty
            }
            entropy -= p == 0 ? 0 : p * Math.log(p);
        }
        return entropy;
    }
}
