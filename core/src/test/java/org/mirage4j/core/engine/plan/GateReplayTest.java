package org.mirage4j.core.engine.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mirage4j.core.engine.plan.Compare.assertClose;

import java.util.function.Function;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.dropout.AlphaDropout;
import org.deeplearning4j.nn.conf.dropout.GaussianDropout;
import org.deeplearning4j.nn.conf.dropout.GaussianNoise;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.mirage4j.core.engine.Engine;
import org.mirage4j.core.engine.GateReplay;
import org.mirage4j.core.engine.Pass;
import org.mirage4j.core.engine.StockEngine;
import org.mirage4j.core.engine.Wanted;
import org.mirage4j.core.network.DropoutRate;
import org.mirage4j.core.network.NetworkBuilder;
import org.mirage4j.core.random.RandomStreams;
import org.mirage4j.core.support.NumericGradient;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Gradient penalties by replayed gates, on both engines. */
final class GateReplayTest {
    private static final long SEED = 23;
    private static final RandomStreams STREAMS = new RandomStreams(SEED);
    private static final long MASKS = 5;
    private static final double WEIGHT = 10;
    /** The plan in float32 against differentiation in double, relative to the largest element. */
    private static final double SINGLE_PRECISION = 1e-4;

    static Stream<Arguments> critics() {
        return Stream.of(
                vector("leaky relu", b -> b.dense(7).leakyRelu(0.2).dense(5).leakyRelu(0.2)),
                vector("relu and dropout", b -> b.dropout(DropoutRate.of(0.2))
                        .dense(24) // enough that no example loses them all, which would leave it no gradient
                        .activation(Activation.RELU)
                        .dropout(DropoutRate.of(0.5))
                        .dense(8)
                        .leakyRelu(0.2)
                        .dropout(DropoutRate.of(0.4))),
                vector(
                        "hard functions",
                        b -> b.dense(9).activation(Activation.HARDTANH).dense(6).activation(Activation.HARDSIGMOID)),
                vector("gates at the input", b -> b.activation(Activation.HARDTANH)
                        .dense(4)),
                vector("other kinds of dropout", b -> b.dense(9)
                        .leakyRelu(0.1)
                        .dropout(new GaussianDropout(0.4))
                        .dropout(new GaussianNoise(0.3))
                        .dense(8)
                        .activation(Activation.RELU)
                        .dropout(new AlphaDropout(0.7))),
                vector("residual", b -> b.dense(6)
                        .leakyRelu(0.2)
                        .named("shared")
                        .dropout(DropoutRate.of(0.5))
                        .dense(6)
                        .leakyRelu(0.2)
                        .addResidual("shared")),
                vector("smooth functions", b -> b.dense(7)
                        .activation(Activation.TANH)
                        .dropout(DropoutRate.of(0.2))
                        .dense(6)
                        .activation(Activation.SIGMOID)
                        .dense(6)
                        .activation(Activation.ELU)),
                vector("smooth functions at the input", b -> b.activation(Activation.SWISH)
                        .dense(6)
                        .leakyRelu(0.2)
                        .named("shared")
                        .dense(6)
                        .activation(Activation.SOFTPLUS)
                        .addResidual("shared")
                        .dense(5)
                        .activation(Activation.SELU)),
                image("smooth convolutions", b -> b.convolution(17, 2, 2, 0)
                        .activation(Activation.TANH)
                        .dropout(new GaussianDropout(0.2))
                        .convolution(3, 3, 1, 1)
                        .activation(Activation.SWISH)
                        .maxPooling(2)
                        .convolution(2, 2, 1, 0)
                        .activation(Activation.ELU)),
                image("convolution and dropout", b -> b.convolution(17, 2, 2, 0)
                        .leakyRelu(0.2)
                        .dropout(DropoutRate.of(0.3))
                        .convolution(2, 3, 1, 1)
                        .activation(Activation.RELU)),
                image("max pooling", b -> b.maxPooling(2)
                        .convolution(4, 3, 1, 1)
                        .leakyRelu(0.2)
                        .maxPooling(2)),
                image(
                        "transposed convolution and mean pooling",
                        b -> b.transposedConvolution(3, 4, 2, 1).leakyRelu(0.2).averagePooling(2)));
    }

    private static Arguments vector(String name, Function<NetworkBuilder, NetworkBuilder> layers) {
        return Arguments.of(name, layers.apply(NetworkBuilder.vectors(5)).dense(1), new long[] {3, 5});
    }

    private static Arguments image(String name, Function<NetworkBuilder, NetworkBuilder> layers) {
        return Arguments.of(name, layers.apply(NetworkBuilder.images(2, 8, 8)).dense(1), new long[] {3, 2, 8, 8});
    }

    private static ComputationGraph graph(NetworkBuilder builder, DataType type) {
        var configuration = builder.dataType(type).configuration();
        configuration.getDefaultConfiguration().setSeed(SEED);
        return DenseLayersTest.graph(configuration);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("critics")
    void penaltyGradientAgreesWithNumericDifferentiation(String name, NetworkBuilder builder, long[] shape) {
        ComputationGraph graph = graph(builder, DataType.DOUBLE);
        try (StockEngine engine = stock(graph)) {
            INDArray[] inputs = {STREAMS.gaussian("input", 0, DataType.DOUBLE, shape)};
            INDArray analytic = penaltyGradient(engine, graph, inputs, 0.1);
            NumericGradient.check(name, graph.params(), analytic, () -> penalty(engine, inputs));
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("critics")
    void planAgreesInSinglePrecision(String name, NetworkBuilder builder, long[] shape) {
        ComputationGraph doubles = graph(builder, DataType.DOUBLE);
        ComputationGraph floats = graph(builder, DataType.FLOAT);
        floats.setParams(doubles.params().castTo(DataType.FLOAT));
        INDArray[] inputs = {STREAMS.gaussian("input", 0, DataType.DOUBLE, shape)};
        INDArray[] inputsAsFloats = {inputs[0].castTo(DataType.FLOAT)};
        try (PlanEngine plan = PlanEngine.compile(floats)) {
            INDArray actual = penaltyGradient(plan, floats, inputsAsFloats, 0.1);
            Pass.Mode recorded = GateReplay.isPiecewiseAffine(floats) ? Pass.Mode.TRAIN : Pass.Mode.RECORD;
            for (DropUnits dropout : plan.plan(inputsAsFloats, recorded).dropouts()) {
                doubles.getLayer(dropout.layer()).conf().getLayer().setIDropout(DropoutTest.replayed(dropout));
            }
            try (StockEngine stock = stock(doubles)) {
                assertClose(name, actual, penaltyGradient(stock, doubles, inputs, 0.1), SINGLE_PRECISION);
            }
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("critics")
    void replayIsThePassItselfAtItsInputAndAffineAroundIt(String name, NetworkBuilder builder, long[] shape) {
        ComputationGraph graph = graph(builder, DataType.FLOAT);
        INDArray input = STREAMS.gaussian("input", 0, DataType.FLOAT, shape);
        INDArray direction = STREAMS.gaussian("direction", 0, DataType.FLOAT, shape);
        try (PlanEngine engine = PlanEngine.compile(graph)) {
            INDArray own = input.dup();
            INDArray output = engine.forward(new INDArray[] {own}, Pass.record(MASKS))[0];
            INDArray gradient = engine.backward(new INDArray[] {Nd4j.onesLike(output)}, Wanted.INPUT)[0];
            own.assign(0); // an array passed in belongs to the caller again
            for (int batch = 1; batch <= 12; batch++) { // more shapes than plans are kept
                long[] other = shape.clone();
                other[0] = 10L + batch;
                engine.forward(new INDArray[] {Nd4j.zeros(DataType.FLOAT, other)}, Pass.infer());
            }
            assertClose("at the input", engine.forward(new INDArray[] {input}, Pass.replay(MASKS))[0], output);
            INDArray back = engine.backward(new INDArray[] {Nd4j.onesLike(output)}, Wanted.BOTH)[0];
            assertClose("input gradient", back, gradient);
            INDArray far = engine.forward(new INDArray[] {input.add(direction.mul(8))}, Pass.replay(MASKS))[0];
            INDArray slope =
                    gradient.mul(direction).reshape(shape[0], -1).sum(1).reshape(shape[0], 1);
            assertClose("far away", far.sub(output).div(8), slope);
        }
    }

    private static StockEngine stock(ComputationGraph graph) {
        return new StockEngine(graph);
    }

    private static INDArray inputGradient(Engine engine, INDArray[] inputs) {
        INDArray output = engine.forward(inputs, Pass.record(MASKS))[0];
        return engine.backward(new INDArray[] {Nd4j.onesLike(output)}, Wanted.INPUT)[0];
    }

    private static INDArray norms(INDArray gradient) {
        return gradient.dup('c').reshape(gradient.size(0), -1).norm2(true, 1);
    }

    private static double penalty(Engine engine, INDArray[] inputs) {
        INDArray excess = norms(inputGradient(engine, inputs)).sub(1);
        return WEIGHT * excess.mul(excess).sumNumber().doubleValue();
    }

    /** The penalty's gradient as the difference of two replays, apart by the penalty's slope along the unit direction. */
    private static INDArray penaltyGradient(Engine engine, ComputationGraph graph, INDArray[] inputs, double step) {
        INDArray input = inputs[0];
        INDArray gradient = inputGradient(engine, inputs).dup('c');
        INDArray norms = norms(gradient);
        INDArray way = gradient.reshape(input.size(0), -1)
                .divColumnVector(norms)
                .muliColumnVector(norms.sub(1).muli(2 * WEIGHT * step))
                .reshape(input.shape());
        INDArray above = replayed(engine, graph, input.add(way));
        INDArray below = replayed(engine, graph, input.sub(way));
        assertThat(above).isNotEqualTo(below);
        return above.sub(below).div(2 * step);
    }

    private static INDArray replayed(Engine engine, ComputationGraph graph, INDArray input) {
        INDArray output = engine.forward(new INDArray[] {input}, Pass.replay(MASKS))[0];
        engine.backward(new INDArray[] {Nd4j.onesLike(output)}, Wanted.PARAMETERS);
        return graph.getGradientsViewArray().dup();
    }
}
