package org.mirage4j.classifier;

/**
 * What a Monte Carlo prediction says about one example (Gal and Ghahramani 2016). Entropies are in nats.
 * Immutable.
 */
public final class Prediction {
    private final double[] probabilities;
    private final double[] deviations;
    private final double predictiveEntropy;
    private final double expectedEntropy;

    private Prediction(double[] probabilities, double[] deviations, double predictiveEntropy, double expectedEntropy) {
        this.probabilities = probabilities;
        this.deviations = deviations;
        this.predictiveEntropy = predictiveEntropy;
        this.expectedEntropy = expectedEntropy;
    }

    /** Sums over passes from which a prediction is made. */
    static final class Accumulator {
        private final double[] sums;
        private final double[] squares;
        private double entropies;
        private int passes;

        Accumulator(int classes) {
            sums = new double[classes];
            squares = new double[classes];
        }

        void add(double[] probabilities) {
            for (int k = 0; k < sums.length; k++) {
                sums[k] += probabilities[k];
                squares[k] += probabilities[k] * probabilities[k];
            }
            entropies += Softmax.entropy(probabilities);
            passes++;
        }

        Prediction prediction() {
            double[] mean = new double[sums.length];
            double[] deviations = new double[sums.length];
            for (int k = 0; k < sums.length; k++) {
                mean[k] = sums[k] / passes;
                deviations[k] = Math.sqrt(Math.max(0, squares[k] / passes - mean[k] * mean[k]));
            }
            return new Prediction(mean, deviations, Softmax.entropy(mean), entropies / passes);
        }
    }

    /**
     * The mean over passes of the probabilities.
     *
     * @return a copy, one probability per class
     */
    public double[] probabilities() {
        return probabilities.clone();
    }

    /**
     * The standard deviation over passes of each probability (divided by the number of passes).
     *
     * @return a copy, one value per class
     */
    public double[] deviations() {
        return deviations.clone();
    }

    /**
     * The most probable class, the first of equals.
     *
     * @return its number
     */
    public int predictedClass() {
        int best = 0;
        for (int k = 1; k < probabilities.length; k++) {
            if (probabilities[k] > probabilities[best]) {
                best = k;
            }
        }
        return best;
    }

    /**
     * The probability of the most probable class.
     *
     * @return the confidence
     */
    public double confidence() {
        return probabilities[predictedClass()];
    }

    /**
     * All uncertainty: the entropy of the mean.
     *
     * @return H[mean p]
     */
    public double predictiveEntropy() {
        return predictiveEntropy;
    }

    /**
     * The uncertainty that more training data would not remove: the mean of the entropies.
     *
     * @return mean H[p_t]
     */
    public double expectedEntropy() {
        return expectedEntropy;
    }

    /**
     * The uncertainty about the model: how much the passes disagree (BALD, Houlsby et al. 2011).
     *
     * @return predictive minus expected entropy, never negative
     */
    public double mutualInformation() {
        return Math.max(0, predictiveEntropy - expectedEntropy); // below 0 by rounding only
    }
}
