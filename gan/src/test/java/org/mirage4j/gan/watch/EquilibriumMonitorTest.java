package org.mirage4j.gan.watch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.mirage4j.core.random.RandomStreams;
import org.mirage4j.gan.loss.GanLoss;
import org.mirage4j.gan.loss.Hinge;
import org.mirage4j.gan.loss.LeastSquares;
import org.mirage4j.gan.loss.Minimax;
import org.mirage4j.gan.loss.NonSaturating;
import org.mirage4j.gan.loss.Relativistic;
import org.mirage4j.gan.loss.RelativisticAverage;
import org.mirage4j.gan.loss.Wasserstein;
import org.mirage4j.gan.train.IterationStatistics;

class EquilibriumMonitorTest {
    private static final int WINDOW = 400;
    private static final double NOISE = 0.5;

    /**
     * A game in which real and generated logits scatter at +level and -level about the loss's middle, seen through
     * the loss.
     */
    private static void play(EquilibriumMonitor monitor, GanLoss loss, int from, int to, DoubleUnaryOperator level) {
        RandomStreams streams = new RandomStreams(6);
        double middle = loss instanceof LeastSquares ? 0.5 : 0; // its targets are 0 and 1
        double scale = loss instanceof LeastSquares ? 0.5 : 1;
        for (int i = from; i < to; i++) {
            SplittableRandom random = streams.generator("logits", i);
            double[] real = new double[16];
            double[] fake = new double[16];
            double realSum = 0;
            double fakeSum = 0;
            for (int k = 0; k < real.length; k++) {
                real[k] = middle + scale * (level.applyAsDouble(i) + NOISE * random.nextGaussian());
                fake[k] = middle + scale * (-level.applyAsDouble(i) + NOISE * random.nextGaussian());
                realSum += 1 / (1 + Math.exp(-real[k]));
                fakeSum += 1 / (1 + Math.exp(-fake[k]));
            }
            monitor.add(new IterationStatistics(
                    loss.discriminator(real, fake).value(),
                    loss.generator(real, fake).value(),
                    realSum / real.length,
                    fakeSum / fake.length,
                    0,
                    Double.NaN,
                    Double.NaN));
        }
    }

    private static EquilibriumMonitor played(GanLoss loss, DoubleUnaryOperator level) {
        EquilibriumMonitor monitor = new EquilibriumMonitor(loss, WINDOW);
        play(monitor, loss, 0, WINDOW, level);
        return monitor;
    }

    static Stream<GanLoss> losses() {
        return Stream.of(
                new Minimax(),
                new NonSaturating(),
                new LeastSquares(),
                new Hinge(),
                new Relativistic(),
                new RelativisticAverage(),
                new Wasserstein());
    }

    @ParameterizedTest
    @MethodSource("losses")
    void steadyGameIsBalanced(GanLoss loss) {
        EquilibriumMonitor monitor = new EquilibriumMonitor(loss, WINDOW);
        // the Wasserstein loss has no scale of its own: its changes are judged beside its largest value
        play(monitor, loss, 0, WINDOW, i -> 1.5 - 1.2 * i / WINDOW);
        play(monitor, loss, WINDOW, 2 * WINDOW, i -> 0.3);
        assertThat(monitor.imbalance()).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("losses")
    void driftingGameIsNotBalanced(GanLoss loss) {
        assertThat(played(loss, i -> 0.2 + 0.6 * i / WINDOW).imbalance())
                .hasValueSatisfying(reason -> assertThat(reason).contains("may still change by"));
    }

    static Stream<GanLoss> lossesWithALevel() {
        return losses().filter(loss -> !(loss instanceof Wasserstein));
    }

    @ParameterizedTest
    @MethodSource("lossesWithALevel")
    void steadyVictoryOfTheDiscriminatorIsNotBalanced(GanLoss loss) {
        // a margin at which every loss is all but zero
        double margin = loss instanceof LeastSquares ? 0.5 : 4;
        double shift = loss instanceof LeastSquares ? 0.5 : 0;
        EquilibriumMonitor monitor = new EquilibriumMonitor(loss, WINDOW);
        for (int i = 0; i < WINDOW; i++) {
            double[] real = {shift + margin};
            double[] fake = {shift - margin};
            monitor.add(new IterationStatistics(
                    loss.discriminator(real, fake).value(),
                    loss.generator(real, fake).value(),
                    1 / (1 + Math.exp(-real[0])),
                    1 / (1 + Math.exp(-fake[0])),
                    0,
                    Double.NaN,
                    Double.NaN));
        }
        assertThat(monitor.imbalance())
                .hasValueSatisfying(reason -> assertThat(reason).contains("discriminator is winning"));
    }

    @Test
    void victoryOfTheGeneratorIsNotBalanced() {
        assertThat(played(new NonSaturating(), i -> -0.8).imbalance())
                .hasValueSatisfying(reason -> assertThat(reason).contains("generator is winning"));
    }

    @Test
    void oscillationIsNotBalanced() {
        assertThat(played(new NonSaturating(), i -> 0.3 + Math.sin(2 * Math.PI * i / 160))
                        .imbalance())
                .hasValueSatisfying(reason -> assertThat(reason).contains("may still change by"));
    }

    @Test
    void windowMustHaveBeenSeenWhole() {
        EquilibriumMonitor monitor = new EquilibriumMonitor(new NonSaturating(), WINDOW);
        play(monitor, new NonSaturating(), 0, WINDOW - 1, i -> 0.3);
        assertThat(monitor.imbalance())
                .hasValueSatisfying(reason -> assertThat(reason).contains("fewer than " + WINDOW));
    }

    @Test
    void driftIsForgottenOnceItLeavesTheWindow() {
        EquilibriumMonitor monitor = played(new NonSaturating(), i -> 2.5 - 2.2 * i / WINDOW);
        assertThat(monitor.imbalance()).isPresent();
        play(monitor, new NonSaturating(), WINDOW, 2 * WINDOW, i -> 0.3);
        assertThat(monitor.imbalance()).isEmpty();
    }

    @Test
    void changingDiversityForbidsBalance() {
        EquilibriumMonitor monitor = played(new NonSaturating(), i -> 0.3);
        for (int i = 0; i < EquilibriumMonitor.DIVERSITIES; i++) {
            monitor.addDiversity(0.5 + 0.02 * i);
        }
        assertThat(monitor.imbalance())
                .hasValueSatisfying(reason -> assertThat(reason).contains("diversity"));
        for (int i = 0; i < EquilibriumMonitor.DIVERSITIES - 1; i++) {
            monitor.addDiversity(0.8 + 0.001 * i);
            assertThat(monitor.imbalance()).isPresent();
        }
        monitor.addDiversity(0.8);
        assertThat(monitor.imbalance()).isEmpty();
    }

    @Test
    void samplesFarFromTheDataForbidBalance() {
        EquilibriumMonitor monitor = played(new NonSaturating(), i -> 0.3);
        monitor.addDistance(0.3, 0.01, 0.05);
        assertThat(monitor.imbalance()).contains("the samples are far from the data: 0.300 (allowed 0.0500)");
        for (int i = 2; i < EquilibriumMonitor.DISTANCES; i++) {
            monitor.addDistance(0.04, 0.01, 0.05);
            assertThat(monitor.imbalance()).isPresent();
        }
        monitor.addDistance(0.04, 0.01, 0.05);
        assertThat(monitor.imbalance()).isEmpty();
        monitor.addDistance(Double.NaN, 0.01, 0.05);
        assertThat(monitor.imbalance()).isPresent();
    }

    @ParameterizedTest
    @CsvSource({"0.04, -0.001, false", "0.04, -0.0002, true", "0.04, 0.001, true", "0.009, -0.001, true"})
    void samplesThatStillComeNearerForbidBalance(double start, double change, boolean balanced) {
        EquilibriumMonitor monitor = played(new NonSaturating(), i -> 0.3);
        for (int i = 0; i < EquilibriumMonitor.DISTANCES; i++) {
            monitor.addDistance(start + i * change, 0.01, 0.05);
        }
        assertThat(monitor.imbalance().isEmpty()).isEqualTo(balanced);
        if (!balanced) {
            assertThat(monitor.imbalance().orElseThrow()).contains("still come nearer");
        }
    }

    static Stream<Arguments> metrics() {
        return Stream.of(
                Arguments.of(new double[] {}, true),
                Arguments.of(new double[] {9, 7, 5, 4.9, 5, 5.1}, true),
                Arguments.of(new double[] {20, 12, 9, 7, 5, 4.9, 5, 5.1}, true),
                Arguments.of(new double[] {9, 8, 7, 6, 5, 4}, false),
                Arguments.of(new double[] {5, 5}, false));
    }

    @ParameterizedTest
    @MethodSource("metrics")
    void improvingMetricForbidsBalance(double[] values, boolean balanced) {
        EquilibriumMonitor monitor = played(new NonSaturating(), i -> 0.3);
        for (double value : values) {
            monitor.addMetric(value);
        }
        assertThat(monitor.imbalance().isEmpty()).isEqualTo(balanced);
    }
}
