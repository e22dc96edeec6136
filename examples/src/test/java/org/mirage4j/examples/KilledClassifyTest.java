package org.mirage4j.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.mirage4j.examples.CommandLineTest.Outcome;
import org.mirage4j.examples.survive.CommandProcess;

class KilledClassifyTest {
    private static final int EPOCHS = 40;
    private static final int KILLED_AFTER = 3;

    @TempDir
    private Path folder;

    private static List<String> rows(Path run) throws IOException {
        Path metrics = run.resolve("metrics.csv");
        return Files.exists(metrics) ? Files.readAllLines(metrics) : List.of();
    }

    /** Without the column that tells the time. */
    private static List<String> timeless(Path run) throws IOException {
        return rows(run).stream()
                .map(row -> row.replaceFirst("^([^,]*),[^,]*,", "$1,"))
                .toList();
    }

    private static List<String> training(Path run) {
        return List.of(
                ("classify --examples 600 --hidden 24 --epochs " + EPOCHS + " --average 0.99 --passes 2 --out " + run)
                        .split(" "));
    }

    private static void assertEnds(List<String> arguments) {
        Outcome outcome = CommandLineTest.run(arguments.toArray(String[]::new));
        assertThat(outcome.exitCode()).as(outcome.err()).isZero();
    }

    @Test
    void runKilledBetweenItsEpochsGoesOnToTheSameBits() throws Exception {
        Path unbroken = folder.resolve("unbroken");
        assertEnds(training(unbroken));

        Path killed = folder.resolve("killed");
        try (CommandProcess process = CommandProcess.start(folder.resolve("output"), training(killed))) {
            process.await(() -> rows(killed).size() > KILLED_AFTER);
        }
        assertThat(rows(killed)).hasSizeBetween(1 + KILLED_AFTER, EPOCHS);
        assertThat(killed.resolve("report.html")).doesNotExist();

        assertEnds(List.of("classify", "--resume", killed.toString()));
        assertThat(timeless(killed)).isEqualTo(timeless(unbroken)).hasSize(1 + EPOCHS);
        for (String file : List.of("evaluation.json", "model/threshold.json")) {
            assertThat(killed.resolve(file)).hasSameBinaryContentAs(unbroken.resolve(file));
        }
        assertThat(killed.resolve("report.html")).exists();
    }
}
