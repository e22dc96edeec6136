package org.mirage4j.core.network;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.function.Function;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.dropout.AlphaDropout;
import org.deeplearning4j.nn.conf.dropout.GaussianDropout;
import org.deeplearning4j.nn.conf.dropout.GaussianNoise;
import org.deeplearning4j.nn.conf.dropout.SpatialDropout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.mirage4j.core.engine.Pass;
import org.mirage4j.core.engine.Wanted;
import org.mirage4j.core.random.RandomStreams;
import org.mirage4j.core.support.NumericGradient;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.NoOp;

/** Numeric gradient checks in double of parameters and inputs, for every layer kind of the builder. */
class NetworkGradientTest {
    private static final long SEED = 17;
    private static final long MASKS = 5;
    private static final RandomStreams STREAMS = new RandomStreams(SEED);

    static Stream<Arguments> layerKinds() {
        return Stream.of(
                vector("dense", b -> b.dense(4)),
                vector("dense tanh", b -> b.dense(4).activation(Activation.TANH)),
                vector("dense leaky relu", b -> b.dense(4).leakyRelu(0.2).dense(2)),
                vector("activation alone", b -> b.activation(Activation.SIGMOID).dense(2)),
                vector(
                        "batch normalisation",
                        b -> b.dense(4).batchNormalization(0.8).leakyRelu(0.2).dense(2)),
                vector("dropout before dense", b -> b.dropout(DropoutRate.of(0.4))
                        .dense(3)),
                vector("dropout after dense", b -> b.dense(6)
                        .activation(Activation.TANH)
                        .dropout(DropoutRate.of(0.5))
                        .dense(2)),
                vector("gaussian dropout", b -> b.dropout(new GaussianDropout(0.4))
                        .dense(3)),
                vector("gaussian noise", b -> b.dense(5)
                        .activation(Activation.TANH)
                        .dropout(new GaussianNoise(0.3))
                        .dense(3)),
                vector("alpha dropout", b -> b.dense(5)
                        .activation(Activation.SELU)
                        .dropout(new AlphaDropout(0.7))
                        .dense(2)),
                vector("residual with dropout on the shared activation", b -> b.dense(5)
                        .activation(Activation.TANH)
                        .named("shared")
                        .dense(5)
                        .named("branch")
                        .from("shared")
                        .dropout(DropoutRate.of(0.5))
                        .addResidual("branch")
                        .dense(2)),
                vector("concatenation", b -> b.dense(3)
                        .named("a")
                        .from("input")
                        .dense(2)
                        .concatenate("a")
                        .dense(2)),
                vector("two outputs, one inside", b -> b.dense(4)
                        .activation(Activation.TANH)
                        .output()
                        .dropout(DropoutRate.of(0.3))
                        .dense(2)
                        .output()),
                vector("minibatch deviation", b -> b.dense(4)
                        .minibatchDeviation()
                        .activation(Activation.TANH)
                        .dense(2)),
                image(
                        "minibatch deviation of images",
                        b -> b.convolution(2, 3, 1, 1).minibatchDeviation().dense(2)),
                image("convolution", b -> b.convolution(3, 3, 2, 1).activation(Activation.TANH)),
                image(
                        "convolution and dense",
                        b -> b.convolution(2, 3, 1, 0).leakyRelu(0.2).dense(3)),
                image("transposed convolution", b -> b.transposedConvolution(3, 4, 2, 1)
                        .activation(Activation.TANH)),
                image("dropout before transposed convolution", b -> b.dropout(DropoutRate.of(0.4))
                        .transposedConvolution(2, 4, 2, 1)),
                image("spatial dropout", b -> b.convolution(4, 3, 1, 1)
                        .dropout(new SpatialDropout(0.6))
                        .dense(2)),
                image("image batch normalisation", b -> b.convolution(3, 3, 1, 1)
                        .batchNormalization(0.9)
                        .leakyRelu(0.2)
                        .convolution(1, 3, 2, 1)),
                image("image residual", b -> b.convolution(2, 3, 1, 1)
                        .activation(Activation.TANH)
                        .addResidual("input")),
                image("max pooling", b -> b.convolution(2, 3, 1, 1).maxPooling(2)),
                image("average pooling", b -> b.convolution(2, 3, 1, 1).averagePooling(2)),
                image("global average pooling", b -> b.convolution(3, 3, 1, 1)
                        .activation(Activation.TANH)
                        .globalAveragePooling()
                        .dense(2)),
                image("global sum pooling", b -> b.convolution(3, 3, 1, 1)
                        .activation(Activation.TANH)
                        .globalSumPooling()
                        .dense(2)),
                image("upsampling", b -> b.upsampling(2).convolution(2, 3, 1, 1)),
                Arguments.of(
                        "reshape to image",
                        NetworkBuilder.vectors(6).dense(8).reshape(2, 2, 2).transposedConvolution(1, 4, 2, 1),
                        new long[] {6}));
    }

    private static Arguments vector(String name, Function<NetworkBuilder, NetworkBuilder> layers) {
        return Arguments.of(name, layers.apply(NetworkBuilder.vectors(5)), new long[] {5});
    }

    private static Arguments image(String name, Function<NetworkBuilder, NetworkBuilder> layers) {
        return Arguments.of(name, layers.apply(NetworkBuilder.images(2, 4, 4)), new long[] {2, 4, 4});
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("layerKinds")
    void backwardAgreesWithNumericDifferentiation(String name, NetworkBuilder builder, long[] shape) {
        try (Network network =
                builder.dataType(DataType.DOUBLE).updater(new NoOp()).build(SEED)) {
            INDArray input = STREAMS.gaussian("input", 0, DataType.DOUBLE, batchOf(4, shape));
            INDArray[] inputs = {input};
            INDArray[] outputs = network.forward(inputs, Pass.train(MASKS));
            INDArray[] weights = new INDArray[outputs.length];
            for (int i = 0; i < outputs.length; i++) {
                weights[i] = STREAMS.gaussian("loss", i, DataType.DOUBLE, outputs[i].shape());
            }
            INDArray before = input.dup();
            INDArray[] weightsBefore = {weights[0].dup()};
            INDArray inputGradient = network.backward(weights, Wanted.BOTH)[0];
            INDArray parameterGradient = network.gradients().dup();

            assertThat(input).as("input handed in").isEqualTo(before);
            assertThat(weights[0]).as("gradient handed in").isEqualTo(weightsBefore[0]);
            NumericGradient.check(name + " input", input, inputGradient, () -> loss(network, input, weights));
            INDArray parameters = network.parameters();
            INDArray statistics = statisticsMask(network);
            INDArray analytic = parameterGradient.reshape(parameters.shape()).mul(statistics.rsub(1));
            NumericGradient.check(name + " parameters", parameters, analytic, () -> loss(network, input, weights));
        }
    }

    private static double loss(Network network, INDArray input, INDArray[] weights) {
        INDArray[] outputs = network.forward(new INDArray[] {input}, Pass.train(MASKS));
        double loss = 0;
        for (int i = 0; i < outputs.length; i++) {
            loss += outputs[i].mul(weights[i]).sumNumber().doubleValue();
        }
        return loss;
    }

    /** One where the gradient view holds pending running statistics, on which the loss does not depend. */
    private static INDArray statisticsMask(Network network) {
        INDArray mask = Nd4j.zeros(DataType.DOUBLE, network.parameters().shape());
        for (INDArray view : network.runningStatistics(mask)) {
            view.assign(1);
        }
        return mask;
    }

    private static long[] batchOf(long size, long[] shape) {
        long[] batch = new long[shape.length + 1];
        batch[0] = size;
        System.arraycopy(shape, 0, batch, 1, shape.length);
        return batch;
    }
}
