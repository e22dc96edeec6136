package org.mirage4j.gan.watch;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.mirage4j.core.random.RandomStreams;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * How far generated examples are from real ones: the energy distance (Szekely and Rizzo 2013) of their
 * {@link FixedFeatures}, unbiased, over twice the mean distance between the two. 0 where both are of one distribution,
 * give or take what chance does, 1 where neither has any spread beside the way between them.
 *
 * <p>What is near is measured on the data: no farther than other real examples are, or a twentieth as far as noise that has
 * every pixel's own distribution and nothing else of the data.
 */
final class SampleDistance {
    /** Real examples that are compared with. */
    private static final int MOST = 100;

    /** With one more set of real examples, one in twenty is beyond the largest distance. */
    private static final int SPLITS = 19;

    private static final double SHARE_OF_NOISE = 0.05;
    private static final RandomStreams STREAMS = new RandomStreams(0);

    private final FixedFeatures features;
    private final double[] scale;
    private final double[][] reference;
    private final double spread;
    private final double floor;
    private final double noise;

    /**
     * Measures on real examples what is near.
     *
     * @param real [N, ...], N at least 2; of fewer than 4 only noise is compared
     */
    SampleDistance(INDArray real) {
        float[][] rows = FixedFeatures.rows(real);
        this.features = new FixedFeatures(Arrays.copyOfRange(real.shape(), 1, real.rank()));
        double[][] all = features.of(rows);
        this.scale = scale(all, features.groups(rows[0].length));
        scale(all);
        int count = rows.length < 4 ? rows.length : Math.min(MOST, rows.length / 2);
        this.reference = Arrays.copyOf(all, count);
        this.spread = meanWithin(reference);
        this.floor = rows.length < 4 ? 0 : largestOfSplits(all, count);
        this.noise = of(features.of(shuffled(rows, MOST)));
    }

    /** One number for each kind of features, by which their spreads become alike; 0 where the data have none. */
    private static double[] scale(double[][] rows, int[] groups) {
        double[] scale = new double[rows[0].length];
        int from = 0;
        for (int group : groups) {
            double squares = 0;
            for (int k = from; k < from + group; k++) {
                double mean = 0;
                for (double[] row : rows) {
                    mean += row[k] / rows.length;
                }
                for (double[] row : rows) {
                    squares += (row[k] - mean) * (row[k] - mean);
                }
            }
            Arrays.fill(scale, from, from + group, squares > 0 ? Math.sqrt(rows.length / squares) : 0);
            from += group;
        }
        return scale;
    }

    private void scale(double[][] rows) {
        for (double[] row : rows) {
            for (int k = 0; k < row.length; k++) {
                row[k] *= scale[k];
            }
        }
    }

    private static double largestOfSplits(double[][] all, int count) {
        double largest = 0;
        for (int split = 0; split < SPLITS; split++) {
            int[] order = STREAMS.permutation("sample-distance-split", split, all.length);
            double[][] one = new double[count][];
            double[][] other = new double[count][];
            for (int i = 0; i < count; i++) {
                one[i] = all[order[i]];
                other[i] = all[order[count + i]];
            }
            largest = Math.max(largest, between(one, meanWithin(one), other));
        }
        return largest;
    }

    /** Every number from another example: what each is by itself stays, what they have to do with each other goes. */
    private static float[][] shuffled(float[][] rows, int count) {
        SplittableRandom random = STREAMS.generator("sample-distance-noise", 0);
        float[][] shuffled = new float[count][rows[0].length];
        for (float[] row : shuffled) {
            for (int k = 0; k < row.length; k++) {
                row[k] = rows[random.nextInt(rows.length)][k];
            }
        }
        return shuffled;
    }

    /**
     * Measures.
     *
     * @param samples generated examples [N, ...], at least 2
     * @return the distance
     */
    double of(INDArray samples) {
        return of(features.of(samples));
    }

    private double of(double[][] rows) {
        scale(rows);
        return between(reference, spread, rows);
    }

    private static double between(double[][] one, double spreadOfOne, double[][] other) {
        double sum = 0;
        for (double[] a : one) {
            for (double[] b : other) {
                sum += distance(a, b);
            }
        }
        double across = sum / ((double) one.length * other.length);
        return across == 0 ? 0 : (2 * across - spreadOfOne - meanWithin(other)) / (2 * across);
    }

    private static double meanWithin(double[][] rows) {
        double sum = 0;
        for (int i = 0; i < rows.length; i++) {
            for (int j = 0; j < i; j++) {
                sum += distance(rows[i], rows[j]);
            }
        }
        return sum / (rows.length * (rows.length - 1) / 2.0);
    }

    private static double distance(double[] a, double[] b) {
        double sum = 0;
        for (int k = 0; k < a.length; k++) {
            sum += (a[k] - b[k]) * (a[k] - b[k]);
        }
        return Math.sqrt(sum);
    }

    /** The largest distance between sets of real examples, of {@value #SPLITS} drawn. */
    double floor() {
        return floor;
    }

    /** How far noise is. */
    double noise() {
        return noise;
    }

    /** The largest distance that counts as near. */
    double allowed() {
        return Math.max(floor, SHARE_OF_NOISE * noise);
    }
}
