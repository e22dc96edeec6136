package org.mirage4j.gan.metrics;

import org.mirage4j.core.MirageException;

/**
 * Precision and recall (Kynkaanniemi et al. 2019), density and coverage (Naeem et al. 2020). A sample's
 * neighbourhood is the ball whose radius is the distance to its k-th nearest other sample of its own
 * set; a point on its surface lies inside.
 *
 * @param precision share of generated samples inside some real neighbourhood
 * @param recall share of real samples inside some generated neighbourhood
 * @param density real neighbourhoods around a generated sample, divided by k; may exceed 1
 * @param coverage share of real samples with a generated one in their neighbourhood
 */
public record Neighbourhoods(MetricResult precision, MetricResult recall, MetricResult density, MetricResult coverage) {

    /**
     * Computes all four in one pass, without holding the distances.
     *
     * @param real [N, D], more than k rows
     * @param generated [M, D], more than k rows
     * @param k the neighbour that sets the radius; the literature has 3 and 5
     * @return the four results; spreads are standard errors over samples that take the neighbourhoods
     *     as given
     * @throws MirageException if a set has too few samples or the two cannot be compared
     */
    public static Neighbourhoods of(FeatureMatrix real, FeatureMatrix generated, int k) {
        if (k < 1) {
            throw new MirageException("neighbourhoods need at least 1 neighbour, but k is " + k);
        }
        Extractors.requireSame(real, generated);
        real.requireRows(k + 1, "neighbourhood of k=" + k);
        generated.requireRows(k + 1, "neighbourhood of k=" + k);

        double[] realRadii = Distances.squaredRadii(real, k);
        double[] generatedRadii = Distances.squaredRadii(generated, k);
        int[] realBallsAround = new int[generated.rows()];
        boolean[] recalled = new boolean[real.rows()];
        boolean[] covered = new boolean[real.rows()];
        Distances.between(real, generated, tile -> {
            for (int c = 0; c < tile.columns; c++) {
                int fake = tile.column + c;
                for (int r = 0; r < tile.rows; r++) {
                    int original = tile.row + r;
                    if (tile.within(r, c, realRadii[original])) {
                        realBallsAround[fake]++;
                        covered[original] = true;
                    }
                    recalled[original] |= tile.within(r, c, generatedRadii[fake]);
                }
            }
        });

        int precise = 0;
        double[] densities = new double[generated.rows()];
        for (int c = 0; c < densities.length; c++) {
            precise += realBallsAround[c] > 0 ? 1 : 0;
            densities[c] = (double) realBallsAround[c] / k;
        }
        Results results = new Results(real, generated, "k=" + k);
        double densityError = Moments.populationDeviation(densities) / Math.sqrt(densities.length);
        return new Neighbourhoods(
                results.share(Metric.PRECISION, precise, generated.rows()),
                results.share(Metric.RECALL, count(recalled), real.rows()),
                results.of(Metric.DENSITY, Moments.mean(densities), new Spread(Spread.Kind.SAMPLES, densityError)),
                results.share(Metric.COVERAGE, count(covered), real.rows()));
    }

    private static int count(boolean[] hits) {
        int count = 0;
        for (boolean hit : hits) {
            count += hit ? 1 : 0;
        }
        return count;
    }

    private record Results(FeatureMatrix real, FeatureMatrix generated, String setting) {
        MetricResult share(Metric metric, int hits, int samples) {
            double share = (double) hits / samples;
            return of(metric, share, Spread.ofShare(share, samples));
        }

        MetricResult of(Metric metric, double value, Spread spread) {
            return new MetricResult(metric, setting, value, spread, real.rows(), generated.rows(), real.extractor(), 0);
        }
    }
}
