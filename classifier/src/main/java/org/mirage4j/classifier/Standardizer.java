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
            for (double[] row : rows) {
                means[j] += row[j] / rows.length;
            }
            for (double[] row : rows) {
                deviations[j] += (row[j] - means[j]) * (row[j] - means[j]) / rows.length;
            }
            deviations[j] = deviations[j] > 0 ? Math.sqrt(deviations[j]) : 1;
        }
        return new Standardizer(means, deviations);
    }

    double[][] apply(double[][] rows) {
        double[][] result = new double[rows.length][means.length];
        for (int i = 0; i < rows.length; i++) {
            for (int j = 0; j < means.length; j++) {
                result[i][j] = (rows[i][j] - means[j]) / deviations[j];
            }
        }
        return result;
    }

    /** The same in float32, [N, columns]. */
    INDArray floats(double[][] rows) {
        float[][] result = new float[rows.length][means.length];
        for (int i = 0; i < rows.length; i++) {
            for (int j = 0; j < means.length; j++) {
                result[i][j] = (float) ((rows[i][j] - means[j]) / deviations[j]);
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
