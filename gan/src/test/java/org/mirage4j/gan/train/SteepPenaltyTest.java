package org.mirage4j.gan.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.mirage4j.core.MirageException;
import org.mirage4j.core.engine.Pass;
import org.mirage4j.core.engine.Wanted;
import org.mirage4j.core.network.Network;
import org.mirage4j.core.network.NetworkBuilder;
import org.mirage4j.core.random.RandomStreams;
import org.mirage4j.gan.train.Sight.Seen;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** Penalties of smooth discriminators in float32, from flat ones to very steep ones. */
class SteepPenaltyTest {
    private static final RandomStreams STREAMS = new RandomStreams(31);
    private static final Draw DRAW = new Draw(STREAMS, "discriminator", 3);
    private static final List<Penalty> PENALTIES = List.of(new Penalty.WassersteinGp(10), new Penalty.R1(2));
    private static final int IN = 16;
    private static final int HIDDEN = 32;
    private static final int BATCH = 8;

    /** What float32 rounding may leave of a penalty's gradient, relative to its norm; docs/corrections.md has a table. */
    private static final double SINGLE_PRECISION = 5e-5;

    static Stream<Arguments> activationsAndNorms() {
        return Stream.of(
                        Activation.TANH,
                        Activation.SIGMOID,
                        Activation.ELU,
                        Activation.SELU,
                        Activation.SOFTPLUS,
                        Activation.SWISH,
                        Activation.GELU,
                        Activation.MISH)
                .flatMap(activation -> DoubleStream.of(0.1, 36, 1000).mapToObj(norm -> Arguments.of(activation, norm)));
    }

    @ParameterizedTest(name = "{0}, |g| = {1}")
    @MethodSource("activationsAndNorms")
    void floatAgreesWithDoubleHoweverSteepTheDiscriminator(Activation activation, double norm) {
        try (Network exact = build(activation, DataType.DOUBLE);
                Network single = build(activation, DataType.FLOAT)) {
            steepen(exact, norm);
            single.parameters().assign(exact.parameters().castTo(DataType.FLOAT));
            exact.parameters().assign(single.parameters().castTo(DataType.DOUBLE));
            for (Penalty penalty : PENALTIES) {
                INDArray expected = gradient(exact, penalty, DataType.DOUBLE);
                INDArray actual = gradient(single, penalty, DataType.FLOAT).castTo(DataType.DOUBLE);
                assertThat(actual.distance2(expected) / expected.norm2Number().doubleValue())
                        .as(penalty.toString())
                        .isLessThan(SINGLE_PRECISION);
            }
        }
    }

    private static Network build(Activation activation, DataType type) {
        return NetworkBuilder.vectors(IN)
                .dense(HIDDEN)
                .activation(activation)
                .dense(HIDDEN)
                .activation(activation)
                .dense(1)
                .dataType(type)
                .build(5);
    }

    private static Seen examples(String name, DataType type) {
        return new Seen(STREAMS.gaussian(name, 0, DataType.DOUBLE, BATCH, IN).castTo(type), null, false);
    }

    private static INDArray gradient(Network network, Penalty penalty, DataType type) {
        Discriminator discriminator = discriminator(network, penalty);
        new GradientPenalty(penalty).add(discriminator, examples("real", type), examples("fake", type), DRAW);
        discriminator.sum().finish();
        return network.gradients().dup().reshape(network.gradients().length());
    }

    private static Discriminator discriminator(Network network, Penalty penalty) {
        return new Discriminator(
                0, network, GameOptions.builder().penalty(penalty).build(), Conditioning.NONE);
    }

    /** Multiplies weights until the gradient has a given mean norm; those of hidden layers at most tenfold. */
    private static void steepen(Network network, double norm) {
        INDArray original =
                network.parameters().dup().reshape(network.parameters().length());
        long last = original.length() - HIDDEN - 1;
        double low = 1e-3;
        double high = 1e5;
        for (int i = 0; i < 40; i++) {
            double factor = Math.sqrt(low * high);
            double hidden = Math.min(Math.sqrt(factor), 10);
            INDArray scaled = original.dup();
            scaled.get(NDArrayIndex.interval(0, last)).muli(hidden);
            scaled.get(NDArrayIndex.interval(last, original.length())).muli(factor / hidden);
            network.parameters().assign(scaled);
            if (meanNorm(network) < norm) {
                low = factor;
            } else {
                high = factor;
            }
        }
    }

    private static double meanNorm(Network network) {
        network.forward(examples("real", DataType.DOUBLE).examples(), Pass.train(1));
        return network.backwardToInput(Nd4j.ones(DataType.DOUBLE, BATCH, 1), Wanted.INPUT)
                .norm2(1)
                .meanNumber()
                .doubleValue();
    }

    static Stream<Arguments> layersWithoutASecondDerivative() {
        return Stream.of(
                Arguments.of(
                        "layer normalisation",
                        new DenseLayer.Builder().nOut(5).hasLayerNorm(true).build()),
                Arguments.of(
                        "PNORM",
                        new SubsamplingLayer.Builder(
                                        SubsamplingLayer.PoolingType.PNORM, new int[] {2, 2}, new int[] {2, 2})
                                .pnorm(2)
                                .build()),
                Arguments.of(
                        "PNORM",
                        new GlobalPoolingLayer.Builder(PoolingType.PNORM)
                                .pnorm(2)
                                .build()));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("layersWithoutASecondDerivative")
    void discriminatorsWithLayersOfUnknownSecondDerivativeAreRefused(String name, Layer layer) {
        var configuration = new NeuralNetConfiguration.Builder()
                .graphBuilder()
                .addInputs("in")
                .addLayer("tested", layer, "in")
                .addLayer(
                        "logit",
                        new DenseLayer.Builder()
                                .nOut(1)
                                .activation(Activation.IDENTITY)
                                .build(),
                        "tested")
                .setOutputs("logit")
                .setInputTypes(InputType.convolutional(4, 4, 2))
                .build();
        try (Network network = Network.create(configuration, 1)) {
            assertThatThrownBy(() -> discriminator(network, new Penalty.R1(1)))
                    .isInstanceOf(MirageException.class)
                    .hasMessageContaining("gradient penalty")
                    .hasMessageContaining("tested")
                    .hasMessageContaining(name);
        }
    }
}
