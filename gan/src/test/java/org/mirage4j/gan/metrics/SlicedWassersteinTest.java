package org.mirage4j.gan.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.mirage4j.core.MirageException;
import org.mirage4j.core.random.RandomStreams;

class SlicedWassersteinTest {

    @Test
    void equalSizesAreMatchedInOrder() {
        // 0 -> 2, 1 -> 3, 5 -> 4
        assertThat(SlicedWasserstein.squaredTransport(new double[] {5, 0, 1}, new double[] {3, 4, 2}))
                .isEqualTo((4 + 4 + 1) / 3.0);
    }

    @Test
    void unequalSizesAreSplitExactly() {
        // Thirds against halves: 1/3 of 0 -> 0, then of the 3 in the middle 1/6 -> 0 and 1/6 -> 6, then 1/3 of 6 -> 6.
        assertThat(SlicedWasserstein.squaredTransport(new double[] {0, 3, 6}, new double[] {0, 6}))
                .isEqualTo((9 + 9) / 6.0);
        assertThat(SlicedWasserstein.squaredTransport(new double[] {0, 6}, new double[] {0, 3, 6}))
                .isEqualTo((9 + 9) / 6.0);
        assertThat(SlicedWasserstein.squaredTransport(new double[] {2}, new double[] {1, 2, 3, 6}))
                .isEqualTo((1 + 0 + 1 + 16) / 4.0);
    }

    @Test
    void repeatingASetDoesNotMoveIt() {
        assertThat(SlicedWasserstein.squaredTransport(new double[] {1, 4, 9}, new double[] {9, 9, 1, 1, 4, 4}))
                .isZero();
    }

    @Test
    void oneDimensionIsTheExactDistanceInEveryDirection() {
        FeatureMatrix real = Sets.points(new double[][] {{0}, {3}, {6}});
        FeatureMatrix generated = Sets.points(new double[][] {{0}, {6}});
        MetricResult distance = SlicedWasserstein.of(real, generated, 5, Sets.STREAMS);

        assertThat(distance.value()).isCloseTo(Math.sqrt(3), Tolerance.ROUNDING);
        assertThat(distance.spread().value()).isCloseTo(0, Tolerance.ROUNDING);
    }

    @Test
    void aShiftProjectsToItsLengthOverTheRootOfTheDimension() {
        FeatureMatrix real = Sets.gaussian("real", 1500, 6);
        double[][] moved = new double[real.rows()][6];
        for (int row = 0; row < moved.length; row++) {
            for (int d = 0; d < 6; d++) {
                moved[row][d] = real.get(row, d) + (d == 2 ? 12 : 0);
            }
        }
        double value = SlicedWasserstein.of(real, Sets.points(moved), 4000, Sets.STREAMS)
                .value();

        // The mean of a unit vector's squared coordinate is 1/6; over 4,000 directions it is known to 2 %.
        assertThat(value).isBetween(12 / Math.sqrt(6) * 0.96, 12 / Math.sqrt(6) * 1.04);
    }

    @Test
    void directionsAreRepeatedFromTheSeed() {
        MetricResult first = SlicedWasserstein.of(Golden.REAL, Golden.FAKE, 16, new RandomStreams(1));

        assertThat(SlicedWasserstein.of(Golden.REAL, Golden.FAKE, 16, new RandomStreams(1)))
                .isEqualTo(first);
        assertThat(SlicedWasserstein.of(Golden.REAL, Golden.FAKE, 16, new RandomStreams(2))
                        .value())
                .isNotEqualTo(first.value());
    }

    @Test
    void noDirectionIsRefused() {
        assertThatThrownBy(() -> SlicedWasserstein.of(Golden.REAL, Golden.FAKE, 0, Sets.STREAMS))
                .isInstanceOf(MirageException.class)
                .hasMessageContaining("at least 1 direction");
    }
}
