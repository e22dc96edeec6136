package org.mirage4j.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KilledClassifyTest {
    private static final int EPOCHS = 12;
    private static final int KILLED_AFTER = 3;

    @TempDir
    private Path folder;

    private Process classify(Object... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Djava.awt.headless=true",
                "-cp",
                System.getProperty("java.class.path"),
                Mirage.class.getName(),
                "classify"));
        for (Object argument : arguments) {
            command.add(argument.toString());
        }
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("output").toFile())
                .start();
    }

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

    private Process started(Path run) throws IOException {
        return classify(
                "--examples", 600, "--hidden", 24, "--epochs", EPOCHS, "--average", 0.99, "--passes", 2, "--out", run);
    }

    private static void requireSuccess(Process process) throws InterruptedException {
        assertThat(process.waitFor(2, TimeUnit.MINUTES)).isTrue();
        assertThat(process.exitValue()).isZero();
    }

    @Test
    void runKilledBetweenItsEpochsGoesOnToTheSameBits() throws IOException, InterruptedException {
        Path unbroken = folder.resolve("unbroken");
        requireSuccess(started(unbroken));

        Path killed = folder.resolve("killed");
        Process process = started(killed);
        while (rows(killed).size() <= KILLED_AFTER && process.isAlive()) {
            Thread.sleep(5);
        }
        process.destroyForcibly().waitFor(); // SIGKILL
        assertThat(rows(killed)).hasSizeBetween(1 + KILLED_AFTER, EPOCHS);
        assertThat(killed.resolve("report.html")).doesNotExist();

        requireSuccess(classify("--resume", killed));
        assertThat(timeless(killed)).isEqualTo(timeless(unbroken)).hasSize(1 + EPOCHS);
        for (String file : List.of("evaluation.json", "model/threshold.json")) {
            assertThat(killed.resolve(file)).hasSameBinaryContentAs(unbroken.resolve(file));
        }
        assertThat(killed.resolve("report.html")).exists();
    }
}
