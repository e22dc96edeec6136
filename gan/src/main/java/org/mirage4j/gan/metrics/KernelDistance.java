package org.mirage4j.gan.metrics;

import org.mirage4j.core.MirageException;
import org.mirage4j.core.random.RandomStreams;

/**
 * The kernel distance of Binkowski et al. 2018: the unbiased estimate of the squared maximum mean
 * discrepancy under k(x, y) = (x.y / D + 1)^3. Unbiased, so it may be slightly negative for equal
 * distributions, and does not depend on the number of samples.
 *
 * <p>What of the kernel depends on one of its arguments alone cancels in the estimate, exactly, but not in floating
 * point: where features lie far from the origin beside their own spread it is all there is in every digit. So the
 * features are taken from their common mean m, and of k only what both arguments make is summed. With u = x - m,
 * v = y - m, q = u.v / D, b = u.m / D, c = v.m / D, A = m.m / D + 1 and s = A + b + c this is (s + q)^3 - s^3 +
 * 3 b c (s + A).
 */
public final class KernelDistance {
    /** The literature's number of subsets. */
    public static final int SUBSETS = 100;

    /** The literature's number of samples in a subset. */
    public static final int SUBSET_SIZE = 1000;

    /** Small, because the halves of tiles on the diagonal are computed twice. */
    private static final int TILE = 256;

    private KernelDistance() {}

    /**
     * The estimate from all samples at once.
     *
     * @param real [N, D], at least 2 rows
     * @param generated [M, D], at least 2 rows
     * @return the distance, without a spread
     * @throws MirageException if the sets have too few rows or cannot be compared
     */
    public static MetricResult ofWholeSets(FeatureMatrix real, FeatureMatrix generated) {
        require(real, generated, 2, "kernel distance");
        return result("whole sets", estimate(real, generated), Spread.NONE, real, generated, 0);
    }

    /**
     * Mean and population standard deviation over random subsets, each drawn without replacement.
     *
     * @param real [N, D], at least as many rows as a subset
     * @param generated [M, D], at least as many rows as a subset
     * @param subsets number of subsets, usually {@link #SUBSETS}
     * @param size samples in a subset of each set, usually {@link #SUBSET_SIZE}
     * @param streams where the subsets are drawn from
     * @return the distance; without a spread where all subsets are one, because there is one or it is the whole of both
     *     sets
     * @throws MirageException if the sets have too few rows or cannot be compared
     */
    public static MetricResult ofSubsets(
            FeatureMatrix real, FeatureMatrix generated, int subsets, int size, RandomStreams streams) {
        if (subsets < 1 || size < 2) {
            throw new MirageException("the kernel distance needs at least 1 subset of 2 samples, but is asked for "
                    + subsets + " of " + size);
        }
        require(real, generated, size, "kernel distance in subsets of " + size);
        String setting = "subsets=" + subsets + ", size=" + size;
        if (size == real.rows() && size == generated.rows()) {
            return result(setting, estimate(real, generated), Spread.NONE, real, generated, streams.seed());
        }
        double[] estimates = new double[subsets];
        for (int i = 0; i < subsets; i++) {
            int[] fromReal = Draws.without(real.rows(), size, streams.generator("kernel-distance-real", i));
            int[] fromGenerated = Draws.without(generated.rows(), size, streams.generator("kernel-distance-fake", i));
            estimates[i] = estimate(real.select(fromReal), generated.select(fromGenerated));
        }
        Spread spread = Spread.over(Spread.Kind.SUBSETS, estimates);
        return result(setting, Moments.mean(estimates), spread, real, generated, streams.seed());
    }

    private static MetricResult result(
            String setting, double value, Spread spread, FeatureMatrix real, FeatureMatrix generated, long seed) {
        return new MetricResult(
                Metric.KERNEL_DISTANCE, setting, value, spread, real.rows(), generated.rows(), real.extractor(), seed);
    }

    private static void require(FeatureMatrix real, FeatureMatrix generated, int rows, String what) {
        Extractors.requireSame(real, generated);
        real.requireRows(rows, what);
        generated.requireRows(rows, what);
    }

    private static double estimate(FeatureMatrix real, FeatureMatrix generated) {
        double[] mean = commonMean(real, generated);
        Centred x = Centred.of(real, mean);
        Centred y = Centred.of(generated, mean);
        double cross = 0;
        for (int i = 0; i < x.rows(); i += TILE) {
            for (int j = 0; j < y.rows(); j += TILE) {
                cross += kernelSum(x, i, y, j);
            }
        }
        return meanOffDiagonal(x) + meanOffDiagonal(y) - 2 * cross / ((double) x.rows() * y.rows());
    }

    private static double[] commonMean(FeatureMatrix real, FeatureMatrix generated) {
        double[] mean = new double[real.columns()];
        double rows = (double) real.rows() + generated.rows();
        for (double[] values : new double[][] {real.values(), generated.values()}) {
            for (int k = 0; k < values.length; k++) {
                mean[k % mean.length] += values[k] / rows;
            }
        }
        return mean;
    }

    /**
     * A set without its mean.
     *
     * @param features what is left of each sample, u
     * @param along u.m / D of each
     * @param constant m.m / D + 1
     */
    @SuppressWarnings("ArrayRecordComponent") // a carrier between two calls, never compared
    private record Centred(FeatureMatrix features, double[] along, double constant) {
        static Centred of(FeatureMatrix set, double[] mean) {
            FeatureMatrix features = set.minus(mean);
            double[] along = new double[features.rows()];
            for (int row = 0; row < along.length; row++) {
                along[row] = dot(features.values(), row * mean.length, mean, 0, mean.length) / mean.length;
            }
            return new Centred(features, along, dot(mean, 0, mean, 0, mean.length) / mean.length + 1);
        }

        int rows() {
            return along.length;
        }
    }

    private static double meanOffDiagonal(Centred set) {
        double sum = 0;
        for (int i = 0; i < set.rows(); i += TILE) {
            sum += kernelSum(set, i, set, i);
            for (int j = i + TILE; j < set.rows(); j += TILE) {
                sum += 2 * kernelSum(set, i, set, j);
            }
        }
        double[] values = set.features().values();
        int width = set.features().columns();
        for (int row = 0; row < set.rows(); row++) {
            double q = dot(values, row * width, values, row * width, width) / width;
            sum -= kernel(q, set.along()[row], set.along()[row], set.constant());
        }
        return sum / ((double) set.rows() * (set.rows() - 1));
    }

    /** The kernel summed over one tile of pairs. */
    private static double kernelSum(Centred a, int i, Centred b, int j) {
        int rows = Math.min(TILE, a.rows() - i);
        int columns = Math.min(TILE, b.rows() - j);
        double scale = 1.0 / a.features().columns();
        double constant = a.constant();
        double[] products = Products.of(a.features(), i, rows, b.features(), j, columns);
        double sum = 0;
        for (int column = 0, k = 0; column < columns; column++) {
            double alongB = b.along()[j + column];
            double even = 0; // two sums, because one waits for itself
            double odd = 0;
            int row = 0;
            for (; row + 1 < rows; row += 2, k += 2) {
                even += kernel(products[k] * scale, a.along()[i + row], alongB, constant);
                odd += kernel(products[k + 1] * scale, a.along()[i + row + 1], alongB, constant);
            }
            if (row < rows) {
                even += kernel(products[k++] * scale, a.along()[i + row], alongB, constant);
            }
            sum += even + odd;
        }
        return sum;
    }

    /** What both arguments make of the kernel: see above. */
    private static double kernel(double q, double b, double c, double constant) {
        double s = constant + b + c;
        return q * (q * (q + 3 * s) + 3 * s * s) + 3 * b * c * (s + constant);
    }

    private static double dot(double[] a, int fromA, double[] b, int fromB, int length) {
        double sum = 0;
        for (int k = 0; k < length; k++) {
            sum += a[fromA + k] * b[fromB + k];
        }
        return sum;
    }
}
