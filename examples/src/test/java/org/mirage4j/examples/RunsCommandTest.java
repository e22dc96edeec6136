package org.mirage4j.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mirage4j.examples.CommandLineTest.mirage;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.mirage4j.core.data.SyntheticDigits;
import org.mirage4j.examples.CommandLineTest.Outcome;
import org.mirage4j.gan.GanOptions;
import org.mirage4j.gan.GanRun;

class RunsCommandTest {
    @TempDir
    private static Path shared;

    private static Path run() {
        return shared.resolve("a");
    }

    @BeforeAll
    static void trainOne() {
        Outcome outcome =
                mirage("gan", "--arch", "dense", "--iterations", 4, "--batch", 8, "--seed", 7, "--out", run());
        assertThat(outcome.exitCode()).as(outcome.err()).isZero();
    }

    @Test
    void listTellsWhatThereIsAndWhatIsDamaged(@TempDir Path folder) throws IOException {
        Files.createDirectories(folder.resolve("broken"));
        Files.writeString(folder.resolve("broken").resolve("manifest.json"), "{");
        Files.createDirectories(folder.resolve("no run"));
        Files.createSymbolicLink(folder.resolve("good"), run());
        Outcome outcome = mirage("runs", "--in", folder);
        assertThat(outcome.exitCode()).as(outcome.err()).isZero();
        assertThat(outcome.out().lines()).hasSize(3);
        assertThat(outcome.out())
                .contains("gan", "finished", "4 iterations", "damaged")
                .doesNotContain("no run");
        assertThat(mirage("runs", "--in", folder.resolve("gone")).exitCode()).isEqualTo(1);
    }

    @Test
    void reproducedRunHasTheSameBitsAndADifferentOneIsToldApart(@TempDir Path folder) throws IOException {
        Path again = folder.resolve("again");
        Outcome reproduced = mirage("runs", "reproduce", run(), "--out", again);
        assertThat(reproduced.exitCode())
                .as(reproduced.out() + reproduced.err())
                .isZero();
        assertThat(reproduced.out()).contains("all bits are equal");
        assertThat(mirage("runs", "diff", run(), again).out())
                .contains("same settings, data and environment", "all bits are equal");

        Path other = folder.resolve("other");
        Outcome like = mirage("gan", "--like", run(), "--seed", 8, "--out", other);
        assertThat(like.exitCode()).as(like.err()).isZero();
        Outcome diff = mirage("runs", "diff", run(), other);
        assertThat(diff.exitCode()).isZero();
        assertThat(diff.out().lines().filter(line -> line.startsWith("options.seed")))
                .singleElement()
                .asString()
                .contains("7", "8");
        assertThat(diff.out()).contains("not all bits are equal", "generator").doesNotContain("batch");

        Path longer = folder.resolve("longer");
        assertThat(mirage("gan", "--like", run(), "--iterations", 9, "--out", longer)
                        .exitCode())
                .isZero();
        assertThat(mirage("runs", "diff", run(), longer).out())
                .contains("not all bits are equal", "in the first row of the metrics")
                .doesNotContain("NaN"); // checkpoints of other iterations have no distance
    }

    @Test
    void runResumedForLongerIsReproduced(@TempDir Path folder) {
        Path longer = folder.resolve("longer");
        Outcome first = CommandLineTest.run(
                ("gan --arch dense --iterations 4 --batch 8 --evaluate-every 3 --evaluate-samples 20"
                                + " --evaluate-metrics sliced-wasserstein --extractor raw --out " + longer)
                        .split(" "));
        assertThat(first.exitCode()).as(first.err()).isZero();
        Outcome second = mirage("gan", "--resume", longer, "--iterations", 7);
        assertThat(second.exitCode()).as(second.err()).isZero();
        assertReproduced(longer, folder.resolve("again"));
    }

    @Test
    void runThatWasStoppedIsReproduced(@TempDir Path folder) {
        GanRun.Recipe recipe = GanRun.recipe(run());
        Path stopped = folder.resolve("stopped");
        GanOptions options = recipe.options().toBuilder().iterations(2000).build();
        try (GanRun run =
                GanRun.create(stopped, options, new SyntheticDigits(0).examples(0, 20_000), recipe.origin())) {
            run.train((done, statistics) -> done < 5);
        }
        assertReproduced(stopped, folder.resolve("again"));
    }

    private static void assertReproduced(Path run, Path again) {
        Outcome outcome = mirage("runs", "reproduce", run, "--out", again);
        assertThat(outcome.exitCode()).as(outcome.out() + outcome.err()).isZero();
        assertThat(outcome.out()).contains("all bits are equal");
    }

    @Test
    void resultThatCannotBeReproducedIsAFailure(@TempDir Path folder) throws IOException {
        Path original = folder.resolve("original");
        copy(run(), original);
        Path metrics = original.resolve("metrics.csv");
        String text = Files.readString(metrics);
        int at = text.lastIndexOf(',');
        Files.writeString(metrics, text.substring(0, at) + ",0.5\n"); // what somebody would have liked to see
        Outcome outcome = mirage("runs", "reproduce", original, "--out", folder.resolve("again"));
        assertThat(outcome.exitCode()).isEqualTo(1);
        assertThat(outcome.out()).contains("not all bits are equal");
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(from.relativize(file)));
            }
        }
    }
}
