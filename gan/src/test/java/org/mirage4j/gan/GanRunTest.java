package org.mirage4j.gan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.LongStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.mirage4j.core.MirageException;
import org.mirage4j.core.data.Batch;
import org.mirage4j.core.data.ExampleSource;
import org.mirage4j.core.data.InMemoryExamples;
import org.mirage4j.core.network.DropoutRate;
import org.mirage4j.core.random.RandomStreams;
import org.mirage4j.core.run.Checkpoint;
import org.mirage4j.core.run.CheckpointStore;
import org.mirage4j.core.run.Manifest;
import org.mirage4j.core.run.MetricsTable;
import org.mirage4j.core.run.RunDirectory;
import org.mirage4j.gan.loss.LossKind;
import org.mirage4j.gan.train.Conditioning;
import org.mirage4j.gan.train.DivergedException;
import org.mirage4j.gan.train.GameOptions;
import org.mirage4j.gan.train.Updater;
import org.mirage4j.gan.watch.WatchOptions;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.ops.transforms.Transforms;

class GanRunTest {
    private static final List<String> STATE =
            List.of("generator", "generator-average", "generator-updater", "discriminator", "discriminator-updater");

    /** Bytes of a batch of latent vectors; what ND4J's reductions leave, single numbers, is less. */
    private static final long SMALLEST_BATCH = 8 * 5 * Float.BYTES;

    @TempDir
    private Path folder;

    private static ExampleSource images() {
        INDArray noise = new RandomStreams(1).gaussian("image", 0, DataType.FLOAT, 40, 1, 8, 8);
        return InMemoryExamples.of("noise", Transforms.sigmoid(noise));
    }

    private static GanOptions.Builder options(ArchitectureKind architecture) {
        return GanOptions.builder(architecture).iterations(6).batch(8).latent(5);
    }

    private GanRun.Result train(String name, GanOptions options) {
        try (GanRun run = GanRun.create(folder.resolve(name), options, images())) {
            return run.train((done, statistics) -> true);
        }
    }

    @ParameterizedTest
    @EnumSource(ArchitectureKind.class)
    void runLeavesItsEvidence(ArchitectureKind architecture) throws IOException {
        GanRun.Result result = train("run", options(architecture).build());
        RunDirectory run = RunDirectory.open(folder.resolve("run"));
        assertThat(run.manifest().status()).isEqualTo(Manifest.Status.FINISHED);
        assertThat(run.manifest().dataName()).isEqualTo("noise");
        assertThat(run.manifest().environment()).isNotEmpty();
        MetricsTable metrics = MetricsTable.read(run.metrics());
        assertThat(metrics.column("iteration")).containsExactly(1, 2, 3, 4, 5, 6);
        assertThat(metrics.column("epoch")).containsExactly(0, 0, 0, 0, 0, 1); // five whole batches an epoch
        for (String column : metrics.columns()) {
            assertThat(metrics.column(column)).as(column).doesNotContain(Double.NaN);
        }
        assertThat(run.sample("iteration-0000006")).exists();
        assertThat(run.animation()).exists();
        assertThat(Files.readString(result.report()))
                .contains("data:image/png;base64,", "data:image/gif;base64,", "D(G(z))")
                .doesNotContain("<script", "src=\"http");
    }

    /** Nd4j counts the bytes of all its arrays; those that a collection has freed make the difference negative. */
    @ParameterizedTest
    @EnumSource(ArchitectureKind.class)
    void iterationsWithSamplesAndCheckpointsLeaveNoArrayToTheCollector(ArchitectureKind architecture) {
        GanOptions options =
                options(architecture).iterations(48).checkpointEvery(4).build();
        long largest;
        try (GanRun run = GanRun.create(folder.resolve("run"), options, images())) {
            long[] bytes = new long[49];
            run.train((done, statistics) -> {
                bytes[(int) done] = Nd4j.getEnvironment().getDeviceCouner(0);
                return true;
            });
            largest = LongStream.range(11, 49)
                    .map(i -> bytes[(int) i] - bytes[(int) i - 1])
                    .max()
                    .orElseThrow();
        }
        assertThat(largest).isLessThan(SMALLEST_BATCH);
    }

    @Test
    void runThatIsOverLeavesLittleToTheCollector() {
        GanOptions options = options(ArchitectureKind.DCGAN).width(64).build();
        long before = Nd4j.getEnvironment().getDeviceCouner(0);
        long during;
        try (GanRun run = GanRun.create(folder.resolve("run"), options, images())) {
            run.train((done, statistics) -> true);
            during = Nd4j.getEnvironment().getDeviceCouner(0) - before;
        }
        assertThat(Nd4j.getEnvironment().getDeviceCouner(0) - before).isLessThan(during / 10);
    }

    @Test
    void sameSeedGivesTheSameRunBitForBit() {
        GanOptions options = options(ArchitectureKind.DENSE)
                .generatorDropout(DropoutRate.of(0.2))
                .discriminatorDropout(DropoutRate.of(0.3))
                .build();
        train("a", options);
        train("b", options);
        train(
                "c",
                options(ArchitectureKind.DENSE)
                        .generatorDropout(DropoutRate.of(0.2))
                        .discriminatorDropout(DropoutRate.of(0.3))
                        .seed(2)
                        .build());
        for (String entry : STATE) {
            assertThat(state("b", entry)).isEqualTo(state("a", entry));
            assertThat(state("c", entry)).isNotEqualTo(state("a", entry));
        }
    }

    private INDArray state(String run, String entry) {
        return checkpoint(run).array(entry);
    }

    private Checkpoint checkpoint(String run) {
        return new CheckpointStore(RunDirectory.open(folder.resolve(run)).checkpoints(), 1)
                .latest()
                .orElseThrow();
    }

    /** Ends where a test wants a run to have been killed: nothing is written any more, and nothing tidied. */
    private static final class Kill extends Error {
        private static final long serialVersionUID = 1L;
    }

    private void trainAndKill(String name, GanOptions options, int after) {
        try (GanRun run = GanRun.create(folder.resolve(name), options, images())) {
            assertThatThrownBy(() -> run.train((done, statistics) -> {
                        if (done == after) {
                            throw new Kill();
                        }
                        return true;
                    }))
                    .isInstanceOf(Kill.class);
        }
    }

    private GanRun.Result resume(String name, GanOptions options) {
        try (GanRun run = GanRun.resume(folder.resolve(name), options, images())) {
            return run.train((done, statistics) -> true);
        }
    }

    @ParameterizedTest
    @EnumSource(ArchitectureKind.class)
    void resumedRunEndsWithTheBitsOfAnUnbrokenOne(ArchitectureKind architecture) throws IOException {
        GanOptions options = options(architecture)
                .generatorDropout(DropoutRate.of(0.2))
                .discriminatorDropout(DropoutRate.of(0.3))
                .game(architecture
                        .game()
                        .discriminatorSteps(2)
                        .averageDecay(0.9)
                        .build())
                .checkpointEvery(2)
                .build();
        train("unbroken", options);
        trainAndKill("broken", options, 1); // before the first checkpoint
        try (GanRun again = GanRun.resume(folder.resolve("broken"), options, images())) {
            assertThat(again.done()).isZero();
            assertThat(again.train((done, statistics) -> done < 3).iterations()).isEqualTo(3);
        }
        GanRun.Result result = resume("broken", options);
        assertThat(result.iterations()).isEqualTo(6);
        for (String entry : STATE) {
            assertThat(state("broken", entry)).as(entry).isEqualTo(state("unbroken", entry));
        }
        assertThat(checkpoint("broken").json("watch"))
                .isEqualTo(checkpoint("unbroken").json("watch"));
        RunDirectory broken = RunDirectory.open(folder.resolve("broken"));
        RunDirectory unbroken = RunDirectory.open(folder.resolve("unbroken"));
        assertThat(broken.manifest().status()).isEqualTo(Manifest.Status.FINISHED);
        MetricsTable expected = MetricsTable.read(unbroken.metrics());
        MetricsTable actual = MetricsTable.read(broken.metrics());
        for (String column : expected.columns()) {
            if (!column.equals("seconds")) {
                assertThat(actual.column(column)).as(column).containsExactly(expected.column(column));
            }
        }
        for (int i = 0; i <= 6; i++) {
            String sample = SampleName.of(i);
            assertThat(broken.sample(sample)).hasSameBinaryContentAs(unbroken.sample(sample));
        }
        assertThat(broken.animation()).hasSameBinaryContentAs(unbroken.animation());
    }

    @Test
    void rowsAndSamplesBeyondTheCheckpointAreWrittenAnew() {
        GanOptions options = options(ArchitectureKind.DENSE).checkpointEvery(2).build();
        trainAndKill("run", options, 5);
        assertThat(MetricsTable.read(folder.resolve("run/metrics.csv")).column("iteration"))
                .containsExactly(1, 2, 3, 4, 5);
        try (GanRun run = GanRun.resume(folder.resolve("run"), options, images())) {
            assertThat(run.done()).isEqualTo(4);
            run.train((done, statistics) -> true);
        }
        assertThat(MetricsTable.read(folder.resolve("run/metrics.csv")).column("iteration"))
                .containsExactly(1, 2, 3, 4, 5, 6);
    }

    @Test
    void onlyLengthAndCheckpointsMayChangeWhenARunGoesOn() {
        GanOptions options = options(ArchitectureKind.DENSE).build();
        train("run", options);
        Path run = folder.resolve("run");
        GanOptions other = options.toBuilder().batch(9).seed(3).iterations(9).build();
        assertThatThrownBy(() -> GanRun.resume(run, other, images()))
                .isInstanceOf(MirageException.class)
                .hasMessageContaining("batch was 8 and is now 9, seed was 1 and is now 3")
                .hasMessageNotContaining("iterations was");
        ExampleSource more = InMemoryExamples.of(
                "more", Transforms.sigmoid(new RandomStreams(2).gaussian("image", 0, DataType.FLOAT, 40, 1, 8, 8)));
        GanOptions longer = options.toBuilder().iterations(9).checkpointEvery(1).build();
        assertThatThrownBy(() -> GanRun.resume(run, longer, more))
                .isInstanceOf(MirageException.class)
                .hasMessageContainingAll("noise", "more", images().fingerprint(), more.fingerprint());
        assertThat(RunDirectory.open(run).manifest().status()).isEqualTo(Manifest.Status.FINISHED);
        resume("run", longer);
        train("straight", longer);
        for (String entry : STATE) {
            assertThat(state("run", entry)).as(entry).isEqualTo(state("straight", entry));
        }
        assertThat(checkpoint("run").json("watch"))
                .isEqualTo(checkpoint("straight").json("watch"));
        assertThat(GanRun.recipe(run).options()).isEqualTo(longer);
        assertThatThrownBy(() -> resume("run", options.toBuilder().iterations(7).build()))
                .hasMessageContainingAll("has done 9 iterations", "but is 7");
    }

    @Test
    void builderOfOptionsHoldsEveryOneOfThem() {
        GanOptions every = new GanOptions(
                ArchitectureKind.DCGAN,
                ArchitectureKind.DENSE.game().gradientClip(3).build(),
                Conditioning.Kind.PROJECTION,
                7,
                5,
                6,
                4,
                DropoutRate.of(0.1),
                DropoutRate.of(0.2),
                11,
                new WatchOptions(true, false),
                12);
        assertThat(every.toBuilder().build()).isEqualTo(every);
    }

    @Test
    void collapseEndsTheRunIfAskedAndIsOnThePage() throws IOException {
        // a generator that does not learn stays as blank as it was drawn
        GanOptions options = options(ArchitectureKind.DCGAN)
                .game(ArchitectureKind.DCGAN.game().generatorRate(1e-20).build())
                .batch(40)
                .width(2)
                .iterations(1000)
                .watch(new WatchOptions(false, true))
                .build();
        GanRun.Result result = train("run", options);
        assertThat(result.iterations()).as("ten checks, one in 3,200 examples").isEqualTo(800);
        assertThat(result.verdict())
                .hasValueSatisfying(reason -> assertThat(reason).contains("collapsed", "blank"));
        RunDirectory run = RunDirectory.open(folder.resolve("run"));
        assertThat(run.manifest().status()).isEqualTo(Manifest.Status.STOPPED);
        assertThat(Files.readString(result.report())).contains("Watching", "its images are blank");
        assertThat(DoubleStream.of(MetricsTable.read(run.metrics()).column("sample_contrast")))
                .allMatch(contrast -> contrast < 0.1);
        GanRun.Result again = resume("run", options);
        assertThat(again.iterations()).as("the next check").isEqualTo(880);
        assertThat(again.verdict()).isPresent();
    }

    @ParameterizedTest
    @CsvSource({"DENSE, 60", "DENSE, 300", "DCGAN, 40"})
    void shortRunIsNeitherBalancedNorCollapsed(ArchitectureKind architecture, int iterations) {
        GanOptions options = options(architecture)
                .width(2)
                .iterations(iterations)
                .watch(new WatchOptions(true, true))
                .build();
        GanRun.Result result = train("run", options);
        assertThat(result.iterations()).isEqualTo(iterations);
        assertThat(result.verdict()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 4, 5})
    void imagesOfAnyNumberOfChannelsAreDrawn(int channels) throws IOException {
        INDArray noise = new RandomStreams(1).gaussian("image", 0, DataType.FLOAT, 10, channels, 8, 8);
        try (GanRun run = GanRun.create(
                folder.resolve("run"),
                options(ArchitectureKind.DENSE).iterations(2).build(),
                InMemoryExamples.of("noise", Transforms.sigmoid(noise)))) {
            run.train((done, statistics) -> true);
        }
        RunDirectory run = RunDirectory.open(folder.resolve("run"));
        assertThat(ImageIO.read(run.sample("real").toFile()).getWidth()).isEqualTo(2 + 10 * (2 + 2 * 8 * channels));
    }

    @Test
    void imagesTooLargeToBeDrawnAreRefusedBeforeAnythingIsWritten() {
        ExampleSource wide = InMemoryExamples.of("wide", Nd4j.zeros(DataType.FLOAT, 8, 1, 1, 2000));
        assertThatThrownBy(() -> GanRun.create(
                        folder.resolve("run"), options(ArchitectureKind.DENSE).build(), wide))
                .isInstanceOf(MirageException.class)
                .hasMessageContaining("allowed are 20000 x 20000");
        assertThat(folder.resolve("run")).doesNotExist();
    }

    @ParameterizedTest
    @CsvSource({"8, 1, 3, 15", "8, 2, 3, 8", "4, 5, 100, 200", "20, 5, 10, 4", "40, 3, 1, 1", "9, 3, 6, 8"})
    void epochsArePassesOfTheDiscriminator(int batch, int steps, int epochs, long iterations) {
        GanOptions options = options(ArchitectureKind.DENSE)
                .batch(batch)
                .game(ArchitectureKind.DENSE.game().discriminatorSteps(steps).build())
                .build();
        GanOptions forEpochs = options.forEpochs(epochs, images());
        assertThat(forEpochs.iterations()).isEqualTo(iterations);
        assertThat(forEpochs.toBuilder().iterations(6).build()).isEqualTo(options);
        assertThatThrownBy(() -> options.forEpochs(0, images())).hasMessageContaining("number of epochs");
    }

    private void assertBreakdown(GameOptions.Builder game, String... parts) {
        GanOptions options = options(ArchitectureKind.DENSE)
                .game(game.build())
                .checkpointEvery(1)
                .build();
        assertThatThrownBy(() -> train("run", options))
                .isInstanceOf(DivergedException.class)
                .hasMessageContainingAll(parts);
    }

    @Test
    void divergedRunLeavesItsRowItsReasonAndTheCheckpointBefore() throws IOException {
        // logits grow by the rate with every step and the loss by its square, until float32 ends
        GameOptions.Builder game =
                ArchitectureKind.DENSE.game().loss(LossKind.LEAST_SQUARES).discriminatorUpdater(new Updater.Sgd(1e4));
        assertBreakdown(game, "training diverged in iteration ", "; it began with the ", " of layer \"");
        RunDirectory run = RunDirectory.open(folder.resolve("run"));
        assertThat(run.manifest().status()).isEqualTo(Manifest.Status.FAILED);
        MetricsTable metrics = MetricsTable.read(run.metrics());
        int last = metrics.rows() - 1;
        assertThat(last).isBetween(1, 5);
        for (int row = 0; row <= last; row++) {
            assertThat(metrics.column("iteration")[row]).isEqualTo(row + 1);
            assertThat(metrics.column("diverged")[row]).isEqualTo(row == last ? 1 : 0);
        }
        assertThat(DoubleStream.of(
                                metrics.column("discriminator_loss")[last],
                                metrics.column("generator_loss")[last],
                                metrics.column("discriminator_gradient_norm")[last],
                                metrics.column("generator_gradient_norm")[last])
                        .anyMatch(value -> Double.isInfinite(value) || Double.isNaN(value)))
                .isTrue();
        assertThat(checkpoint("run").iteration()).isEqualTo(last);
        for (String entry : List.of("generator", "generator-average", "discriminator")) {
            assertThat(state("run", entry).sumNumber().doubleValue()).as(entry).isFinite();
        }
        assertThat(Files.readString(run.report()))
                .contains(
                        "Breakdown",
                        "training diverged in iteration " + (last + 1),
                        "; it began with ",
                        "newest checkpoint is of iteration " + last + ",");
    }

    @Test
    void weightsThatAreNotFiniteAreNeverKept() throws IOException {
        assertBreakdown(
                ArchitectureKind.DENSE.game().generatorUpdater(new Updater.Sgd(1e39)), // beyond float32
                "in iteration 1: the weights of the generator",
                "a weight of layer \"dense-2\" of the generator");
        RunDirectory run = RunDirectory.open(folder.resolve("run"));
        assertThat(new CheckpointStore(run.checkpoints(), 1).latest()).isEmpty();
        MetricsTable metrics = MetricsTable.read(run.metrics());
        assertThat(metrics.column("diverged")).containsExactly(1);
        assertThat(metrics.column("generator_loss")[0]).isFinite(); // of the step that spoilt the weights
        assertThat(Files.readString(run.report())).contains("Breakdown", "no checkpoint before");
    }

    @Test
    void observerEndsTheRunWithWhatItHas() {
        try (GanRun run = GanRun.create(
                folder.resolve("run"), options(ArchitectureKind.DENSE).build(), images())) {
            GanRun.Result result = run.train((done, statistics) -> done < 3);
            assertThat(result.iterations()).isEqualTo(3);
        }
        assertThat(RunDirectory.open(folder.resolve("run")).manifest().status()).isEqualTo(Manifest.Status.STOPPED);
        try (GanSampler sampler = GanSampler.open(folder.resolve("run"))) {
            assertThat(sampler.sample(1, 1).shape()).containsExactly(1, 1, 8, 8);
        }
    }

    @Test
    void samplesAreAFunctionOfTheSeedAndInRange() {
        train("run", options(ArchitectureKind.DENSE).build());
        try (GanSampler sampler = GanSampler.open(folder.resolve("run"))) {
            INDArray many = sampler.sample(300, 7);
            assertThat(many.shape()).containsExactly(300, 1, 8, 8);
            assertThat(many.minNumber().doubleValue()).isGreaterThanOrEqualTo(0);
            assertThat(many.maxNumber().doubleValue()).isLessThanOrEqualTo(1);
            assertThat(sampler.sample(300, 7)).isEqualTo(many);
            assertThat(sampler.sample(300, 8)).isNotEqualTo(many);
            INDArray few = sampler.sample(3, 7);
            for (int i = 0; i < 3; i++) {
                assertThat(few.slice(i).equalsWithEps(many.slice(i), 1e-6)).isTrue();
            }
        }
    }

    @Test
    void dataThatTheArchitectureCannotTakeIsRefusedBeforeAnythingIsWritten() {
        ExampleSource odd = InMemoryExamples.of("odd", Nd4j.zeros(DataType.FLOAT, 20, 1, 10, 9));
        Path target = folder.resolve("run");
        assertThatThrownBy(() ->
                        GanRun.create(target, options(ArchitectureKind.DCGAN).build(), odd))
                .isInstanceOf(MirageException.class)
                .hasMessageContaining("10 x 9")
                .hasMessageContaining("multiples of 4");
        assertThat(target).doesNotExist();
    }

    /** A source of one's own, as a view is one, may give anything. */
    @ParameterizedTest
    @CsvSource({"0, 255", "-2, -1"})
    void imagesOnAnotherScaleAreRefusedBeforeAnythingIsWritten(double min, double max) {
        ExampleSource scaled = InMemoryExamples.of(
                        "scaled", Nd4j.zeros(DataType.FLOAT, 40, 1, 8, 8).addi(1))
                .rescaled(min, max);
        Path target = folder.resolve("run");
        assertThatThrownBy(() ->
                        GanRun.create(target, options(ArchitectureKind.DENSE).build(), scaled))
                .isInstanceOf(MirageException.class)
                .hasMessage(
                        "scaled: pixels must be floating-point numbers in [0, 1], or bytes from 0 to 255, but are of"
                                + " type float32 and lie in [" + max + ", " + max + "]");
        assertThat(target).doesNotExist();
    }

    /** A source of one's own, whose values only its batches show. */
    private static ExampleSource spoiltFrom(long iteration) {
        ExampleSource good = images();
        return new ExampleSource() {
            @Override
            public String name() {
                return "own";
            }

            @Override
            public long[] exampleShape() {
                return good.exampleShape();
            }

            @Override
            public long size() {
                return good.size();
            }

            @Override
            public int classes() {
                return 0;
            }

            @Override
            public Batch batch(long at, int batchSize) {
                Batch batch = good.batch(at, batchSize);
                if (at >= iteration) {
                    batch.features().muli(255);
                }
                return batch;
            }

            @Override
            public String fingerprint() {
                return "own";
            }
        };
    }

    @Test
    void laterBatchOfASourceOfOnesOwnIsCheckedToo() {
        Path target = folder.resolve("run");
        try (GanRun run = GanRun.create(target, options(ArchitectureKind.DENSE).build(), spoiltFrom(3))) {
            assertThatThrownBy(() -> run.train((done, statistics) -> true))
                    .isInstanceOf(MirageException.class)
                    .hasMessageStartingWith("own: pixels must be floating-point numbers in [0, 1]");
        }
        assertThat(RunDirectory.open(target).manifest().status()).isEqualTo(Manifest.Status.FAILED);
    }

    @Test
    void batchLargerThanTheDataIsRefused() {
        assertThatThrownBy(() -> GanRun.create(
                        folder.resolve("run"),
                        options(ArchitectureKind.DENSE).batch(41).build(),
                        images()))
                .hasMessageContaining("40")
                .hasMessageContaining("41");
    }

    @Test
    void badOptionsAreReportedTogether() {
        assertThatThrownBy(() -> options(ArchitectureKind.DENSE)
                        .batch(0)
                        .latent(-1)
                        .iterations(0)
                        .build())
                .isInstanceOf(MirageException.class)
                .hasMessageContainingAll("batch size", "latent size", "iterations");
    }

    @Test
    void configurationEditedByHandIsNamed() throws IOException {
        train("run", options(ArchitectureKind.DENSE).build());
        Path config = folder.resolve("run").resolve("config.json");
        String written = Files.readString(config);
        Files.writeString(config, written.replace("\"latent\" : 5", "\"latent\" : 6"));
        assertThatThrownBy(() -> GanSampler.open(folder.resolve("run")))
                .isInstanceOf(MirageException.class)
                .hasMessageContaining("config.json: it was changed since the run wrote it");
        String text = written.replaceAll("\"checksum\" : \"[0-9a-f]+\"", "\"other\" : 1"); // as of a stranger
        Files.writeString(config, text.replace("\"latent\" : 5", "\"latent\" : -5"));
        assertThatThrownBy(() -> GanSampler.open(folder.resolve("run")))
                .isInstanceOf(MirageException.class)
                .hasMessageContaining("config.json")
                .hasMessageContaining("-5");
        Files.writeString(config, text.replace("\"latent\" : 5", "\"latent\" : 6"));
        assertThatThrownBy(() -> GanSampler.open(folder.resolve("run")))
                .isInstanceOf(MirageException.class)
                .hasMessageContaining("config.json");
    }
}
