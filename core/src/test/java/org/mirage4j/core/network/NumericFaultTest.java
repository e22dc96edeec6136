package org.mirage4j.core.network;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.mirage4j.core.engine.Pass;
import org.mirage4j.core.random.RandomStreams;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class NumericFaultTest {
    private static final RandomStreams STREAMS = new RandomStreams(11);

    private final INDArray input = STREAMS.gaussian("input", 0, DataType.FLOAT, 4, 1, 4, 4);

    private static Network network() {
        return NetworkBuilder.images(1, 4, 4)
                .convolution(2, 3, 1, 1)
                .batchNormalization(0.8)
                .activation(Activation.RELU)
                .dropout(DropoutRate.of(0.2))
                .dense(3)
                .activation(Activation.TANH)
                .dense(1)
                .build(5);
    }

    @Test
    void healthyNetworkHasNoFault() {
        try (Network network = network()) {
            network.forward(input, Pass.train(1));
            network.backward(Nd4j.ones(4, 1));
            assertThat(network.findFault(input)).isEmpty();
        }
    }

    // 18 weights and 2 biases; gamma, beta, mean, deviation of 2; 96 weights and 3 biases; 3 weights and 1 bias
    @ParameterizedTest
    @CsvSource({
        "0, convolution-1",
        "19, convolution-1",
        "20, batch-normalization-1",
        "27, batch-normalization-1",
        "28, dense-1",
        "126, dense-1",
        "127, dense-2",
        "130, dense-2"
    })
    void plantedWeightIsNamedByItsLayer(long index, String layer) {
        try (Network network = network()) {
            assertThat(network.parameters().length()).isEqualTo(131);
            network.parameters().reshape(131).putScalar(index, Float.NaN);
            assertThat(network.findFault(input)).contains(new NumericFault(layer, NumericFault.Kind.WEIGHT));
        }
    }

    @Test
    void weightsSpoiltByAGradientAreNamedWhereTheBackwardPassMetItFirst() {
        try (Network network = network()) {
            network.parameters().reshape(131).putScalar(3, Float.NaN);
            network.parameters().reshape(131).putScalar(40, Float.NEGATIVE_INFINITY);
            assertThat(network.findWeightFault()).contains(new NumericFault("dense-1", NumericFault.Kind.WEIGHT));
            network.parameters().assign(1);
            assertThat(network.findWeightFault()).isEmpty();
        }
    }

    @Test
    void overflowIsNamedByTheFirstLayerThatComputesIt() {
        try (Network network = network()) {
            // finite weights whose products are not
            network.graph().getLayer("dense-1").getParam("b").assign(100); // its outputs are then 1
            network.graph().getLayer("dense-2").getParam("W").assign(3e38);
            assertThat(network.findFault(input)).contains(new NumericFault("dense-2", NumericFault.Kind.OUTPUT));
        }
    }

    @Test
    void gradientIsNamedWhereTheBackwardPassMetItFirst() {
        try (Network network = network()) {
            network.forward(input, Pass.train(1));
            network.backward(Nd4j.ones(4, 1));
            INDArray gradients = network.gradients().reshape(131);
            gradients.putScalar(3, Float.POSITIVE_INFINITY);
            gradients.putScalar(40, Float.NaN);
            assertThat(network.findFault(input)).contains(new NumericFault("dense-1", NumericFault.Kind.GRADIENT));
        }
    }

    @Test
    void faultIsDescribedInWords() {
        assertThat(new NumericFault("dense-2", NumericFault.Kind.WEIGHT).describe())
                .isEqualTo("a weight of layer \"dense-2\"");
    }
}
