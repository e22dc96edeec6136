package org.mirage4j.gan.metrics;

import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The Frechet distance of Heusel et al. 2017 between two Gaussians: |mu1 - mu2|^2 + tr S1 + tr S2 -
 * 2 tr (S1^1/2 S2 S1^1/2)^1/2. Its bias depends on the number of samples: compare only equal numbers.
 *
 * <p>The last trace is the sum of the square roots of the eigenvalues of F^T S2 F for any F with F F^T
 * = S1. A pivoted Cholesky factor is such an F, needs no eigenvectors, has only as many columns as S1 has
 * rank, and is computed once for all distances from one real set; no more eigenvalues are counted than
 * the smaller number of samples allows. Fewer samples than dimensions therefore need no epsilon and
 * leave no square roots of rounding errors behind.
 */
public final class FrechetDistance {
    private FrechetDistance() {}

    /**
     * The squared distance, as the literature reports it.
     *
     * @param real statistics of the real set
     * @param generated statistics of the generated set
     * @return the distance, without a spread
     * @throws org.mirage4j.core.MirageException if the sets cannot be compared
     */
    public static MetricResult between(FeatureStatistics real, FeatureStatistics generated) {
        Extractors.requireSame(real.extractor(), generated.extractor());
        Extractors.requireSameWidth(real.dimension(), generated.dimension());
        double distance = squaredDistance(real.mean(), generated.mean())
                + trace(real)
                + trace(generated)
                - 2 * traceOfRoot(real, generated);
        return new MetricResult(
                Metric.FRECHET_DISTANCE,
                "",
                Math.max(0, distance),
                Spread.NONE,
                real.count(),
                generated.count(),
                real.extractor(),
                0);
    }

    private static double squaredDistance(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += (a[i] - b[i]) * (a[i] - b[i]);
        }
        return sum;
    }

    private static double trace(FeatureStatistics statistics) {
        double sum = 0;
        for (int i = 0; i < statistics.dimension(); i++) {
            sum += statistics.covariance(i, i);
        }
        return sum;
    }

    private static double traceOfRoot(FeatureStatistics factored, FeatureStatistics other) {
        int dimension = factored.dimension();
        double[] factor = factored.factor();
        int rank = factor.length / dimension;
        if (rank == 0) {
            return 0;
        }
        double[] eigenvalues;
        try (INDArray rows = Nd4j.create(factor, new long[] {rank, dimension}, 'c');
                INDArray covariance = Nd4j.create(other.covariance(), new long[] {dimension, dimension}, 'c');
                INDArray left = Nd4j.gemm(rows, covariance, false, false);
                INDArray both = Nd4j.createUninitialized(DataType.DOUBLE, new long[] {rank, rank}, 'f')) {
            Nd4j.gemm(left, rows, both, false, true, 1, 0);
            eigenvalues = symmetricEigenvalues(both);
        }
        int counted = (int) Math.min(rank, other.count() - 1);
        double sum = 0;
        for (int i = rank - counted; i < rank; i++) {
            sum += Math.sqrt(Math.max(0, eigenvalues[i]));
        }
        return sum;
    }

    /** In ascending order; the matrix, which is stored column by column, is overwritten. */
    private static double[] symmetricEigenvalues(INDArray matrix) {
        try (INDArray eigenvalues = Nd4j.createUninitialized(DataType.DOUBLE, matrix.rows())) {
            Nd4j.getBlasWrapper().lapack().syev('N', 'U', matrix, eigenvalues);
            return eigenvalues.data().asDouble();
        }
    }
}
