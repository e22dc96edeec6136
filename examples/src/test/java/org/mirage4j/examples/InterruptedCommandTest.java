package org.mirage4j.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.mirage4j.core.run.CheckpointStore;
import org.mirage4j.core.run.Manifest;
import org.mirage4j.core.run.RunDirectory;
import org.mirage4j.examples.CommandLineTest.Outcome;
import org.mirage4j.examples.survive.CommandProcess;
import org.mirage4j.examples.survive.Kills;

/**
 * Ctrl-C on the command line itself, and a second command on a run that is being trained. What is not interrupted runs
 * in this process, which spares it the start of another.
 */
@DisabledOnOs(OS.WINDOWS)
class InterruptedCommandTest {
    private static final int ROWS_BEFORE = 5;

    @TempDir
    private Path folder;

    private enum Training {
        GAN(800, "gan --arch dense --width 8 --latent 4 --batch 8 --iterations 800 --checkpoint-every 1000"),
        CLASSIFY(40, "classify --examples 600 --hidden 16 --epochs 40 --passes 2");

        private static final Pattern ADVICE =
                Pattern.compile("stopped after (\\d+) (?:iterations|epochs); go on with: \\./mirage (.*)");

        private final int length;
        private final String arguments;

        Training(int length, String arguments) {
            this.length = length;
            this.arguments = arguments;
        }

        private List<String> words() {
            return List.of(arguments.split(" "));
        }

        String command() {
            return words().get(0);
        }

        List<String> into(Path run) {
            List<String> all = new ArrayList<>(words());
            all.addAll(List.of("--out", run.toString()));
            return all;
        }

        /** What a checkpoint counts: steps, of which a classifier takes several in an epoch. */
        long steps(long done, Path unbroken) {
            return done * checkpoint(unbroken) / length;
        }
    }

    private static long checkpoint(Path run) {
        return new CheckpointStore(RunDirectory.open(run).checkpoints(), 1)
                .latest()
                .orElseThrow()
                .iteration();
    }

    private static List<String> metrics(Path run) throws IOException {
        Path file = run.resolve("metrics.csv");
        return Files.exists(file) ? Files.readAllLines(file) : List.of();
    }

    private static Outcome run(List<String> arguments) {
        return CommandLineTest.run(arguments.toArray(String[]::new));
    }

    private static void assertEnds(List<String> arguments) {
        Outcome outcome = run(arguments);
        assertThat(outcome.exitCode()).as(outcome.err()).isZero();
    }

    private static void assertRefused(List<String> arguments) {
        Outcome rival = run(arguments);
        assertThat(rival.exitCode()).as(rival.err()).isEqualTo(1);
        assertThat(rival.out()).isEmpty();
        assertThat(rival.err().lines().filter(line -> !line.startsWith("warning: ")))
                .singleElement()
                .asString()
                .contains("is in use: another process is at work in it");
    }

    @ParameterizedTest
    @EnumSource
    void runKeepsOthersOutUntilCtrlCAndThePrintedCommandGoesOnToTheSameBits(Training training) throws Exception {
        Path unbroken = folder.resolve("unbroken");
        assertEnds(training.into(unbroken));

        Path broken = folder.resolve("broken");
        String said;
        try (CommandProcess process = CommandProcess.start(folder.resolve("output"), training.into(broken))) {
            process.await(() -> metrics(broken).size() > ROWS_BEFORE);
            process.signal("STOP"); // the run cannot end in the meantime
            assertRefused(List.of(training.command(), "--resume", broken.toString()));
            process.signal("INT");
            process.signal("CONT");
            assertThat(process.exitCode()).isEqualTo(130);
            said = process.output();
        }
        Matcher advice = Training.ADVICE.matcher(said);
        assertThat(advice.find()).as(said).isTrue();
        long done = Long.parseLong(advice.group(1));
        assertThat(done).isBetween((long) ROWS_BEFORE, training.length - 1L);
        assertThat(checkpoint(broken)).isEqualTo(training.steps(done, unbroken));
        assertThat(RunDirectory.open(broken).manifest().status()).isEqualTo(Manifest.Status.STOPPED);

        assertEnds(List.of(advice.group(2).split(" ")));
        assertThat(Kills.assertSame(broken, unbroken)).isPositive();
    }
}
