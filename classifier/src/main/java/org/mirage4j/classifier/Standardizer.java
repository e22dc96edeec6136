package org.mirage4j.classifier;

import com.fasterxml.jackson.annotation.JsonProperty;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Shifts and scales columns to mean 0 and deviation 1; a constant column becomes 0. */
final class Standardizer {
    private final double[] means;
    private final double[] deviations;

    /** Numbers as stored. */
    Standardizer(@JsonProperty("means") double[] means, @JsonProperty("deviations") double[] deviations) {
        this.means = means.clone();
        this.deviations = deviations.clone();
    }

    @JsonProperty
    double[] means() {
        return means.clone();
    }

    @JsonProperty
    double[] deviations() {
        return deviations.clone();
    }

    static Standardizer fit(double[][] rows) {
        int width = rows[0].length;
        double[] means = new double[width];
        double[] deviations = new double[width];
        for (int j = 0; j < width; j++) {
            double least = Double.POSITIVE_INFINITY;
            double most = Double.NEGATIVE_INFINITY;
            for (double[] row : rows) {
                means[j] += row[j] / rows.length;
                least = Math.min(least, row[j]);
                most = Math.max(most, row[j]);
            }
            if (least == most) {
                means[j] = least; // their sum need not be n times as much to the last bit
                deviations[j] = 1;
            } else {
                deviations[j] = deviation(rows, j, means[j], Math.max(most - means[j], means[j] - least));
            }
        }
        return new Standardizer(means, deviations);
    }

    /** Differences are divided by the largest first: the squares of large ones overflow, those of small ones vanish. */
    private static double deviation(double[][] rows, int column, double mean, double largest) {
        double scale = Math.scalb(1.0, Math.getExponent(largest)); // a power of two costs no digit
        double squares = 0;
        for (double[] row : rows) {
            double difference = (row[column] - mean) / scale;
            squares += difference * difference / rows.length;
        }
        return scale * Math.sqrt(squares);
    }

    double apply(int column, double value) {
        return (value - means[column]) / deviations[column];
    }

    double[][] apply(double[][] rows) {
        double[][] result = new double[rows.length][means.length];
        for (int i = 0; i < rows.length; i++) {
            for (int j = 0; j < means.length; j++) {
                result[i][j] = apply(j, rows[i][j]);
            }
        }
        return result;
    }

    /** The same in float32, [N, columns]. */
    INDArray floats(double[][] rows) {
        float[][] result = new float[rows.length][means.length];
        for (int i = 0; i < rows.length; i++) {
            for (int j = 0; j < means.length; j++) {
                result[i][j] = (float) apply(j, rows[i][j]);
            }
        }
        return Nd4j.createFromArray(result);
    }

    /** How many of a column's own units make 1. */
    double scale(int column) {
        return deviations[column];
    }

    /** Back to the original units of a column. */
    double undo(int column, double value) {
        return value * deviations[column] + means[column];
    }

    int width() {
        return means.length;
    }
}
