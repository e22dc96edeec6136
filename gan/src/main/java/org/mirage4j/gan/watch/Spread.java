package org.mirage4j.gan.watch;

import java.util.Arrays;
import java.util.stream.DoubleStream;
import org.mirage4j.core.MirageException;
import org.mirage4j.core.memory.NativeMemory;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * How far apart the examples of one batch are.
 *
 * @param meanDistance mean Euclidean distance of all pairs
 * @param nearest distance of each example to its nearest other one
 * @param variance variance of all values of all examples
 */
@SuppressWarnings("ArrayRecordComponent") // a carrier between two calls, never compared
record Spread(double meanDistance, double[] nearest, double variance) {

    static Spread of(INDArray examples) {
        int count = Math.toIntExact(examples.size(0));
        if (count < 2) {
            throw new MirageException("diversity needs at least 2 examples, but there is " + count);
        }
        float[] values = NativeMemory.floats(examples);
        int width = values.length / count;
        double[] nearest = new double[count];
        Arrays.fill(nearest, Double.POSITIVE_INFINITY);
        double sum = 0;
        for (int i = 0; i < count; i++) {
            for (int j = 0; j < i; j++) {
                double distance = Math.sqrt(squaredDistance(values, i * width, j * width, width));
                sum += distance;
                nearest[i] = Math.min(nearest[i], distance);
                nearest[j] = Math.min(nearest[j], distance);
            }
        }
        return new Spread(sum / (count * (count - 1) / 2.0), nearest, variance(values));
    }

    private static double squaredDistance(float[] values, int a, int b, int width) {
        double sum = 0;
        for (int k = 0; k < width; k++) {
            double difference = values[a + k] - values[b + k];
            sum += difference * difference;
        }
        return sum;
    }

    private static double variance(float[] values) {
        double mean = 0;
        for (float value : values) {
            mean += value;
        }
        mean /= values.length;
        double squares = 0;
        for (float value : values) {
            squares += (value - mean) * (value - mean);
        }
        return squares / values.length;
    }

    double medianNearest() {
        double[] sorted = nearest.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }

    /** The share of examples that have another one within the radius. */
    double within(double radius) {
        return (double) DoubleStream.of(nearest).filter(d -> d < radius).count() / nearest.length;
    }
}
