package org.mirage4j.gan.metrics;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.mirage4j.core.memory.Room;

/**
 * Squared Euclidean distances between the rows of two sets, a tile at a time, so that the matrix of all of them never
 * exists. A tile knows |x|^2 + |y|^2 - 2 x.y from one matrix product, which is fast and off by rounding, and a bound
 * on how far it is off; only where that leaves a comparison open, differences are squared one by one. What is decided
 * is therefore what exact differences decide: copies are at distance zero, and the counts of the neighbour metrics do
 * not depend on the backend.
 */
final class Distances {
    private static final int TILE = 512;

    private Distances() {}

    /** Takes one tile. */
    interface Visitor {
        void visit(Tile tile);
    }

    /** The squared distances of rows of the first set, from {@code row}, and rows of the second, from {@code column}. */
    static final class Tile {
        final int row;
        final int rows;
        final int column;
        final int columns;

        private final FeatureMatrix first;
        private final FeatureMatrix second;
        private final double[] firstNorms;
        private final double[] secondNorms;
        private final double[] products;
        private final double rounding;

        Tile(
                FeatureMatrix first,
                double[] firstNorms,
                int row,
                FeatureMatrix second,
                double[] secondNorms,
                int column) {
            this.first = first;
            this.firstNorms = firstNorms;
            this.row = row;
            this.rows = Math.min(TILE, first.rows() - row);
            this.second = second;
            this.secondNorms = secondNorms;
            this.column = column;
            this.columns = Math.min(TILE, second.rows() - column);
            this.products = Products.of(first, row, rows, second, column, columns);
            // Higham 2002, section 3.1: an inner product of D terms is off by at most D u |x| |y| <= D u (|x|^2 +
            // |y|^2)
            // / 2 in any order of summation; norms, sums and the factor 2 add as much again, and 2 is for safety
            this.rounding = 2 * (first.columns() + 8) * Math.ulp(1.0);
        }

        /** Whether the squared distance of two rows, numbered within the tile, is at most this. */
        boolean within(int r, int c, double limit) {
            double norms = firstNorms[row + r] + secondNorms[column + c];
            double estimate = norms - 2 * products[c * rows + r];
            double slack = rounding * norms;
            if (estimate + slack <= limit) {
                return true;
            }
            return !(estimate - slack > limit) && exact(r, c) <= limit;
        }

        /** Whether the squared distance may be less than this; if not, it certainly is not. */
        boolean maybeBelow(int r, int c, double limit) {
            double norms = firstNorms[row + r] + secondNorms[column + c];
            return !(norms - 2 * products[c * rows + r] - rounding * norms >= limit);
        }

        /** The squared distance by differences; equal, bit for bit, in any tile and either order. */
        double exact(int r, int c) {
            return squared(first.values(), row + r, second.values(), column + c, first.columns());
        }
    }

    private static double squared(double[] a, int i, double[] b, int j, int width) {
        double even = 0;
        double odd = 0;
        int x = i * width;
        int y = j * width;
        int d = 0;
        for (; d + 1 < width; d += 2) {
            double first = a[x + d] - b[y + d];
            double second = a[x + d + 1] - b[y + d + 1];
            even += first * first;
            odd += second * second;
        }
        if (d < width) {
            double last = a[x + d] - b[y + d];
            even += last * last;
        }
        return even + odd;
    }

    private static double[] norms(FeatureMatrix set) {
        double[] values = set.values();
        int width = set.columns();
        double[] norms = new double[set.rows()];
        for (int row = 0; row < norms.length; row++) {
            for (int k = row * width; k < (row + 1) * width; k++) {
                norms[row] += values[k] * values[k];
            }
        }
        return norms;
    }

    /** Visits every pair of a row of one set and a row of the other. */
    static void between(FeatureMatrix first, FeatureMatrix second, Visitor visitor) {
        double[] firstNorms = norms(first);
        double[] secondNorms = norms(second);
        for (int column = 0; column < second.rows(); column += TILE) {
            for (int row = 0; row < first.rows(); row += TILE) {
                visitor.visit(new Tile(first, firstNorms, row, second, secondNorms, column));
            }
        }
    }

    /** The squared distance of each row to its k-th nearest other row of the set. */
    static double[] squaredRadii(FeatureMatrix set, int k) {
        double[] nearest = new double[Room.elements("nearest neighbours", set.rows(), k)];
        Arrays.fill(nearest, Double.POSITIVE_INFINITY);
        double[] norms = norms(set);
        for (int column = 0; column < set.rows(); column += TILE) {
            for (int row = 0; row <= column; row += TILE) {
                insert(new Tile(set, norms, row, set, norms, column), nearest, k);
            }
        }
        return IntStream.range(0, set.rows())
                .mapToDouble(row -> nearest[row * k + k - 1])
                .toArray();
    }

    private static void insert(Tile tile, double[] nearest, int k) {
        for (int c = 0; c < tile.columns; c++) {
            int own = (tile.column + c) * k;
            for (int r = 0; r < Math.min(tile.rows, tile.column + c - tile.row); r++) {
                int other = (tile.row + r) * k;
                if (tile.maybeBelow(r, c, Math.max(nearest[own + k - 1], nearest[other + k - 1]))) {
                    double distance = tile.exact(r, c);
                    insert(nearest, own, k, distance);
                    insert(nearest, other, k, distance);
                }
            }
        }
    }

    /** Keeps the k smallest of what comes, in ascending order. */
    private static void insert(double[] nearest, int from, int k, double distance) {
        int i = from + k - 1;
        if (distance >= nearest[i]) {
            return;
        }
        for (; i > from && nearest[i - 1] > distance; i--) {
            nearest[i] = nearest[i - 1];
        }
        nearest[i] = distance;
    }
}
