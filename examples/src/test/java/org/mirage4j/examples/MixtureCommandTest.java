package org.mirage4j.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.mirage4j.examples.CommandLineTest.Outcome;

class MixtureCommandTest {
    @TempDir
    private Path folder;

    private static Outcome mixture(Object... arguments) {
        return CommandLineTest.run(
                Stream.concat(Stream.of("mixture"), Stream.of(arguments).map(String::valueOf))
                        .toArray(String[]::new));
    }

    @Test
    void printsEverySeedAndTheirMeanAndGoesOnWhereItStopped() throws IOException {
        Path out = folder.resolve("runs");
        Outcome first = mixture("--preset", "least-squares", "--seeds", 1, "--iterations", 3, "--out", out);
        assertThat(first.exitCode()).as(first.err()).isZero();
        Path kept = out.resolve("ring/least-squares/seed-1/manifest.json");
        String before = Files.readString(kept);

        Outcome second = mixture("--preset", "least-squares", "--seeds", 2, "--iterations", 3, "--out", out);
        assertThat(second.exitCode()).as(second.err()).isZero();
        assertThat(second.out())
                .contains("seed 1 ", "seed 2 ", "2 seed(s): modes ", " of 8, high quality ", " ± ", "report.html");
        assertThat(second.err()).contains("6/6 it");
        assertThat(Files.readString(kept)).isEqualTo(before);
    }

    @Test
    void learnsModesFromAFile() throws IOException {
        Path file = Files.writeString(folder.resolve("two.csv"), "x,y,sd,weight\n-1,0,0.1,1\n1,0,0.1,1\n");
        Outcome outcome = mixture("--shape", file, "--seeds", 1, "--iterations", 2, "--out", folder.resolve("runs"));
        assertThat(outcome.exitCode()).as(outcome.err()).isZero();
        assertThat(outcome.out()).contains("two.csv", "of 2, high quality");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--preset | wgan | 2 | found 'wgan', allowed are all, non-saturating, least-squares",
                "--seeds | 0 | 2 | found '0', allowed are whole numbers from 1",
                "--shape | spiral | 1 | spiral is no file; a mixture is ring, grid or a file of modes",
            })
    void wrongValueIsToldInOneSentence(String option, String value, int exitCode, String message) {
        Outcome outcome = mixture(option, value, "--out", folder.resolve("runs"));
        assertThat(outcome.exitCode()).isEqualTo(exitCode);
        assertThat(outcome.err()).contains(message);
        assertThat(folder.resolve("runs")).doesNotExist();
    }
}
