package org.mirage4j.gan.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mirage4j.gan.metrics.Tolerance.GOLDEN;
import static org.mirage4j.gan.metrics.Tolerance.GOLDEN_FRECHET;
import static org.mirage4j.gan.metrics.Tolerance.relative;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

class GoldenMetricsTest {
    private static final Logger LOG = LoggerFactory.getLogger(GoldenMetricsTest.class);

    @ParameterizedTest
    @ValueSource(ints = {1, 5, 10})
    void inceptionScoreAgrees(int splits) {
        JsonNode expected = Golden.expected("inceptionScore").get(Integer.toString(splits));
        MetricResult score = InceptionScore.of(Golden.LOGITS, splits);

        agree("inception score, " + splits + " splits", score.value(), expected.get("mean"), GOLDEN);
        agree("its deviation", score.spread().value(), expected.get("std"), GOLDEN);
    }

    @Test
    void frechetDistanceAgrees() {
        MetricResult distance =
                FrechetDistance.between(FeatureStatistics.of(Golden.REAL), FeatureStatistics.of(Golden.FAKE));

        agree("frechet", distance.value(), Golden.expected("frechet"), GOLDEN_FRECHET);
    }

    @Test
    void kernelDistanceAgrees() {
        JsonNode expected = Golden.expected("kid");
        int[] first = IntStream.range(0, 100).toArray();

        MetricResult whole = KernelDistance.ofWholeSets(Golden.REAL, Golden.FAKE);
        MetricResult part = KernelDistance.ofWholeSets(Golden.REAL.select(first), Golden.FAKE.select(first));
        agree("kernel distance, whole sets", whole.value(), expected.get("fullSets"), GOLDEN);
        agree("kernel distance, first 100", part.value(), expected.get("first100"), GOLDEN);
    }

    @ParameterizedTest
    @ValueSource(ints = {3, 5})
    void neighbourCountsAreExact(int k) {
        JsonNode expected = Golden.expected("prdc").get(Integer.toString(k));
        Neighbourhoods found = Neighbourhoods.of(Golden.REAL, Golden.FAKE, k);
        int real = Golden.REAL.rows();
        int fake = Golden.FAKE.rows();

        sameCount(found.precision(), expected.get("precision"), fake);
        sameCount(found.recall(), expected.get("recall"), real);
        sameCount(found.density(), expected.get("density"), fake * k);
        sameCount(found.coverage(), expected.get("coverage"), real);
    }

    private static void sameCount(MetricResult found, JsonNode expected, int of) {
        assertThat(Math.round(found.value() * of)).isEqualTo(Math.round(expected.doubleValue() * of));
        agree(found.metric().title() + ", " + found.setting(), found.value(), expected, GOLDEN);
    }

    private static void agree(String what, double found, JsonNode expected, double tolerance) {
        double value = expected.doubleValue();
        LOG.info("{}: {} against {}, relative error {}", what, found, value, Math.abs(found / value - 1));
        assertThat(found).as(what).isCloseTo(value, relative(value, tolerance));
    }
}
