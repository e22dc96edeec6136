package org.mirage4j.gan.metrics;

import org.mirage4j.core.MirageException;
import org.mirage4j.core.features.ExtractorId;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Gathers mean and covariance batch by batch, so that the features themselves need not be kept.
 * Parts gathered apart are merged by the update of Chan, Golub and LeVeque 1979, which centres every
 * batch first and loses no digits when means are large. Not safe for concurrent use; give each thread
 * its own and merge.
 */
public final class StatisticsAccumulator {
    private static final int BLOCK = 1024;

    private final ExtractorId extractor;
    private final double[] mean;
    private final INDArray scatter; // sum of (x - mean)(x - mean)^T, symmetric
    private long count;

    /**
     * Starts empty.
     *
     * @param dimension number of features
     * @param extractor where the features will come from
     */
    public StatisticsAccumulator(int dimension, ExtractorId extractor) {
        if (dimension < 1) {
            throw new MirageException("features must have at least 1 dimension, but have " + dimension);
        }
        this.extractor = extractor;
        this.mean = new double[dimension];
        this.scatter = Nd4j.create(DataType.DOUBLE, new long[] {dimension, dimension}, 'f');
    }

    /**
     * Adds a batch.
     *
     * @param batch [n, D], from the same extractor
     * @throws MirageException if the extractor or the number of columns differs
     */
    public void add(FeatureMatrix batch) {
        Extractors.requireSame(extractor, batch.extractor());
        Extractors.requireSameWidth(mean.length, batch.columns());
        for (int from = 0; from < batch.rows(); from += BLOCK) {
            addBlock(batch, from, Math.min(from + BLOCK, batch.rows()));
        }
    }

    private void addBlock(FeatureMatrix batch, int from, int to) {
        double[] blockMean = new double[mean.length];
        for (int row = from; row < to; row++) {
            for (int column = 0; column < mean.length; column++) {
                blockMean[column] += batch.get(row, column);
            }
        }
        for (int column = 0; column < mean.length; column++) {
            blockMean[column] /= to - from;
        }
        try (INDArray centred = batch.block(from, to);
                INDArray centre = Nd4j.create(blockMean)) {
            centred.subiRowVector(centre);
            Nd4j.gemm(centred, centred, scatter, true, false, 1, 1);
        }
        shift(blockMean, to - from);
    }

    /**
     * Adds what another accumulator has gathered; the other is left as it is.
     *
     * @param other a part of the same set
     * @throws MirageException if the extractor or the number of features differs
     */
    public void merge(StatisticsAccumulator other) {
        Extractors.requireSame(extractor, other.extractor);
        Extractors.requireSameWidth(mean.length, other.mean.length);
        if (other.count > 0) {
            scatter.addi(other.scatter);
            shift(other.mean, other.count);
        }
    }

    /** Moves the mean, and adds to the scatter what the two parts' means differ by. */
    private void shift(double[] partMean, long partCount) {
        long total = count + partCount;
        double[] difference = new double[mean.length];
        for (int i = 0; i < mean.length; i++) {
            difference[i] = partMean[i] - mean[i];
            mean[i] += difference[i] * partCount / total;
        }
        try (INDArray column = Nd4j.create(difference, new long[] {mean.length, 1}, 'c')) {
            Nd4j.gemm(column, column, scatter, false, true, (double) count * partCount / total, 1);
        }
        count = total;
    }

    /**
     * The statistics of everything added so far.
     *
     * @return mean and covariance
     * @throws MirageException if fewer than 2 samples were added
     */
    public FeatureStatistics statistics() {
        double[] covariance = RowMajor.of(scatter);
        for (int i = 0; i < covariance.length; i++) {
            covariance[i] /= count - 1;
        }
        return new FeatureStatistics(count, mean.clone(), covariance, extractor);
    }
}
