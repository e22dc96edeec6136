package org.mirage4j.classifier.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.mirage4j.classifier.ClassifierOptions;
import org.mirage4j.classifier.ObservationNoise;
import org.mirage4j.classifier.dropout.DropoutKind;
import org.mirage4j.classifier.table.TableEstimate;
import org.mirage4j.classifier.table.TargetTable;
import org.mirage4j.core.MirageException;
import org.mirage4j.core.run.Manifest;
import org.mirage4j.core.run.MetricsTable;
import org.mirage4j.core.run.RunDirectory;
import org.mirage4j.core.table.CsvTable;
import org.nd4j.linalg.learning.config.Adam;

class RegressorRunTest {
    private static final int ROWS = 300;
    private static final ClassifierOptions OPTIONS = ClassifierOptions.builder()
            .hidden(20)
            .hiddenDropout(DropoutKind.bernoulli(0.05))
            .updater(new Adam(0.02))
            .epochs(40)
            .batchSize(32)
            .seed(7)
            .build();

    @TempDir
    private static Path shared;

    private static RegressionData data;

    /** Prices of a million and more; rooms say a quarter of a million each, the noise grows with them. */
    @BeforeAll
    static void writeTable() throws IOException {
        Path csv = shared.resolve("houses.csv");
        SplittableRandom random = new SplittableRandom(3);
        StringBuilder text = new StringBuilder("rooms,age,kind,price\n");
        for (int i = 0; i < ROWS; i++) {
            double rooms = 1 + 4 * random.nextDouble();
            boolean flat = random.nextInt(3) == 0;
            double price = 1e6 + 250_000 * rooms - (flat ? 100_000 : 0) + 20_000 * rooms * random.nextGaussian();
            text.append(String.format(
                    Locale.ROOT, "%.3f,%d,%s,%.1f%n", rooms, random.nextInt(80), flat ? "flat" : "house", price));
        }
        Files.writeString(csv, text);
        data = RegressionData.of(new TargetTable(CsvTable.read(csv), "price"), OPTIONS.seed());
    }

    private static RegressorRun.Recipe recipe(ClassifierOptions options, ObservationNoise noise) {
        return new RegressorRun.Recipe(options, noise, 20, 0.9, Double.POSITIVE_INFINITY, Map.of("csv", "here"));
    }

    private static RegressorRun.Recipe recipe(ClassifierOptions options) {
        return recipe(options, new ObservationNoise.Constant());
    }

    private static CsvTable rows(Path folder, String... lines) throws IOException {
        Path file = folder.resolve("new.csv");
        Files.writeString(file, "kind,age,rooms\n" + String.join("\n", lines) + "\n");
        return CsvTable.read(file);
    }

    @Test
    void runLeavesAModelWithIntervalsThatHold(@TempDir Path folder) throws IOException {
        Path out = folder.resolve("run");
        RegressorRun.Result result;
        try (RegressorRun run = RegressorRun.create(out, recipe(OPTIONS, new ObservationNoise.Learned()), data)) {
            result = run.train(report -> true);
        }
        assertThat(result.finished()).isTrue();
        assertThat(result.meanError()).isGreaterThan(200_000);
        assertThat(result.monteCarlo().rmse()).isBetween(30_000.0, 120_000.0); // the noise alone is about 60,000
        assertThat(result.interval().calibrated()).isEqualTo(ROWS / 5);
        assertThat(result.usualLow()).isLessThan(0.9);
        assertThat(result.usualHigh()).isGreaterThan(0.9);
        assertThat(result.coverage()).isBetween(0.7, 1.0);
        assertThat(Files.readString(result.report()))
                .contains("Regressor of price in houses.csv", "Can the intervals be trusted", "lie inside");
        assertThat(Files.readString(out.resolve("evaluation.json"))).contains("\"coverageOnTest\" : ");

        RegressorRun.PredictionOptions options = RegressorRun.predictionOptions(out);
        assertThat(options.passes()).isEqualTo(20);
        CsvTable rows = rows(folder, "house,40,1.5", "house,40,4.8", "house,40,60", "castle,40,3");
        List<TableEstimate> estimates = RegressorRun.predict(out, rows, options);
        TableEstimate small = estimates.get(0);
        TableEstimate large = estimates.get(1);
        assertThat(small.mean()).isBetween(1.2e6, 1.55e6);
        assertThat(large.mean()).isBetween(2.0e6, 2.4e6);
        assertThat(large.noiseDeviation()).isGreaterThan(1.5 * small.noiseDeviation()); // 3.2 times in truth
        for (TableEstimate estimate : estimates) {
            assertThat(estimate.deviation())
                    .isCloseTo(Math.hypot(estimate.modelDeviation(), estimate.noiseDeviation()), within(1e-3));
            assertThat(estimate.upper() - estimate.mean())
                    .isCloseTo(result.interval().factor() * estimate.deviation(), within(1e-3));
        }
        assertThat(estimates).extracting(TableEstimate::askPerson).containsExactly(false, false, true, true);
        assertThat(estimates.get(2).outside()).containsExactly("rooms");
        assertThat(estimates.get(3).outside()).containsExactly("kind");

        double between = (small.upper() - small.lower() + large.upper() - large.lower()) / 2;
        List<TableEstimate> narrow =
                RegressorRun.predict(out, rows, new RegressorRun.PredictionOptions(20, options.seed(), between));
        assertThat(narrow.subList(0, 2)).extracting(TableEstimate::askPerson).containsExactly(false, true);
        Path csv = folder.resolve("estimates.csv");
        TableEstimate.write(narrow, csv);
        assertThat(Files.readAllLines(csv).get(0))
                .isEqualTo("mean,lower,upper,sd,sd_model,sd_noise,ask_a_person,because,outside");
        assertThat(Files.readAllLines(csv).get(2)).endsWith(",true,width,");
        assertThat(Files.readAllLines(csv).get(3)).endsWith(",true,width; range,rooms");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void stoppedRunGoesOnToTheSameBits(boolean learned, @TempDir Path folder) throws IOException {
        ObservationNoise noise = learned ? new ObservationNoise.Learned() : new ObservationNoise.Constant();
        ClassifierOptions options = OPTIONS.toBuilder()
                .epochs(6)
                .averageDecay(0.9)
                .earlyStopping(4, 0.2)
                .build();
        Path unbroken = folder.resolve("unbroken");
        try (RegressorRun run = RegressorRun.create(unbroken, recipe(options, noise), data)) {
            run.train(report -> true);
        }
        Path broken = folder.resolve("broken");
        try (RegressorRun run = RegressorRun.create(broken, recipe(options, noise), data)) {
            assertThat(run.train(report -> report.epoch() < 2).finished()).isFalse();
        }
        assertThat(RunDirectory.open(broken).manifest().status()).isEqualTo(Manifest.Status.STOPPED);
        RegressorRun.Recipe before = RegressorRun.recipe(broken);
        assertThat(before).isEqualTo(recipe(options, noise));
        try (RegressorRun run = RegressorRun.resume(broken, before, data)) {
            assertThat(run.done()).isEqualTo(2);
            assertThat(run.train(report -> true).finished()).isTrue();
        }
        for (String column : List.of("epoch", "training_loss", "held_out_loss", "held_out_error")) {
            assertThat(MetricsTable.read(broken.resolve("metrics.csv")).column(column))
                    .as(column)
                    .containsExactly(
                            MetricsTable.read(unbroken.resolve("metrics.csv")).column(column));
        }
        for (String file : List.of("evaluation.json", "model/interval.json", "model/regressor.json")) {
            assertThat(Files.readString(broken.resolve(file))).isEqualTo(Files.readString(unbroken.resolve(file)));
        }
        CsvTable rows = rows(folder, "house,40,1.5", "flat,3,4");
        RegressorRun.PredictionOptions how = RegressorRun.predictionOptions(broken);
        assertThat(RegressorRun.predict(broken, rows, how)).isEqualTo(RegressorRun.predict(unbroken, rows, how));
        assertThatThrownBy(() -> RegressorRun.resume(broken, before, data))
                .isInstanceOf(MirageException.class)
                .hasMessageContaining("has done 6 epochs");
        assertThatThrownBy(() -> RegressorRun.resume(
                        broken, recipe(options.toBuilder().l2(0.1).epochs(9).build(), noise), data))
                .isInstanceOf(MirageException.class)
                .hasMessageContaining("l2");
    }

    @Test
    void coverageThatCannotBePromisedIsRefusedBeforeTraining(@TempDir Path folder) {
        Path out = folder.resolve("run");
        RegressorRun.Recipe wanted = new RegressorRun.Recipe(
                OPTIONS, new ObservationNoise.Constant(), 5, 0.99, Double.POSITIVE_INFINITY, Map.of());
        assertThatThrownBy(() -> RegressorRun.create(out, wanted, data))
                .isInstanceOf(MirageException.class)
                .hasMessage("houses.csv, of whose rows a fifth is for calibration: intervals with a coverage of 0.99"
                        + " need at least 99 examples to calibrate on, but there are 60, which can promise a coverage"
                        + " of at most 0.9836");
        assertThat(out).doesNotExist();
    }

    @Test
    void tablesThatCannotBePredictedAreRefused(@TempDir Path folder) throws IOException {
        Path csv = folder.resolve("t.csv");
        Files.writeString(csv, "x,y\n" + "1,5\n".repeat(6));
        assertThatThrownBy(() -> RegressionData.of(new TargetTable(CsvTable.read(csv), "y"), 1))
                .isInstanceOf(MirageException.class)
                .hasMessageContaining("must have different values to be predicted, but all training rows have 5.0");
        Files.writeString(
                csv,
                IntStream.range(0, 60)
                        .mapToObj(i -> i % 7 + "," + i + "e-310\n")
                        .collect(Collectors.joining("", "x,y\n", "")));
        assertThatThrownBy(() -> RegressionData.of(new TargetTable(CsvTable.read(csv), "y"), 1))
                .isInstanceOf(MirageException.class)
                .hasMessageContaining("must have values that differ by 1.0E-100 or more to be predicted");
        Files.writeString(csv, "x,y\n1,5\n2,NA\n3,7\n");
        assertThatThrownBy(() -> new TargetTable(CsvTable.read(csv), "y"))
                .isInstanceOf(MirageException.class)
                .hasMessageContaining("line 3");
    }

    @Test
    void failureIsRecorded(@TempDir Path folder) {
        Path out = folder.resolve("run");
        try (RegressorRun run = RegressorRun.create(out, recipe(OPTIONS), data)) {
            assertThatThrownBy(() -> run.train(report -> {
                        throw new AssertionError("observer");
                    }))
                    .isInstanceOf(AssertionError.class);
        }
        assertThat(RunDirectory.open(out).manifest().status()).isEqualTo(Manifest.Status.FAILED);
        assertThatThrownBy(() -> ClassifierRun.recipe(out))
                .isInstanceOf(MirageException.class)
                .hasMessageContaining("but is of kind regressor");
    }
}
