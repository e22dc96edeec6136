package org.mirage4j.classifier.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.mirage4j.classifier.ClassifierOptions;
import org.mirage4j.classifier.DropoutClassifier;
import org.mirage4j.classifier.dropout.DropoutKind;
import org.mirage4j.core.MirageException;
import org.mirage4j.core.data.SyntheticDigits;
import org.mirage4j.core.network.DropoutRate;
import org.mirage4j.core.run.Manifest;
import org.mirage4j.core.run.MetricsTable;
import org.mirage4j.core.run.RunDirectory;

class ResumeTest {
    private static final ClassifierOptions OPTIONS =
            ClassifierOptions.builder().hidden(12).epochs(4).batchSize(50).build();

    @TempDir
    private Path folder;

    private static ClassifierData digits(int count) {
        return ClassifierData.ofImages(
                new SyntheticDigits(0).examples(0, count), new SyntheticDigits(1).examples(0, 30), 4);
    }

    private static ClassifierRun.Recipe recipe(ClassifierOptions options) {
        return new ClassifierRun.Recipe(options, 3, 0.9, Map.of("from", "here"));
    }

    private Path train(String name, ClassifierOptions options, int stopAfter) {
        Path out = folder.resolve(name);
        try (ClassifierRun run = ClassifierRun.create(out, recipe(options), digits(300))) {
            run.train(report -> report.epoch() < stopAfter);
        }
        return out;
    }

    private static ClassifierRun.Result resume(Path run, ClassifierOptions options) {
        try (ClassifierRun resumed = ClassifierRun.resume(run, recipe(options), digits(300))) {
            return resumed.train(report -> true);
        }
    }

    private static void assertSame(Path run, Path unbroken) throws IOException {
        MetricsTable metrics = MetricsTable.read(run.resolve("metrics.csv"));
        MetricsTable expected = MetricsTable.read(unbroken.resolve("metrics.csv"));
        for (String column : List.of("epoch", "training_loss", "held_out_loss", "held_out_error")) {
            assertThat(metrics.column(column)).as(column).containsExactly(expected.column(column));
        }
        assertThat(metrics.column("seconds")).isSorted();
        try (DropoutClassifier one = DropoutClassifier.load(run.resolve("model"));
                DropoutClassifier other = DropoutClassifier.load(unbroken.resolve("model"))) {
            assertThat(one.toGraph().params().data().asFloat())
                    .containsExactly(other.toGraph().params().data().asFloat());
        }
        assertThat(Files.readString(run.resolve("evaluation.json")))
                .isEqualTo(Files.readString(unbroken.resolve("evaluation.json")));
    }

    static Stream<ClassifierOptions> options() {
        DropoutRate rate = DropoutRate.of(0.3);
        return Stream.of(
                OPTIONS,
                OPTIONS.toBuilder()
                        .averageDecay(0.9)
                        .batchNormalization(true)
                        .updater(ClassifierOptions.decayingAdam(0.01, 4))
                        .build(),
                OPTIONS.toBuilder()
                        .hiddenDropout(new DropoutKind.DropConnect(rate))
                        .maxNorm(1)
                        .build(),
                OPTIONS.toBuilder()
                        .hiddenDropout(new DropoutKind.Concrete(rate, 0.01))
                        .build(),
                // so fast that the loss on the held-out share rises: the best epoch is not the last
                OPTIONS.toBuilder()
                        .updater(ClassifierOptions.decayingAdam(0.3, 4))
                        .earlyStopping(2, 0.2)
                        .build());
    }

    @ParameterizedTest
    @MethodSource("options")
    void resumedRunEndsWithTheBitsOfAnUnbrokenOne(ClassifierOptions options) throws IOException {
        Path unbroken = train("unbroken", options, Integer.MAX_VALUE);
        Path stopped = train("stopped", options, 2);
        assertThat(RunDirectory.open(stopped).manifest().status()).isEqualTo(Manifest.Status.STOPPED);
        assertThat(resume(stopped, options).finished()).isTrue();
        assertThat(RunDirectory.open(stopped).manifest().status()).isEqualTo(Manifest.Status.FINISHED);
        assertSame(stopped, unbroken);
    }

    @Test
    void rowsOfAnEpochWithoutCheckpointAreTrainedAgain() throws IOException {
        Path unbroken = train("unbroken", OPTIONS, Integer.MAX_VALUE);
        Path killed = train("killed", OPTIONS, 2);
        Path row = killed.resolve("metrics.csv");
        Files.writeString(row, Files.readString(row) + "3,99,0.5,0.5,0.5\n4,1"); // killed while writing the fourth
        resume(killed, OPTIONS);
        assertSame(killed, unbroken);
    }

    @Test
    void moreEpochsAreAllowed() throws IOException {
        Path unbroken = train("unbroken", OPTIONS, Integer.MAX_VALUE);
        Path shorter = train("shorter", OPTIONS.toBuilder().epochs(3).build(), Integer.MAX_VALUE);
        resume(shorter, OPTIONS);
        assertSame(shorter, unbroken);
        assertThat(RunDirectory.open(shorter).config()).containsEntry("epochs", 4);
    }

    @Test
    void recipeIsRememberedAndOtherOptionsOrDataAreRefused() {
        Path run = train("run", OPTIONS, 1);
        assertThat(ClassifierRun.recipe(run)).isEqualTo(recipe(OPTIONS));
        ClassifierOptions changed = OPTIONS.toBuilder().l2(0.1).epochs(9).build();
        assertThatThrownBy(() -> resume(run, changed))
                .isInstanceOf(MirageException.class)
                .hasMessage("run " + run + " cannot go on under other options: l2 was 0.0 and is now 0.1;"
                        + " leave them out, or begin a new run");
        ClassifierRun.Recipe passes = new ClassifierRun.Recipe(OPTIONS, 4, 0.9, Map.of());
        assertThatThrownBy(() -> ClassifierRun.resume(run, passes, digits(300)))
                .hasMessageContaining("passes was 3 and is now 4");
        assertThatThrownBy(() -> ClassifierRun.resume(run, recipe(OPTIONS), digits(200)))
                .isInstanceOf(MirageException.class)
                .hasMessageContaining("with the fingerprint");
    }

    @Test
    void runThatHasEndedSaysSo() {
        Path run = train("run", OPTIONS.toBuilder().epochs(1).build(), Integer.MAX_VALUE);
        assertThatThrownBy(() -> resume(run, OPTIONS.toBuilder().epochs(1).build()))
                .isInstanceOf(MirageException.class)
                .hasMessage("run " + run
                        + " has done 1 epochs; to go on, the number of epochs must be above that, but is 1");
    }

    @Test
    void damagedCheckpointFallsBackToTheOneBefore() throws IOException {
        Path unbroken = train("unbroken", OPTIONS, Integer.MAX_VALUE);
        Path run = train("run", OPTIONS, 3);
        try (Stream<Path> checkpoints = Files.list(run.resolve("checkpoints"))) {
            Path newest = checkpoints.sorted().reduce((a, b) -> b).orElseThrow();
            byte[] bytes = Files.readAllBytes(newest);
            Files.write(newest, Arrays.copyOf(bytes, bytes.length / 2));
        }
        resume(run, OPTIONS);
        assertSame(run, unbroken);
    }
}
