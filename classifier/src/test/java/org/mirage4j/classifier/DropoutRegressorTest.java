package org.mirage4j.classifier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.mirage4j.core.MirageException;
import org.mirage4j.core.data.InMemoryExamples;
import org.mirage4j.core.network.DropoutRate;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;

class DropoutRegressorTest {
    private static final double NOISE = 0.5;
    private static final RegressorOptions OPTIONS = new RegressorOptions(
            List.of(40), DropoutRate.of(0.05), 1 / (NOISE * NOISE), 0.01, new Adam(0.02), 60, 32, 3);
    private static final double[][] FEATURES = features(200, 1);
    private static final double[] TARGETS = targets(FEATURES, 2);

    /** One informative feature in [-2, 2], one on a scale of thousands that says nothing. */
    private static double[][] features(int count, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        double[][] rows = new double[count][];
        for (int i = 0; i < count; i++) {
            rows[i] = new double[] {4 * random.nextDouble() - 2, 5000 + 1000 * random.nextGaussian()};
        }
        return rows;
    }

    private static double[] targets(double[][] rows, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        return Arrays.stream(rows)
                .mapToDouble(row -> 100 + 3 * row[0] * row[0] + NOISE * random.nextGaussian())
                .toArray();
    }

    @Test
    void learnsACurveToNearTheNoise() {
        double[][] test = features(100, 5);
        double[] truth = targets(test, 6);
        double spread = Math.sqrt(Arrays.stream(truth)
                .map(y -> Math.pow(y - Arrays.stream(truth).average().orElseThrow(), 2))
                .average()
                .orElseThrow());
        try (DropoutRegressor regressor = DropoutRegressor.train(OPTIONS, FEATURES, TARGETS)) {
            RegressionEvaluation evaluation = regressor.evaluate(test, truth, 50, 1);
            assertThat(spread).isGreaterThan(3);
            assertThat(evaluation.rmse()).isBetween(0.9 * NOISE, 2.4 * NOISE);
            assertThat(evaluation.logLikelihood()).isBetween(-3.0, -0.5);
        }
    }

    @Test
    void farFromTheDataTheModelIsLessSure() {
        try (DropoutRegressor regressor = DropoutRegressor.train(OPTIONS, FEATURES, TARGETS)) {
            List<RegressionPrediction> predictions = regressor.predict(new double[][] {{0, 5000}, {12, 5000}}, 200, 1);
            RegressionPrediction near = predictions.get(0);
            RegressionPrediction far = predictions.get(1);
            assertThat(far.modelDeviation()).isGreaterThan(3 * near.modelDeviation());
            assertThat(near.deviation()).isCloseTo(Math.hypot(near.modelDeviation(), NOISE), within(1e-9));
            assertThat(regressor.predict(new double[][] {{0, 5000}, {12, 5000}}, 200, 1))
                    .isEqualTo(predictions);
        }
    }

    @Test
    void savedRegressorPredictsTheSame(@TempDir Path folder) throws IOException {
        RegressorOptions options = new RegressorOptions(
                List.of(12), DropoutRate.of(0.2), 1 / (NOISE * NOISE), 0.01, new Adam(0.02), 2, 32, 3);
        try (DropoutRegressor regressor = DropoutRegressor.train(options, FEATURES, TARGETS)) {
            regressor.save(folder);
            try (DropoutRegressor loaded = DropoutRegressor.load(folder)) {
                assertThat(loaded.predict(FEATURES, 7, 2)).isEqualTo(regressor.predict(FEATURES, 7, 2));
                assertThat(loaded.evaluate(FEATURES, TARGETS, 7, 2))
                        .isEqualTo(regressor.evaluate(FEATURES, TARGETS, 7, 2));
            }
        }
        Files.writeString(folder.resolve("regressor.json"), "{}");
        assertThatThrownBy(() -> DropoutRegressor.load(folder))
                .isInstanceOf(MirageException.class)
                .hasMessageContaining("cannot be read as a regressor");
        Files.delete(folder.resolve("network.zip"));
        assertThatThrownBy(() -> DropoutRegressor.load(folder))
                .isInstanceOf(MirageException.class)
                .hasMessage(folder + " holds no regressor: network.zip is missing");
    }

    @Test
    void filesOfTwoRegressorsAreNoRegressor(@TempDir Path folder) {
        ClassifierOptions options =
                ClassifierOptions.builder().hidden(4).epochs(1).batchSize(50).build();
        InMemoryExamples examples =
                InMemoryExamples.withTargets("rows", Nd4j.rand(DataType.FLOAT, FEATURES.length, 3), TARGETS);
        Path one = folder.resolve("one");
        Path other = folder.resolve("other");
        try (DropoutRegressor learned = DropoutRegressor.train(options, new ObservationNoise.Learned(), examples);
                DropoutRegressor constant =
                        DropoutRegressor.train(options, new ObservationNoise.Constant(), examples)) {
            learned.save(one);
            constant.save(other);
            assertThatThrownBy(() -> learned.predict(Nd4j.rand(DataType.FLOAT, 5, 4), 3, 1))
                    .isInstanceOf(MirageException.class)
                    .hasMessage("examples must have the shape [N, 3], but have [5, 4]");
            assertThatThrownBy(() -> learned.predict(new double[][] {{1, 2, 3}}, 3, 1))
                    .isInstanceOf(MirageException.class)
                    .hasMessageContaining("was trained on standardised inputs");
        }
        assertThatThrownBy(() -> {
                    Files.copy(
                            other.resolve("regressor.json"),
                            one.resolve("regressor.json"),
                            StandardCopyOption.REPLACE_EXISTING);
                    DropoutRegressor.load(one);
                })
                .isInstanceOf(MirageException.class)
                .hasMessageContaining("needs a network with 1 outputs, but it has 2");
    }

    @Test
    void constantColumnIsNotBlownUpAndLargeOnesDoNotOverflow() {
        double[][] rows = new double[10][];
        for (int i = 0; i < rows.length; i++) {
            rows[i] = new double[] {0.23, i * 1e200, 5 + i};
        }
        double[][] scaled = Standardizer.fit(rows).apply(new double[][] {{0.24, 9e200, 14}, {0.23, 0, 5}});
        double edge = 4.5 / Math.sqrt(8.25);
        assertThat(scaled[0][0]).isCloseTo(0.01, within(1e-12));
        assertThat(scaled[1][0]).isZero();
        assertThat(scaled[0][1]).isCloseTo(edge, within(1e-12));
        assertThat(scaled[0][2]).isCloseTo(edge, within(1e-12));
        assertThat(scaled[1][1]).isCloseTo(-edge, within(1e-12));
    }

    @Test
    void logLikelihoodIsThatOfTheMixture() {
        double tau = 4;
        double[] samples = {1, 2};
        double density = 0;
        for (double sample : samples) {
            density += Math.sqrt(tau / (2 * Math.PI)) * Math.exp(-tau * Math.pow(1.5 - sample, 2) / 2) / 2;
        }
        assertThat(DropoutRegressor.logLikelihood(samples, 1.5, tau)).isCloseTo(Math.log(density), within(1e-12));
        assertThat(DropoutRegressor.logLikelihood(samples, 1e6, tau)).isFinite();
    }

    @Test
    void weightDecayIsThePublishedFormula() {
        RegressorOptions options = new RegressorOptions(List.of(5), DropoutRate.of(0.1), 2, 0.5, new Adam(), 1, 1, 0);
        assertThat(options.weightDecay(100)).isCloseTo(0.25 * 0.9 / (2 * 100 * 2), within(1e-15));
    }

    @ParameterizedTest
    @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY})
    void whatIsNotFiniteIsNotPredicted(double value) {
        try (DropoutRegressor regressor =
                DropoutRegressor.train(OPTIONS, new double[][] {{1}, {2}, {3}}, new double[] {1, 2, 3})) {
            assertThatThrownBy(() -> regressor.predict(
                            Nd4j.createFromArray(0, (float) value).reshape(2, 1), 2, 1))
                    .isInstanceOf(MirageException.class)
                    .hasMessage("examples: features must be finite, but example 1, feature 0 is " + value);
            assertThatThrownBy(() -> regressor.predict(new double[][] {{1}, {-1e200}}, 2, 1))
                    .isInstanceOf(MirageException.class)
                    .hasMessage("examples: features must be finite, but example 1, feature 0 is -Infinity");
        }
    }

    @Test
    void badDataAreNamed() {
        assertThatThrownBy(() -> DropoutRegressor.train(OPTIONS, new double[][] {{1}, {Double.NaN}}, new double[2]))
                .isInstanceOf(MirageException.class)
                .hasMessage("features and targets must be finite, but example 1 is [NaN] with target 0.0");
        assertThatThrownBy(() -> new RegressorOptions(List.of(), DropoutRate.NONE, 0, 1, new Adam(), 1, 1, 0))
                .isInstanceOf(MirageException.class)
                .hasMessage("there must be hidden layers with at least 1 unit each, but they are []; "
                        + "tau must be finite and above 0, but is 0.0");
    }
}
