package org.mirage4j.gan.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.mirage4j.core.MirageException;
import org.mirage4j.core.data.Batch;
import org.mirage4j.core.network.Network;
import org.mirage4j.core.network.NetworkBuilder;
import org.mirage4j.core.random.RandomStreams;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** Networks that would train without a word and learn nothing. */
class UnfitNetworksTest {
    private static final RandomStreams STREAMS = new RandomStreams(3);
    private static final int LATENT = 2;
    private static final int BATCH = 4;

    private static Network generator(boolean normalised) {
        NetworkBuilder generator = NetworkBuilder.vectors(LATENT).dense(3);
        if (normalised) {
            generator.batchNormalization(0.8);
        }
        return generator.leakyRelu(0.2).dense(3).updater(new Sgd(0.1)).build(1);
    }

    private static Network discriminator(Consumer<NetworkBuilder> end) {
        NetworkBuilder builder = NetworkBuilder.vectors(3).dense(4).leakyRelu(0.2);
        end.accept(builder);
        return builder.updater(new Sgd(0.1)).build(2);
    }

    private static Network withOutputLayer(boolean ownWeights, Activation activation, LossFunction loss) {
        var graph = new NeuralNetConfiguration.Builder()
                .updater(new Sgd(0.1))
                .graphBuilder()
                .addInputs("in")
                .addLayer(
                        "hidden",
                        new DenseLayer.Builder()
                                .nOut(4)
                                .activation(Activation.TANH)
                                .build(),
                        "in");
        if (ownWeights) {
            graph.addLayer(
                    "end",
                    new OutputLayer.Builder(loss).nOut(1).activation(activation).build(),
                    "hidden");
        } else {
            graph.addLayer(
                            "logit",
                            new DenseLayer.Builder()
                                    .nOut(1)
                                    .activation(Activation.IDENTITY)
                                    .build(),
                            "hidden")
                    .addLayer(
                            "end",
                            new LossLayer.Builder(loss).activation(activation).build(),
                            "logit");
        }
        return Network.create(
                graph.setOutputs("end").setInputTypes(InputType.feedForward(3)).build(), 1);
    }

    static Stream<Arguments> withoutALogit() {
        return Stream.of(
                Arguments.of("sigmoid", discriminator(d -> d.dense(1).activation(Activation.SIGMOID)), "sigmoid"),
                Arguments.of("tanh", discriminator(d -> d.dense(1).activation(Activation.TANH)), "tanh"),
                Arguments.of(
                        "sigmoid, then reshaped",
                        discriminator(
                                d -> d.dense(1).activation(Activation.SIGMOID).reshape(1, 1, 1)),
                        "sigmoid"),
                Arguments.of(
                        "sigmoid beside scores",
                        discriminator(d -> {
                            String hidden = d.currentName();
                            String scores = d.dense(3).currentName();
                            d.from(hidden)
                                    .dense(1)
                                    .activation(Activation.SIGMOID)
                                    .concatenate(scores);
                        }),
                        "sigmoid"),
                Arguments.of(
                        "cross-entropy layer",
                        withOutputLayer(true, Activation.SIGMOID, LossFunction.XENT),
                        "layer \"end\" is an output layer with a loss of its own"),
                Arguments.of(
                        "layer of squared errors",
                        withOutputLayer(true, Activation.IDENTITY, LossFunction.MSE),
                        "output layer"),
                Arguments.of(
                        "loss layer", withOutputLayer(false, Activation.SIGMOID, LossFunction.XENT), "output layer"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("withoutALogit")
    void discriminatorMustEndInALogit(String name, Network discriminator, String found) {
        try (Network g = generator(false);
                Network d = discriminator) {
            assertThatThrownBy(() -> new GanTrainer(
                            g, List.of(d), LATENT, GameOptions.builder().build(), STREAMS))
                    .isInstanceOf(MirageException.class)
                    .hasMessageContaining("a discriminator must end in a logit")
                    .hasMessageContaining(found);
        }
    }

    private static Batch real(int size) {
        return Batch.of(STREAMS.gaussian("real", 0, DataType.FLOAT, size, 3));
    }

    @Test
    void discriminatorMustSayOneNumber() {
        try (Network g = generator(false);
                Network d = discriminator(builder -> builder.dense(2))) {
            GanTrainer trainer =
                    new GanTrainer(g, List.of(d), LATENT, GameOptions.builder().build(), STREAMS);
            assertThatThrownBy(() -> trainer.iterate(0, step -> real(BATCH), false))
                    .isInstanceOf(MirageException.class)
                    .hasMessage("the last output of a discriminator of this game must be one number for each example,"
                            + " but for 8 examples has shape [8, 2]");
            assertThat(d.iteration()).isZero();
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Conditioning.Kind.class,
            names = {"PROJECTION", "AUXILIARY"})
    void discriminatorMustScoreTheClassesThatItIsSaidTo(Conditioning.Kind kind) {
        try (Network g = NetworkBuilder.vectors(LATENT)
                        .input("label", 5)
                        .concatenate("input")
                        .dense(3)
                        .build(1);
                Network d = discriminator(builder -> builder.dense(1 + 4))) {
            GanTrainer trainer = new GanTrainer(
                    g,
                    List.of(d),
                    new Conditioning(kind, 5),
                    LATENT,
                    GameOptions.builder().build(),
                    STREAMS);
            Batch batch = Batch.of(real(5).features(), Nd4j.eye(5).castTo(DataType.FLOAT));
            assertThatThrownBy(() -> trainer.iterate(0, step -> batch, false))
                    .isInstanceOf(MirageException.class)
                    .hasMessageContaining("must be 6 numbers, a logit and a score for each class,")
                    .hasMessageContaining("[10, 5]");
        }
    }

    private static NetworkBuilder reading(int classes) {
        return NetworkBuilder.vectors(LATENT)
                .input("label", classes)
                .concatenate("input")
                .dense(3);
    }

    private static NetworkBuilder judging(int inputs) {
        return NetworkBuilder.vectors(inputs).dense(4).leakyRelu(0.2).dense(1);
    }

    static Stream<Arguments> pairs() {
        NetworkBuilder plain = NetworkBuilder.vectors(LATENT).dense(3);
        Conditioning concat = new Conditioning(Conditioning.Kind.CONCAT, 5);
        return Stream.of(
                Arguments.of(plain, judging(3), concat, 1, "the generator needs a second input, the label"),
                Arguments.of(reading(5), judging(3), concat, 1, "a discriminator needs a second input, the label"),
                Arguments.of(
                        reading(5),
                        NetworkBuilder.vectors(6).dense(6),
                        new Conditioning(Conditioning.Kind.PROJECTION, 5),
                        2,
                        "packing must be 1 with labels, but is 2"),
                Arguments.of(
                        NetworkBuilder.vectors(LATENT)
                                .dense(3)
                                .output()
                                .dense(3)
                                .output(),
                        judging(3),
                        Conditioning.NONE,
                        1,
                        "a generator needs one output, the examples, but has 2"));
    }

    @ParameterizedTest(name = "{4}")
    @MethodSource("pairs")
    void networksThatDoNotFitTheGameAreNamed(
            NetworkBuilder generator, NetworkBuilder judge, Conditioning conditioning, int packing, String refusal) {
        GameOptions game = GameOptions.builder().packing(packing).build();
        Architecture pair = new Architecture(generator, judge, conditioning);
        assertThatThrownBy(() -> GanTrainer.create(pair, LATENT, game, STREAMS))
                .isInstanceOf(MirageException.class)
                .hasMessageContaining(refusal);
    }

    static Stream<Arguments> batches() {
        INDArray soft = Nd4j.valueArrayOf(new long[] {5, 5}, 0.2f);
        INDArray features = STREAMS.gaussian("real", 0, DataType.FLOAT, 5, 3);
        return Stream.of(
                Arguments.of(Batch.of(features, soft), 1, "that of example 0 is [0.2"),
                Arguments.of(Batch.of(features, Nd4j.ones(5, 5)), 1, "that of example 0 is [1.0, 1.0, 1.0, 1.0, 1.0]"),
                Arguments.of(Batch.of(features), 3, "must be a multiple of the packing 3, but is 5"),
                Arguments.of(
                        Batch.of(features.castTo(DataType.DOUBLE)),
                        1,
                        "compute in FLOAT, but the examples are DOUBLE"));
    }

    @ParameterizedTest(name = "{2}")
    @MethodSource("batches")
    void batchesThatDoNotFitTheGameAreNamed(Batch batch, int packing, String refusal) {
        boolean labelled = batch.labels().isPresent();
        NetworkBuilder judge = labelled ? NetworkBuilder.vectors(3).dense(6) : judging(3 * packing);
        Architecture pair = new Architecture(
                labelled ? reading(5) : NetworkBuilder.vectors(LATENT).dense(3),
                judge,
                labelled ? new Conditioning(Conditioning.Kind.AUXILIARY, 5) : Conditioning.NONE);
        GameOptions game = GameOptions.builder().packing(packing).build();
        try (GanTrainer trainer = GanTrainer.create(pair, LATENT, game, STREAMS)) {
            assertThatThrownBy(() -> trainer.iterate(0, step -> batch, false))
                    .isInstanceOf(MirageException.class)
                    .hasMessageContaining(refusal);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "true, false, 1, 1, 'must be at least 2, but is 1'",
        "false, true, 1, 1, 'must be at least 2, but is 1'",
        "false, true, 4, 4, 'must be at least 8, but is 4'",
        "true, true, 2, 1, ",
        "true, false, 2, 2, ",
        "false, false, 1, 1, "
    })
    void batchOfOneIsRefusedWhereItIsNormalised(
            boolean normalisedGenerator, boolean normalisedDiscriminator, int batch, int packing, String refusal) {
        GameOptions game = GameOptions.builder().packing(packing).build();
        NetworkBuilder builder = NetworkBuilder.vectors(3L * packing).dense(4);
        if (normalisedDiscriminator) {
            builder.batchNormalization(0.8);
        }
        try (Network g = generator(normalisedGenerator);
                Network d = builder.leakyRelu(0.2).dense(1).build(1)) {
            GanTrainer trainer = new GanTrainer(g, List.of(d), LATENT, game, STREAMS);
            if (refusal == null) {
                assertThatCode(() -> trainer.iterate(0, step -> real(batch), false))
                        .doesNotThrowAnyException();
            } else {
                assertThatThrownBy(() -> trainer.iterate(0, step -> real(batch), false))
                        .isInstanceOf(MirageException.class)
                        .hasMessageContaining(refusal);
            }
        }
    }
}
