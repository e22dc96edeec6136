package org.mirage4j.core.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.mirage4j.core.MirageException;
import org.mirage4j.core.engine.Pass;
import org.mirage4j.core.random.RandomStreams;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.ops.transforms.Transforms;

class NetworkBuilderTest {

    @Test
    void declaredShapesAreTheShapesThatComeOut() {
        NetworkBuilder builder = NetworkBuilder.vectors(10)
                .dense(2 * 7 * 7)
                .reshape(2, 7, 7)
                .transposedConvolution(3, 4, 2, 1)
                .batchNormalization(0.9)
                .activation(Activation.RELU)
                .upsampling(2)
                .convolution(4, 5, 2, 2)
                .maxPooling(2);
        assertThat(builder.currentShape()).containsExactly(4, 7, 7);
        try (Network network = builder.build(1)) {
            INDArray output = network.forward(Nd4j.ones(3, 10), Pass.infer());
            assertThat(output.shape()).containsExactly(3, 4, 7, 7);
        }
    }

    static Stream<Arguments> mistakes() {
        return Stream.of(
                mistake(() -> NetworkBuilder.vectors(4).dense(0), "\"dense-1\"", "at least 1", "0"),
                mistake(() -> NetworkBuilder.vectors(4).convolution(2, 3, 1, 0), "\"convolution-1\"", "[4]", "images"),
                mistake(
                        () -> NetworkBuilder.images(1, 4, 4).convolution(2, 7, 1, 1),
                        "\"convolution-1\"",
                        "kernel 7",
                        "4 x 4"),
                mistake(() -> NetworkBuilder.images(1, 4, 4).convolution(2, 3, 0, 1), "stride", "at least 1"),
                mistake(
                        () -> NetworkBuilder.images(1, 1, 1).transposedConvolution(2, 2, 1, 2),
                        "\"transposed-convolution-1\"",
                        "1 x 1"),
                mistake(
                        () -> NetworkBuilder.vectors(4).dense(10).reshape(3, 2, 2),
                        "\"reshape-1\"",
                        "[10]",
                        "[3, 2, 2]"),
                mistake(() -> NetworkBuilder.vectors(4).dense(3).addResidual("input"), "\"residual-1\"", "[4]", "[3]"),
                mistake(
                        () -> NetworkBuilder.images(1, 4, 4)
                                .convolution(2, 3, 2, 1)
                                .concatenate("input"),
                        "\"concatenate-1\"",
                        "[2, 2, 2]",
                        "[1, 4, 4]"),
                mistake(() -> NetworkBuilder.vectors(4).dense(2).from("nowhere"), "\"nowhere\"", "dense-1"),
                mistake(
                        () -> NetworkBuilder.vectors(4)
                                .dense(2)
                                .named("x")
                                .dense(2)
                                .named("x"),
                        "already",
                        "\"x\""),
                mistake(() -> NetworkBuilder.vectors(4).dense(2).batchNormalization(1.0), "[0, 1)", "1.0"),
                mistake(() -> NetworkBuilder.vectors(4).dense(2).maxNorm(-1), "max-norm", "-1.0"),
                mistake(() -> NetworkBuilder.vectors(4).softmaxOutput(1), "classes", "at least 2"),
                mistake(() -> NetworkBuilder.vectors(0).dense(2), "input", "[0]"),
                mistake(() -> NetworkBuilder.vectors(4), "no layers"));
    }

    private static Arguments mistake(Supplier<NetworkBuilder> builder, String... parts) {
        return Arguments.of(builder, parts);
    }

    @ParameterizedTest
    @MethodSource("mistakes")
    void mistakesNameLayerAndNumbers(Supplier<NetworkBuilder> builder, String[] parts) {
        assertThatThrownBy(() -> builder.get().configuration())
                .isInstanceOf(MirageException.class)
                .hasMessageContainingAll(parts);
    }

    @Test
    void activationOfABranchLeavesTheOtherBranchesAsTheyAre() {
        NetworkBuilder builder = NetworkBuilder.vectors(3)
                .dense(4)
                .named("shared")
                .output()
                .from("shared")
                .activation(Activation.RELU)
                .output();
        try (Network network = builder.build(1)) {
            INDArray input = new RandomStreams(1).gaussian("input", 0, DataType.FLOAT, 20, 3);
            INDArray[] outputs = network.forward(new INDArray[] {input}, Pass.infer());
            assertThat(outputs[0].minNumber().doubleValue()).isNegative();
            assertThat(outputs[1]).isEqualTo(Transforms.relu(outputs[0]));
        }
    }

    @Test
    void allMistakesAreReportedTogether() {
        assertThatThrownBy(() -> NetworkBuilder.images(1, 8, 8)
                        .convolution(4, 9, 1, 0)
                        .dense(0)
                        .batchNormalization(2)
                        .configuration())
                .hasMessageContaining("kernel 9")
                .hasMessageContaining("\"dense-1\"")
                .hasMessageContaining("[0, 1)");
    }

    @Test
    void dropoutRateOutsideItsRangeIsNamed() {
        assertThatThrownBy(() -> DropoutRate.of(1.5))
                .hasMessageContaining("[0, 1)")
                .hasMessageContaining("1.5");
        assertThatThrownBy(() -> DropoutRate.of(Double.NaN)).isInstanceOf(MirageException.class);
        assertThat(DropoutRate.of(0.1).retain()).isEqualTo(0.9);
    }

    @Test
    void maxNormBoundsEachUnitsIncomingWeights() {
        double radius = 0.5;
        try (Network network = NetworkBuilder.vectors(6)
                .maxNorm(radius)
                .dense(3)
                .updater(new Sgd(1.0))
                .build(1)) {
            INDArray input = new RandomStreams(1).gaussian("x", 0, DataType.FLOAT, 8, 6);
            INDArray output = network.forward(input, Pass.train(0));
            network.backward(Nd4j.onesLike(output).muli(100));
            network.step(8);
            INDArray weights = network.graph().getLayer(0).getParam("W"); // [inputs, units]
            INDArray norms = weights.norm2(0);
            assertThat(norms.length()).isEqualTo(3);
            for (int unit = 0; unit < 3; unit++) {
                assertThat(norms.getDouble(unit)).isBetween(0.99 * radius, 1.000001 * radius);
            }
        }
    }
}
