package org.mirage4j.gan.metrics;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.mirage4j.core.MirageException;
import org.mirage4j.core.memory.Room;
import org.mirage4j.core.random.RandomStreams;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The sliced Wasserstein-2 distance (Rabin et al. 2011, Bonneel et al. 2015): the root of the mean,
 * over random directions, of the squared Wasserstein-2 distance of the projections, which in one
 * dimension is solved exactly by sorting.
 */
public final class SlicedWasserstein {
    /** Directions that bring the deviation of the mean to about a tenth of that of one direction. */
    public static final int DIRECTIONS = 128;

    private static final int BLOCK = 1024;

    private SlicedWasserstein() {}

    /**
     * The distance over directions drawn uniformly from the sphere.
     *
     * @param real [N, D]
     * @param generated [M, D]; M may differ from N
     * @param directions number of directions, usually {@link #DIRECTIONS}
     * @param streams where the directions are drawn from
     * @return the distance; the spread is the deviation of the one-dimensional distances
     * @throws MirageException if the sets cannot be compared
     */
    public static MetricResult of(FeatureMatrix real, FeatureMatrix generated, int directions, RandomStreams streams) {
        if (directions < 1) {
            throw new MirageException(
                    "the sliced Wasserstein distance needs at least 1 direction, but is asked for " + directions);
        }
        Extractors.requireSame(real, generated);
        double[] distances = new double[directions];
        double sum = 0;
        try (INDArray sphere = directions(real.columns(), directions, streams)) {
            double[][] x = project(real, sphere);
            double[][] y = project(generated, sphere);
            for (int i = 0; i < directions; i++) {
                double squared = squaredTransport(x[i], y[i]);
                distances[i] = Math.sqrt(squared);
                sum += squared;
            }
        }
        return new MetricResult(
                Metric.SLICED_WASSERSTEIN,
                "directions=" + directions,
                Math.sqrt(sum / directions),
                Spread.over(Spread.Kind.DIRECTIONS, distances),
                real.rows(),
                generated.rows(),
                real.extractor(),
                streams.seed());
    }

    /**
     * The squared Wasserstein-2 distance of two sets of numbers, each with equal weights; sorts both.
     * A number of the first set is y.length units of mass, one of the second x.length, so that unequal
     * sizes are split in whole units.
     */
    static double squaredTransport(double[] x, double[] y) {
        Arrays.sort(x);
        Arrays.sort(y);
        double cost = 0;
        long leftX = y.length;
        long leftY = x.length;
        for (int i = 0, j = 0; i < x.length; ) {
            long moved = Math.min(leftX, leftY);
            cost += moved * (x[i] - y[j]) * (x[i] - y[j]);
            leftX -= moved;
            leftY -= moved;
            if (leftX == 0) {
                i++;
                leftX = y.length;
            }
            if (leftY == 0) {
                j++;
                leftY = x.length;
            }
        }
        return cost / ((double) x.length * y.length);
    }

    /** [D, directions], each column of unit length. */
    private static INDArray directions(int dimension, int count, RandomStreams streams) {
        double[] values = new double[Room.elements("directions", dimension, count)];
        for (int i = 0; i < count; i++) {
            SplittableRandom random = streams.generator("sliced-wasserstein", i);
            double norm = 0;
            for (int d = 0; d < dimension; d++) {
                double value = random.nextGaussian();
                values[d * count + i] = value;
                norm += value * value;
            }
            for (int d = 0; d < dimension; d++) {
                values[d * count + i] /= Math.sqrt(norm);
            }
        }
        return Nd4j.create(values, new long[] {dimension, count}, 'c');
    }

    private static double[][] project(FeatureMatrix set, INDArray directions) {
        int count = (int) directions.size(1);
        double[][] projected = new double[count][set.rows()];
        for (int from = 0; from < set.rows(); from += BLOCK) {
            int to = Math.min(from + BLOCK, set.rows());
            try (INDArray block = set.block(from, to);
                    INDArray product = Nd4j.gemm(directions, block, true, true)) {
                double[] rows = RowMajor.of(product);
                for (int i = 0; i < count; i++) {
                    System.arraycopy(rows, i * (to - from), projected[i], from, to - from);
                }
            }
        }
        return projected;
    }
}
