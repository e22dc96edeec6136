package org.mirage4j.classifier.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.mirage4j.classifier.ClassifierOptions;
import org.mirage4j.classifier.Clouds;
import org.mirage4j.classifier.tuning.Candidate;
import org.mirage4j.classifier.tuning.FoldSource;
import org.mirage4j.classifier.uci.UciExperiment;
import org.mirage4j.classifier.uci.UciFolder;
import org.mirage4j.classifier.uci.UciRun;
import org.mirage4j.core.MirageException;
import org.mirage4j.core.data.InMemoryExamples;
import org.mirage4j.core.data.SyntheticDigits;
import org.mirage4j.core.run.Manifest;
import org.mirage4j.core.run.MetricsTable;
import org.mirage4j.core.run.RunDirectory;

/** How runs of every kind end that do not come to their end. */
class RunEndTest {
    private static final ClassifierOptions OPTIONS =
            Clouds.options().hidden(4).epochs(3).build();
    private static final InMemoryExamples TRAINING = Clouds.examples(60, 1);
    private static final InMemoryExamples TEST = Clouds.examples(30, 2);

    @TempDir
    private Path folder;

    private Path out() {
        return folder.resolve("run");
    }

    private static ClassifierData digits() {
        return ClassifierData.ofImages(
                new SyntheticDigits(0).examples(0, 60), new SyntheticDigits(1).examples(0, 30), 1);
    }

    private ClassifierRun classifier() {
        return ClassifierRun.create(out(), OPTIONS, digits(), 2, 0.5);
    }

    /** The kinds of run, each with something that happens in the middle. */
    enum Kind {
        CLASSIFIER {
            @Override
            void run(RunEndTest test, Runnable event) {
                try (ClassifierRun run = test.classifier()) {
                    run.train(report -> happen(event));
                }
            }
        },
        TUNING {
            @Override
            void run(RunEndTest test, Runnable event) {
                TuningPlan plan = new TuningPlan(Candidate.rates(OPTIONS, List.of(0.1, 0.5)), List.of(), 2, false, 2);
                try (TuningRun run =
                        TuningRun.create(test.out(), OPTIONS, plan, FoldSource.of(TRAINING), "clouds", "f")) {
                    run.run((done, result) -> happen(event));
                }
            }
        },
        STUDY {
            @Override
            void run(RunEndTest test, Runnable event) {
                List<StudyCase> cases = List.of(new StudyCase("small", "small", 0.1, OPTIONS));
                try (StudyRun run = StudyRun.open(test.out(), cases, 1, TRAINING, TEST)) {
                    run.run((epochs, status) -> happen(event));
                }
            }
        },
        UCI {
            @Override
            void run(RunEndTest test, Runnable event) throws IOException {
                try (UciRun run = UciRun.open(test.out(), "line", test.line(), new UciExperiment(1, 2, 1))) {
                    run.run((done, last) -> happen(event));
                }
            }
        };

        abstract void run(RunEndTest test, Runnable event) throws IOException;

        private static boolean happen(Runnable event) {
            event.run();
            return true;
        }
    }

    /** Two splits of twenty lines. */
    private UciFolder line() throws IOException {
        Path data = Files.createDirectories(folder.resolve("uci/data"));
        StringBuilder lines = new StringBuilder();
        StringBuilder training = new StringBuilder();
        for (int i = 0; i < 20; i++) {
            lines.append(i).append(' ').append(2 * i + i % 3).append('\n');
            training.append(i < 2 ? "" : i + "\n");
        }
        Files.writeString(data.resolve("data.txt"), lines);
        Files.writeString(data.resolve("index_features.txt"), "0\n");
        Files.writeString(data.resolve("index_target.txt"), "1\n");
        for (int split = 0; split < 2; split++) {
            Files.writeString(data.resolve("index_test_" + split + ".txt"), "0\n1\n");
            Files.writeString(data.resolve("index_train_" + split + ".txt"), training);
        }
        Files.writeString(data.resolve("n_splits.txt"), "2\n");
        Files.writeString(data.resolve("n_hidden.txt"), "3\n");
        Files.writeString(data.resolve("n_epochs.txt"), "1\n");
        Files.writeString(data.resolve("dropout_rates.txt"), "0.1\n");
        Files.writeString(data.resolve("tau_values.txt"), "0.25\n");
        return UciFolder.read(folder.resolve("uci"));
    }

    private Manifest manifest() {
        return RunDirectory.open(out()).manifest();
    }

    @ParameterizedTest
    @EnumSource
    void errorIsRecordedAndThrownAsItIs(Kind kind) {
        Error first = new OutOfMemoryError("Java heap space");
        assertThatThrownBy(() -> kind.run(this, () -> {
                    throw first;
                }))
                .isSameAs(first);
        assertThat(manifest().status()).isEqualTo(Manifest.Status.FAILED);
        assertThat(manifest().failure()).isEqualTo("OutOfMemoryError: Java heap space");
        RunDirectory.resume(out()).close(); // nobody holds it any more
    }

    @ParameterizedTest
    @EnumSource
    void firstFailureStaysTheOneToReport(Kind kind) {
        RuntimeException first = new IllegalStateException("first");
        assertThatThrownBy(() -> kind.run(this, () -> {
                    if (Files.exists(out())) {
                        move(out(), folder.resolve("gone")); // so that recording fails too
                    }
                    throw first;
                }))
                .isSameAs(first);
        assertThat(first.getSuppressed()).isNotEmpty();
    }

    private static void move(Path from, Path to) {
        try {
            Files.move(from, to);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @ParameterizedTest
    @EnumSource
    void interruptedThreadEndsTheRunInGoodOrder(Kind kind) throws IOException {
        Thread worker = Thread.currentThread();
        AtomicInteger events = new AtomicInteger();
        kind.run(this, () -> {
            if (events.incrementAndGet() == 1) {
                worker.interrupt();
                while (worker.getState() == Thread.State.WAITING) { // until it has noticed
                    Thread.onSpinWait();
                }
            }
        });
        assertThat(Thread.interrupted()).isTrue();
        assertThat(manifest().status()).isEqualTo(Manifest.Status.STOPPED);
        if (kind != Kind.TUNING) { // whose workers are not the thread that is interrupted
            assertThat(events).hasValue(1);
        }
        try (Stream<Path> files = Files.walk(out())) {
            assertThat(files).noneMatch(file -> file.toString().endsWith(".tmp"));
        }
    }

    @ParameterizedTest
    @EnumSource
    void runOfAThreadThatIsInterruptedAlreadyIsInGoodOrderToo(Kind kind) throws IOException {
        Thread.currentThread().interrupt();
        kind.run(this, () -> {});
        assertThat(Thread.interrupted()).isTrue();
        assertThat(manifest().status()).isEqualTo(Manifest.Status.STOPPED);
    }

    @Test
    void interruptedClassifierGoesOnWithTheSameBits() {
        try (ClassifierRun run = classifier()) {
            run.train(report -> true);
        }
        move(out(), folder.resolve("unbroken"));
        try (ClassifierRun run = classifier()) {
            ClassifierRun.Result result = run.train(report -> {
                Thread.currentThread().interrupt();
                return true;
            });
            assertThat(result.epochs()).isEqualTo(1);
        }
        assertThat(Thread.interrupted()).isTrue();
        ClassifierRun.Recipe recipe = ClassifierRun.recipe(out());
        try (ClassifierRun run = ClassifierRun.resume(out(), recipe, digits())) {
            assertThat(run.done()).isEqualTo(1);
            run.train(report -> true);
        }
        assertThat(out().resolve("model/network.zip"))
                .hasSameBinaryContentAs(folder.resolve("unbroken/model/network.zip"));
        assertThat(MetricsTable.read(out().resolve("metrics.csv")).column("training_loss"))
                .containsExactly(MetricsTable.read(folder.resolve("unbroken/metrics.csv"))
                        .column("training_loss"));
    }

    @Test
    void failureOfOneFoldEndsTheOthersAndIsTheOneThrown() {
        AtomicInteger results = new AtomicInteger();
        TuningPlan plan = new TuningPlan(
                Candidate.rates(OPTIONS.toBuilder().epochs(50).build(), List.of(0.1, 0.3, 0.5)),
                List.of(),
                4,
                false,
                4);
        try (TuningRun run = TuningRun.create(out(), OPTIONS, plan, FoldSource.of(TRAINING), "clouds", "f")) {
            assertThatThrownBy(() -> run.run((done, result) -> {
                        throw new MirageException("failure " + results.incrementAndGet());
                    }))
                    .hasMessage("failure 1");
        }
        assertThat(manifest().failure()).isEqualTo("failure 1");
    }

    @Test
    void runThatCannotBeginLeavesNothing() throws IOException {
        Files.writeString(folder.resolve("file"), "");
        Path inFile = folder.resolve("file/run");
        assertThatThrownBy(() -> ClassifierRun.create(inFile, OPTIONS, digits(), 2, 0.5))
                .isInstanceOf(MirageException.class);
        assertThat(folder.toFile().list()).containsExactly("file");
    }
}
