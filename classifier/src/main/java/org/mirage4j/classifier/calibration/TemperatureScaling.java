package org.mirage4j.classifier.calibration;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.mirage4j.core.MirageException;

/**
 * Division of all logits by one temperature, which makes a network more or less confident without changing
 * what it predicts (Guo et al. 2017).
 *
 * @param temperature above 1 for an overconfident network
 */
public record TemperatureScaling(double temperature) {
    private static final double LARGEST_SHARPNESS = 1e3;
    private static final int HALVINGS = 200;

    /**
     * Checks the range.
     *
     * @param temperature finite and above 0
     */
    public TemperatureScaling {
        if (!(temperature > 0 && temperature < Double.POSITIVE_INFINITY)) {
            throw new MirageException("the temperature must be finite and above 0, but is " + temperature);
        }
    }

    /**
     * The temperature of least negative log-likelihood, on data that the network was not trained on. It lies
     * in [0.001, 1000].
     *
     * @param logits one row per example
     * @param labels the right class of each example
     * @return the scaling
     */
    public static TemperatureScaling fit(List<double[]> logits, int[] labels) {
        // the loss is convex in 1 / temperature, so its slope has one zero to close in on
        LabelledPredictions.of(logits.stream().map(row -> softmax(row, 1)).toList(), labels);
        double low = 1 / LARGEST_SHARPNESS;
        double high = LARGEST_SHARPNESS;
        for (int i = 0; i < HALVINGS; i++) {
            double middle = Math.sqrt(low * high);
            boolean rising = slope(logits, labels, middle) > 0;
            if (middle == (rising ? high : low)) {
                break; // no number lies between them any more
            }
            if (rising) {
                high = middle;
            } else {
                low = middle;
            }
        }
        return new TemperatureScaling(1 / Math.sqrt(low * high));
    }

    /**
     * Probabilities at this temperature.
     *
     * @param logits logits of one example
     * @return softmax(logits / temperature)
     */
    public double[] probabilities(double[] logits) {
        return softmax(logits, 1 / temperature);
    }

    /** The derivative of the negative log-likelihood in the sharpness 1 / temperature. */
    private static double slope(List<double[]> logits, int[] labels, double sharpness) {
        double slope = 0;
        for (int i = 0; i < labels.length; i++) {
            double[] row = logits.get(i);
            double[] p = softmax(row, sharpness);
            slope += IntStream.range(0, row.length)
                            .mapToDouble(k -> p[k] * row[k])
                            .sum()
                    - row[labels[i]];
        }
        return slope;
    }

    private static double[] softmax(double[] logits, double sharpness) {
        if (!Arrays.stream(logits).allMatch(Double::isFinite)) {
            return Arrays.stream(logits).map(logit -> Double.NaN).toArray(); // no certainty, whatever the others are
        }
        double largest = IntStream.range(0, logits.length)
                .mapToDouble(k -> logits[k])
                .max()
                .orElseThrow();
        double[] powers = IntStream.range(0, logits.length)
                .mapToDouble(k -> Math.exp((logits[k] - largest) * sharpness))
                .toArray();
        double sum =
                IntStream.range(0, powers.length).mapToDouble(k -> powers[k]).sum();
        return IntStream.range(0, powers.length)
                .mapToDouble(k -> powers[k] / sum)
                .toArray();
    }
}
