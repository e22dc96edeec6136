package org.mirage4j.gan.mixture;

import java.util.Arrays;
import java.util.Locale;

/**
 * A mean over seeds and its standard error.
 *
 * @param mean the mean
 * @param standardError the sample deviation over the root of the number of seeds; NaN for a single one
 */
public record Estimate(double mean, double standardError) {

    /** The mean over at least one value. */
    static Estimate of(double... values) {
        double mean = Arrays.stream(values).average().orElseThrow();
        double squares = Arrays.stream(values)
                .map(value -> (value - mean) * (value - mean))
                .sum();
        int count = values.length;
        return new Estimate(mean, Math.sqrt(squares / (count - 1) / count));
    }

    /**
     * Mean and error as text.
     *
     * @param factor what to multiply both with, 100 for percent
     * @param decimals digits after the point
     * @return "7.9 ± 0.1", or the mean alone where there is no error
     */
    public String text(double factor, int decimals) {
        String number = "%." + decimals + "f";
        String text = String.format(Locale.ROOT, number, factor * mean);
        return Double.isNaN(standardError)
                ? text
                : text + " ± " + String.format(Locale.ROOT, number, factor * standardError);
    }
}
