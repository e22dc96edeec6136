package org.mirage4j.gan.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.mirage4j.core.MirageException;
import org.mirage4j.core.features.ExtractorId;

class FeatureStatisticsTest {
    private static final FeatureMatrix SET = Sets.gaussian("set", 3000, 7);

    @Test
    void momentsAreThoseOfTheDefinition() {
        FeatureStatistics statistics = FeatureStatistics.of(SET);

        for (int a = 0; a < 7; a++) {
            double mean = mean(a);
            assertThat(statistics.mean()[a]).isCloseTo(mean, Tolerance.ROUNDING);
            for (int b = 0; b < 7; b++) {
                double sum = 0;
                for (int row = 0; row < SET.rows(); row++) {
                    sum += (SET.get(row, a) - mean) * (SET.get(row, b) - mean(b));
                }
                assertThat(statistics.covariance(a, b)).isCloseTo(sum / (SET.rows() - 1), Tolerance.ROUNDING);
            }
        }
    }

    @Test
    void batchesAndMergedPartsEqualTheWhole() {
        StatisticsAccumulator first = new StatisticsAccumulator(7, ExtractorId.POINTS);
        StatisticsAccumulator second = new StatisticsAccumulator(7, ExtractorId.POINTS);
        first.add(rows(0, 100));
        first.add(rows(100, 101));
        second.add(rows(101, 2500));
        second.add(rows(2500, 3000));
        first.merge(second);
        first.merge(new StatisticsAccumulator(7, ExtractorId.POINTS));

        assertSame(first.statistics(), FeatureStatistics.of(SET));
    }

    @Test
    void aLargeMeanCostsNoDigits() {
        double[][] shifted = new double[SET.rows()][7];
        for (int row = 0; row < shifted.length; row++) {
            for (int column = 0; column < 7; column++) {
                shifted[row][column] = SET.get(row, column) + (1 << 20);
            }
        }
        FeatureStatistics plain = FeatureStatistics.of(SET);
        FeatureStatistics far = FeatureStatistics.of(Sets.points(shifted));

        // The shift itself rounds each number by 1e-10; the square of the mean has 1e12.
        assertThat(far.covariance(2, 2)).isCloseTo(plain.covariance(2, 2), Tolerance.relative(1, Tolerance.GOLDEN));
    }

    @Test
    void oneSampleHasNoCovariance() {
        assertThatThrownBy(() -> FeatureStatistics.of(rows(0, 1)))
                .isInstanceOf(MirageException.class)
                .hasMessage("a covariance needs at least 2 samples, but the set has 1");
    }

    @Test
    void batchesOfAnotherExtractorAreRefused() {
        StatisticsAccumulator accumulator = new StatisticsAccumulator(7, new ExtractorId("other", "other", false));

        assertThatThrownBy(() -> accumulator.add(SET)).isInstanceOf(MirageException.class);
    }

    @Test
    void cachedStatisticsAreComputedOnceAndReadBitForBit(@TempDir Path directory) {
        StatisticsCache cache = new StatisticsCache(directory.resolve("new"));
        FeatureStatistics computed = cache.get("set", ExtractorId.POINTS, () -> FeatureStatistics.of(SET));
        FeatureStatistics read = cache.get("set", ExtractorId.POINTS, () -> fail("computed again"));

        assertThat(read.count()).isEqualTo(3000);
        assertThat(read.mean()).containsExactly(computed.mean());
        assertThat(read.covariance()).containsExactly(computed.covariance());
        assertThat(directory.resolve("new")).isDirectoryNotContaining("glob:**writing*");
    }

    @Test
    void anotherSetOrExtractorHasItsOwnFile(@TempDir Path directory) {
        StatisticsCache cache = new StatisticsCache(directory);
        cache.get("set", ExtractorId.POINTS, () -> FeatureStatistics.of(SET));
        FeatureStatistics other = cache.get("other", ExtractorId.POINTS, () -> FeatureStatistics.of(rows(0, 10)));

        assertThat(other.count()).isEqualTo(10);
        assertThatThrownBy(() -> cache.get("set", new ExtractorId("x", "x", false), () -> FeatureStatistics.of(SET)))
                .isInstanceOf(MirageException.class)
                .hasMessageContaining("x [x] and points [points]");
    }

    @Test
    void aDamagedOrShortFileIsNamed(@TempDir Path directory) throws IOException {
        StatisticsCache cache = new StatisticsCache(directory);
        cache.get("set", ExtractorId.POINTS, () -> FeatureStatistics.of(SET));
        Path file;
        try (var files = Files.list(directory)) {
            file = files.findFirst().orElseThrow();
        }
        byte[] whole = Files.readAllBytes(file);
        byte[] flipped = whole.clone();
        flipped[100] ^= 1;

        for (byte[] damaged : new byte[][] {flipped, Arrays.copyOf(whole, 200), {}}) {
            Files.write(file, damaged);
            assertThatThrownBy(() -> cache.get("set", ExtractorId.POINTS, () -> FeatureStatistics.of(SET)))
                    .isInstanceOf(MirageException.class)
                    .hasMessageContaining(file.toString())
                    .hasMessageContaining("damaged");
        }
    }

    private static void assertSame(FeatureStatistics found, FeatureStatistics expected) {
        assertThat(found.count()).isEqualTo(expected.count());
        for (int a = 0; a < expected.dimension(); a++) {
            assertThat(found.mean()[a]).isCloseTo(expected.mean()[a], Tolerance.ROUNDING);
            for (int b = 0; b < expected.dimension(); b++) {
                assertThat(found.covariance(a, b)).isCloseTo(expected.covariance(a, b), Tolerance.ROUNDING);
            }
        }
    }

    private static FeatureMatrix rows(int from, int to) {
        return SET.select(IntStream.range(from, to).toArray());
    }

    private static double mean(int column) {
        double sum = 0;
        for (int row = 0; row < SET.rows(); row++) {
            sum += SET.get(row, column);
        }
        return sum / SET.rows();
    }
}
