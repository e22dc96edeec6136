package org.mirage4j.core.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.constraint.MaxNormConstraint;
import org.deeplearning4j.nn.conf.distribution.NormalDistribution;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.Deconvolution2D;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayerWithBackprop;
import org.deeplearning4j.nn.conf.layers.recurrent.TimeDistributed;
import org.deeplearning4j.nn.conf.weightnoise.WeightNoise;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.transferlearning.FineTuneConfiguration;
import org.deeplearning4j.nn.transferlearning.TransferLearning;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.mirage4j.core.engine.EngineKind;
import org.mirage4j.core.engine.Pass;
import org.mirage4j.core.engine.Wanted;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.learning.config.AdaGrad;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Sgd;

final class FrozenLayersTest {
    private static final int BATCH = 6;

    /** How the layers before the last one are frozen. */
    private enum Freezing {
        EXTRACTOR,
        WITH_BACKPROP
    }

    private static NeuralNetConfiguration.Builder settings(IUpdater updater) {
        return new NeuralNetConfiguration.Builder()
                .seed(3)
                .updater(updater)
                .l1(0.01)
                .l2(0.01)
                .constrainWeights(new MaxNormConstraint(0.3, Set.of("W"), 0));
    }

    private static GraphBuilder dense(IUpdater updater, Freezing freezing) {
        return settings(updater)
                .graphBuilder()
                .addInputs("in")
                .setInputTypes(InputType.feedForward(4))
                .addLayer(
                        "first",
                        frozen(
                                freezing,
                                new DenseLayer.Builder().nOut(5).dropOut(0.5).activation(Activation.RELU)),
                        "in")
                .addLayer("normal", frozen(freezing, new BatchNormalization.Builder()), "first")
                .addVertex("sum", new ElementWiseVertex(ElementWiseVertex.Op.Add), "first", "normal")
                .addLayer("second", frozen(freezing, new DenseLayer.Builder().nOut(5)), "sum");
    }

    private static GraphBuilder images(IUpdater updater, Freezing freezing) {
        return settings(updater)
                .graphBuilder()
                .addInputs("in")
                .setInputTypes(InputType.convolutional(4, 4, 1))
                .addLayer("first", frozen(freezing, new ConvolutionLayer.Builder(2, 2).nOut(3)), "in")
                .addLayer("normal", frozen(freezing, new BatchNormalization.Builder()), "first")
                .addLayer("second", frozen(freezing, new Deconvolution2D.Builder(2, 2).nOut(2)), "normal");
    }

    private static Layer frozen(Freezing freezing, Layer.Builder<?> layer) {
        return freezing == Freezing.WITH_BACKPROP ? new FrozenLayerWithBackprop(layer.build()) : layer.build();
    }

    private static ComputationGraph classifier(GraphBuilder body, IUpdater updater, Freezing freezing) {
        ComputationGraph graph = new ComputationGraph(body.addLayer(
                        "out",
                        new OutputLayer.Builder()
                                .nOut(3)
                                .activation(Activation.SOFTMAX)
                                .build(),
                        "second")
                .setOutputs("out")
                .build());
        graph.init();
        spread(graph);
        if (freezing == Freezing.EXTRACTOR) {
            return new TransferLearning.GraphBuilder(graph)
                    .fineTuneConfiguration(
                            new FineTuneConfiguration.Builder().updater(updater).build())
                    .setFeatureExtractor("second")
                    .build();
        }
        return graph;
    }

    /** Running statistics and gamma as after training. */
    private static void spread(ComputationGraph graph) {
        INDArray gamma = graph.getLayer("normal").getParam("gamma");
        INDArray mean = graph.getLayer("normal").getParam("mean");
        INDArray deviation = graph.getLayer("normal").getParam("log10stdev");
        gamma.assign(Nd4j.linspace(DataType.FLOAT, 0.5, 0.7, gamma.length()).reshape(gamma.shape()));
        mean.assign(Nd4j.linspace(DataType.FLOAT, -0.3, 0.2, mean.length()).reshape(mean.shape()));
        deviation.assign(
                Nd4j.linspace(DataType.FLOAT, -0.2, 0.1, deviation.length()).reshape(deviation.shape()));
    }

    static Stream<Arguments> cases() {
        // the last is one that the plan leaves to Deeplearning4j
        List<IUpdater> updaters = List.of(new Sgd(0.1), new Adam(0.1), new AdaGrad(0.1));
        return updaters.stream().flatMap(updater -> Stream.of(Freezing.values())
                .flatMap(freezing -> Stream.of(false, true).flatMap(images -> Stream.of(EngineKind.values())
                        .map(engine -> Arguments.of(updater, freezing, images, engine)))));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void frozenParametersStayWhateverIsDoneToTheGradients(
            IUpdater updater, Freezing freezing, boolean images, EngineKind engine) {
        GraphBuilder body = images ? images(updater, freezing) : dense(updater, freezing);
        try (Network network = Network.of(classifier(body, updater, freezing), engine);
                Network stock = Network.of(
                        classifier(images ? images(updater, freezing) : dense(updater, freezing), updater, freezing),
                        EngineKind.STOCK)) {
            assertThat(network.engine()).isEqualTo(engine == EngineKind.STOCK ? "deeplearning4j" : "onednn-plan");
            INDArray before = network.parameters().dup();
            long frozen = before.length() - network.graph().getLayer("out").numParams();
            Nd4j.getRandom().setSeed(5);
            for (int i = 0; i < 5; i++) {
                INDArray x = images ? Nd4j.rand(DataType.FLOAT, BATCH, 1, 4, 4) : Nd4j.rand(DataType.FLOAT, BATCH, 4);
                INDArray labels = Nd4j.eye(3).castTo(DataType.FLOAT);
                labels = Nd4j.concat(0, labels, labels);
                double score = network.differentiate(x, labels, i);
                assertThat(score).isCloseTo(stock.differentiate(x, labels, i), within(1e-5));
                assertThat(part(network.gradients(), 0, frozen).amaxNumber().doubleValue())
                        .isZero();
                network.gradients().addi(i == 4 ? 1 : 0); // as an average of weights or a user may
                stock.gradients().addi(i == 4 ? 1 : 0);
                network.step(BATCH);
                stock.step(BATCH);
            }
            INDArray after = network.parameters();
            assertThat(part(after, 0, frozen)).isEqualTo(part(before, 0, frozen));
            assertThat(part(after, frozen, before.length())).isNotEqualTo(part(before, frozen, before.length()));
            assertThat(after.equalsWithEps(stock.parameters(), 1e-5)).isTrue();
        }
    }

    private static INDArray part(INDArray flat, long from, long to) {
        return flat.reshape(flat.length()).get(NDArrayIndex.interval(from, to)).dup();
    }

    @Test
    void transferLearnedZipKeepsItsFrozenWeightsAfterLoading(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("model.zip");
        ComputationGraph graph = classifier(dense(new Sgd(0.1), Freezing.EXTRACTOR), new Sgd(0.1), Freezing.EXTRACTOR);
        graph.save(file.toFile());
        try (Network network = Network.load(file)) {
            long frozen = graph.numParams() - graph.getLayer("out").numParams();
            for (int i = 0; i < 5; i++) {
                network.differentiate(
                        Nd4j.rand(DataType.FLOAT, 3, 4), Nd4j.eye(3).castTo(DataType.FLOAT), i);
                network.step(3);
            }
            assertThat(part(network.parameters(), 0, frozen)).isEqualTo(part(graph.params(), 0, frozen));
        }
    }

    static Stream<Arguments> layersBetweenTrainedOnes() {
        return Stream.of(DataType.FLOAT, DataType.DOUBLE)
                .flatMap(type -> Stream.of("normalisation", "dropout", "weight noise", "pooling")
                        .flatMap(kind -> Stream.of(true, false).map(passing -> Arguments.of(type, kind, passing))));
    }

    /** In double on the stock layers, in float on the plan. */
    @ParameterizedTest
    @MethodSource("layersBetweenTrainedOnes")
    void gradientsPassFrozenLayersAsTheyWereRun(DataType type, String kind, boolean withBackprop) {
        boolean images = kind.equals("pooling");
        Layer middle =
                switch (kind) {
                    case "normalisation" -> new BatchNormalization.Builder().build();
                    case "dropout" ->
                        new DenseLayer.Builder()
                                .nOut(5)
                                .dropOut(0.5)
                                .activation(Activation.TANH)
                                .build();
                    case "weight noise" ->
                        new DenseLayer.Builder()
                                .nOut(5)
                                .weightNoise(new WeightNoise(new NormalDistribution(0, 0.5)))
                                .activation(Activation.TANH)
                                .build();
                    default ->
                        new ConvolutionLayer.Builder(2, 2)
                                .nOut(2)
                                .activation(Activation.TANH)
                                .build();
                };
        ComputationGraphConfiguration configuration = new NeuralNetConfiguration.Builder()
                .dataType(type)
                .graphBuilder()
                .addInputs("in")
                .setInputTypes(images ? InputType.convolutional(4, 4, 1) : InputType.feedForward(4))
                .addLayer(
                        "first",
                        images
                                ? new ConvolutionLayer.Builder(2, 2)
                                        .nOut(2)
                                        .activation(Activation.TANH)
                                        .build()
                                : new DenseLayer.Builder()
                                        .nOut(5)
                                        .activation(Activation.TANH)
                                        .build(),
                        "in")
                .addLayer(
                        "middle", withBackprop ? new FrozenLayerWithBackprop(middle) : new FrozenLayer(middle), "first")
                .addLayer("out", new DenseLayer.Builder().nOut(2).build(), "middle")
                .setOutputs("out")
                .build();
        try (Network network = Network.create(configuration, 7)) {
            assertThat(network.engine()).isEqualTo(type == DataType.FLOAT ? "onednn-plan" : "deeplearning4j");
            if (kind.equals("normalisation")) {
                spreadMiddle(network.graph());
            }
            INDArray x = images ? Nd4j.rand(type, BATCH, 1, 4, 4) : Nd4j.rand(type, BATCH, 4);
            INDArray outer = Nd4j.rand(type, BATCH, 2);
            network.forward(x, Pass.train(1));
            INDArray inputGradient = network.backwardToInput(outer, Wanted.BOTH);
            INDArray gradient = network.gradients().dup();
            double tolerance = type == DataType.FLOAT ? 2e-3 : 1e-6;
            INDArray direction = Nd4j.rand(type, x.shape()).subi(0.5);
            assertThat(inputGradient.mul(direction).sumNumber().doubleValue())
                    .isCloseTo(slope(network, x, direction, x, outer), within(tolerance));
            INDArray learned = Nd4j.zeros(type, network.parameters().shape());
            network.learned(learned).forEach(view -> view.assign(Nd4j.rand(type, view.shape())));
            assertThat(gradient.reshape(learned.shape())
                            .mul(learned)
                            .sumNumber()
                            .doubleValue())
                    .isCloseTo(slope(network, network.parameters(), learned, x, outer), within(tolerance));
        }
    }

    private static void spreadMiddle(ComputationGraph graph) {
        graph.getLayer("middle").getParam("gamma").assign(0.6);
        graph.getLayer("middle").getParam("mean").assign(-0.2);
        graph.getLayer("middle").getParam("log10stdev").assign(-0.3);
    }

    /** The derivative of the training pass's weighted output as something moves along a direction. */
    private static double slope(Network network, INDArray moved, INDArray direction, INDArray x, INDArray outer) {
        double h = moved.dataType() == DataType.FLOAT ? 1e-2 : 1e-5;
        INDArray centre = moved.dup();
        moved.assign(centre.add(direction.mul(h)));
        double above = network.forward(x, Pass.train(1)).mul(outer).sumNumber().doubleValue();
        moved.assign(centre.sub(direction.mul(h)));
        double below = network.forward(x, Pass.train(1)).mul(outer).sumNumber().doubleValue();
        moved.assign(centre);
        return (above - below) / (2 * h);
    }

    @Test
    void wrapperThatIsNotFrozenIsLeftToTheStockLayers() {
        ComputationGraphConfiguration configuration = new NeuralNetConfiguration.Builder()
                .graphBuilder()
                .addInputs("in")
                .setInputTypes(InputType.recurrent(3, 4))
                .addLayer(
                        "each",
                        new TimeDistributed(
                                new DenseLayer.Builder().nIn(3).nOut(2).build()),
                        "in")
                .setOutputs("each")
                .build();
        try (Network network = Network.create(configuration, 1)) {
            assertThat(network.engine()).isEqualTo("deeplearning4j");
            assertThat(network.forward(Nd4j.rand(DataType.FLOAT, 2, 3, 4), Pass.infer())
                            .shape())
                    .containsExactly(2, 2, 4);
        }
    }
}
