package org.mirage4j.gan.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.mirage4j.core.MirageException;
import org.mirage4j.core.data.Batch;
import org.mirage4j.core.engine.Pass;
import org.mirage4j.core.network.DropoutRate;
import org.mirage4j.core.network.Network;
import org.mirage4j.core.network.NetworkBuilder;
import org.mirage4j.core.random.RandomStreams;
import org.mirage4j.core.run.CheckpointStore;
import org.mirage4j.core.support.NumericGradient;
import org.mirage4j.gan.loss.GanLoss;
import org.mirage4j.gan.loss.LossKind;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Sgd;

class StrategiesTest {
    private static final RandomStreams STREAMS = new RandomStreams(53);
    private static final int BATCH = 6;
    private static final int LATENT = 3;
    private static final int SIZE = 4;

    private static NetworkBuilder generator() {
        return NetworkBuilder.vectors(LATENT)
                .dense(5)
                .batchNormalization(0.8)
                .leakyRelu(0.2)
                .dropout(DropoutRate.of(0.3))
                .dense(SIZE)
                .activation(Activation.TANH);
    }

    private static NetworkBuilder discriminator(GameOptions game) {
        NetworkBuilder builder = NetworkBuilder.vectors(game.discriminatorShape(SIZE)[0])
                .dense(7)
                .leakyRelu(0.2)
                .dropout(DropoutRate.of(0.4));
        if (game.minibatchDeviation()) {
            builder.minibatchDeviation();
        }
        return game.featureMatching() ? builder.output().dense(1).output() : builder.dense(1);
    }

    private static Batch real(long step) {
        return Batch.of(STREAMS.gaussian("real", step, DataType.DOUBLE, BATCH, SIZE));
    }

    private static INDArray noise(String stream, long step, INDArray like) {
        return STREAMS.gaussian(stream, step, DataType.DOUBLE, like.shape());
    }

    /** With rate 1 the change of the parameters is the gradient itself. */
    private static GanTrainer trainer(GameOptions game) {
        return trainer(game, new Sgd(1));
    }

    private static GanTrainer trainer(GameOptions game, IUpdater updater) {
        Network g = generator().dataType(DataType.DOUBLE).updater(updater).build(1);
        List<Network> ds = IntStream.range(0, game.discriminators())
                .mapToObj(i -> discriminator(game)
                        .dataType(DataType.DOUBLE)
                        .updater(updater)
                        .build(2 + i))
                .toList();
        return new GanTrainer(g, ds, LATENT, game, STREAMS);
    }

    private static Round discriminatorStep(GanTrainer trainer) {
        return trainer.discriminatorStep(0, 0, StrategiesTest::real, false);
    }

    private static Pass pass(String purpose, int discriminator) {
        return Pass.train(STREAMS.key(purpose + "-mask-" + discriminator, 0));
    }

    private static double[] logits(Network d, INDArray x, Pass pass) {
        INDArray[] outputs = d.forward(new INDArray[] {x}, pass);
        return outputs[outputs.length - 1].reshape(x.size(0)).toDoubleVector();
    }

    /** Checks the generator's gradient against what it costs, written down anew. */
    private static void checkGenerator(GanTrainer trainer, Function<Round, ToDoubleFunction<INDArray>> costs) {
        Round last = discriminatorStep(trainer);
        Network g = trainer.generator();
        INDArray start = g.parameters().dup();
        double claimed = trainer.generatorStep(0, last, false).loss();
        INDArray gradient = start.sub(g.parameters());
        g.runningStatistics(gradient).forEach(view -> view.assign(0));
        g.parameters().assign(start);
        INDArray latents = trainer.latents("latent", 0, BATCH);
        Pass mask = Pass.train(STREAMS.key("mask-generator", 0));
        ToDoubleFunction<INDArray> cost = costs.apply(last);
        assertThat(cost.applyAsDouble(g.forward(latents, mask))).isCloseTo(claimed, within(1e-9));
        NumericGradient.check(
                "generator", g.parameters(), gradient, () -> cost.applyAsDouble(g.forward(latents, mask)));
    }

    private static INDArray pairs(INDArray x) {
        INDArray pairs = Nd4j.create(DataType.DOUBLE, BATCH / 2, 2 * SIZE);
        for (int i = 0; i < BATCH / 2; i++) {
            pairs.putRow(i, Nd4j.concat(0, x.getRow(2L * i), x.getRow(2L * i + 1)));
        }
        return pairs;
    }

    @Test
    void packedDiscriminatorJudgesNeighboursTogether() {
        GameOptions game = GameOptions.builder().packing(2).build();
        GanLoss loss = LossKind.NON_SATURATING.create(1);
        try (GanTrainer trainer = trainer(game)) {
            Network d = trainer.discriminators().get(0);
            checkGenerator(
                    trainer,
                    last -> fake -> loss.generator(new double[0], logits(d, pairs(fake), pass("generator", 0)))
                            .value());
        }
        try (GanTrainer trainer = trainer(game)) {
            Network d = trainer.discriminators().get(0);
            INDArray start = d.parameters().dup();
            Round last = discriminatorStep(trainer);
            INDArray gradient = start.sub(d.parameters());
            d.parameters().assign(start);
            INDArray both = Nd4j.concat(
                    0, pairs(last.real().features()), pairs(last.fake().features()));
            NumericGradient.check("packed discriminator", d.parameters(), gradient, () -> {
                double[] all = logits(d, both, pass("discriminator", 0));
                return loss.discriminator(
                                Arrays.copyOfRange(all, 0, BATCH / 2), Arrays.copyOfRange(all, BATCH / 2, BATCH))
                        .value();
            });
        }
    }

    @Test
    void featureMatchingComparesMeansOfTheLastHiddenLayer() {
        GameOptions game = GameOptions.builder().featureMatching(true).build();
        try (GanTrainer trainer = trainer(game)) {
            Network d = trainer.discriminators().get(0);
            checkGenerator(trainer, last -> fake -> {
                INDArray of = d.forward(new INDArray[] {last.real().features()}, pass("generator", 0))[0];
                INDArray ofFake = d.forward(new INDArray[] {fake}, pass("generator", 0))[0];
                double distance = of.mean(0).distance2(ofFake.mean(0));
                return distance * distance;
            });
        }
    }

    @Test
    void featureMatchingNeedsTheFeatures() {
        GameOptions game = GameOptions.builder().featureMatching(true).build();
        try (Network g = generator().build(1);
                Network d = discriminator(GameOptions.builder().build()).build(2)) {
            assertThatThrownBy(() -> new GanTrainer(g, List.of(d), LATENT, game, STREAMS))
                    .isInstanceOf(MirageException.class)
                    .hasMessageContaining("features");
        }
    }

    @Test
    void instanceNoiseIsAddedToWhatIsJudgedAndFadesAway() {
        InstanceNoise noise = new InstanceNoise(0.5, 10);
        GameOptions game = GameOptions.builder().instanceNoise(noise).build();
        GanLoss loss = LossKind.NON_SATURATING.create(1);
        try (GanTrainer trainer = trainer(game)) {
            Network d = trainer.discriminators().get(0);
            checkGenerator(trainer, last -> fake -> {
                INDArray seen = fake.add(noise("generator-noise-fake", 0, fake).mul(0.5));
                return loss.generator(new double[0], logits(d, seen, pass("generator", 0)))
                        .value();
            });
        }
        try (GanTrainer noisy = trainer(game);
                GanTrainer clear = trainer(GameOptions.builder().build())) {
            noisy.iterate(10, StrategiesTest::real, false);
            clear.iterate(10, StrategiesTest::real, false);
            assertThat(parameters(noisy)).isEqualTo(parameters(clear));
            noisy.iterate(1, StrategiesTest::real, false);
            clear.iterate(1, StrategiesTest::real, false);
            assertThat(parameters(noisy)).isNotEqualTo(parameters(clear));
        }
    }

    private static List<INDArray> parameters(GanTrainer trainer) {
        return Stream.concat(Stream.of(trainer.generator()), trainer.discriminators().stream())
                .map(network -> network.parameters().dup())
                .toList();
    }

    @Test
    void minibatchDeviationIsThatOfRealAndOfGeneratedExamplesApart() {
        GameOptions game = GameOptions.builder().minibatchDeviation(true).build();
        GanLoss loss = LossKind.NON_SATURATING.create(1);
        try (GanTrainer trainer = trainer(game)) {
            Network d = trainer.discriminators().get(0);
            INDArray start = d.parameters().dup();
            Round last = discriminatorStep(trainer);
            INDArray gradient = start.sub(d.parameters());
            d.parameters().assign(start);
            NumericGradient.check("discriminator", d.parameters(), gradient, () -> loss.discriminator(
                            logits(d, last.real().features(), pass("discriminator", 0)),
                            logits(d, last.fake().features(), pass("discriminator", 0)))
                    .value());
        }
    }

    @Test
    void severalDiscriminatorsSpeakWithOneMeanVoice() {
        GameOptions game = GameOptions.builder().discriminators(3).build();
        GanLoss loss = LossKind.NON_SATURATING.create(1);
        try (GanTrainer trainer = trainer(game)) {
            checkGenerator(
                    trainer,
                    last -> fake -> IntStream.range(0, 3)
                            .mapToDouble(k -> loss.generator(
                                            new double[0],
                                            logits(trainer.discriminators().get(k), fake, pass("generator", k)))
                                    .value())
                            .average()
                            .orElseThrow());
        }
    }

    @Test
    void discriminatorsAreLeftOutWithTheirProbabilityButNeverAll() {
        GameOptions game = GameOptions.builder().discriminators(3).omission(0.6).build();
        int[] present = new int[3];
        int iterations = 3000;
        try (Network network = discriminator(game).build(1)) {
            List<Discriminator> all = IntStream.range(0, 3)
                    .mapToObj(i -> new Discriminator(i, network, game, Conditioning.NONE))
                    .toList();
            GeneratorTurn turn = new GeneratorTurn(
                    game,
                    STREAMS,
                    new Sight(game, STREAMS),
                    new DiscriminatorTurn(game, new GradientPenalty(game.penalty())));
            for (int iteration = 0; iteration < iterations; iteration++) {
                List<Discriminator> some = turn.present(all, iteration);
                assertThat(some).isNotEmpty().doesNotHaveDuplicates();
                some.forEach(discriminator -> present[discriminator.index()]++);
            }
        }
        // where all three would be absent, one stands in
        double expected = 0.4 + 0.6 * 0.6 * 0.6 / 3;
        double fourStandardErrors = 4 * Math.sqrt(expected * (1 - expected) / iterations);
        for (int count : present) {
            assertThat((double) count / iterations).isCloseTo(expected, within(fourStandardErrors));
        }
    }

    @Test
    void maskIsKeptOrRedrawnForTheGeneratorsStep() {
        GanLoss loss = LossKind.NON_SATURATING.create(1);
        for (boolean kept : new boolean[] {true, false}) {
            GameOptions game = GameOptions.builder().maskKept(kept).build();
            try (GanTrainer trainer = trainer(game)) {
                Network d = trainer.discriminators().get(0);
                checkGenerator(
                        trainer,
                        last -> fake -> loss.generator(
                                        new double[0], logits(d, fake, pass(kept ? "discriminator" : "generator", 0)))
                                .value());
            }
        }
    }

    @Test
    void unrolledDiscriminatorIsAheadInTheGeneratorsStepAndThenBackBitForBit() {
        GameOptions.Builder builder = GameOptions.builder()
                .historicalAveraging(0.01)
                .spectralNormalization(true)
                .gradientClip(1);
        int ahead = 3;
        try (GanTrainer trainer = trainer(builder.unrolledSteps(ahead).build(), new Adam(0.05));
                GanTrainer plain = trainer(builder.unrolledSteps(0).build(), new Adam(0.05))) {
            Round last = discriminatorStep(trainer);
            Network d = trainer.discriminators().get(0);
            INDArray parameters = d.parameters().dup();
            INDArray state = d.updaterState().orElseThrow().dup();
            double unrolled = trainer.generatorStep(0, last, false).loss();
            assertThat(d.parameters()).isEqualTo(parameters);
            assertThat(d.updaterState().orElseThrow()).isEqualTo(state);
            assertThat(d.iteration()).isEqualTo(1);

            Round first = discriminatorStep(plain);
            DiscriminatorTurn turn = new DiscriminatorTurn(plain.game(), new GradientPenalty(new Penalty.None()));
            Discriminator same = plain.discriminator(0);
            Sight sight = new Sight(plain.game(), STREAMS);
            for (int i = 0; i < ahead; i++) {
                turn.play(
                        same,
                        sight.clear(first.real()),
                        sight.clear(first.fake()),
                        new Draw(STREAMS, "unrolled", i),
                        false);
            }
            assertThat(unrolled).isEqualTo(plain.generatorStep(0, first, false).loss());
            assertThat(trainer.generator().parameters())
                    .isEqualTo(plain.generator().parameters());
            // and what follows does not show that it has been ahead
            trainer.discriminatorStep(1, 1, StrategiesTest::real, false);
            assertThat(d.parameters()).isNotEqualTo(parameters);
            assertThat(d.iteration()).isEqualTo(2);
        }
    }

    @Test
    void unrolledGradientIsTakenAtTheDiscriminatorAheadAndNotThroughItsSteps() {
        GameOptions game = GameOptions.builder().unrolledSteps(3).build();
        try (GanTrainer trainer = trainer(game)) {
            checkGenerator(trainer, last -> {
                Network d = trainer.discriminators().get(0);
                playAhead(trainer, last, last.fake());
                return x -> LossKind.NON_SATURATING
                        .create(1)
                        .generator(new double[0], logits(d, x, pass("generator", 0)))
                        .value();
            });
        }
    }

    private static void playAhead(GanTrainer trainer, Round last, Batch fake) {
        DiscriminatorTurn turn = new DiscriminatorTurn(trainer.game(), new GradientPenalty(new Penalty.None()));
        Sight sight = new Sight(trainer.game(), STREAMS);
        for (int i = 0; i < trainer.game().unrolledSteps(); i++) {
            Draw draw = new Draw(STREAMS, "unrolled", i);
            turn.play(trainer.discriminator(0), sight.clear(last.real()), sight.clear(fake), draw, false);
        }
    }

    @Test
    void historicalAveragingPullsTowardsTheMeanOfPastParameters() {
        double weight = 0.3;
        GameOptions game = GameOptions.builder().historicalAveraging(weight).build();
        try (Network network = discriminator(game)
                        .dataType(DataType.DOUBLE)
                        .updater(new Sgd(0.1))
                        .build(1);
                Player player = Player.discriminator("d", network, game)) {
            List<INDArray> past = new ArrayList<>(List.of(network.parameters().dup()));
            for (int step = 0; step < 4; step++) {
                network.forward(real(step).features(), Pass.train(step));
                network.backward(Nd4j.ones(DataType.DOUBLE, BATCH, 1));
                INDArray own =
                        network.gradients().dup().reshape(network.parameters().shape());
                INDArray mean =
                        past.stream().reduce(INDArray::add).orElseThrow().div(past.size());
                INDArray expected = network.parameters()
                        .sub(own.add(network.parameters().sub(mean).mul(2 * weight))
                                .mul(0.1));
                player.step(false);
                assertThat(network.parameters().equalsWithEps(expected, 1e-9)).isTrue();
                past.add(network.parameters().dup());
            }
        }
    }

    @Test
    void historicalAveragingBesideSpectralNormalizationKeepsTheMeanOfRawWeights() {
        GameOptions averaged = GameOptions.builder().historicalAveraging(0.3).build();
        GameOptions both = averaged.toBuilder().spectralNormalization(true).build();
        try (Network plain = discriminator(both).dataType(DataType.DOUBLE).build(1);
                Network normalised = discriminator(both)
                        .dataType(DataType.DOUBLE)
                        .updater(new Sgd(0))
                        .build(1);
                Player player = Player.discriminator("d", normalised, both)) {
            INDArray raw = plain.parameters();
            assertThat(normalised.parameters()).as("divided between steps").isNotEqualTo(raw);
            normalised.forward(real(0).features(), Pass.train(0));
            normalised.backward(Nd4j.zeros(DataType.DOUBLE, BATCH, 1));
            double norm = player.step(true);
            assertThat(norm).as("raw weights are at their mean").isZero();
        }
    }

    @Test
    void gradientIsScaledDownToTheClipAndStatisticsAreNot() {
        double clip = 0.01;
        try (GanTrainer clipped =
                        trainer(GameOptions.builder().gradientClip(clip).build());
                GanTrainer free = trainer(GameOptions.builder().build())) {
            INDArray start = clipped.generator().parameters().dup();
            // discriminators part ways in their own step, so only the generator against equal ones is compared
            Round last = discriminatorStep(free);
            Round same = discriminatorStep(clipped);
            clipped.discriminators()
                    .get(0)
                    .parameters()
                    .assign(free.discriminators().get(0).parameters());
            double norm = free.generatorStep(0, last, true).gradientNorm();
            assertThat(clipped.generatorStep(0, same, false).gradientNorm()).isCloseTo(norm, within(1e-12));
            assertThat(norm).isGreaterThan(clip);
            INDArray freely = start.sub(free.generator().parameters());
            INDArray bounded = start.sub(clipped.generator().parameters());
            List<INDArray> statistics = clipped.generator().runningStatistics(bounded);
            List<INDArray> freeStatistics = free.generator().runningStatistics(freely);
            for (int i = 0; i < statistics.size(); i++) {
                assertThat(statistics.get(i)).isEqualTo(freeStatistics.get(i));
                statistics.get(i).assign(0);
                freeStatistics.get(i).assign(0);
            }
            assertThat(bounded.norm2Number().doubleValue()).isCloseTo(clip, within(1e-12));
            assertThat(bounded.equalsWithEps(freely.mul(clip / norm), 1e-12)).isTrue();
        }
    }

    @Test
    void weightsAreClippedAfterEveryDiscriminatorStep() {
        GameOptions game = GameOptions.builder()
                .loss(LossKind.WASSERSTEIN)
                .weightClip(0.05)
                .build();
        try (GanTrainer trainer = trainer(game, new Sgd(0.5))) {
            Network d = trainer.discriminators().get(0);
            assertThat(largest(d)).isGreaterThan(0.05);
            discriminatorStep(trainer);
            assertThat(largest(d)).isEqualTo(0.05);
            assertThat(largest(trainer.generator())).isGreaterThan(0.05);
        }
    }

    private static double largest(Network network) {
        return network.parameters().amaxNumber().doubleValue();
    }

    @Test
    void everyDiscriminatorStepHasABatchOfItsOwn() {
        GameOptions game = GameOptions.builder().discriminatorSteps(3).build();
        List<Long> asked = new ArrayList<>();
        try (GanTrainer trainer = trainer(game)) {
            for (int iteration = 0; iteration < 2; iteration++) {
                trainer.iterate(
                        iteration,
                        step -> {
                            asked.add(step);
                            return real(step);
                        },
                        false);
            }
            assertThat(asked).containsExactly(0L, 1L, 2L, 3L, 4L, 5L);
            assertThat(trainer.generator().iteration()).isEqualTo(2);
            assertThat(trainer.discriminators().get(0).iteration()).isEqualTo(6);
        }
    }

    @Test
    void ratesFollowTheScheduleOfTheGameInBothNetworks() {
        GameOptions game = GameOptions.builder()
                .discriminatorSteps(2)
                .generatorUpdater(new Updater.Sgd(0.2))
                .discriminatorUpdater(new Updater.Sgd(0.4))
                .rateSchedule(new RateSchedule.Linear(0, 4))
                .build();
        Architecture architecture = new Architecture(generator(), discriminator(game));
        try (GanTrainer trainer = GanTrainer.create(architecture, LATENT, game, STREAMS)) {
            Network d = trainer.discriminators().get(0);
            for (int iteration = 0; iteration < 4; iteration++) {
                double factor = 1 - iteration / 4.0;
                assertThat(stepLength(d, 2 * iteration)).isCloseTo(0.4 * factor, within(1e-6));
                assertThat(stepLength(d, 2 * iteration + 1)).isCloseTo(0.4 * factor, within(1e-6));
                assertThat(stepLength(trainer.generator(), iteration)).isCloseTo(0.2 * factor, within(1e-6));
            }
        }
    }

    /** The length of a step along a gradient of length 1. */
    private static double stepLength(Network network, int step) {
        long inputs = network.graph().layerInputSize(0);
        network.forward(STREAMS.gaussian("x", step, DataType.FLOAT, BATCH, inputs), Pass.train(step));
        long outputs = inputs == LATENT ? SIZE : 1;
        network.backward(Nd4j.ones(DataType.FLOAT, BATCH, outputs));
        network.gradients().assign(0).putScalar(0, 1);
        double before = network.parameters().getDouble(0);
        network.step(1);
        return before - network.parameters().getDouble(0);
    }

    @Test
    void dropoutIsLiveWhileSamplingOnlyIfAskedFor() {
        INDArray latents = STREAMS.gaussian("z", 0, DataType.DOUBLE, 5, LATENT);
        try (GanTrainer still = trainer(GameOptions.builder().build());
                GanTrainer live =
                        trainer(GameOptions.builder().samplingDropout(true).build())) {
            Network g = still.generator();
            assertThat(still.generate(latents)).isEqualTo(g.forward(latents, Pass.infer()));
            assertThat(live.generate(latents)).isNotEqualTo(still.generate(latents));
            assertThat(still.generate(Pass.monteCarlo(7), latents)).isEqualTo(g.forward(latents, Pass.monteCarlo(7)));
            assertThat(still.generate(Pass.monteCarlo(8), latents))
                    .isNotEqualTo(still.generate(Pass.monteCarlo(7), latents));
        }
    }

    @Test
    void realnessIsMeanAndSpreadOverMasks() {
        INDArray x = STREAMS.gaussian("x", 0, DataType.DOUBLE, 6, SIZE);
        GameOptions game = GameOptions.builder().discriminators(2).build();
        try (GanTrainer trainer = trainer(game)) {
            List<Realness> realness = trainer.realness(Batch.of(x), 2000, new RandomStreams(1));
            assertThat(realness).hasSize(6);
            for (int i = 0; i < 6; i++) {
                double expected = 0;
                for (Network d : trainer.discriminators()) {
                    expected += logits(d, x, Pass.infer())[i] / 2; // the layer after dropout is linear
                }
                Realness one = realness.get(i);
                assertThat(one.deviation()).isPositive();
                assertThat(one.logit()).isCloseTo(expected, within(4 * one.deviation() / Math.sqrt(4000)));
                assertThat(one.probability()).isBetween(0.0, 1.0);
            }
            assertThat(trainer.realness(Batch.of(x), 10, new RandomStreams(1)))
                    .isEqualTo(trainer.realness(Batch.of(x), 10, new RandomStreams(1)))
                    .isNotEqualTo(trainer.realness(Batch.of(x), 10, new RandomStreams(2)));
        }
        try (GanTrainer packed = trainer(GameOptions.builder().packing(3).build())) {
            assertThat(packed.realness(Batch.of(x), 1, STREAMS))
                    .as("one mask has no spread")
                    .hasSize(2)
                    .extracting(Realness::deviation)
                    .containsOnly(Double.NaN);
            assertThatThrownBy(() -> packed.realness(Batch.of(x.getRows(0, 1, 2, 3)), 1, STREAMS))
                    .isInstanceOf(MirageException.class)
                    .hasMessageContainingAll("packing 3", "4");
        }
    }

    @Test
    void discriminatorWithoutDropoutTellsNoSpread() {
        Network bare = NetworkBuilder.vectors(SIZE)
                .dense(7)
                .leakyRelu(0.2)
                .dense(1)
                .dataType(DataType.DOUBLE)
                .build(2);
        Network g = generator().dataType(DataType.DOUBLE).build(1);
        INDArray x = STREAMS.gaussian("x", 0, DataType.DOUBLE, 6, SIZE);
        try (GanTrainer trainer =
                new GanTrainer(g, List.of(bare), LATENT, GameOptions.builder().build(), STREAMS)) {
            assertThat(trainer.realness(Batch.of(x), 20, STREAMS))
                    .hasSize(6)
                    .extracting(Realness::deviation)
                    .containsOnly(Double.NaN);
        }
    }

    static Stream<Arguments> games() {
        return Stream.of(
                Arguments.of(
                        "everything at once",
                        GameOptions.builder()
                                .loss(LossKind.HINGE)
                                .spectralNormalization(true)
                                .discriminators(2)
                                .omission(0.3)
                                .packing(2)
                                .unrolledSteps(1)
                                .discriminatorSteps(2)
                                .historicalAveraging(0.01)
                                .instanceNoise(new InstanceNoise(0.1, 5))
                                .gradientClip(1)
                                .averageDecay(0.9)
                                .maskKept(true)
                                .rateSchedule(new RateSchedule.Linear(0, 20))
                                .build()),
                Arguments.of(
                        "WGAN-GP",
                        GameOptions.builder()
                                .loss(LossKind.WASSERSTEIN)
                                .penalty(new Penalty.WassersteinGp(10))
                                .discriminatorUpdater(new Updater.RmsProp(1e-3))
                                .build()));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("games")
    void restoredTrainerGoesOnBitForBit(String name, GameOptions game, @TempDir Path folder) {
        CheckpointStore store = new CheckpointStore(folder, 1);
        List<INDArray> expected;
        try (GanTrainer trainer = created(game)) {
            play(trainer, 0, 3);
            store.save(3, Double.NaN, trainer::save);
            play(trainer, 3, 6);
            expected = evidence(trainer);
        }
        try (GanTrainer trainer = created(game)) {
            trainer.restore(store.latest().orElseThrow());
            play(trainer, 3, 6);
            assertThat(evidence(trainer)).isEqualTo(expected);
        }
    }

    private static GanTrainer created(GameOptions game) {
        return GanTrainer.create(new Architecture(generator(), discriminator(game)), LATENT, game, STREAMS);
    }

    private static void play(GanTrainer trainer, int from, int to) {
        for (int i = from; i < to; i++) {
            trainer.iterate(i, step -> Batch.of(real(step).features().castTo(DataType.FLOAT)), false);
        }
    }

    private static List<INDArray> evidence(GanTrainer trainer) {
        List<INDArray> evidence = new ArrayList<>(parameters(trainer));
        evidence.add(trainer.generate(trainer.latents("test", 0, 4)));
        trainer.discriminators()
                .forEach(d -> evidence.add(d.updaterState().orElseThrow().dup()));
        return evidence;
    }
}
