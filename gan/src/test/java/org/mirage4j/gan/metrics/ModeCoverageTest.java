package org.mirage4j.gan.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.mirage4j.core.MirageException;
import org.mirage4j.core.features.ExtractorId;

class ModeCoverageTest {
    private static final ExtractorId CLASSIFIER = new ExtractorId("digits", "digits-1", false);

    @Test
    void threeEvenModesOfTheRingLoseTheLogarithmOfTheRest() {
        double[][] points = new double[300][];
        for (int i = 0; i < points.length; i++) {
            double angle = Math.PI / 4 * (i % 3);
            points[i] = new double[] {Math.cos(angle), Math.sin(angle)};
        }
        ModeCoverage found = ModeCoverage.ofMixture(Sets.points(points), MixtureModes.ring());

        assertThat(found.modes().value()).isEqualTo(3);
        assertThat(found.highQualityShare().orElseThrow().value()).isEqualTo(1);
        assertThat(found.reverseKl().value()).isCloseTo(Math.log(8 / 3.0), Tolerance.ROUNDING);
        assertThat(found.counts()).containsExactly(100, 100, 100, 0, 0, 0, 0, 0);
    }

    @Test
    void pointsBeyondThreeDeviationsAreCountedButCaptureNothing() {
        double[][] points = {{-4, -4.14}, {-4, -4.16}, {4, 4.2}, {0.1, 0.1}};
        ModeCoverage found = ModeCoverage.ofMixture(Sets.points(points), MixtureModes.grid());

        assertThat(found.modes().value()).isEqualTo(2);
        assertThat(found.highQualityShare().orElseThrow().value()).isEqualTo(0.5);
        assertThat(found.counts()[0]).isEqualTo(2);
        assertThat(found.counts()[12]).isEqualTo(1);
        assertThat(found.counts()[24]).isEqualTo(1);
        double kl = 0.5 * Math.log(0.5 * 25) + 2 * 0.25 * Math.log(0.25 * 25);
        assertThat(found.reverseKl().value()).isCloseTo(kl, Tolerance.ROUNDING);
    }

    @Test
    void modesMayDifferInWidthAndWeight() {
        MixtureModes modes =
                new MixtureModes(new double[][] {{0, 0}, {10, 0}}, new double[] {0.1, 1}, new double[] {1, 3});
        double[][] points = {{0, 0.4}, {10, 0.4}, {10, 2}, {8, 0}};
        ModeCoverage found = ModeCoverage.ofMixture(Sets.points(points), modes);

        assertThat(found.highQualityShare().orElseThrow().value()).isEqualTo(0.75);
        assertThat(found.modes().value()).isEqualTo(1);
        assertThat(found.reverseKl().value()).isCloseTo(0, Tolerance.ROUNDING);
        assertThatThrownBy(() -> new MixtureModes(new double[][] {{0, 0}}, new double[] {1}, new double[] {0}))
                .isInstanceOf(MirageException.class)
                .hasMessageContaining("a mode's weight must be positive, but is 0.0");
    }

    @Test
    void anyListOfCentresWillDo() {
        MixtureModes modes = new MixtureModes(new double[][] {{0, 0, 0}, {5, 5, 5}}, 1);
        ModeCoverage found = ModeCoverage.ofMixture(Sets.points(new double[][] {{5, 5, 4}}), modes);

        assertThat(found.modes().value()).isEqualTo(1);
        assertThat(found.reverseKl().value()).isCloseTo(Math.log(2), Tolerance.ROUNDING);
    }

    @Test
    void stackedDigitsHaveAThousandModes() {
        int[] ones = IntStream.range(0, 2000).map(i -> i % 10).toArray();
        int[] tens = IntStream.range(0, 2000).map(i -> i / 10 % 10).toArray();
        int[] hundreds = IntStream.range(0, 2000).map(i -> i / 100 % 10).toArray();
        int[] labels = ModeCoverage.stackDigits(hundreds, tens, ones);
        ModeCoverage all = ModeCoverage.ofLabels(labels, 1000, CLASSIFIER);
        ModeCoverage half = ModeCoverage.ofLabels(Arrays.copyOf(labels, 500), 1000, CLASSIFIER);

        assertThat(labels[1234]).isEqualTo(234);
        assertThat(all.modes().value()).isEqualTo(1000);
        assertThat(all.reverseKl().value()).isCloseTo(0, Tolerance.ROUNDING);
        assertThat(half.modes().value()).isEqualTo(500);
        assertThat(half.reverseKl().value()).isCloseTo(Math.log(2), Tolerance.ROUNDING);
        assertThat(half.modes().name()).isEqualTo("modes (digits)");
        assertThat(half.highQualityShare()).isEmpty();
    }

    @Test
    void knownSharesAreTheReference() {
        int[] labels = {0, 0, 0, 1};
        ModeCoverage found = ModeCoverage.ofLabels(labels, new double[] {0.5, 0.25, 0.25}, CLASSIFIER);

        assertThat(found.modes().value()).isEqualTo(2);
        assertThat(found.reverseKl().value()).isCloseTo(0.75 * Math.log(1.5), Tolerance.ROUNDING);
    }

    @Test
    void badInputIsNamed() {
        assertThatThrownBy(() -> ModeCoverage.ofLabels(new int[] {0, 7}, 7, CLASSIFIER))
                .isInstanceOf(MirageException.class)
                .hasMessage("labels must be from 0 to 6, but label 1 is 7");
        assertThatThrownBy(() -> ModeCoverage.ofLabels(new int[0], 7, CLASSIFIER))
                .isInstanceOf(MirageException.class);
        assertThatThrownBy(() -> ModeCoverage.ofLabels(new int[1], new double[] {0.5, 0.6}, CLASSIFIER))
                .isInstanceOf(MirageException.class);
        assertThatThrownBy(() -> ModeCoverage.stackDigits(new int[] {1}, new int[] {10}, new int[] {1}))
                .isInstanceOf(MirageException.class)
                .hasMessage("digits must be from 0 to 9, but sample 0 has 10");
        assertThatThrownBy(() -> ModeCoverage.ofMixture(Sets.gaussian("p", 5, 3), MixtureModes.ring()))
                .isInstanceOf(MirageException.class)
                .hasMessageContaining("2 and 3");
        assertThatThrownBy(() -> new MixtureModes(new double[][] {{0, 0}}, 0)).isInstanceOf(MirageException.class);
        assertThatThrownBy(() -> new MixtureModes(new double[0][], 1)).isInstanceOf(MirageException.class);
    }
}
