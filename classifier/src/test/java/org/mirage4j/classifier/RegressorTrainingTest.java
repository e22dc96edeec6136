package org.mirage4j.classifier;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.mirage4j.classifier.dropout.DropoutKind;
import org.mirage4j.core.run.CheckpointStore;
import org.nd4j.linalg.learning.config.Adam;

class RegressorTrainingTest {
    private static final ClassifierOptions OPTIONS = ClassifierOptions.builder()
            .hidden(8)
            .hiddenDropout(DropoutKind.bernoulli(0.1))
            .l2(1e-4)
            .epochs(5)
            .batchSize(16)
            .averageDecay(0.9)
            .earlyStopping(9, 0.25)
            .seed(3)
            .build();
    private static final double[][] ROWS = new double[52][];
    private static final double[] TARGETS = new double[52];

    static {
        SplittableRandom random = new SplittableRandom(5);
        for (int i = 0; i < ROWS.length; i++) {
            ROWS[i] = new double[] {random.nextGaussian(), 1e6 + random.nextGaussian()};
            TARGETS[i] = 1e9 + 50 * ROWS[i][0] + random.nextGaussian();
        }
    }

    @Test
    void stoppedTrainingGoesOnToTheSameBits(@TempDir Path folder) {
        CheckpointStore store = new CheckpointStore(folder, 1);
        DropoutRegressor expected;
        try (RegressorTraining training =
                RegressorTraining.standardising(OPTIONS, new ObservationNoise.Known(1), ROWS, TARGETS)) {
            while (training.goesOn()) {
                EpochReport report = training.epoch();
                if (report.epoch() == 2) {
                    store.save(2, report.heldOutLoss(), training::save);
                }
            }
            expected = training.regressor();
            assertThat(training.history()).hasSize(5);
            try (RegressorTraining resumed =
                    RegressorTraining.standardising(OPTIONS, new ObservationNoise.Known(1), ROWS, TARGETS)) {
                resumed.restore(store.latest().orElseThrow());
                while (resumed.goesOn()) {
                    resumed.epoch();
                }
                assertThat(resumed.history()).isEqualTo(training.history());
                try (DropoutRegressor again = resumed.regressor()) {
                    assertThat(again.predict(ROWS, 5, 1)).isEqualTo(expected.predict(ROWS, 5, 1));
                }
            }
        }
        expected.close();
    }

    @Test
    void weightsOfTheBestEpochAreKept() {
        ClassifierOptions wild = OPTIONS.toBuilder()
                .averageDecay(0)
                .updater(new Adam(0.3))
                .epochs(30)
                .earlyStopping(3, 0.25)
                .build();
        try (RegressorTraining training =
                RegressorTraining.standardising(wild, new ObservationNoise.Known(1), ROWS, TARGETS)) {
            List<DropoutRegressor> after = new ArrayList<>();
            while (training.goesOn()) {
                training.epoch();
                after.add(training.regressor());
            }
            List<EpochReport> history = training.history();
            EpochReport best = history.stream()
                    .min(Comparator.comparingDouble(EpochReport::heldOutLoss))
                    .orElseThrow();
            assertThat(history).hasSizeLessThan(30);
            assertThat(best.epoch()).isEqualTo(history.size() - 3);
            assertThat(training.regressor().predict(ROWS, 3, 1))
                    .isEqualTo(after.get(best.epoch() - 1).predict(ROWS, 3, 1))
                    .isEqualTo(after.get(history.size() - 1).predict(ROWS, 3, 1));
            assertThat(after.get(best.epoch() - 2).predict(ROWS, 3, 1))
                    .isNotEqualTo(after.get(best.epoch() - 1).predict(ROWS, 3, 1));
        }
    }

    @Test
    void errorIsInTheTargetsUnitsAndEveryExampleIsSeen() {
        ClassifierOptions options =
                OPTIONS.toBuilder().updater(new Adam(0.02)).epochs(60).build();
        try (RegressorTraining training =
                RegressorTraining.standardising(options, new ObservationNoise.Known(1), ROWS, TARGETS)) {
            EpochReport first = training.epoch();
            assertThat(first.heldOutError()).isGreaterThan(25); // the target's own deviation is about 50
            assertThat(training.iteration()).isEqualTo(3); // 39 examples in batches of 16, 16 and 7
            while (training.goesOn()) {
                training.epoch();
            }
            EpochReport last = training.history().get(training.history().size() - 1);
            assertThat(last.heldOutError()).isBetween(0.5, 20.0);
            assertThat(last.heldOutError() / Math.sqrt(last.heldOutLoss()))
                    .isBetween(30.0, 80.0); // standardised by the deviation of all rows
        }
    }
}
