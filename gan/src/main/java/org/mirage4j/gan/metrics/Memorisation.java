package org.mirage4j.gan.metrics;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Whether a generator repeats its training set. A sample counts as memorised if it is no farther from
 * its nearest training sample than that one is from its own nearest neighbour in the training set (the
 * authenticity test of Alaa et al. 2022, counted the other way round). New samples of the true
 * distribution are also sometimes that close, so put the share of a held-out set beside it.
 */
public final class Memorisation {
    private Memorisation() {}

    /**
     * The share of memorised samples.
     *
     * @param training [N, D], at least 2 rows
     * @param generated [M, D]
     * @return the share with its standard error
     * @throws org.mirage4j.core.MirageException if the training set has too few samples or the two
     *     cannot be compared
     */
    public static MetricResult of(FeatureMatrix training, FeatureMatrix generated) {
        Extractors.requireSame(training, generated);
        training.requireRows(2, "memorisation check");
        Nearest nearest = new Nearest(generated.rows());
        Distances.between(generated, training, nearest::offerAll);

        // Only the neighbours of samples that are somebody's nearest are needed, not the whole set's.
        int[] hit = IntStream.of(nearest.index).distinct().toArray();
        Nearest own = new Nearest(hit.length);
        Distances.between(training.select(hit), training, tile -> {
            for (int c = 0; c < tile.columns; c++) {
                for (int r = 0; r < tile.rows; r++) {
                    if (hit[tile.row + r] != tile.column + c) {
                        own.offer(tile, r, c);
                    }
                }
            }
        });
        double[] ownDistance = new double[training.rows()];
        for (int i = 0; i < hit.length; i++) {
            ownDistance[hit[i]] = own.squared[i];
        }

        long memorised = IntStream.range(0, generated.rows())
                .filter(i -> nearest.squared[i] <= ownDistance[nearest.index[i]])
                .count();
        double share = (double) memorised / generated.rows();
        return new MetricResult(
                Metric.MEMORISED_SHARE,
                "",
                share,
                Spread.ofShare(share, generated.rows()),
                training.rows(),
                generated.rows(),
                training.extractor(),
                0);
    }

    /** Each row's nearest so far; among equals the first, so that the order of tiles does not matter. */
    private static final class Nearest {
        private final double[] squared;
        private final int[] index;

        Nearest(int rows) {
            squared = new double[rows];
            index = new int[rows];
            Arrays.fill(squared, Double.POSITIVE_INFINITY);
            Arrays.fill(index, Integer.MAX_VALUE);
        }

        void offerAll(Distances.Tile tile) {
            for (int c = 0; c < tile.columns; c++) {
                for (int r = 0; r < tile.rows; r++) {
                    offer(tile, r, c);
                }
            }
        }

        void offer(Distances.Tile tile, int r, int c) {
            int row = tile.row + r;
            int candidate = tile.column + c;
            if (!tile.maybeBelow(r, c, Math.nextUp(squared[row]))) {
                return;
            }
            double distance = tile.exact(r, c);
            if (distance < squared[row] || (distance == squared[row] && candidate < index[row])) {
                squared[row] = distance;
                index[row] = candidate;
            }
        }
    }
}
