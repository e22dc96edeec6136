package org.mirage4j.classifier.uci;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.mirage4j.classifier.RegressionEvaluation;
import org.mirage4j.core.MirageException;
import org.mirage4j.core.run.Manifest;
import org.mirage4j.core.run.RunDirectory;

class UciTest {
    private Path folder;

    /** Two splits of 60 lines: the target in the first column, a linear function of the third. */
    @BeforeEach
    void writeFolder(@TempDir Path temporary) throws IOException {
        folder = temporary;
        Path data = Files.createDirectory(folder.resolve("data"));
        SplittableRandom random = new SplittableRandom(1);
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < 60; i++) {
            double x = random.nextGaussian();
            lines.append(String.format(
                    Locale.ROOT, "%e  %e\t%e%n", 10 * x + 0.1 * random.nextGaussian(), random.nextGaussian(), x));
        }
        Files.writeString(data.resolve("data.txt"), lines);
        Files.writeString(data.resolve("index_features.txt"), "1.0\n2.0\n");
        Files.writeString(data.resolve("index_target.txt"), "0.000000000000000000e+00\n");
        for (int split = 0; split < 2; split++) {
            int first = 6 * split;
            Files.writeString(data.resolve("index_test_" + split + ".txt"), lines(first, first + 6));
            Files.writeString(data.resolve("index_train_" + split + ".txt"), lines(0, first) + lines(first + 6, 60));
        }
        Files.writeString(data.resolve("n_splits.txt"), "2\n");
        Files.writeString(data.resolve("n_hidden.txt"), "20\n");
        Files.writeString(data.resolve("n_epochs.txt"), "40\n");
        Files.writeString(data.resolve("dropout_rates.txt"), "0.005\n0.6\n");
        Files.writeString(data.resolve("tau_values.txt"), "0.25\n");
    }

    private static String lines(int from, int to) {
        return IntStream.range(from, to).mapToObj(i -> i + "\n").collect(Collectors.joining());
    }

    @Test
    void publishedLayoutIsRead() {
        UciFolder uci = UciFolder.read(folder);
        assertThat(uci.size()).isEqualTo(60);
        assertThat(uci.splits()).isEqualTo(2);
        assertThat(uci.rates()).containsExactly(0.005, 0.6);
        assertThat(uci.training(1).features).hasDimensions(54, 2);
        assertThat(uci.test(1).targets[0]).isCloseTo(10 * uci.test(1).features[0][1], within(1.0));
    }

    @Test
    void splitIsTunedAndScored() {
        UciExperiment experiment = new UciExperiment(6, 20, 1);
        UciExperiment.SplitResult result = experiment.run(UciFolder.read(folder), 1);
        assertThat(result.rate()).isEqualTo(0.005);
        assertThat(result.test().rmse()).isLessThan(7); // the target's own deviation is 10
    }

    @Test
    void summaryIsMeanAndStandardError() {
        UciExperiment.Summary summary = UciExperiment.Summary.of(List.of(
                new UciExperiment.SplitResult(0, 0.1, 1, new RegressionEvaluation(1, -2)),
                new UciExperiment.SplitResult(1, 0.1, 1, new RegressionEvaluation(3, -4))));
        assertThat(summary.rmse()).isEqualTo(2);
        assertThat(summary.rmseError()).isCloseTo(1, within(1e-12));
        assertThat(summary.logLikelihood()).isEqualTo(-3);
    }

    @Test
    void runEndedEarlyDoesTheSplitsThatAreLeft() {
        UciFolder data = UciFolder.read(folder);
        UciExperiment experiment = new UciExperiment(1, 5, 1);
        Path out = folder.resolve("out");
        try (UciRun run = UciRun.open(out, "linear", data, experiment)) {
            assertThat(run.run((done, last) -> false)).containsExactly(experiment.run(data, 0));
        }
        List<Integer> told = new ArrayList<>();
        try (UciRun run = UciRun.open(out, "linear", data, experiment)) {
            assertThat(run.run((done, last) -> told.add(done)))
                    .containsExactly(experiment.run(data, 0), experiment.run(data, 1));
        }
        assertThat(told).containsExactly(2);
        assertThat(RunDirectory.open(out).manifest().status()).isEqualTo(Manifest.Status.FINISHED);
        assertThatThrownBy(() -> UciRun.open(out, "linear", data, new UciExperiment(2, 5, 1)))
                .isInstanceOf(MirageException.class)
                .hasMessageContaining("epochs=80");
    }

    @Test
    void runGoesOnWithItsOwnDataOnly() throws IOException {
        UciExperiment experiment = new UciExperiment(1, 5, 1);
        Path out = folder.resolve("out");
        try (UciRun run = UciRun.open(out, "linear", UciFolder.read(folder), experiment)) {
            run.run((done, last) -> false);
        }
        Path data = folder.resolve("data/data.txt");
        Files.writeString(data, Files.readString(data).replaceFirst("e", "1e"));
        UciFolder other = UciFolder.read(folder);
        assertThatThrownBy(() -> UciRun.open(out, "linear", other, experiment))
                .isInstanceOf(MirageException.class)
                .hasMessageContaining("was trained on the data linear with the fingerprint");
    }

    @Test
    void brokenFoldersSayWhichFile() throws IOException {
        Files.writeString(folder.resolve("data/index_target.txt"), "7\n");
        assertThatThrownBy(() -> UciFolder.read(folder))
                .isInstanceOf(MirageException.class)
                .hasMessageEndingWith("index_target.txt must hold whole numbers in [0, 3), but holds 7.0");
        Files.writeString(folder.resolve("data/data.txt"), "1 2 x\n");
        assertThatThrownBy(() -> UciFolder.read(folder))
                .isInstanceOf(MirageException.class)
                .hasMessageContaining("data.txt, line 1, must hold numbers");
        Files.delete(folder.resolve("data/data.txt"));
        assertThatThrownBy(() -> UciFolder.read(folder))
                .isInstanceOf(MirageException.class)
                .hasMessageContaining("data.txt cannot be read");
    }
}
