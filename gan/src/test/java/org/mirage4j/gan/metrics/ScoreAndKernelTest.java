package org.mirage4j.gan.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.withinPercentage;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.mirage4j.core.MirageException;
import org.mirage4j.core.random.RandomStreams;

class ScoreAndKernelTest {

    @Test
    void certainAndEvenPredictionsScoreTheNumberOfClassesHoweverLargeTheLogits() {
        double[][] logits = new double[40][4];
        for (int i = 0; i < logits.length; i++) {
            logits[i][i % 4] = 5000;
        }

        assertThat(InceptionScore.of(Sets.points(logits), 10).value()).isCloseTo(4, Tolerance.ROUNDING);
    }

    @Test
    void equalPredictionsScoreOne() {
        double[][] logits = new double[30][4];
        for (double[] row : logits) {
            row[1] = 2;
        }

        assertThat(InceptionScore.of(Sets.points(logits), 1).value()).isCloseTo(1, Tolerance.ROUNDING);
    }

    @Test
    void moreSplitsThanSamplesAreRefused() {
        assertThatThrownBy(() -> InceptionScore.of(Sets.gaussian("logits", 5, 3), 6))
                .isInstanceOf(MirageException.class)
                .hasMessageContaining("6 splits and 5 samples");
    }

    @Test
    void kernelDistanceOfLargeSetsIsThatOfTheDefinition() {
        FeatureMatrix real = Sets.gaussian("real", 1100, 3);
        FeatureMatrix generated = Sets.gaussian("generated", 1030, 3);
        double expected = meanKernel(real, real) + meanKernel(generated, generated) - 2 * meanKernel(real, generated);

        assertThat(KernelDistance.ofWholeSets(real, generated).value()).isCloseTo(expected, Tolerance.ROUNDING);
    }

    @Test
    void subsetsOfTheWholeSetAreTheWholeSetWhateverTheSeed() {
        FeatureMatrix real = Sets.gaussian("real", 60, 5);
        FeatureMatrix generated = Sets.gaussian("generated", 60, 5);
        MetricResult subsets = KernelDistance.ofSubsets(real, generated, 4, 60, Sets.STREAMS);

        assertThat(subsets.value())
                .isCloseTo(KernelDistance.ofWholeSets(real, generated).value(), Tolerance.ROUNDING);
        assertThat(subsets.spread()).isEqualTo(Spread.NONE);
    }

    @Test
    void oneEstimateHasNoSpread() {
        FeatureMatrix real = Sets.gaussian("real", 60, 5);
        FeatureMatrix generated = Sets.gaussian("generated", 60, 5);

        assertThat(List.of(
                        KernelDistance.ofSubsets(real, generated, 1, 20, Sets.STREAMS),
                        InceptionScore.of(generated, 1),
                        SlicedWasserstein.of(real, generated, 1, Sets.STREAMS)))
                .allSatisfy(result -> assertThat(result.spread()).isEqualTo(Spread.NONE));
    }

    @Test
    void kernelDistanceOfFeaturesFarFromTheOriginIsExact() {
        FeatureMatrix real = farOff(Sets.gaussian("real", 30, 5), 0);
        FeatureMatrix generated = farOff(Sets.gaussian("generated", 25, 5), 1e-3);
        BigDecimal exact = meanKernelExactly(real, real)
                .add(meanKernelExactly(generated, generated))
                .subtract(meanKernelExactly(real, generated).multiply(BigDecimal.valueOf(2)));
        double expected = exact.doubleValue();

        // the kernel itself is 1e36, and a double has 16 digits
        assertThat(expected).isBetween(1e15, 1e20);
        assertThat(KernelDistance.ofWholeSets(real, generated).value()).isCloseTo(expected, withinPercentage(1e-6));
    }

    /** 1e6 + shift, give or take 1e-3. */
    private static FeatureMatrix farOff(FeatureMatrix set, double shift) {
        double[][] rows = new double[set.rows()][set.columns()];
        for (int i = 0; i < rows.length; i++) {
            for (int d = 0; d < rows[i].length; d++) {
                rows[i][d] = 1e6 + shift + 1e-3 * set.get(i, d);
            }
        }
        return Sets.points(rows);
    }

    private static BigDecimal meanKernelExactly(FeatureMatrix a, FeatureMatrix b) {
        BigDecimal sum = BigDecimal.ZERO;
        long pairs = 0;
        for (int i = 0; i < a.rows(); i++) {
            for (int j = 0; j < b.rows(); j++) {
                if (a.equals(b) && i == j) {
                    continue;
                }
                BigDecimal dot = BigDecimal.ZERO;
                for (int d = 0; d < a.columns(); d++) {
                    dot = dot.add(new BigDecimal(a.get(i, d)).multiply(new BigDecimal(b.get(j, d))));
                }
                sum = sum.add(dot.divide(BigDecimal.valueOf(a.columns()))
                        .add(BigDecimal.ONE)
                        .pow(3));
                pairs++;
            }
        }
        return sum.divide(BigDecimal.valueOf(pairs), new MathContext(80));
    }

    @Test
    void subsetsAreRepeatedFromTheSeedAndDifferBetweenSeeds() {
        FeatureMatrix real = Sets.gaussian("real", 200, 5);
        FeatureMatrix generated = Sets.gaussian("generated", 300, 5);
        MetricResult first = KernelDistance.ofSubsets(real, generated, 10, 50, new RandomStreams(1));

        assertThat(KernelDistance.ofSubsets(real, generated, 10, 50, new RandomStreams(1)))
                .isEqualTo(first);
        assertThat(KernelDistance.ofSubsets(real, generated, 10, 50, new RandomStreams(2))
                        .value())
                .isNotEqualTo(first.value());
        assertThat(first.seed()).isEqualTo(1);
        assertThat(first.spread().value()).isPositive();
    }

    @Test
    void fewerSamplesThanASubsetAreRefused() {
        FeatureMatrix real = Sets.gaussian("real", 999, 2);

        assertThatThrownBy(() -> KernelDistance.ofSubsets(
                        real, real, KernelDistance.SUBSETS, KernelDistance.SUBSET_SIZE, Sets.STREAMS))
                .isInstanceOf(MirageException.class)
                .hasMessage("the kernel distance in subsets of 1000 needs at least 1000 samples, but a set has 999");
    }

    @Test
    void drawsWithoutReplacementAreDistinctAndReachEveryIndex() {
        int[] hits = new int[10];
        for (int i = 0; i < 1000; i++) {
            int[] drawn = Draws.without(10, 3, Sets.STREAMS.generator("draws", i));
            assertThat(drawn).hasSize(3).doesNotHaveDuplicates();
            for (int index : drawn) {
                hits[index]++;
            }
        }

        // Each is drawn 300 times in the mean, with a deviation of 14.5.
        assertThat(Arrays.stream(hits)).allSatisfy(count -> assertThat(count).isBetween(230, 370));
    }

    private static double meanKernel(FeatureMatrix a, FeatureMatrix b) {
        double sum = 0;
        long pairs = 0;
        for (int i = 0; i < a.rows(); i++) {
            for (int j = 0; j < b.rows(); j++) {
                if (a.equals(b) && i == j) {
                    continue;
                }
                double dot = 0;
                for (int d = 0; d < a.columns(); d++) {
                    dot += a.get(i, d) * b.get(j, d);
                }
                sum += Math.pow(dot / a.columns() + 1, 3);
                pairs++;
            }
        }
        return sum / pairs;
    }
}
