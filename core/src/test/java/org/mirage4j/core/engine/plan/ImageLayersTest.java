package org.mirage4j.core.engine.plan;

import static org.mirage4j.core.engine.plan.DenseLayersTest.assertForwardAndGradientsAgree;

import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.graph.ReshapeVertex;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.Deconvolution2D;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.conf.layers.Upsampling2D;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.mirage4j.core.engine.MinibatchDeviation;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

final class ImageLayersTest {
    private static final int CHANNELS = 6;
    private static final Map<String, Layer> LAYERS = new TreeMap<>();

    static {
        LAYERS.put(
                "convolution",
                convolution(4, 2, 1, 20, ConvolutionMode.Truncate).build());
        LAYERS.put(
                "convolution that drops a border",
                convolution(4, 3, 0, 20, ConvolutionMode.Truncate).build());
        LAYERS.put(
                "convolution to one map",
                convolution(4, 2, 1, 1, ConvolutionMode.Truncate).build());
        LAYERS.put(
                "convolution that keeps the size",
                convolution(3, 1, 0, 17, ConvolutionMode.Same).build());
        LAYERS.put(
                "strided convolution of mode Same",
                convolution(4, 2, 0, 17, ConvolutionMode.Same).build());
        LAYERS.put(
                "dilated convolution",
                convolution(3, 1, 2, 16, ConvolutionMode.Truncate)
                        .dilation(2, 2)
                        .build());
        LAYERS.put(
                "convolution without bias",
                convolution(3, 1, 1, 16, ConvolutionMode.Truncate)
                        .hasBias(false)
                        .build());
        LAYERS.put(
                "transposed convolution",
                transposed(4, 2, 1, 20, ConvolutionMode.Truncate).build());
        LAYERS.put(
                "transposed convolution to one map",
                transposed(4, 2, 1, 1, ConvolutionMode.Truncate).build());
        LAYERS.put(
                "transposed convolution of mode Same",
                transposed(4, 2, 0, 16, ConvolutionMode.Same).build());
        LAYERS.put(
                "odd transposed convolution of mode Same",
                transposed(5, 2, 0, 16, ConvolutionMode.Same).build());
        LAYERS.put(
                "transposed convolution without bias",
                transposed(4, 2, 1, 16, ConvolutionMode.Truncate).hasBias(false).build());
        LAYERS.put(
                "max pooling",
                pooling(SubsamplingLayer.PoolingType.MAX, 2, 2, 0).build());
        LAYERS.put(
                "overlapping padded max pooling",
                pooling(SubsamplingLayer.PoolingType.MAX, 3, 2, 1).build());
        LAYERS.put(
                "mean pooling",
                pooling(SubsamplingLayer.PoolingType.AVG, 2, 2, 0).build());
        LAYERS.put(
                "padded mean pooling",
                pooling(SubsamplingLayer.PoolingType.AVG, 3, 2, 1).build());
        LAYERS.put("upsampling", new Upsampling2D.Builder(2).build());
        LAYERS.put("threefold upsampling", new Upsampling2D.Builder(3).build());
        LAYERS.put("global mean pooling", new GlobalPoolingLayer.Builder(PoolingType.AVG).build());
        LAYERS.put("global sum pooling", new GlobalPoolingLayer.Builder(PoolingType.SUM).build());
        LAYERS.put("global max pooling", new GlobalPoolingLayer.Builder(PoolingType.MAX).build());
        LAYERS.put(
                "batch normalisation",
                new BatchNormalization.Builder().nIn(CHANNELS).nOut(CHANNELS).build());
        LAYERS.put(
                "batch normalisation with variances",
                new BatchNormalization.Builder()
                        .nIn(CHANNELS)
                        .nOut(CHANNELS)
                        .useLogStd(false)
                        .build());
        LAYERS.put(
                "batch normalisation without scale",
                new BatchNormalization.Builder()
                        .nIn(CHANNELS)
                        .nOut(CHANNELS)
                        .lockGammaBeta(true)
                        .build());
        LAYERS.put("activation", new ActivationLayer(Activation.TANH));
    }

    private static ConvolutionLayer.Builder convolution(
            int kernel, int stride, int padding, int maps, ConvolutionMode mode) {
        return new ConvolutionLayer.Builder(kernel, kernel)
                .stride(stride, stride)
                .padding(padding, padding)
                .nIn(CHANNELS)
                .nOut(maps)
                .convolutionMode(mode)
                .biasInit(0.3)
                .activation(Activation.LEAKYRELU);
    }

    private static Deconvolution2D.Builder transposed(
            int kernel, int stride, int padding, int maps, ConvolutionMode mode) {
        return new Deconvolution2D.Builder(kernel, kernel)
                .stride(stride, stride)
                .padding(padding, padding)
                .nIn(CHANNELS)
                .nOut(maps)
                .convolutionMode(mode)
                .biasInit(0.3)
                .activation(Activation.TANH);
    }

    private static SubsamplingLayer.Builder pooling(
            SubsamplingLayer.PoolingType type, int kernel, int stride, int padding) {
        return new SubsamplingLayer.Builder(type)
                .kernelSize(kernel, kernel)
                .stride(stride, stride)
                .padding(padding, padding);
    }

    static Stream<String> layers() {
        return LAYERS.keySet().stream();
    }

    private static INDArray images() {
        // Not the seed of the output gradients: batch normalisation cancels a gradient parallel to its input.
        Nd4j.getRandom().setSeed(17);
        return Nd4j.rand(DataType.FLOAT, 5, CHANNELS, 10, 10).subi(0.5).muli(2);
    }

    private static ComputationGraphConfiguration.GraphBuilder builder() {
        return new NeuralNetConfiguration.Builder().seed(1).graphBuilder();
    }

    @ParameterizedTest
    @MethodSource("layers")
    void layerAgreesWithStock(String name) {
        ComputationGraphConfiguration configuration = builder()
                .addInputs("in")
                .addLayer("layer", Objects.requireNonNull(LAYERS.get(name)).clone(), "in")
                .setOutputs("layer")
                .build();
        assertForwardAndGradientsAgree(configuration, images());
    }

    @ParameterizedTest
    @MethodSource("layers")
    void layerBetweenConvolutionsAgreesWithStock(String name) {
        Layer layer = Objects.requireNonNull(LAYERS.get(name)).clone();
        if (layer instanceof GlobalPoolingLayer pooling) {
            pooling.setCollapseDimensions(false);
        }
        long maps = layer instanceof ConvolutionLayer convolution ? convolution.getNOut() : CHANNELS;
        ComputationGraphConfiguration configuration = builder()
                .addInputs("in")
                .addLayer(
                        "before",
                        convolution(3, 1, 1, CHANNELS, ConvolutionMode.Truncate).build(),
                        "in")
                .addLayer("layer", layer, "before")
                .addLayer(
                        "after",
                        new ConvolutionLayer.Builder(1, 1).nIn(maps).nOut(3).build(),
                        "layer")
                .setOutputs("after")
                .build();
        assertForwardAndGradientsAgree(configuration, images());
    }

    @Test
    void residualBlockAgreesWithStock() {
        ComputationGraphConfiguration configuration = builder()
                .addInputs("in")
                .addLayer(
                        "first",
                        convolution(3, 1, 1, 16, ConvolutionMode.Truncate).build(),
                        "in")
                .addLayer(
                        "second",
                        new ConvolutionLayer.Builder(3, 3)
                                .nIn(16)
                                .nOut(16)
                                .padding(1, 1)
                                .build(),
                        "first")
                .addVertex("sum", new ElementWiseVertex(ElementWiseVertex.Op.Add), "second", "first")
                .addLayer("relu", new ActivationLayer(Activation.RELU), "sum")
                .addVertex("again", new ElementWiseVertex(ElementWiseVertex.Op.Add), "relu", "first", "sum")
                .setOutputs("again")
                .build();
        assertForwardAndGradientsAgree(configuration, images());
    }

    @Test
    void twoInputsJoinedAndTwoOutputsAgreeWithStock() {
        ComputationGraphConfiguration configuration = builder()
                .addInputs("left", "right")
                .addLayer(
                        "a", convolution(3, 1, 1, 16, ConvolutionMode.Truncate).build(), "left")
                .addLayer("b", convolution(3, 1, 1, 5, ConvolutionMode.Truncate).build(), "right")
                .addVertex("joined", new MergeVertex(), "a", "b", "left")
                .addVertex("flat", new ReshapeVertex(-1, 27 * 100), "joined")
                .addVertex("back", new ReshapeVertex(-1, 27, 10, 10), "flat")
                .addLayer(
                        "one",
                        new ConvolutionLayer.Builder(3, 3).nIn(27).nOut(16).build(),
                        "back")
                .addLayer(
                        "two",
                        new ConvolutionLayer.Builder(1, 1).nIn(27).nOut(2).build(),
                        "joined")
                .setOutputs("one", "two")
                .build();
        assertForwardAndGradientsAgree(configuration, images(), images());
    }

    @Test
    void minibatchDeviationAgreesWithStock() {
        ComputationGraphConfiguration configuration = builder()
                .addInputs("in")
                .addLayer(
                        "before",
                        convolution(3, 1, 1, 16, ConvolutionMode.Truncate).build(),
                        "in")
                .addVertex("deviation", new MinibatchDeviation(), "before")
                .addLayer(
                        "after",
                        new ConvolutionLayer.Builder(3, 3).nIn(17).nOut(4).build(),
                        "deviation")
                .setOutputs("after")
                .build();
        assertForwardAndGradientsAgree(configuration, images());
    }

    @Test
    void reshapedInputIsFollowedWhenTheNextBatchLiesElsewhere() {
        ComputationGraphConfiguration configuration = builder()
                .addInputs("in")
                .addVertex("shaped", new ReshapeVertex(-1, CHANNELS, 10, 10), "in")
                .addLayer(
                        "layer",
                        convolution(3, 1, 1, 16, ConvolutionMode.Truncate).build(),
                        "shaped")
                .setOutputs("layer")
                .build();
        assertForwardAndGradientsAgree(configuration, images().reshape(5, 600));
    }
}
