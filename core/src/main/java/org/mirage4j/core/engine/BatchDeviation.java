package org.mirage4j.core.engine;

import java.util.Arrays;
import org.mirage4j.core.memory.Room;

/**
 * The arithmetic of minibatch standard deviation (Karras et al. 2018): the standard deviation of every feature over
 * the batch, averaged to one number, which is appended to each example as one more feature or channel. Holds what its
 * gradient needs from the last batch. Not safe for concurrent use.
 */
public final class BatchDeviation {
    /** Keeps the square root's slope finite where a feature does not vary; as in the paper's own code. */
    private static final double EPSILON = 1e-8;

    private final int count;
    private final int features;
    private final int appended;
    private final double[] means;
    private final double[] deviations;
    private double[] batch = new double[0];

    /**
     * Prepares for batches of one shape.
     *
     * @param count examples in a batch
     * @param features values of an example
     * @param appended how often the number is appended: 1 for vectors, once per position for images
     */
    public BatchDeviation(int count, int features, int appended) {
        this.count = count;
        this.features = features;
        this.appended = appended;
        this.means = new double[features];
        this.deviations = new double[features];
    }

    /**
     * Appends the batch's mean deviation.
     *
     * @param values [count, features] in row-major order; kept until the gradient is asked for
     * @return [count, features + appended]
     */
    public double[] append(double[] values) {
        batch = values;
        Arrays.fill(means, 0);
        Arrays.fill(deviations, 0);
        for (int i = 0; i < values.length; i++) {
            means[i % features] += values[i] / count;
        }
        for (int i = 0; i < values.length; i++) {
            double difference = values[i] - means[i % features];
            deviations[i % features] += difference * difference / count;
        }
        double mean = 0;
        for (int j = 0; j < features; j++) {
            deviations[j] = Math.sqrt(deviations[j] + EPSILON);
            mean += deviations[j] / features;
        }
        int width = features + appended;
        double[] result = new double[Room.elements("features of a batch", count, width)];
        for (int i = 0; i < count; i++) {
            System.arraycopy(values, i * features, result, i * width, features);
            Arrays.fill(result, i * width + features, (i + 1) * width, mean);
        }
        return result;
    }

    /**
     * The gradient in the last batch's values.
     *
     * @param gradient the gradient in what {@link #append} returned
     * @return [count, features]
     */
    public double[] gradient(double[] gradient) {
        int width = features + appended;
        double inMean = 0;
        double[] result = new double[count * features];
        for (int i = 0; i < count; i++) {
            System.arraycopy(gradient, i * width, result, i * features, features);
            for (int j = features; j < width; j++) {
                inMean += gradient[i * width + j];
            }
        }
        double factor = inMean / ((double) features * count);
        for (int i = 0; i < result.length; i++) {
            int j = i % features;
            result[i] += factor * (batch[i] - means[j]) / deviations[j];
        }
        return result;
    }
}
