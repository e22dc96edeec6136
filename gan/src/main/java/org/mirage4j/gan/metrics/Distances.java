package org.mirage4j.gan.metrics;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Squared Euclidean distances between the rows of two sets, a tile at a time, so that the matrix of
 * all of them never exists. Differences are squared one by one instead of by |x|^2 + |y|^2 - 2 x.y:
 * copies are then at distance zero, and a pair has the same distance, bit for bit, in any tile and
 * either order, which makes the counts of the neighbour metrics exact.
 */
final class Distances {
    private static final int ROWS = 64;
    private static final int COLUMNS = 256;
    private static final int DEPTH = 64; // a strip of COLUMNS x DEPTH doubles stays in the second-level cache
    private static final int UNROLL = 8;

    private Distances() {}

    /** Takes one tile; never called from two threads at once. */
    interface Visitor {
        /**
         * Looks at the squared distances of rows {@code row..row+rows-1} of the first set and
         * {@code column..column+columns-1} of the second.
         */
        void visit(int row, int rows, int column, int columns, Tile squared);
    }

    /** The squared distances of one tile, by row and column within the tile. */
    static final class Tile {
        private final double[] values = new double[ROWS * COLUMNS];

        double get(int row, int column) {
            return values[row * COLUMNS + column];
        }
    }

    /** Visits every pair of a row of one set and a row of the other, on all the common pool's threads. */
    static void between(FeatureMatrix first, FeatureMatrix second, Visitor visitor) {
        scan(first, second, false, visitor);
    }

    /** The squared distance of each row to its k-th nearest other row of the set. */
    static double[] squaredRadii(FeatureMatrix set, int k) {
        double[] nearest = new double[set.rows() * k];
        Arrays.fill(nearest, Double.POSITIVE_INFINITY);
        scan(set, set, true, (row, rows, column, columns, squared) -> {
            for (int r = 0; r < rows; r++) {
                for (int c = Math.max(0, row + r + 1 - column); c < columns; c++) {
                    double distance = squared.get(r, c);
                    insert(nearest, (row + r) * k, k, distance);
                    insert(nearest, (column + c) * k, k, distance);
                }
            }
        });
        return IntStream.range(0, set.rows())
                .mapToDouble(row -> nearest[row * k + k - 1])
                .toArray();
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

    /** With {@code upperHalf}, tiles wholly below the diagonal are left out. */
    private static void scan(FeatureMatrix first, FeatureMatrix second, boolean upperHalf, Visitor visitor) {
        Object lock = new Object();
        int strips = (second.rows() + COLUMNS - 1) / COLUMNS;
        IntStream.range(0, strips).parallel().forEach(strip -> {
            int column = strip * COLUMNS;
            int columns = Math.min(COLUMNS, second.rows() - column);
            double[] transposed = transpose(second, column, columns);
            Tile tile = new Tile();
            int end = upperHalf ? Math.min(first.rows(), column + columns) : first.rows();
            for (int row = 0; row < end; row += ROWS) {
                int rows = Math.min(ROWS, first.rows() - row);
                fill(tile.values, first, row, rows, transposed);
                synchronized (lock) {
                    visitor.visit(row, rows, column, columns, tile);
                }
            }
        });
    }

    /** [D, COLUMNS]: one feature of all the strip's samples side by side, as vector instructions want it. */
    private static double[] transpose(FeatureMatrix set, int from, int count) {
        double[] transposed = new double[set.columns() * COLUMNS];
        for (int c = 0; c < count; c++) {
            for (int d = 0; d < set.columns(); d++) {
                transposed[d * COLUMNS + c] = set.get(from + c, d);
            }
        }
        return transposed;
    }

    private static void fill(double[] sums, FeatureMatrix set, int row, int rows, double[] transposed) {
        Arrays.fill(sums, 0);
        int depth = set.columns();
        for (int from = 0; from < depth; from += DEPTH) {
            int to = Math.min(from + DEPTH, depth);
            for (int r = 0; r < rows; r++) {
                addRow(sums, r * COLUMNS, set.values(), (row + r) * depth, transposed, from, to);
            }
        }
    }

    /** The inner loops run over samples, not features: the compiler vectorises them without reordering a sum. */
    private static void addRow(double[] sums, int at, double[] values, int x, double[] transposed, int from, int to) {
        int d = from;
        for (; d + UNROLL <= to; d += UNROLL) {
            addEight(sums, at, values, x + d, transposed, d * COLUMNS);
        }
        for (; d < to; d++) {
            double value = values[x + d];
            int y = d * COLUMNS;
            for (int c = 0; c < COLUMNS; c++) {
                double difference = value - transposed[y + c];
                sums[at + c] += difference * difference;
            }
        }
    }

    private static void addEight(double[] sums, int at, double[] values, int x, double[] transposed, int y) {
        double x0 = values[x];
        double x1 = values[x + 1];
        double x2 = values[x + 2];
        double x3 = values[x + 3];
        double x4 = values[x + 4];
        double x5 = values[x + 5];
        double x6 = values[x + 6];
        double x7 = values[x + 7];
        for (int c = 0; c < COLUMNS; c++) {
            double d0 = x0 - transposed[y + c];
            double d1 = x1 - transposed[y + COLUMNS + c];
            double d2 = x2 - transposed[y + 2 * COLUMNS + c];
            double d3 = x3 - transposed[y + 3 * COLUMNS + c];
            double d4 = x4 - transposed[y + 4 * COLUMNS + c];
            double d5 = x5 - transposed[y + 5 * COLUMNS + c];
            double d6 = x6 - transposed[y + 6 * COLUMNS + c];
            double d7 = x7 - transposed[y + 7 * COLUMNS + c];
            sums[at + c] += ((d0 * d0 + d1 * d1) + (d2 * d2 + d3 * d3)) + ((d4 * d4 + d5 * d5) + (d6 * d6 + d7 * d7));
        }
    }
}
