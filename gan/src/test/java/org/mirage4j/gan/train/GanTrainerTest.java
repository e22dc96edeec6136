package org.mirage4j.gan.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
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
import org.mirage4j.core.support.NumericGradient;
import org.mirage4j.gan.loss.GanLoss;
import org.mirage4j.gan.loss.LossKind;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.Sgd;

class GanTrainerTest {
    private static final RandomStreams STREAMS = new RandomStreams(23);
    private static final int BATCH = 6;
    private static final int LATENT = 3;

    private static NetworkBuilder generator() {
        return NetworkBuilder.vectors(LATENT)
                .dense(5)
                .batchNormalization(0.8)
                .leakyRelu(0.2)
                .dropout(DropoutRate.of(0.3))
                .dense(4)
                .activation(Activation.TANH);
    }

    private static NetworkBuilder discriminator(boolean normalised) {
        NetworkBuilder builder = NetworkBuilder.vectors(4).dense(7);
        if (normalised) {
            builder.batchNormalization(0.8);
        }
        return builder.leakyRelu(0.2).dropout(DropoutRate.of(0.4)).dense(1);
    }

    private static INDArray real(long step) {
        return STREAMS.gaussian("real", step, DataType.DOUBLE, BATCH, 4);
    }

    /** With rate 1 the change of the parameters is the gradient itself. */
    private static Network build(NetworkBuilder builder) {
        return builder.dataType(DataType.DOUBLE).updater(new Sgd(1)).build(9);
    }

    @Test
    void generatorStepLeavesDiscriminatorUntouched() {
        try (Network g = build(generator());
                Network d = build(discriminator(true))) {
            GanTrainer trainer = trainer(g, d, LossKind.NON_SATURATING, 0, STREAMS);
            Round last = trainer.discriminatorStep(0, 0, step -> Batch.of(real(step)), false);
            INDArray before = d.parameters().dup(); // weights and running statistics
            INDArray state = g.parameters().dup();
            trainer.generatorStep(0, last, false);
            assertThat(d.parameters()).isEqualTo(before);
            assertThat(d.iteration()).isEqualTo(1);
            assertThat(g.parameters()).isNotEqualTo(state);
        }
    }

    private static GanTrainer trainer(Network g, Network d, LossKind loss, double averageDecay, RandomStreams streams) {
        GameOptions game =
                GameOptions.builder().loss(loss).averageDecay(averageDecay).build();
        return new GanTrainer(g, List.of(d), LATENT, game, streams);
    }

    static Stream<Arguments> games() {
        return Stream.of(
                Arguments.of(LossKind.NON_SATURATING, false),
                Arguments.of(LossKind.NON_SATURATING, true),
                Arguments.of(LossKind.RELATIVISTIC, false),
                Arguments.of(LossKind.RELATIVISTIC, true),
                Arguments.of(LossKind.RELATIVISTIC_AVERAGE, false));
    }

    @ParameterizedTest(name = "{0}, discriminator normalised {1}")
    @MethodSource("games")
    void generatorGradientThroughBothGraphsAgreesWithNumericDifferentiation(LossKind kind, boolean normalised) {
        GanLoss loss = kind.create(1);
        try (Network g = build(generator());
                Network d = build(discriminator(normalised))) {
            GanTrainer trainer = trainer(g, d, kind, 0, STREAMS);
            Round last = trainer.discriminatorStep(0, 0, step -> Batch.of(real(step)), false);
            INDArray start = g.parameters().dup();
            trainer.generatorStep(0, last, false);
            INDArray gradient = start.sub(g.parameters());
            ignoreStatistics(g, gradient);
            g.parameters().assign(start);
            INDArray latents = trainer.latents("latent", 0, BATCH);
            Pass inGenerator = Pass.train(STREAMS.key("mask-generator", 0));
            Pass inDiscriminator = Pass.train(STREAMS.key("generator-mask-0", 0));
            NumericGradient.check("generator", g.parameters(), gradient, () -> {
                INDArray fake = g.forward(latents, inGenerator);
                double[] a = logits(d, last.real().features(), inDiscriminator);
                double[] b = logits(d, fake, inDiscriminator);
                return loss.generator(a, b).value();
            });
        }
    }

    @ParameterizedTest(name = "{0}, discriminator normalised {1}")
    @MethodSource("games")
    void discriminatorGradientAgreesWithNumericDifferentiation(LossKind kind, boolean normalised) {
        GanLoss loss = kind.create(1);
        try (Network g = build(generator());
                Network d = build(discriminator(normalised))) {
            GanTrainer trainer = trainer(g, d, kind, 0, STREAMS);
            INDArray start = d.parameters().dup();
            Round last = trainer.discriminatorStep(0, 0, step -> Batch.of(real(step)), false);
            INDArray gradient = start.sub(d.parameters());
            ignoreStatistics(d, gradient);
            d.parameters().assign(start);
            Pass pass = Pass.train(STREAMS.key("discriminator-mask-0", 0));
            NumericGradient.check("discriminator", d.parameters(), gradient, () -> {
                if (normalised) {
                    return loss.discriminator(
                                    logits(d, last.real().features(), pass),
                                    logits(d, last.fake().features(), pass))
                            .value();
                }
                // without batch normalisation both halves share one pass and so one set of masks
                double[] joint = logits(
                        d, Nd4j.concat(0, last.real().features(), last.fake().features()), pass);
                return loss.discriminator(
                                Arrays.copyOfRange(joint, 0, BATCH), Arrays.copyOfRange(joint, BATCH, 2 * BATCH))
                        .value();
            });
        }
    }

    @Test
    void sameSeedGivesTheSameBits() {
        INDArray first = trained(new RandomStreams(4));
        assertThat(trained(new RandomStreams(4))).isEqualTo(first);
        assertThat(trained(new RandomStreams(5))).isNotEqualTo(first);
    }

    private static INDArray trained(RandomStreams streams) {
        try (Network g = generator().build(1);
                Network d = discriminator(true).build(2)) {
            GanTrainer trainer = trainer(g, d, LossKind.NON_SATURATING, 0, streams);
            for (int i = 0; i < 20; i++) {
                trainer.iterate(i, step -> Batch.of(real(step).castTo(DataType.FLOAT)), false);
            }
            return g.parameters().dup();
        }
    }

    @Test
    void batchHandedInIsNeverChanged() {
        try (Network g = build(generator());
                Network d = build(discriminator(false))) {
            GanTrainer trainer = trainer(g, d, LossKind.NON_SATURATING, 0, STREAMS);
            INDArray batch = real(0);
            INDArray before = batch.dup();
            trainer.iterate(0, step -> Batch.of(batch), true);
            assertThat(batch).isEqualTo(before);
        }
    }

    static Stream<Arguments> planted() {
        return Stream.of(
                Arguments.of(true, "dense-1", "generator"),
                Arguments.of(true, "batch-normalization-1", "generator"),
                Arguments.of(true, "dense-2", "generator"),
                Arguments.of(false, "dense-1", "discriminator"),
                Arguments.of(false, "dense-2", "discriminator"));
    }

    @ParameterizedTest(name = "{1} of the {2}")
    @MethodSource("planted")
    void divergedTrainingNamesIterationAndLayer(boolean inGenerator, String layer, String network) {
        try (Network g = build(generator());
                Network d = build(discriminator(false))) {
            GanTrainer trainer = trainer(g, d, LossKind.NON_SATURATING, 0, STREAMS);
            trainer.iterate(6, step -> Batch.of(real(step)), true);
            INDArray parameter = (inGenerator ? g : d)
                    .graph()
                    .getLayer(layer)
                    .paramTable()
                    .values()
                    .iterator()
                    .next();
            parameter.putScalar(0, Double.NaN);
            int steps = d.iteration();
            assertThatThrownBy(() -> trainer.iterate(7, step -> Batch.of(real(step)), false))
                    .isInstanceOf(MirageException.class)
                    .hasMessageContaining("iteration 8") // the eighth
                    .hasMessageContaining("a weight of layer \"" + layer + "\" of the " + network);
            assertThat(d.iteration()).as("no step was taken").isEqualTo(steps);
        }
    }

    @Test
    void generatorLearnsMeanAndSpreadOfItsData() {
        double mean = 2;
        double deviation = 0.5;
        try (Network g = NetworkBuilder.vectors(2)
                        .dense(16)
                        .leakyRelu(0.2)
                        .dense(1)
                        .updater(new Adam(2e-3, 0.5, 0.999, 1e-8))
                        .build(1);
                Network d = NetworkBuilder.vectors(1)
                        .dense(32)
                        .leakyRelu(0.2)
                        .dense(32)
                        .leakyRelu(0.2)
                        .dense(1)
                        .updater(new Adam(2e-3, 0.5, 0.999, 1e-8))
                        .build(2)) {
            GanTrainer trainer =
                    new GanTrainer(g, List.of(d), 2, GameOptions.builder().build(), STREAMS);
            INDArray latents = trainer.latents("test", 0, 2000);
            assertThat(trainer.generate(latents).meanNumber().doubleValue()).isNotCloseTo(mean, within(0.5));
            for (int i = 0; i < 1500; i++) {
                trainer.iterate(
                        i,
                        step -> Batch.of(STREAMS.gaussian("data", step, DataType.FLOAT, 64, 1)
                                .muli(deviation)
                                .addi(mean)),
                        false);
            }
            INDArray samples = trainer.generate(latents);
            assertThat(samples.meanNumber().doubleValue()).isCloseTo(mean, within(0.25));
            assertThat(samples.stdNumber().doubleValue()).isCloseTo(deviation, within(0.25));
        }
    }

    @Test
    void averageFollowsTheWeightsAndIsWhatGenerateUses() {
        try (Network g = build(generator());
                Network d = build(discriminator(false))) {
            GanTrainer trainer = trainer(g, d, LossKind.NON_SATURATING, 0.9, STREAMS);
            INDArray expected = g.parameters().dup();
            for (int i = 0; i < 4; i++) {
                trainer.iterate(i, step -> Batch.of(real(step)), false);
                double keep = (2.0 + i) / (11 + i); // below 0.9 while early
                expected.muli(keep).addi(g.parameters().mul(1 - keep));
            }
            INDArray weights = g.parameters().dup();
            INDArray latents = trainer.latents("test", 0, 5);
            INDArray generated = trainer.generate(latents);
            assertThat(g.parameters()).isEqualTo(weights);
            g.parameters().assign(expected);
            assertThat(g.forward(latents, Pass.infer()).equalsWithEps(generated, 1e-12))
                    .isTrue();
        }
    }

    private static double[] logits(Network d, INDArray x, Pass pass) {
        return d.forward(x, pass).reshape(x.size(0)).toDoubleVector();
    }

    /** Running statistics move at every step, but the loss does not depend on them. */
    private static void ignoreStatistics(Network network, INDArray gradient) {
        network.runningStatistics(gradient).forEach(view -> view.assign(0));
    }
}
