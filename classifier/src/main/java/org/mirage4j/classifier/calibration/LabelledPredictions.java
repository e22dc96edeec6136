package org.mirage4j.classifier.calibration;

import java.util.List;
import org.mirage4j.core.MirageException;

/** Predicted probabilities and the classes that were right. Immutable. */
public final class LabelledPredictions {
    private static final double SUM_ROUNDING = 1e-3;

    private final List<double[]> probabilities;
    private final int[] labels;

    private LabelledPredictions(List<double[]> probabilities, int[] labels) {
        this.probabilities = probabilities;
        this.labels = labels;
    }

    /**
     * Checks and copies predictions.
     *
     * @param probabilities one row per example, as long as there are classes
     * @param labels the right class of each example, from 0
     * @return the predictions
     * @throws MirageException if there are none, or a row is no distribution, or a label is no class
     */
    public static LabelledPredictions of(List<double[]> probabilities, int[] labels) {
        if (probabilities.isEmpty() || probabilities.size() != labels.length) {
            throw new MirageException("there must be one label for each of at least one prediction, but there are "
                    + labels.length + " labels and " + probabilities.size() + " predictions");
        }
        int classes = probabilities.get(0).length;
        for (int i = 0; i < labels.length; i++) {
            double sum = 0;
            for (double p : probabilities.get(i)) {
                sum += p >= 0 ? p : Double.NaN;
            }
            if (probabilities.get(i).length != classes || !(Math.abs(sum - 1) < SUM_ROUNDING)) {
                throw new MirageException("prediction " + i + " must be " + classes
                        + " probabilities with sum 1, but has " + probabilities.get(i).length + " with sum " + sum);
            }
            if (labels[i] < 0 || labels[i] >= classes) {
                throw new MirageException("label " + i + " must be in [0, " + classes + "), but is " + labels[i]);
            }
        }
        return new LabelledPredictions(
                probabilities.stream().map(double[]::clone).toList(), labels.clone());
    }

    /**
     * The number of examples.
     *
     * @return at least 1
     */
    public int size() {
        return labels.length;
    }

    /**
     * The number of classes.
     *
     * @return the length of each row
     */
    public int classes() {
        return probabilities.get(0).length;
    }

    /**
     * The predictions.
     *
     * @return a copy, one row per example
     */
    public List<double[]> probabilities() {
        return probabilities.stream().map(double[]::clone).toList();
    }

    /**
     * The right class of an example.
     *
     * @param example its number
     * @return the class
     */
    public int label(int example) {
        return labels[example];
    }

    /**
     * The largest probability of an example.
     *
     * @param example its number
     * @return the confidence
     */
    public double confidence(int example) {
        return probabilities.get(example)[predicted(example)];
    }

    /**
     * Whether the most probable class (the first of equals) is the right one.
     *
     * @param example its number
     * @return true if so
     */
    public boolean isRight(int example) {
        return predicted(example) == labels[example];
    }

    private int predicted(int example) {
        double[] row = probabilities.get(example);
        int best = 0;
        for (int k = 1; k < row.length; k++) {
            if (row[k] > row[best]) {
                best = k;
            }
        }
        return best;
    }

    /**
     * The negative log-likelihood.
     *
     * @return the mean of -ln p(label), in nats; infinite if a right class has probability 0
     */
    public double negativeLogLikelihood() {
        double sum = 0;
        for (int i = 0; i < labels.length; i++) {
            sum -= Math.log(probabilities.get(i)[labels[i]]);
        }
        return sum / labels.length;
    }

    /**
     * The Brier score of several classes.
     *
     * @return the mean of sum_k (p_k - y_k)^2
     */
    public double brierScore() {
        double sum = 0;
        for (int i = 0; i < labels.length; i++) {
            double[] row = probabilities.get(i);
            for (int k = 0; k < row.length; k++) {
                double difference = row[k] - (k == labels[i] ? 1 : 0);
                sum += difference * difference;
            }
        }
        return sum / labels.length;
    }
}
