package org.mirage4j.gan.metrics;

import org.jspecify.annotations.Nullable;
import org.mirage4j.core.MirageException;
import org.mirage4j.core.features.ExtractorId;

/**
 * Mean and covariance of a set of features: all that the Frechet distance knows of it. Immutable,
 * safe for concurrent use. Filled batch by batch by {@link StatisticsAccumulator}, kept on disk by
 * {@link StatisticsCache}.
 */
public final class FeatureStatistics {
    private final long count;
    private final double[] mean;
    private final double[] covariance;
    private final ExtractorId extractor;
    private volatile double @Nullable [] factor;

    FeatureStatistics(long count, double[] mean, double[] covariance, ExtractorId extractor) {
        if (count < 2) {
            throw new MirageException("a covariance needs at least 2 samples, but the set has " + count);
        }
        this.count = count;
        this.mean = mean;
        this.covariance = covariance;
        this.extractor = extractor;
    }

    /**
     * The statistics of a set that is in memory.
     *
     * @param features [N, D], at least 2 rows
     * @return its mean and covariance
     * @throws MirageException if there are fewer than 2 samples
     */
    public static FeatureStatistics of(FeatureMatrix features) {
        StatisticsAccumulator accumulator = new StatisticsAccumulator(features.columns(), features.extractor());
        accumulator.add(features);
        return accumulator.statistics();
    }

    /**
     * How many samples the set has.
     *
     * @return N
     */
    public long count() {
        return count;
    }

    /**
     * How many features a sample has.
     *
     * @return D
     */
    public int dimension() {
        return mean.length;
    }

    /**
     * The mean of each feature.
     *
     * @return a copy, of length D
     */
    public double[] mean() {
        return mean.clone();
    }

    /**
     * One entry of the covariance, with the divisor N - 1.
     *
     * @param row feature number
     * @param column feature number
     * @return the covariance of the two features
     */
    public double covariance(int row, int column) {
        return covariance[row * mean.length + column];
    }

    /**
     * Where the features came from.
     *
     * @return the extractor
     */
    public ExtractorId extractor() {
        return extractor;
    }

    /** Row by row, shared, not to be written to. */
    double[] covariance() {
        return covariance;
    }

    /** F^T, row by row and shared, with F F^T the covariance; as many rows as it has rank. */
    double[] factor() {
        double[] known = factor;
        if (known == null) {
            int maxRank = (int) Math.min(dimension(), count - 1);
            known = new PivotedCholesky(covariance, dimension()).factor(maxRank);
            factor = known;
        }
        return known;
    }
}
