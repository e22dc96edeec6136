package org.mirage4j.core.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.distribution.NormalDistribution;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.L2NormalizeVertex;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.graph.ScaleVertex;
import org.deeplearning4j.nn.conf.graph.ShiftVertex;
import org.deeplearning4j.nn.conf.graph.SubsetVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.Deconvolution2D;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.DepthwiseConvolution2D;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.LocalResponseNormalization;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PReLULayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.SeparableConvolution2D;
import org.deeplearning4j.nn.conf.layers.SpaceToDepthLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.conf.layers.Upsampling2D;
import org.deeplearning4j.nn.conf.layers.ZeroPaddingLayer;
import org.deeplearning4j.nn.conf.layers.convolutional.Cropping2D;
import org.deeplearning4j.nn.conf.layers.misc.ElementWiseMultiplicationLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;
import org.deeplearning4j.nn.conf.weightnoise.WeightNoise;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.mirage4j.core.engine.EngineKind;
import org.mirage4j.core.engine.Pass;
import org.mirage4j.core.engine.Wanted;
import org.mirage4j.core.random.RandomStreams;
import org.mirage4j.core.support.NumericGradient;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationELU;
import org.nd4j.linalg.activations.impl.ActivationReLU;
import org.nd4j.linalg.activations.impl.ActivationThresholdedReLU;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** The gradient of a gradient's norm, which replays give: exact for everything that is not refused by name. */
class TangentTest {
    private static final RandomStreams STREAMS = new RandomStreams(29);
    private static final long MASKS = 3;

    /** Far enough apart that nothing but exactness makes the difference a derivative. */
    private static final double DISTANCE = 0.5;

    static Stream<IActivation> activations() {
        return Stream.concat(
                Stream.of(Activation.values())
                        .filter(kind -> kind != Activation.SOFTMAX && kind != Activation.RRELU)
                        .filter(kind -> kind != Activation.THRESHOLDEDRELU)
                        .map(Activation::getActivationFunction),
                Stream.of(
                        new ActivationThresholdedReLU(0.1), new ActivationELU(0.4), new ActivationReLU(1.0, 0.2, 0.1)));
    }

    @ParameterizedTest
    @MethodSource("activations")
    void everyActivationIsExact(IActivation activation) {
        checkExact(
                activation.toString(),
                NetworkBuilder.vectors(4)
                        .dense(7)
                        .activation(activation)
                        .dense(6)
                        .activation(Activation.TANH)
                        .dense(1)
                        .dataType(DataType.DOUBLE)
                        .build(5),
                3,
                4);
    }

    @Test
    void softmaxIsRefusedByName() {
        try (Network network = NetworkBuilder.vectors(4)
                .dense(3)
                .activation(Activation.SOFTMAX)
                .dense(1)
                .build(1)) {
            assertThat(network.replayRefusal())
                    .hasValueSatisfying(reason -> assertThat(reason).contains("dense-1", "softmax"));
            network.forward(Nd4j.rand(DataType.FLOAT, 2, 4), Pass.record(1));
            assertThatThrownBy(() -> network.forward(Nd4j.rand(DataType.FLOAT, 2, 4), Pass.replay(1)))
                    .hasMessageContaining("softmax");
        }
    }

    static Stream<Arguments> exactLayers() {
        return Stream.of(
                        new ConvolutionLayer.Builder(2, 2)
                                .nOut(3)
                                .activation(Activation.TANH)
                                .build(),
                        new SeparableConvolution2D.Builder(2, 2)
                                .nOut(3)
                                .activation(Activation.TANH)
                                .build(),
                        new DepthwiseConvolution2D.Builder(2, 2)
                                .depthMultiplier(2)
                                .activation(Activation.TANH)
                                .build(),
                        new Deconvolution2D.Builder(2, 2)
                                .nOut(3)
                                .activation(Activation.TANH)
                                .build(),
                        new SubsamplingLayer.Builder(
                                        SubsamplingLayer.PoolingType.MAX, new int[] {2, 2}, new int[] {2, 2})
                                .build(),
                        new SubsamplingLayer.Builder(
                                        SubsamplingLayer.PoolingType.AVG, new int[] {2, 2}, new int[] {2, 2})
                                .build(),
                        new GlobalPoolingLayer.Builder(PoolingType.MAX).build(),
                        new GlobalPoolingLayer.Builder(PoolingType.AVG).build(),
                        new GlobalPoolingLayer.Builder(PoolingType.SUM).build(),
                        new Upsampling2D.Builder(2).build(),
                        new ZeroPaddingLayer(1, 2),
                        new Cropping2D(1, 1),
                        new SpaceToDepthLayer.Builder<>(2).build())
                .map(layer -> Arguments.of(layer.getClass().getSimpleName(), layer));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("exactLayers")
    void layersAreExactAmongSmoothOnes(String name, Layer layer) {
        checkExact(name, imageNetwork(layer), 3, 2, 6, 6);
    }

    @Test
    void elementwiseMultiplicationIsExact() {
        checkExact(
                "elementwise",
                vectorNetwork(new ElementWiseMultiplicationLayer.Builder()
                        .nIn(6)
                        .nOut(6)
                        .activation(Activation.TANH)
                        .build()),
                3,
                6);
    }

    @Test
    void frozenBatchNormalisationIsAScaleAndAShift() {
        try (Network network = vectorNetwork(new FrozenLayer(new BatchNormalization.Builder()
                .nIn(6)
                .nOut(6)
                .activation(Activation.IDENTITY)
                .build()))) {
            INDArray all = network.parameters().reshape(network.parameters().length());
            all.get(NDArrayIndex.interval(0, 24)).assign(STREAMS.gaussian("statistics", 0, DataType.DOUBLE, 24));
            checkExact("frozen", network, 24, new long[] {3, 6});
        }
    }

    static Stream<Arguments> refusedLayers() {
        return Stream.of(
                Arguments.of(
                        "layer normalisation",
                        vectorNetwork(new DenseLayer.Builder()
                                .nOut(6)
                                .hasLayerNorm(true)
                                .build())),
                Arguments.of(
                        "OutputLayer",
                        vectorNetwork(new OutputLayer.Builder(LossFunction.XENT)
                                .nOut(6)
                                .activation(Activation.SIGMOID)
                                .build())),
                Arguments.of(
                        "weight noise",
                        vectorNetwork(new DenseLayer.Builder()
                                .nOut(5)
                                .weightNoise(new WeightNoise(new NormalDistribution(0, 0.1)))
                                .build())),
                Arguments.of(
                        "learned",
                        imageNetwork(
                                new PReLULayer.Builder().inputShape(2, 6, 6).build())),
                Arguments.of(
                        "PNORM",
                        imageNetwork(new SubsamplingLayer.Builder(
                                        SubsamplingLayer.PoolingType.PNORM, new int[] {2, 2}, new int[] {2, 2})
                                .pnorm(2)
                                .build())),
                Arguments.of(
                        "PNORM",
                        imageNetwork(new GlobalPoolingLayer.Builder(PoolingType.PNORM)
                                .pnorm(2)
                                .build())),
                Arguments.of(
                        "LocalResponseNormalization", imageNetwork(new LocalResponseNormalization.Builder().build())));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("refusedLayers")
    void layersWithoutAKnownSecondDerivativeAreRefusedByName(String name, Network network) {
        try (network) {
            assertThat(network.replayRefusal())
                    .hasValueSatisfying(reason -> assertThat(reason).contains("tested", name));
        }
    }

    @Test
    void aLayerOfOnesOwnIsNotTakenForItsParent() {
        class Own extends ActivationLayer {
            private static final long serialVersionUID = 1L;

            Own() {
                super(Activation.TANH);
            }
        }
        try (Network network = vectorNetwork(new Own())) {
            assertThat(network.replayRefusal())
                    .hasValueSatisfying(reason -> assertThat(reason).contains("Own"));
        }
    }

    static Stream<Arguments> vertices() {
        return Stream.of(
                Arguments.of(new MergeVertex(), true),
                Arguments.of(new ElementWiseVertex(ElementWiseVertex.Op.Add), true),
                Arguments.of(new ElementWiseVertex(ElementWiseVertex.Op.Subtract), true),
                Arguments.of(new ElementWiseVertex(ElementWiseVertex.Op.Average), true),
                Arguments.of(new ElementWiseVertex(ElementWiseVertex.Op.Product), false),
                Arguments.of(new ElementWiseVertex(ElementWiseVertex.Op.Max), false),
                Arguments.of(new ScaleVertex(0.5), true),
                Arguments.of(new ShiftVertex(0.5), true),
                Arguments.of(new SubsetVertex(1, 3), true),
                Arguments.of(new L2NormalizeVertex(), false));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("vertices")
    void verticesAreExactOrRefused(GraphVertex vertex, boolean exact) {
        boolean joins = vertex instanceof MergeVertex || vertex instanceof ElementWiseVertex;
        var graph = new NeuralNetConfiguration.Builder()
                .dataType(DataType.DOUBLE)
                .activation(Activation.TANH)
                .graphBuilder()
                .addInputs("in")
                .addLayer("a", new DenseLayer.Builder().nOut(5).build(), "in")
                .addLayer("b", new DenseLayer.Builder().nOut(5).build(), "in")
                .addVertex("tested", vertex, joins ? new String[] {"a", "b"} : new String[] {"a"})
                .addLayer("c", new DenseLayer.Builder().nOut(4).build(), "tested", "b")
                .addLayer("logit", logit(), "c")
                .setOutputs("logit")
                .setInputTypes(InputType.feedForward(4))
                .build();
        Network network = Network.create(graph, 3);
        if (exact) {
            checkExact(vertex.toString(), network, 3, 4);
        } else {
            try (network) {
                assertThat(network.replayRefusal())
                        .hasValueSatisfying(reason -> assertThat(reason).contains("tested"));
            }
        }
    }

    @ParameterizedTest
    @EnumSource(EngineKind.class)
    void aCurvedNetworkGoesBackAlongItsTangentFromTheSameGradientsAlone(EngineKind kind) {
        var configuration = NetworkBuilder.vectors(4)
                .dense(3)
                .activation(Activation.TANH)
                .dense(1)
                .configuration();
        INDArray input = Nd4j.rand(DataType.FLOAT, 2, 4);
        INDArray ones = Nd4j.ones(DataType.FLOAT, 2, 1);
        try (Network network = Network.create(configuration, 1, kind)) {
            network.forward(input, Pass.record(1));
            assertThatThrownBy(() -> network.forward(input, Pass.replay(1)))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("backward");
            network.forward(input, Pass.record(1));
            network.backward(ones);
            network.forward(input, Pass.replay(1));
            assertThatThrownBy(() -> network.backward(ones.mul(2)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("output gradients");
            network.forward(input, Pass.train(1));
            assertThatThrownBy(() -> network.forward(input, Pass.replay(1)))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("RECORD");
        }
    }

    private static DenseLayer logit() {
        return new DenseLayer.Builder().nOut(1).activation(Activation.IDENTITY).build();
    }

    private static Network vectorNetwork(Layer layer) {
        return network(layer, InputType.feedForward(6));
    }

    private static Network imageNetwork(Layer layer) {
        return network(layer, InputType.convolutional(6, 6, 2));
    }

    private static Network network(Layer layer, InputType input) {
        var graph = new NeuralNetConfiguration.Builder()
                .dataType(DataType.DOUBLE)
                .activation(Activation.TANH)
                .graphBuilder()
                .addInputs("in")
                .addLayer("tested", layer, "in")
                .addLayer("dense", new DenseLayer.Builder().nOut(5).build(), "tested")
                .addLayer("logit", logit(), "dense")
                .setOutputs("logit")
                .setInputTypes(input)
                .build();
        return Network.create(graph, 3);
    }

    /** Compares the gradient of sum (|g| - 1)^2 over the examples with numeric differentiation, and closes. */
    private static void checkExact(String name, Network network, long... shape) {
        try (network) {
            checkExact(name, network, 0, shape);
        }
    }

    /** The same for the parameters from a given place on. */
    private static void checkExact(String name, Network network, int from, long[] shape) {
        INDArray input = STREAMS.gaussian("input", 0, DataType.DOUBLE, shape);
        assertThat(network.replayRefusal()).isEmpty();
        INDArray gradient = slopes(network, input);
        INDArray norms = norms(gradient);
        INDArray way = gradient.reshape(3, -1)
                .divColumnVector(norms)
                .muliColumnVector(norms.sub(1).muli(2 * DISTANCE))
                .reshape(shape);
        INDArray above = parameterGradient(network, input.add(way));
        INDArray below = parameterGradient(network, input.sub(way));
        INDArray difference = above.sub(below).div(2 * DISTANCE);
        NumericGradient.check(name, rest(network.parameters(), from), rest(difference, from), () -> {
            INDArray excess = norms(slopes(network, input)).sub(1);
            return excess.mul(excess).sumNumber().doubleValue();
        });
    }

    private static INDArray rest(INDArray flat, int from) {
        return flat.reshape(flat.length()).get(NDArrayIndex.interval(from, flat.length()));
    }

    private static INDArray slopes(Network network, INDArray input) {
        network.forward(input, Pass.record(MASKS));
        return network.backwardToInput(Nd4j.ones(DataType.DOUBLE, 3, 1), Wanted.INPUT)
                .dup('c');
    }

    private static INDArray norms(INDArray gradient) {
        return gradient.reshape(3, -1).norm2(true, 1);
    }

    private static INDArray parameterGradient(Network network, INDArray input) {
        network.forward(input, Pass.replay(MASKS));
        network.backward(Nd4j.ones(DataType.DOUBLE, 3, 1));
        return network.gradients().dup();
    }
}
