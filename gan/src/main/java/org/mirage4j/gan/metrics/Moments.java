package org.mirage4j.gan.metrics;

import java.util.Arrays;

/** Mean and standard deviations of a few numbers. */
final class Moments {
    private Moments() {}

    static double mean(double[] values) {
        return Arrays.stream(values).sum() / values.length;
    }

    /** With the divisor n. */
    static double populationDeviation(double[] values) {
        return Math.sqrt(squares(values) / values.length);
    }

    /** With the divisor n - 1. */
    static double sampleDeviation(double[] values) {
        return Math.sqrt(squares(values) / (values.length - 1));
    }

    private static double squares(double[] values) {
        double mean = mean(values);
        return Arrays.stream(values).map(v -> (v - mean) * (v - mean)).sum();
    }
}
