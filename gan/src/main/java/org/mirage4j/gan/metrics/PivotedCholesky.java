package org.mirage4j.gan.metrics;

import java.util.Arrays;
import org.mirage4j.core.memory.Room;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The Cholesky factor of a positive semidefinite matrix, largest pivots first, until its rank is reached or what is
 * left is rounding, by the rule of LAPACK's dpstrf. In blocks, so that most of the work is matrix products.
 */
final class PivotedCholesky {
    private static final int BLOCK = 64;

    private final int dimension;
    private final double[] left; // the matrix less the factor's blocks so far
    private final double[] diagonal; // the same less the current block too

    PivotedCholesky(double[] matrix, int dimension) {
        this.dimension = dimension;
        this.left = matrix.clone();
        this.diagonal = new double[dimension];
        for (int i = 0; i < dimension; i++) {
            diagonal[i] = matrix[i * dimension + i];
        }
    }

    /** The rows of F^T with F F^T the matrix, row by row. */
    double[] factor(int maxRank) {
        double rounding =
                dimension * Math.ulp(1.0) * Arrays.stream(diagonal).max().orElseThrow();
        double[] rows = new double[Room.elements("rows of a root", maxRank, dimension)];
        int blockStart = 0;
        for (int rank = 0; rank < maxRank; rank++) {
            if (rank - blockStart == BLOCK) {
                subtract(rows, blockStart, rank);
                blockStart = rank;
            }
            int pivot = largest();
            if (diagonal[pivot] <= rounding) {
                return Arrays.copyOf(rows, rank * dimension);
            }
            row(rows, blockStart, rank, pivot);
        }
        return rows;
    }

    private int largest() {
        int largest = 0;
        for (int i = 1; i < dimension; i++) {
            largest = diagonal[i] > diagonal[largest] ? i : largest;
        }
        return largest;
    }

    private void row(double[] rows, int blockStart, int rank, int pivot) {
        int at = rank * dimension;
        System.arraycopy(left, pivot * dimension, rows, at, dimension);
        for (int before = blockStart; before < rank; before++) {
            int from = before * dimension;
            double scale = rows[from + pivot];
            for (int i = 0; i < dimension; i++) {
                rows[at + i] -= scale * rows[from + i];
            }
        }
        double root = Math.sqrt(diagonal[pivot]);
        for (int i = 0; i < dimension; i++) {
            rows[at + i] /= root;
            diagonal[i] -= rows[at + i] * rows[at + i];
        }
        diagonal[pivot] = 0;
    }

    private void subtract(double[] rows, int from, int to) {
        double[] block = Arrays.copyOfRange(rows, from * dimension, to * dimension);
        double[] products;
        try (INDArray matrix = Nd4j.create(block, new long[] {to - from, dimension}, 'c');
                INDArray result = Nd4j.createUninitialized(DataType.DOUBLE, new long[] {dimension, dimension}, 'f')) {
            Nd4j.gemm(matrix, matrix, result, true, false, 1, 0);
            products = result.data().asDouble(); // symmetric, so that the order does not matter
        }
        for (int i = 0; i < left.length; i++) {
            left[i] -= products[i];
        }
    }
}
