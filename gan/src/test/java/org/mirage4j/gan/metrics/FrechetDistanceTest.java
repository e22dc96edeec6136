package org.mirage4j.gan.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mirage4j.gan.metrics.Tolerance.GOLDEN_FRECHET;
import static org.mirage4j.gan.metrics.Tolerance.relative;

import org.junit.jupiter.api.Test;
import org.mirage4j.core.MirageException;
import org.mirage4j.core.features.ExtractorId;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class FrechetDistanceTest {
    private static final int DIMENSION = 60;

    @Test
    void fewerSamplesThanDimensionsAgreeWithTheClosedForm() {
        // Both covariances have the same seven eigenvectors, so each pair of deviations is at its own distance.
        double[] real = {5, 3, 2, 1, 0.5, 0.1, 0.01};
        double[] generated = {4, 3, 0.3, 2, 0.7, 0.01, 1};
        double shift = 0.25;
        double expected = shift * shift * DIMENSION;
        for (int i = 0; i < real.length; i++) {
            double difference = (real[i] - generated[i]) * Math.sqrt(2.0 / (2 * real.length - 1));
            expected += difference * difference;
        }

        assertThat(distance(axes(real, 0, 0), axes(generated, 0, shift)))
                .isCloseTo(expected, relative(expected, GOLDEN_FRECHET));
    }

    @Test
    void orthogonalLowRankSetsAreAtTheSumOfTheirVariances() {
        double[] deviations = {3, 2, 1};
        double variance = 2 * (9 + 4 + 1) / 5.0;

        assertThat(distance(axes(deviations, 0, 0), axes(deviations, 10, 0)))
                .isCloseTo(2 * variance, relative(2 * variance, GOLDEN_FRECHET));
    }

    @Test
    void obliqueSingleDirectionsFollowTheirAngle() {
        double angle = 0.4;
        FeatureMatrix along = Sets.points(new double[][] {{1, 0, 0}, {-1, 0, 0}});
        FeatureMatrix oblique = Sets.points(new double[][] {
            {2 * Math.cos(angle), 2 * Math.sin(angle), 0}, {-2 * Math.cos(angle), -2 * Math.sin(angle), 0}
        });
        double expected = 2 + 8 - 2 * 4 * Math.cos(angle);

        assertThat(distance(along, oblique)).isCloseTo(expected, relative(expected, GOLDEN_FRECHET));
    }

    @Test
    void aCollapsedSetIsAtItsShiftPlusTheOthersVariance() {
        FeatureMatrix real = Sets.points(new double[][] {{1, 0}, {-1, 0}, {0, 3}, {0, -3}});
        FeatureMatrix collapsed = Sets.points(new double[][] {{2, 0}, {2, 0}, {2, 0}});
        double expected = 4 + (2 + 18) / 3.0;

        assertThat(distance(real, collapsed)).isCloseTo(expected, relative(expected, GOLDEN_FRECHET));
    }

    @Test
    void aSetIsAtNoDistanceFromItselfAndOrderDoesNotMatter() {
        FeatureMatrix few = Sets.gaussian("few", 20, DIMENSION);
        FeatureMatrix many = Sets.gaussian("many", 200, DIMENSION);

        assertThat(distance(few, few)).isCloseTo(0, relative(DIMENSION, Tolerance.GOLDEN));
        double there = distance(few, many);
        assertThat(distance(many, few)).isCloseTo(there, relative(there, GOLDEN_FRECHET));
    }

    @Test
    void setsOfDifferentExtractorsOrDimensionsAreRefused() {
        FeatureStatistics points = FeatureStatistics.of(Sets.gaussian("a", 5, 3));
        FeatureStatistics wide = FeatureStatistics.of(Sets.gaussian("a", 5, 4));
        FeatureStatistics other =
                FeatureStatistics.of(FeatureMatrix.of(Nd4j.rand(5, 3), new ExtractorId("other", "other", false)));

        assertThatThrownBy(() -> FrechetDistance.between(points, wide))
                .isInstanceOf(MirageException.class)
                .hasMessage("feature sets must have the same number of columns, but have 3 and 4");
        assertThatThrownBy(() -> FrechetDistance.between(points, other))
                .isInstanceOf(MirageException.class)
                .hasMessageContaining("points [points] and other [other]");
    }

    @Test
    void bootstrapGivesASpreadNearTheTrueOne() {
        FeatureStatistics real = FeatureStatistics.of(Sets.gaussian("real", 2000, 4));
        FeatureMatrix generated = Sets.gaussian("generated", 500, 4);
        MetricResult result = Bootstrap.of(
                generated, 50, Sets.STREAMS, set -> FrechetDistance.between(real, FeatureStatistics.of(set)));
        double[] fresh = new double[50];
        for (int i = 0; i < fresh.length; i++) {
            fresh[i] = FrechetDistance.between(real, FeatureStatistics.of(Sets.gaussian("fresh-" + i, 500, 4)))
                    .value();
        }

        assertThat(result.value())
                .isEqualTo(FrechetDistance.between(real, FeatureStatistics.of(generated))
                        .value());
        assertThat(result.spread().kind()).isEqualTo(Spread.Kind.BOOTSTRAP);
        double deviation = Moments.sampleDeviation(fresh);
        assertThat(result.spread().value()).isBetween(deviation / 2, deviation * 3);
    }

    private static double distance(FeatureMatrix real, FeatureMatrix generated) {
        return FrechetDistance.between(FeatureStatistics.of(real), FeatureStatistics.of(generated))
                .value();
    }

    /** Samples plus and minus along the columns of a reflection, so that its columns are the eigenvectors. */
    private static FeatureMatrix axes(double[] lengths, int firstAxis, double shift) {
        INDArray normal = Sets.STREAMS.gaussian("normal", 0, DataType.DOUBLE, DIMENSION, 1);
        normal.divi(normal.norm2Number());
        INDArray reflection = Nd4j.eye(DIMENSION)
                .castTo(DataType.DOUBLE)
                .sub(normal.mmul(normal.transpose()).mul(2));
        double[][] samples = new double[2 * lengths.length][DIMENSION];
        for (int i = 0; i < lengths.length; i++) {
            for (int d = 0; d < DIMENSION; d++) {
                double value = lengths[i] * reflection.getDouble(d, firstAxis + i);
                samples[2 * i][d] = shift + value;
                samples[2 * i + 1][d] = shift - value;
            }
        }
        return Sets.points(samples);
    }
}
