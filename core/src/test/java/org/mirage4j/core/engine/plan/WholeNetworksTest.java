package org.mirage4j.core.engine.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.mirage4j.core.engine.plan.Compare.assertClose;
import static org.mirage4j.core.engine.plan.DenseLayersTest.assertForwardAndGradientsAgree;
import static org.mirage4j.core.engine.plan.DenseLayersTest.graph;

import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.GradientNormalization;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.constraint.MaxNormConstraint;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.Deconvolution2D;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.DropoutLayer;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.preprocessor.CnnToFeedForwardPreProcessor;
import org.deeplearning4j.nn.conf.preprocessor.FeedForwardToCnnPreProcessor;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.mirage4j.core.engine.Pass;
import org.mirage4j.core.engine.Wanted;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.activations.impl.ActivationLReLU;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.AMSGrad;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.learning.config.RmsProp;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;
import org.nd4j.linalg.schedule.ExponentialSchedule;
import org.nd4j.linalg.schedule.ScheduleType;

final class WholeNetworksTest {
    private static final int BATCH = 12;
    /** Bound on the relative distance of two float32 trainings after 200 steps. */
    private static final double DRIFT = 1e-5;

    /**
     * A small classifier. Smooth, because two trainings in float32 part company as soon as rounding decides on
     * which side of a kink a unit lies.
     */
    static ComputationGraphConfiguration classifier(IUpdater updater, double retain) {
        NeuralNetConfiguration.Builder builder = new NeuralNetConfiguration.Builder()
                .seed(1)
                .updater(updater)
                .l2(1e-4)
                .l1(1e-5);
        return builder.graphBuilder()
                .addInputs("in")
                .addLayer(
                        "first",
                        new DenseLayer.Builder()
                                .nIn(50)
                                .nOut(70)
                                .activation(Activation.TANH)
                                .build(),
                        "in")
                .addLayer("drop", new DropoutLayer(retain), "first")
                .addLayer(
                        "second",
                        new DenseLayer.Builder()
                                .nIn(70)
                                .nOut(33)
                                .activation(Activation.TANH)
                                .build(),
                        "drop")
                .addLayer(
                        "out",
                        new OutputLayer.Builder(LossFunction.MCXENT)
                                .nIn(33)
                                .nOut(10)
                                .activation(Activation.SOFTMAX)
                                .build(),
                        "second")
                .setOutputs("out")
                .build();
    }

    private static ComputationGraphConfiguration denseGenerator(DataType type) {
        return new NeuralNetConfiguration.Builder()
                .seed(1)
                .dataType(type)
                .graphBuilder()
                .addInputs("z")
                .addLayer(
                        "first",
                        new DenseLayer.Builder()
                                .nIn(20)
                                .nOut(64)
                                .activation(Activation.IDENTITY)
                                .build(),
                        "z")
                .addLayer(
                        "bn", new BatchNormalization.Builder().nIn(64).nOut(64).build(), "first")
                .addLayer("leaky", new ActivationLayer(new ActivationLReLU(0.2)), "bn")
                .addLayer(
                        "x",
                        new DenseLayer.Builder()
                                .nIn(64)
                                .nOut(98)
                                .activation(Activation.TANH)
                                .build(),
                        "leaky")
                .setOutputs("x")
                .build();
    }

    private static ComputationGraphConfiguration imageGenerator(DataType type) {
        return new NeuralNetConfiguration.Builder()
                .seed(1)
                .dataType(type)
                .graphBuilder()
                .addInputs("z")
                .addLayer(
                        "first",
                        new DenseLayer.Builder()
                                .nIn(20)
                                .nOut(7 * 7 * 32)
                                .activation(Activation.IDENTITY)
                                .build(),
                        "z")
                .addLayer(
                        "bn1",
                        new BatchNormalization.Builder().nIn(32).nOut(32).build(),
                        new FeedForwardToCnnPreProcessor(7, 7, 32),
                        "first")
                .addLayer("relu1", new ActivationLayer(Activation.RELU), "bn1")
                .addLayer(
                        "t1", transposed(32, 16).activation(Activation.IDENTITY).build(), "relu1")
                .addLayer(
                        "bn2", new BatchNormalization.Builder().nIn(16).nOut(16).build(), "t1")
                .addLayer("relu2", new ActivationLayer(Activation.RELU), "bn2")
                .addLayer("x", transposed(16, 1).activation(Activation.TANH).build(), "relu2")
                .setOutputs("x")
                .build();
    }

    private static Deconvolution2D.Builder transposed(int in, int out) {
        return new Deconvolution2D.Builder(4, 4)
                .stride(2, 2)
                .padding(1, 1)
                .nIn(in)
                .nOut(out);
    }

    private static ComputationGraphConfiguration imageDiscriminator(DataType type) {
        return new NeuralNetConfiguration.Builder()
                .seed(2)
                .dataType(type)
                .graphBuilder()
                .addInputs("x")
                .addLayer("c1", strided(1, 16).build(), "x")
                .addLayer("c2", strided(16, 32).build(), "c1")
                .addLayer(
                        "logit",
                        new DenseLayer.Builder()
                                .nIn(7 * 7 * 32)
                                .nOut(1)
                                .activation(Activation.IDENTITY)
                                .build(),
                        new CnnToFeedForwardPreProcessor(7, 7, 32),
                        "c2")
                .setOutputs("logit")
                .build();
    }

    private static ConvolutionLayer.Builder strided(int in, int out) {
        return new ConvolutionLayer.Builder(4, 4)
                .stride(2, 2)
                .padding(1, 1)
                .nIn(in)
                .nOut(out)
                .activation(new ActivationLReLU(0.2));
    }

    @Test
    void denseGeneratorAgreesWithStock() {
        assertForwardAndGradientsAgree(denseGenerator(DataType.FLOAT), noise(60, 20));
    }

    @Test
    void imageGeneratorAgreesWithStock() {
        assertForwardAndGradientsAgree(imageGenerator(DataType.FLOAT), noise(BATCH, 20));
    }

    @Test
    void imageDiscriminatorAgreesWithStock() {
        assertForwardAndGradientsAgree(imageDiscriminator(DataType.FLOAT), noise(BATCH, 1, 28, 28));
    }

    private static INDArray noise(long... shape) {
        Nd4j.getRandom().setSeed(17);
        return Nd4j.randn(DataType.FLOAT, shape);
    }

    @Test
    void gradientsAgreeWithTheStockGraphInDoublePrecision() {
        assertDoubleAgreement(denseGenerator(DataType.FLOAT), denseGenerator(DataType.DOUBLE), noise(60, 20));
        assertDoubleAgreement(imageGenerator(DataType.FLOAT), imageGenerator(DataType.DOUBLE), noise(BATCH, 20));
        assertDoubleAgreement(
                imageDiscriminator(DataType.FLOAT), imageDiscriminator(DataType.DOUBLE), noise(BATCH, 1, 28, 28));
    }

    private static void assertDoubleAgreement(
            ComputationGraphConfiguration single, ComputationGraphConfiguration precise, INDArray input) {
        ComputationGraph planGraph = graph(single);
        ComputationGraph stockGraph = graph(precise);
        stockGraph.setParams(planGraph.params().castTo(DataType.DOUBLE));
        StockReference stock = new StockReference(stockGraph);
        INDArray expected = stock.forward(true, input.castTo(DataType.DOUBLE))[0];
        INDArray outputGradient = Nd4j.rand(DataType.FLOAT, expected.shape()).subi(0.5);
        INDArray expectedInput = stock.backward(outputGradient.castTo(DataType.DOUBLE))[0];
        try (PlanEngine engine = PlanEngine.compile(planGraph)) {
            assertClose("output", engine.forward(new INDArray[] {input}, Pass.train(0))[0], expected);
            INDArray actualInput = engine.backward(new INDArray[] {outputGradient}, Wanted.BOTH)[0];
            assertClose("input gradient", actualInput, expectedInput);
            assertClose("gradients", planGraph.getGradientsViewArray(), stockGraph.getGradientsViewArray());
        }
    }

    static Stream<IUpdater> updaters() {
        return Stream.of(
                new Adam(1e-3),
                new Adam(new ExponentialSchedule(ScheduleType.ITERATION, 1e-3, 0.99)),
                new RmsProp(1e-3),
                new Nesterovs(0.05, 0.9),
                new Sgd(0.1));
    }

    @ParameterizedTest
    @MethodSource("updaters")
    void stateOfTheUpdaterIsInterchangeableWithStock(IUpdater updater) {
        ComputationGraph stockGraph = graph(classifier(updater, 1));
        ComputationGraph mixedGraph = graph(classifier(updater, 1));
        mixedGraph.setParams(stockGraph.params());
        INDArray start = stockGraph.params().dup();
        StockReference stock = new StockReference(stockGraph);
        StockReference mixed = new StockReference(mixedGraph);
        Nd4j.getRandom().setSeed(8);
        try (PlanEngine engine = PlanEngine.compile(mixedGraph)) {
            for (int i = 0; i < 200; i++) {
                INDArray[] x = {Nd4j.rand(DataType.FLOAT, BATCH, 50)};
                INDArray[] y = {labels(x[0])};
                double expected = stock.differentiate(DenseLayersTest.copies(x), DenseLayersTest.copies(y));
                stock.step(BATCH, i, 0);
                double actual;
                if (i < 100) {
                    actual = engine.differentiate(x, y, Pass.train(i));
                    engine.step(BATCH, i, 0);
                } else {
                    actual = mixed.differentiate(DenseLayersTest.copies(x), DenseLayersTest.copies(y));
                    mixed.step(BATCH, i, 0);
                }
                assertThat(actual).as("score of step " + i).isCloseTo(expected, within(DRIFT * expected));
            }
        }
        assertThat(start.distance2(stockGraph.params())).as("distance trained").isGreaterThan(0.1);
        assertClose("parameters", mixedGraph.params(), stockGraph.params(), DRIFT);
    }

    @ParameterizedTest
    @EnumSource(
            value = GradientNormalization.class,
            names = {"ClipElementWiseAbsoluteValue", "ClipL2PerLayer", "RenormalizeL2PerParamType"})
    void gradientNormalisationAndUnknownUpdatersGoThroughTheStockUpdater(GradientNormalization normalization) {
        ComputationGraphConfiguration configuration = new NeuralNetConfiguration.Builder()
                .seed(1)
                .updater(new AMSGrad(1e-2))
                .gradientNormalization(normalization)
                .gradientNormalizationThreshold(0.01)
                .graphBuilder()
                .addInputs("in")
                .addLayer(
                        "first",
                        new DenseLayer.Builder()
                                .nIn(50)
                                .nOut(7)
                                .activation(Activation.TANH)
                                .build(),
                        "in")
                .addLayer("bn", new BatchNormalization.Builder().nIn(7).nOut(7).build(), "first")
                .addLayer(
                        "out",
                        new OutputLayer.Builder(LossFunction.MCXENT)
                                .nIn(7)
                                .nOut(10)
                                .activation(Activation.SOFTMAX)
                                .build(),
                        "bn")
                .setOutputs("out")
                .build();
        ComputationGraph stockGraph = graph(configuration.clone());
        ComputationGraph planGraph = graph(configuration.clone());
        planGraph.setParams(stockGraph.params());
        INDArray start = stockGraph.params().dup();
        StockReference stock = new StockReference(stockGraph);
        INDArray[] x = {noise(60, 50)};
        INDArray[] y = {labels(Nd4j.rand(DataType.FLOAT, 60, 1))};
        try (PlanEngine engine = PlanEngine.compile(planGraph)) {
            for (int i = 0; i < 3; i++) {
                stock.differentiate(DenseLayersTest.copies(x), DenseLayersTest.copies(y));
                engine.differentiate(x, y, Pass.train(i));
                // The same gradients for both: a bias before batch normalisation has none but rounding.
                planGraph.getGradientsViewArray().assign(stockGraph.getGradientsViewArray());
                stock.step(60, i, 0);
                engine.step(60, i, 0);
            }
        }
        assertThat(start.distance2(stockGraph.params())).isGreaterThan(0.1);
        assertClose("parameters", planGraph.params(), stockGraph.params(), DRIFT);
    }

    @Test
    void maxNormAgreesWithStock() {
        double radius = 0.9;
        ComputationGraphConfiguration configuration = classifier(new Adam(1e-2), 1);
        for (String name : List.of("first", "second", "out")) {
            LayerVertex vertex = (LayerVertex)
                    Objects.requireNonNull(configuration.getVertices().get(name));
            vertex.getLayerConf().getLayer().setConstraints(List.of(new MaxNormConstraint(radius, Set.of("W"), 0)));
        }
        ComputationGraph stockGraph = graph(configuration.clone());
        ComputationGraph planGraph = graph(configuration.clone());
        planGraph.setParams(stockGraph.params());
        StockReference stock = new StockReference(stockGraph);
        INDArray[] x = {noise(60, 50)};
        INDArray[] y = {labels(Nd4j.rand(DataType.FLOAT, 60, 1))};
        try (PlanEngine engine = PlanEngine.compile(planGraph)) {
            for (int i = 0; i < 20; i++) {
                stock.differentiate(DenseLayersTest.copies(x), DenseLayersTest.copies(y));
                engine.differentiate(x, y, Pass.train(i));
                stock.step(60, i, 0);
                engine.step(60, i, 0);
            }
        }
        INDArray norms = planGraph.getLayer("first").getParam("W").norm2(0);
        assertThat(norms.maxNumber().doubleValue()).isCloseTo(radius, within(DRIFT));
        assertClose("parameters", planGraph.params(), stockGraph.params(), DRIFT);
    }

    private static INDArray labels(INDArray x) {
        INDArray labels = Nd4j.zeros(DataType.FLOAT, x.size(0), 10);
        for (int row = 0; row < x.size(0); row++) {
            labels.putScalar(row, (int) (x.getDouble(row, 0) * 10), 1);
        }
        return labels;
    }

    @ParameterizedTest
    @MethodSource("losses")
    void lossAndItsGradientAgreeWithStock(ComputationGraphConfiguration configuration) {
        ComputationGraph stockGraph = graph(configuration.clone());
        ComputationGraph planGraph = graph(configuration.clone());
        planGraph.setParams(stockGraph.params().muli(3));
        INDArray[] x = {noise(BATCH, 8)};
        INDArray[] y = {Nd4j.rand(DataType.FLOAT, BATCH, 3)};
        double expected =
                new StockReference(stockGraph).differentiate(DenseLayersTest.copies(x), DenseLayersTest.copies(y));
        try (PlanEngine engine = PlanEngine.compile(planGraph)) {
            assertThat(engine.differentiate(x, y, Pass.train(0))).isCloseTo(expected, within(1e-5 * expected));
        }
        assertClose("gradients", planGraph.getGradientsViewArray(), stockGraph.getGradientsViewArray());
    }

    static Stream<ComputationGraphConfiguration> losses() {
        return Stream.of(
                lossLayer(),
                loss(LossFunction.MCXENT, Activation.SOFTMAX),
                loss(LossFunction.NEGATIVELOGLIKELIHOOD, Activation.SOFTMAX),
                loss(LossFunction.XENT, Activation.SIGMOID),
                loss(LossFunction.MSE, Activation.IDENTITY),
                loss(LossFunction.L2, Activation.IDENTITY));
    }

    private static ComputationGraphConfiguration loss(LossFunction function, Activation activation) {
        return new NeuralNetConfiguration.Builder()
                .seed(1)
                .graphBuilder()
                .addInputs("in")
                .addLayer(
                        "out",
                        new OutputLayer.Builder(function)
                                .nIn(8)
                                .nOut(3)
                                .activation(activation)
                                .build(),
                        "in")
                .setOutputs("out")
                .build();
    }

    /** A loss layer without parameters; of the losses, only this one's stock score survives its backward pass. */
    private static ComputationGraphConfiguration lossLayer() {
        return new NeuralNetConfiguration.Builder()
                .seed(1)
                .graphBuilder()
                .addInputs("in")
                .addLayer(
                        "dense",
                        new DenseLayer.Builder()
                                .nIn(8)
                                .nOut(3)
                                .activation(Activation.IDENTITY)
                                .build(),
                        "in")
                .addLayer(
                        "loss",
                        new LossLayer.Builder(LossFunction.MCXENT)
                                .activation(Activation.SOFTMAX)
                                .build(),
                        "dense")
                .setOutputs("loss")
                .build();
    }

    @Test
    void trainingIsBitIdenticalFromRunToRun() {
        assertThat(trained()).isEqualTo(trained());
    }

    private static INDArray trained() {
        ComputationGraph graph = graph(classifier(new Adam(1e-3), 0.5));
        Nd4j.getRandom().setSeed(8);
        try (PlanEngine engine = PlanEngine.compile(graph)) {
            for (int i = 0; i < 50; i++) {
                INDArray[] x = {Nd4j.rand(DataType.FLOAT, i % 2 == 0 ? BATCH : 5, 50)};
                engine.differentiate(x, new INDArray[] {labels(x[0])}, Pass.train(i));
                engine.step(BATCH, i, 0);
            }
        }
        return graph.params();
    }
}
