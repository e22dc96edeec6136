package org.mirage4j.gan.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.mirage4j.core.engine.Pass;
import org.mirage4j.core.memory.FlatArray;
import org.mirage4j.core.network.DropoutRate;
import org.mirage4j.core.network.Network;
import org.mirage4j.core.network.NetworkBuilder;
import org.mirage4j.core.network.WeightMatrix;
import org.mirage4j.core.random.RandomStreams;
import org.mirage4j.core.support.NumericGradient;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;

class SpectralNormalizationTest {
    private static final RandomStreams STREAMS = new RandomStreams(41);

    private static NetworkBuilder dense() {
        return NetworkBuilder.images(1, 4, 4)
                .dense(7)
                .leakyRelu(0.2)
                .dropout(DropoutRate.of(0.2))
                .dense(5)
                .leakyRelu(0.2)
                .dense(1);
    }

    private static NetworkBuilder convolutional() {
        return NetworkBuilder.images(1, 4, 4)
                .convolution(3, 3, 1, 1)
                .leakyRelu(0.2)
                .convolution(4, 2, 2, 0)
                .leakyRelu(0.2)
                .dense(1);
    }

    static Stream<Arguments> networks() {
        return Stream.of(Arguments.of("dense", dense()), Arguments.of("convolutional", convolutional()));
    }

    /** From the projector on the largest eigenvalue of WW', which its ever higher powers come to, and then stay at. */
    private static double largestSingularValue(Network network, WeightMatrix weights) {
        double[] values = new double[weights.rows() * weights.columns()];
        FlatArray.of(network.parameters()).get(weights.offset(), values, values.length);
        INDArray matrix = Nd4j.createFromArray(values).reshape('c', weights.rows(), weights.columns());
        INDArray square = matrix.mmul(matrix.transpose());
        INDArray projector = square.dup();
        for (double change = 1; change > 1e-12; ) {
            INDArray squared = projector.mmul(projector);
            squared.divi(squared.norm2Number());
            change = squared.distance2(projector);
            projector = squared;
        }
        double trace = 0;
        for (int i = 0; i < weights.rows(); i++) {
            trace += projector.getDouble(i, i);
        }
        return Math.sqrt(square.mul(projector).sumNumber().doubleValue() / trace);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("networks")
    void everyWeightMatrixHasLargestSingularValueOneFromTheStartAndAfterSteps(String name, NetworkBuilder builder) {
        GameOptions game = GameOptions.builder().spectralNormalization(true).build();
        try (Network network = builder.updater(new Adam(1e-2)).build(3);
                Player player = Player.discriminator("d", network, game)) {
            for (int step = 0; step < 30; step++) {
                for (WeightMatrix weights : network.weightMatrices()) {
                    assertThat(largestSingularValue(network, weights))
                            .as(weights.layer() + " at step " + step)
                            .isCloseTo(1, within(1e-3));
                }
                network.forward(STREAMS.gaussian("x", step, DataType.FLOAT, 6, 1, 4, 4), Pass.train(step));
                network.backward(STREAMS.gaussian("e", step, DataType.FLOAT, 6, 1));
                player.step(false);
            }
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("networks")
    void gradientInRawWeightsAgreesWithNumericDifferentiation(String name, NetworkBuilder builder) {
        try (Network network = builder.dataType(DataType.DOUBLE).build(3)) {
            INDArray raw = network.parameters().dup();
            INDArray x = STREAMS.gaussian("x", 0, DataType.DOUBLE, 6, 1, 4, 4);
            INDArray e = STREAMS.gaussian("e", 0, DataType.DOUBLE, 6, 1);
            SpectralNormalization spectral = new SpectralNormalization("d-spectral", network);
            network.forward(x, Pass.train(1));
            network.backward(e);
            spectral.beforeStep();
            assertThat(network.parameters()).isEqualTo(raw);
            INDArray gradient = network.gradients().dup();
            NumericGradient.check(name, raw, gradient, () -> {
                network.parameters().assign(raw);
                divideByLargestSingularValues(network);
                return network.forward(x, Pass.train(1)).mul(e).sumNumber().doubleValue();
            });
        }
    }

    private static void divideByLargestSingularValues(Network network) {
        for (WeightMatrix weights : network.weightMatrices()) {
            double sigma = largestSingularValue(network, weights);
            FlatArray parameters = FlatArray.of(network.parameters());
            double[] values = new double[weights.rows() * weights.columns()];
            parameters.get(weights.offset(), values, values.length);
            for (int i = 0; i < values.length; i++) {
                values[i] /= sigma;
            }
            parameters.put(weights.offset(), values, values.length);
        }
    }

    @Test
    void updaterWorksOnTheRawWeights() {
        GameOptions game = GameOptions.builder().spectralNormalization(true).build();
        try (Network network =
                dense().dataType(DataType.DOUBLE).updater(new Adam(1e-2)).build(3)) {
            INDArray raw = network.parameters().dup();
            Player player = Player.discriminator("d", network, game);
            network.forward(STREAMS.gaussian("x", 0, DataType.DOUBLE, 6, 1, 4, 4), Pass.train(1));
            network.backward(STREAMS.gaussian("e", 0, DataType.DOUBLE, 6, 1));
            player.step(false);
            // Adam's first step moves every parameter with a gradient by the learning rate
            double[] state = Objects.requireNonNull(player.moment().spectral());
            WeightMatrix first = network.weightMatrices().get(0);
            FlatArray before = FlatArray.of(raw);
            double[] values = new double[first.rows() * first.columns()];
            before.get(first.offset(), values, values.length);
            for (int i = 0; i < values.length; i++) {
                assertThat(Math.abs(state[i] - values[i])).isCloseTo(1e-2, within(1e-4));
            }
        }
    }

    @Test
    void weightsWithoutAnyValueStayZero() {
        try (Network network = dense().build(3)) {
            network.parameters().assign(0);
            SpectralNormalization spectral = new SpectralNormalization("d-spectral", network);
            spectral.afterStep();
            assertThat(network.parameters().maxNumber().doubleValue()).isZero();
        }
    }
}
