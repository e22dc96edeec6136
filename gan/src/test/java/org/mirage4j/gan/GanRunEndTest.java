package org.mirage4j.gan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongConsumer;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.mirage4j.core.MirageException;
import org.mirage4j.core.data.Batch;
import org.mirage4j.core.data.ExampleSource;
import org.mirage4j.core.data.InMemoryExamples;
import org.mirage4j.core.random.RandomStreams;
import org.mirage4j.core.run.CheckpointStore;
import org.mirage4j.core.run.Manifest;
import org.mirage4j.core.run.RunDirectory;
import org.mirage4j.gan.mixture.Mixture;
import org.mirage4j.gan.mixture.MixturePreset;
import org.mirage4j.gan.mixture.MixtureRun;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.ops.transforms.Transforms;

/** How runs end that do not come to their end, and those that do not begin. */
class GanRunEndTest {
    private static final GanOptions OPTIONS = GanOptions.builder(ArchitectureKind.DENSE)
            .iterations(6)
            .batch(8)
            .latent(5)
            .width(4)
            .build();

    @TempDir
    private Path folder;

    private Path out() {
        return folder.resolve("run");
    }

    private static ExampleSource images() {
        return InMemoryExamples.of(
                "noise", Transforms.sigmoid(new RandomStreams(1).gaussian("image", 0, DataType.FLOAT, 40, 1, 8, 8)));
    }

    /** The kinds of run, each with something that happens after each iteration. */
    enum Kind {
        GAN {
            @Override
            void run(Path out, LongConsumer event) {
                try (GanRun run = GanRun.create(out, OPTIONS, images())) {
                    run.train((done, statistics) -> {
                        event.accept(done);
                        return true;
                    });
                }
            }
        },
        MIXTURE {
            @Override
            void run(Path out, LongConsumer event) {
                try (MixtureRun run =
                        MixtureRun.create(out, Mixture.ring(), "test", MixturePreset.NON_SATURATING.options(4), 1)) {
                    run.train(done -> {
                        event.accept(done);
                        return true;
                    });
                }
            }
        };

        abstract void run(Path out, LongConsumer event);
    }

    private Manifest manifest() {
        return RunDirectory.open(out()).manifest();
    }

    @ParameterizedTest
    @EnumSource
    void errorIsRecordedAndThrownAsItIs(Kind kind) {
        Error first = new AssertionError("wrong");
        assertThatThrownBy(() -> kind.run(out(), done -> {
                    throw first;
                }))
                .isSameAs(first);
        assertThat(manifest().status()).isEqualTo(Manifest.Status.FAILED);
        assertThat(manifest().failure()).isEqualTo("AssertionError: wrong");
        RunDirectory.resume(out()).close(); // nobody holds it any more
    }

    @ParameterizedTest
    @EnumSource
    void firstFailureStaysTheOneToReport(Kind kind) {
        RuntimeException first = new IllegalStateException("first");
        assertThatThrownBy(() -> kind.run(out(), done -> {
                    move(out(), folder.resolve("gone")); // so that recording fails too
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
    void interruptedThreadEndsTheRunInGoodOrder(Kind kind) {
        AtomicInteger last = new AtomicInteger();
        kind.run(out(), done -> {
            last.set((int) done);
            if (done == 2) {
                Thread.currentThread().interrupt();
            }
        });
        assertThat(Thread.interrupted()).isTrue();
        assertThat(last).hasValue(2);
        assertThat(manifest().status()).isEqualTo(Manifest.Status.STOPPED);
        assertThat(out().resolve("report.html")).exists();
    }

    @Test
    void interruptedRunGoesOnWithTheSameBits() {
        Kind.GAN.run(out(), done -> {});
        move(out(), folder.resolve("unbroken"));
        Kind.GAN.run(out(), done -> Thread.currentThread().interrupt());
        assertThat(Thread.interrupted()).isTrue();
        try (GanRun run = GanRun.resume(out(), OPTIONS, images())) {
            assertThat(run.done()).isEqualTo(1);
            run.train((done, statistics) -> true);
        }
        assertThat(state(out())).isEqualTo(state(folder.resolve("unbroken")));
    }

    private static Object state(Path run) {
        return new CheckpointStore(run.resolve("checkpoints"), 1)
                .latest()
                .orElseThrow()
                .array("generator");
    }

    /** Says what it holds, and then cannot give it. */
    private record Broken(ExampleSource source) implements ExampleSource {
        @Override
        public String name() {
            return source.name();
        }

        @Override
        public String fingerprint() {
            return source.fingerprint();
        }

        @Override
        public long size() {
            return source.size();
        }

        @Override
        public long[] exampleShape() {
            return source.exampleShape();
        }

        @Override
        public int classes() {
            return source.classes();
        }

        @Override
        public ExampleSource shuffledBy(RandomStreams streams) {
            return this;
        }

        @Override
        public Batch batch(long iteration, int batchSize) {
            throw new MirageException("the disk is gone");
        }
    }

    @Test
    void runThatCannotBeginFreesItsNetworksAndLeavesNothing() {
        GanOptions large = OPTIONS.toBuilder().width(512).build(); // some megabytes
        GanRun.create(out(), large, images()).close();
        move(out(), folder.resolve("first"));
        long before = Pointer.totalBytes();
        for (int i = 0; i < 3; i++) {
            assertThatThrownBy(() -> GanRun.create(out(), large, new Broken(images())))
                    .hasMessage("the disk is gone");
            assertThat(out()).doesNotExist();
            assertThatThrownBy(() -> GanRun.resume(folder.resolve("first"), large, new Broken(images())))
                    .hasMessage("the disk is gone");
            assertThatThrownBy(() -> GanRun.create(folder.resolve("first"), large, images()))
                    .hasMessageContaining("already holds a run");
        }
        assertThat(Pointer.totalBytes() - before).isLessThan(1 << 20);
        assertThat(folder.toFile().list()).containsExactly("first");
        RunDirectory.resume(folder.resolve("first")).close(); // nobody holds it
    }
}
