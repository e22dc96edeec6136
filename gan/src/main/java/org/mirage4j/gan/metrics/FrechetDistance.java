package org.mirage4j.gan.metrics;

import java.util.Arrays;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.factory.DecompositionFactory_DDRM;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The Frechet distance of Heusel et al. 2017 between two Gaussians: |mu1 - mu2|^2 + tr S1 + tr S2 -
 * 2 tr (S1^1/2 S2 S1^1/2)^1/2. Its bias depends on the number of samples: compare only equal numbers.
 *
 * <p>The last trace is the sum of the square roots of the eigenvalues of F^T S2 F for any F with F F^T
 * = S1. A pivoted Cholesky factor is such an F, needs no eigenvectors, and has only as many columns as
 * S1 has rank; no more eigenvalues are counted than the smaller number of samples allows. Fewer samples
 * than dimensions therefore need no epsilon and leave no square roots of rounding errors behind.
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
        FeatureStatistics fewer = real.count() < generated.count() ? real : generated;
        FeatureStatistics more = fewer == real ? generated : real;
        double distance = squaredDistance(real.mean(), generated.mean())
                + trace(real)
                + trace(generated)
                - 2 * traceOfRoot(fewer, more);
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

    private static double traceOfRoot(FeatureStatistics fewer, FeatureStatistics more) {
        int dimension = fewer.dimension();
        int maxRank = (int) Math.min(dimension, fewer.count() - 1);
        double[][] factor = pivotedCholesky(fewer.covariance(), dimension, maxRank);
        int rank = factor.length;
        if (rank == 0) {
            return 0;
        }
        double[] product;
        try (INDArray rows = Nd4j.create(factor);
                INDArray covariance = Nd4j.create(more.covariance(), new long[] {dimension, dimension}, 'c');
                INDArray left = Nd4j.gemm(rows, covariance, false, false);
                INDArray both = Nd4j.gemm(left, rows, false, true)) {
            product = RowMajor.of(both);
        }
        var solver = DecompositionFactory_DDRM.eig(rank, false, true);
        if (!solver.decompose(new DMatrixRMaj(rank, rank, true, product))) {
            throw new ArithmeticException("the eigenvalues of a " + rank + " x " + rank + " matrix did not converge");
        }
        double[] eigenvalues = new double[rank];
        for (int i = 0; i < rank; i++) {
            eigenvalues[i] = solver.getEigenvalue(i).getReal();
        }
        Arrays.sort(eigenvalues);
        int counted = (int) Math.min(rank, more.count() - 1);
        double sum = 0;
        for (int i = rank - counted; i < rank; i++) {
            sum += Math.sqrt(Math.max(0, eigenvalues[i]));
        }
        return sum;
    }

    /**
     * The rows of F^T with F F^T = S, largest pivots first, until the rank is reached or what is left
     * is rounding, by the rule of LAPACK's dpstrf.
     */
    private static double[][] pivotedCholesky(double[] matrix, int dimension, int maxRank) {
        double[] left = new double[dimension];
        for (int i = 0; i < dimension; i++) {
            left[i] = matrix[i * dimension + i];
        }
        double rounding = dimension * Math.ulp(1.0) * Arrays.stream(left).max().orElseThrow();
        double[][] factor = new double[maxRank][];
        for (int rank = 0; rank < maxRank; rank++) {
            int pivot = 0;
            for (int i = 1; i < dimension; i++) {
                pivot = left[i] > left[pivot] ? i : pivot;
            }
            if (left[pivot] <= rounding) {
                return Arrays.copyOf(factor, rank);
            }
            double[] row = Arrays.copyOfRange(matrix, pivot * dimension, (pivot + 1) * dimension);
            for (int before = 0; before < rank; before++) {
                double[] other = factor[before];
                double scale = other[pivot];
                for (int i = 0; i < dimension; i++) {
                    row[i] -= scale * other[i];
                }
            }
            double root = Math.sqrt(left[pivot]);
            for (int i = 0; i < dimension; i++) {
                row[i] /= root;
                left[i] -= row[i] * row[i];
            }
            left[pivot] = 0;
            factor[rank] = row;
        }
        return factor;
    }
}
