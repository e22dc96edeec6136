package org.mirage4j.gan.metrics;

import org.mirage4j.core.MirageException;
import org.mirage4j.core.random.RandomStreams;

/**
 * The kernel distance of Binkowski et al. 2018: the unbiased estimate of the squared maximum mean
 * discrepancy under k(x, y) = (x.y / D + 1)^3. Unbiased, so it may be slightly negative for equal
 * distributions, and does not depend on the number of samples.
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
     * @return the distance
     * @throws MirageException if the sets have too few rows or cannot be compared
     */
    public static MetricResult ofSubsets(
            FeatureMatrix real, FeatureMatrix generated, int subsets, int size, RandomStreams streams) {
        if (subsets < 1 || size < 2) {
            throw new MirageException("the kernel distance needs at least 1 subset of 2 samples, but is asked for "
                    + subsets + " of " + size);
        }
        require(real, generated, size, "kernel distance in subsets of " + size);
        double[] estimates = new double[subsets];
        for (int i = 0; i < subsets; i++) {
            int[] fromReal = Draws.without(real.rows(), size, streams.generator("kernel-distance-real", i));
            int[] fromGenerated = Draws.without(generated.rows(), size, streams.generator("kernel-distance-fake", i));
            estimates[i] = estimate(real.select(fromReal), generated.select(fromGenerated));
        }
        Spread spread = new Spread(Spread.Kind.SUBSETS, Moments.populationDeviation(estimates));
        String setting = "subsets=" + subsets + ", size=" + size;
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
        double cross = 0;
        for (int i = 0; i < real.rows(); i += TILE) {
            for (int j = 0; j < generated.rows(); j += TILE) {
                cross += kernelSum(real, i, generated, j);
            }
        }
        return meanOffDiagonal(real)
                + meanOffDiagonal(generated)
                - 2 * cross / ((double) real.rows() * generated.rows());
    }

    private static double meanOffDiagonal(FeatureMatrix set) {
        double sum = 0;
        for (int i = 0; i < set.rows(); i += TILE) {
            sum += kernelSum(set, i, set, i);
            for (int j = i + TILE; j < set.rows(); j += TILE) {
                sum += 2 * kernelSum(set, i, set, j);
            }
        }
        double[] values = set.values();
        for (int row = 0; row < set.rows(); row++) {
            double norm = 0;
            for (int k = row * set.columns(); k < (row + 1) * set.columns(); k++) {
                norm += values[k] * values[k];
            }
            sum -= cube(norm / set.columns() + 1);
        }
        return sum / ((double) set.rows() * (set.rows() - 1));
    }

    /** The kernel summed over one tile of pairs. */
    private static double kernelSum(FeatureMatrix a, int i, FeatureMatrix b, int j) {
        int rows = Math.min(TILE, a.rows() - i);
        int columns = Math.min(TILE, b.rows() - j);
        double scale = 1.0 / a.columns();
        double even = 0; // two sums, because one waits for itself
        double odd = 0;
        double[] products = Products.of(a, i, rows, b, j, columns);
        int last = products.length - products.length % 2;
        for (int k = 0; k < last; k += 2) {
            even += cube(products[k] * scale + 1);
            odd += cube(products[k + 1] * scale + 1);
        }
        return even + odd + (last < products.length ? cube(products[last] * scale + 1) : 0);
    }

    private static double cube(double value) {
        return value * value * value;
    }
}
