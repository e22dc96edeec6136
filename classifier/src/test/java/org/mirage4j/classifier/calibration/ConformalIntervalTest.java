package org.mirage4j.classifier.calibration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.mirage4j.classifier.RegressionPrediction;
import org.mirage4j.core.MirageException;

class ConformalIntervalTest {

    private static RegressionPrediction prediction(double mean, double deviation) {
        return new RegressionPrediction(mean, 0, deviation);
    }

    @Test
    void factorIsTheRankThatIsPromised() {
        List<RegressionPrediction> predictions = new ArrayList<>();
        double[] targets = new double[19];
        for (int i = 0; i < 19; i++) {
            predictions.add(prediction(100, 2));
            targets[i] = 100 + (i % 2 == 0 ? 1 : -1) * 2.0 * (19 - i); // residuals of 19 to 1 deviations
        }
        assertThat(ConformalInterval.fit(predictions, targets, 0.95).factor()).isEqualTo(19); // ceil(20 * 0.95)
        assertThat(ConformalInterval.fit(predictions, targets, 0.9).factor()).isEqualTo(18);
        assertThat(ConformalInterval.fit(predictions, targets, 0.901).factor()).isEqualTo(19);
        ConformalInterval half = ConformalInterval.fit(predictions, targets, 0.5);
        assertThat(half.factor()).isEqualTo(10);
        assertThat(half.rank()).isEqualTo(10);
        assertThat(half.lower(prediction(50, 3))).isEqualTo(20);
        assertThat(half.upper(prediction(50, 3))).isEqualTo(80);
        assertThat(half.covered(predictions, targets)).isEqualTo(10);
    }

    @ParameterizedTest
    @CsvSource({"0.9, 9", "0.95, 19", "0.99, 99", "0.5, 1", "0.8, 4", "0.68, 3", "0.999, 999", "0.7, 3"})
    void tooFewExamplesAreRefusedAndTheMessageSaysHowManyWouldDo(double coverage, int needed) {
        assertThat(ConformalInterval.needed(coverage)).isEqualTo(needed);
        ConformalInterval.requireEnough(needed, coverage);
        assertThatThrownBy(() -> ConformalInterval.requireEnough(needed - 1, coverage))
                .isInstanceOf(MirageException.class)
                .hasMessageStartingWith("intervals with a coverage of " + coverage + " need at least " + needed
                        + " examples to calibrate on, but there are " + (needed - 1));
    }

    @Test
    void messageSaysWhatCouldBePromised() {
        assertThatThrownBy(() -> ConformalInterval.fit(List.of(), new double[12], 0.95))
                .hasMessage("intervals with a coverage of 0.95 need at least 19 examples to calibrate on, but there are"
                        + " 12, which can promise a coverage of at most 0.923");
        for (double coverage : new double[] {0, 1, -0.5, Double.NaN}) {
            assertThatThrownBy(() -> ConformalInterval.requireCoverage(coverage))
                    .isInstanceOf(MirageException.class)
                    .hasMessage("the coverage of intervals must be above 0 and below 1, but is " + coverage);
        }
    }

    /**
     * A model that is biased and unsure in the wrong places: over many draws of calibration examples the mean coverage of
     * a new example is k / (n + 1), which is at least what was promised and below 1 / (n + 1) more.
     */
    @ParameterizedTest
    @CsvSource({"19, 0.9", "30, 0.8", "99, 0.95", "50, 0.97"})
    void coverageIsWhatWasPromisedWhateverTheModel(int n, double coverage) {
        int draws = 4000;
        SplittableRandom random = new SplittableRandom(11);
        int inside = 0;
        double expected = Math.ceil((n + 1) * coverage - 1e-9) / (n + 1);
        for (int draw = 0; draw < draws; draw++) {
            List<RegressionPrediction> predictions = new ArrayList<>();
            double[] targets = new double[n];
            for (int i = 0; i < n; i++) {
                targets[i] = draw(random, predictions);
            }
            ConformalInterval interval = ConformalInterval.fit(predictions, targets, coverage);
            List<RegressionPrediction> next = new ArrayList<>();
            double target = draw(random, next);
            inside += interval.covered(next, new double[] {target});
        }
        double deviation = Math.sqrt(expected * (1 - expected) / draws);
        assertThat(expected).isBetween(coverage - 1e-12, coverage + 1.0 / (n + 1));
        assertThat((double) inside / draws).isCloseTo(expected, within(4 * deviation));
    }

    private static double draw(SplittableRandom random, List<RegressionPrediction> predictions) {
        double x = random.nextDouble();
        predictions.add(prediction(3 * x, 0.1 + Math.abs(x - 0.5))); // the true noise is largest elsewhere
        return 3 * x + 0.4 + x * x * random.nextGaussian();
    }

    @Test
    void whatIsNotFiniteCalibratesNothing() {
        List<RegressionPrediction> predictions = List.of(prediction(0, 1), prediction(Double.NaN, 1));
        assertThatThrownBy(() -> ConformalInterval.fit(predictions, new double[2], 0.5))
                .isInstanceOf(MirageException.class)
                .hasMessageContaining("the residual of example 1 is NaN");
    }

    @Test
    void savedIntervalIsReadBackAndADamagedOneRefused(@TempDir Path folder) throws Exception {
        ConformalInterval interval = new ConformalInterval(0.9, 1.75, 40);
        interval.save(folder);
        assertThat(ConformalInterval.load(folder)).isEqualTo(interval);
        Files.writeString(folder.resolve("interval.json"), "{\"coverage\":0.9,\"factor\":1}");
        assertThatThrownBy(() -> ConformalInterval.load(folder))
                .isInstanceOf(MirageException.class)
                .hasMessageContaining("cannot be read as the intervals of a regressor");
        Files.writeString(folder.resolve("interval.json"), "{\"coverage\":0.9,\"factor\":1,\"calibrated\":3}");
        assertThatThrownBy(() -> ConformalInterval.load(folder)).isInstanceOf(MirageException.class);
    }
}
