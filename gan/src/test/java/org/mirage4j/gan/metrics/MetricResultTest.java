package org.mirage4j.gan.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.mirage4j.core.MirageException;
import org.mirage4j.core.features.ExtractorId;

class MetricResultTest {
    private static final ExtractorId PIXELS = new ExtractorId("raw pixels", "raw-pixels-1x28x28", false);
    private static final ExtractorId INCEPTION = new ExtractorId("Inception-v3", "abc", true);

    @Test
    void onlyInceptionFeaturesAreCalledFid() {
        assertThat(result(Metric.FRECHET_DISTANCE, 1, INCEPTION).name()).isEqualTo("FID");
        assertThat(result(Metric.KERNEL_DISTANCE, 1, INCEPTION).name()).isEqualTo("KID");
        assertThat(result(Metric.FRECHET_DISTANCE, 1, PIXELS).name()).isEqualTo("Frechet distance (raw pixels)");
        assertThat(result(Metric.INCEPTION_SCORE, 1, PIXELS).name()).isEqualTo("Inception score (raw pixels)");
        assertThat(result(Metric.PRECISION, 1, INCEPTION).name()).isEqualTo("precision (Inception-v3)");
        assertThat(result(Metric.MODES, 1, ExtractorId.POINTS).name()).isEqualTo("modes");
    }

    @Test
    void resultsOfDifferentExtractorsCannotBeCompared() {
        MetricResult pixels = result(Metric.FRECHET_DISTANCE, 1, PIXELS);
        MetricResult inception = result(Metric.FRECHET_DISTANCE, 2, INCEPTION);

        assertThatThrownBy(() -> pixels.betterThan(inception))
                .isInstanceOf(MirageException.class)
                .hasMessage("only features of one extractor can be compared, but these are of raw pixels"
                        + " [raw-pixels-1x28x28] and Inception-v3 [abc]");
        assertThatThrownBy(() -> MetricResult.meanOf(List.of(pixels, inception)))
                .isInstanceOf(MirageException.class);
    }

    @Test
    void resultsOfDifferentMetricsOrSettingsCannotBeCompared() {
        MetricResult k3 = Neighbourhoods.of(Golden.REAL, Golden.FAKE, 3).precision();
        MetricResult k5 = Neighbourhoods.of(Golden.REAL, Golden.FAKE, 5).precision();

        assertThatThrownBy(() -> k3.minus(k5))
                .isInstanceOf(MirageException.class)
                .hasMessageContaining("precision [k=3] and precision [k=5]");
    }

    @Test
    void betterFollowsTheMetricsDirection() {
        assertThat(result(Metric.FRECHET_DISTANCE, 1, PIXELS).betterThan(result(Metric.FRECHET_DISTANCE, 2, PIXELS)))
                .isTrue();
        assertThat(result(Metric.RECALL, 1, PIXELS).betterThan(result(Metric.RECALL, 2, PIXELS)))
                .isFalse();
        assertThat(result(Metric.RECALL, 2, PIXELS).betterThan(result(Metric.RECALL, 2, PIXELS)))
                .isFalse();
    }

    @Test
    void runsAreReportedAsMeanAndStandardError() {
        MetricResult mean = MetricResult.meanOf(List.of(
                result(Metric.MODES, 6, PIXELS), result(Metric.MODES, 8, PIXELS), result(Metric.MODES, 7, PIXELS)));

        assertThat(mean.value()).isEqualTo(7);
        assertThat(mean.spread().kind()).isEqualTo(Spread.Kind.RUNS);
        assertThat(mean.spread().value()).isCloseTo(1 / Math.sqrt(3), Tolerance.ROUNDING);
    }

    @Test
    void undefinedValuesAreRefused() {
        assertThatThrownBy(() -> result(Metric.RECALL, Double.NaN, PIXELS)).isInstanceOf(MirageException.class);
        assertThatThrownBy(() -> new Spread(Spread.Kind.RUNS, -1)).isInstanceOf(MirageException.class);
        assertThatThrownBy(() -> new ExtractorId("", "x", false)).isInstanceOf(MirageException.class);
    }

    private static MetricResult result(Metric metric, double value, ExtractorId extractor) {
        return new MetricResult(metric, "", value, Spread.NONE, 10, 10, extractor, 0);
    }
}
