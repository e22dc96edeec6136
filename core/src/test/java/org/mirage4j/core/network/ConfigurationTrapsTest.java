package org.mirage4j.core.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.deeplearning4j.nn.api.OptimizationAlgorithm;
import org.deeplearning4j.nn.conf.BackpropType;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.distribution.NormalDistribution;
import org.deeplearning4j.nn.conf.dropout.AlphaDropout;
import org.deeplearning4j.nn.conf.dropout.GaussianDropout;
import org.deeplearning4j.nn.conf.dropout.GaussianNoise;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.LocallyConnected2D;
import org.deeplearning4j.nn.conf.layers.misc.ElementWiseMultiplicationLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;
import org.deeplearning4j.nn.conf.weightnoise.DropConnect;
import org.deeplearning4j.nn.conf.weightnoise.WeightNoise;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.mirage4j.core.MirageException;
import org.mirage4j.core.engine.Pass;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.activations.impl.ActivationGELU;
import org.nd4j.linalg.activations.impl.ActivationReLU;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.AMSGrad;
import org.nd4j.linalg.learning.config.AdaBelief;
import org.nd4j.linalg.learning.config.AdaDelta;
import org.nd4j.linalg.learning.config.AdaGrad;
import org.nd4j.linalg.learning.config.AdaMax;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Nadam;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.learning.config.RmsProp;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.learning.regularization.WeightDecay;
import org.nd4j.linalg.schedule.ISchedule;
import org.nd4j.linalg.schedule.PolySchedule;
import org.nd4j.linalg.schedule.ScheduleType;
import org.nd4j.linalg.schedule.StepSchedule;

/** Settings that Deeplearning4j runs wrongly are refused; those that pass do in one step what their definition says. */
class ConfigurationTrapsTest {
    private static final double RATE = 0.1;

    private static NeuralNetConfiguration.Builder global() {
        return new NeuralNetConfiguration.Builder().updater(new Sgd(RATE)).activation(Activation.IDENTITY);
    }

    private static DenseLayer.Builder dense() {
        return new DenseLayer.Builder().nOut(2);
    }

    private static ComputationGraphConfiguration graph(NeuralNetConfiguration.Builder global, Layer layer) {
        return graph(global, layer, InputType.feedForward(3));
    }

    private static ComputationGraphConfiguration graph(
            NeuralNetConfiguration.Builder global, Layer layer, InputType input) {
        return global.graphBuilder()
                .addInputs("in")
                .addLayer("tested", layer, "in")
                .setOutputs("tested")
                .setInputTypes(input)
                .build();
    }

    static Stream<Arguments> wrongTraining() {
        ISchedule poly = new PolySchedule(ScheduleType.ITERATION, RATE, 1, 100);
        return Stream.of(
                Arguments.of("several weight decays", graph(global().weightDecay(0.3), decayed(0.1))),
                Arguments.of("minimize(false)", graph(global().minimize(false), dense().build())),
                Arguments.of("LBFGS", graph(global().optimizationAlgo(OptimizationAlgorithm.LBFGS), dense().build())),
                Arguments.of("Nadam", graph(global().updater(new Nadam(RATE)), dense().build())),
                Arguments.of("AdaBelief", graph(global().updater(new AdaBelief(RATE)), dense().build())),
                Arguments.of("PolySchedule", graph(global().updater(new Adam(poly)), dense().build())),
                Arguments.of("PolySchedule", graph(global().biasUpdater(new Sgd(poly)), dense().build())),
                Arguments.of(
                        "DropConnect",
                        graph(
                                global(),
                                dense().weightNoise(new DropConnect(0.5)).build())),
                Arguments.of(
                        "WeightNoise",
                        graph(
                                global(),
                                dense().weightNoise(new WeightNoise(new NormalDistribution(1, 0.1), false))
                                        .build())),
                Arguments.of(
                        "AlphaDropout(1.5)",
                        graph(global(), dense().dropOut(new AlphaDropout(1.5)).build())),
                Arguments.of(
                        "GaussianDropout(1.0)",
                        graph(
                                global(),
                                dense().dropOut(new GaussianDropout(1.0)).build())),
                Arguments.of(
                        "GaussianNoise(-1.0)",
                        graph(global(), dense().dropOut(new GaussianNoise(-1.0)).build())),
                Arguments.of(
                        "ElementWiseMultiplicationLayer",
                        graph(
                                global(),
                                new ElementWiseMultiplicationLayer.Builder()
                                        .nIn(3)
                                        .nOut(3)
                                        .dropOut(0.5)
                                        .build())),
                Arguments.of(
                        "gelu(precise=true)",
                        graph(
                                global(),
                                dense().activation(new ActivationGELU(true)).build())),
                Arguments.of(
                        "gelu(precise=true)",
                        graph(
                                global(),
                                new FrozenLayer(dense().activation(new ActivationGELU(true))
                                        .build()))),
                Arguments.of(
                        "fixed gamma",
                        graph(
                                global(),
                                new BatchNormalization.Builder()
                                        .lockGammaBeta(true)
                                        .gamma(2)
                                        .build())),
                Arguments.of(
                        "SameDiff",
                        graph(
                                global(),
                                new LocallyConnected2D.Builder()
                                        .kernelSize(2, 2)
                                        .stride(1, 1)
                                        .padding(0, 0)
                                        .nOut(2)
                                        .build(),
                                InputType.convolutional(4, 4, 1))));
    }

    private static Layer decayed(double coefficient) {
        return dense().weightDecay(coefficient).build();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("wrongTraining")
    void whatWouldBeTrainedWronglyIsRefused(String named, ComputationGraphConfiguration configuration) {
        assertThatThrownBy(() -> Network.create(configuration, 1))
                .isInstanceOf(MirageException.class)
                .hasMessageContaining("layer \"tested\"")
                .hasMessageContaining(named);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("wrongTraining")
    void anExistingNetworkOfTheKindAnswersButIsNotTrained(String named, ComputationGraphConfiguration configuration) {
        if (named.equals("AdaBelief")) {
            return; // no such network can come into being
        }
        ComputationGraph graph = new ComputationGraph(configuration);
        graph.init();
        try (Network network = Network.of(graph)) {
            long[] shape = named.equals("SameDiff") ? new long[] {2, 1, 4, 4} : new long[] {2, 3};
            INDArray input = Nd4j.ones(DataType.FLOAT, shape);
            network.forward(input, Pass.infer());
            assertThatThrownBy(() -> network.forward(input, Pass.train(1)))
                    .isInstanceOf(MirageException.class)
                    .hasMessageContaining("cannot be trained")
                    .hasMessageContaining(named);
        }
    }

    @Test
    void truncatedBackpropagationThroughTimeIsRefused() {
        ComputationGraphConfiguration configuration = graph(global(), dense().build());
        configuration.setBackpropType(BackpropType.TruncatedBPTT);
        assertThatThrownBy(() -> Network.create(configuration, 1)).hasMessageContaining("truncated");
    }

    static Stream<Arguments> wrongOutputs() {
        return Stream.of(
                Arguments.of("rrelu", dense().activation(Activation.RRELU).build()),
                Arguments.of(
                        "maximum 0",
                        dense().activation(new ActivationReLU(0.0, 0.0, 0.1)).build()));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("wrongOutputs")
    void whatAnswersWronglyIsRefusedInExistingNetworksToo(String named, Layer layer) {
        ComputationGraph graph = new ComputationGraph(graph(global(), layer));
        graph.init();
        assertThatThrownBy(() -> Network.of(graph))
                .isInstanceOf(MirageException.class)
                .hasMessageContaining("tested")
                .hasMessageContaining(named);
        assertThatThrownBy(() -> Network.create(graph.getConfiguration(), 1)).hasMessageContaining(named);
    }

    @Test
    void anActivationOfBatchNormalisationIsRefusedBecauseItIsIgnored() {
        Layer layer =
                new BatchNormalization.Builder().activation(Activation.RELU).build();
        assertThatThrownBy(() -> Network.create(graph(global(), layer), 1))
                .isInstanceOf(MirageException.class)
                .hasMessageContaining("tested")
                .hasMessageContaining("relu")
                .hasMessageContaining("ActivationLayer");
        ComputationGraph trained = new ComputationGraph(graph(global(), layer));
        trained.init();
        Network.of(trained).close(); // what it learned, it learned so
        Network.create(graph(global(), new BatchNormalization.Builder().build()), 1)
                .close();
    }

    private static final double[] PARAMETERS = {0.3, -0.6, 0.9, 0.2, -0.4, 0.5, 0.7, -0.8};
    private static final double[] INPUT = {0.3, -0.5, 0.8, -0.2, 0.9, 0.4};
    private static final double[] OUTPUT_GRADIENT = {1, 2, -3, 5};

    /** What one step takes off each parameter: the mean gradient g and the parameter w give it, for biases and weights. */
    private interface Rule {
        double step(double gradient, double parameter, boolean bias);
    }

    private static Arguments rule(
            String name,
            UnaryOperator<NeuralNetConfiguration.Builder> global,
            UnaryOperator<BaseLayer.Builder<?>> layer,
            Rule rule) {
        return Arguments.of(name, global, layer, rule);
    }

    private static Arguments everywhere(String name, UnaryOperator<NeuralNetConfiguration.Builder> global, Rule rule) {
        return rule(name, global, layer -> layer, rule);
    }

    private static Arguments updater(IUpdater updater, Rule rule) {
        return everywhere(updater.getClass().getSimpleName(), b -> b.updater(updater), rule);
    }

    static Stream<Arguments> rules() {
        return Stream.of(
                everywhere("sgd", b -> b, (g, w, bias) -> RATE * g),
                everywhere("l2", b -> b.l2(0.2), (g, w, bias) -> RATE * (g + (bias ? 0 : 0.2 * w))),
                everywhere("l2 of biases", b -> b.l2Bias(0.2), (g, w, bias) -> RATE * (g + (bias ? 0.2 * w : 0))),
                everywhere("l1", b -> b.l1(0.2), (g, w, bias) -> RATE * (g + (bias ? 0 : 0.2 * Math.signum(w)))),
                everywhere(
                        "l1 of biases",
                        b -> b.l1Bias(0.2),
                        (g, w, bias) -> RATE * (g + (bias ? 0.2 * Math.signum(w) : 0))),
                everywhere(
                        "l1 and l2",
                        b -> b.l1(0.2).l2(0.3),
                        (g, w, bias) -> RATE * (g + (bias ? 0 : 0.2 * Math.signum(w) + 0.3 * w))),
                everywhere(
                        "weight decay of the network",
                        b -> b.weightDecay(0.2),
                        (g, w, bias) -> RATE * (g + (bias ? 0 : 0.2 * w))),
                everywhere(
                        "weight decay without the rate",
                        b -> b.weightDecay(0.2, false),
                        (g, w, bias) -> RATE * g + (bias ? 0 : 0.2 * w)),
                everywhere(
                        "weight decay of the network's biases",
                        b -> b.weightDecayBias(0.2),
                        (g, w, bias) -> RATE * (g + (bias ? 0.2 * w : 0))),
                everywhere(
                        "weight decay as a regularisation",
                        b -> b.regularization(List.of(new WeightDecay(0.2, true))),
                        (g, w, bias) -> RATE * (g + (bias ? 0 : 0.2 * w))),
                rule(
                        "weight decay of the layer",
                        b -> b,
                        l -> (BaseLayer.Builder<?>) l.weightDecay(0.2),
                        (g, w, bias) -> RATE * (g + (bias ? 0 : 0.2 * w))),
                rule(
                        "the layer's l2 instead of the network's",
                        b -> b.l2(0.7),
                        l -> (BaseLayer.Builder<?>) l.l2(0.2),
                        (g, w, bias) -> RATE * (g + (bias ? 0 : 0.2 * w))),
                everywhere("bias updater", b -> b.biasUpdater(new Sgd(1)), (g, w, bias) -> (bias ? 1 : RATE) * g),
                rule(
                        "the layer's updater",
                        b -> b,
                        l -> (BaseLayer.Builder<?>) l.updater(new Sgd(0.3)),
                        (g, w, bias) -> 0.3 * g),
                everywhere("sum over the batch", b -> b.miniBatch(false), (g, w, bias) -> RATE * 2 * g),
                everywhere(
                        "schedule at its start",
                        b -> b.updater(new Sgd(new StepSchedule(ScheduleType.EPOCH, RATE, 0.5, 1))),
                        (g, w, bias) -> RATE * g),
                updater(new Nesterovs(RATE, 0.9), (g, w, bias) -> 1.9 * RATE * g),
                updater(new Adam(RATE), (g, w, bias) -> RATE * Math.signum(g)),
                updater(new AMSGrad(RATE), (g, w, bias) -> RATE * Math.signum(g)),
                updater(new AdaMax(RATE), (g, w, bias) -> RATE * Math.signum(g)),
                updater(new AdaGrad(RATE), (g, w, bias) -> RATE * g / (Math.sqrt(g * g + 1e-6) + 1e-6)),
                updater(new RmsProp(RATE), (g, w, bias) -> RATE * g / Math.sqrt(0.05 * g * g + 0.95e-8)),
                updater(new AdaDelta(), (g, w, bias) -> g * Math.sqrt(1e-6) / Math.sqrt(0.05 * g * g + 1e-6)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("rules")
    void oneStepDoesWhatTheSettingSays(
            String name,
            UnaryOperator<NeuralNetConfiguration.Builder> global,
            UnaryOperator<BaseLayer.Builder<?>> layer,
            Rule rule) {
        for (DataType type : List.of(DataType.DOUBLE, DataType.FLOAT)) {
            BaseLayer.Builder<?> builder = layer.apply(dense().activation(Activation.IDENTITY));
            try (Network network = Network.create(graph(global.apply(global().dataType(type)), builder.build()), 1)) {
                network.parameters()
                        .assign(array(PARAMETERS, type, 8)
                                .reshape(network.parameters().shape()));
                network.forward(array(INPUT, type, 2, 3), Pass.train(1));
                network.backward(array(OUTPUT_GRADIENT, type, 2, 2));
                network.step(2);
                double[] after = network.parameters().dup().data().asDouble();
                double tolerance = type == DataType.DOUBLE ? 1e-6 : 1e-5; // Adam's epsilon among them
                for (int i = 0; i < after.length; i++) {
                    boolean bias = i >= 6;
                    double expected = PARAMETERS[i] - rule.step(meanGradient(i), PARAMETERS[i], bias);
                    assertThat(after[i])
                            .as("%s of %s, %s", i, type, network.engine())
                            .isCloseTo(expected, within(tolerance));
                }
            }
        }
    }

    private static INDArray array(double[] values, DataType type, long... shape) {
        return Nd4j.createFromArray(values).castTo(type).reshape('c', shape);
    }

    /** Of a layer 3-2 whose weights lie column by column, before two biases. */
    private static double meanGradient(int parameter) {
        double sum = 0;
        for (int example = 0; example < 2; example++) {
            int unit = parameter >= 6 ? parameter - 6 : parameter / 3;
            double input = parameter >= 6 ? 1 : INPUT[3 * example + parameter % 3];
            sum += input * OUTPUT_GRADIENT[2 * example + unit];
        }
        return sum / 2;
    }

    @Test
    void theNetworksWeightDecayIsTakenOnceInExistingNetworksToo() {
        ComputationGraph graph = new ComputationGraph(graph(global().weightDecay(0.2), dense().build()));
        graph.init();
        try (Network network = Network.of(graph)) {
            INDArray before = network.parameters().dup();
            network.forward(Nd4j.zeros(DataType.FLOAT, 1, 3), Pass.train(1));
            network.backward(Nd4j.zeros(DataType.FLOAT, 1, 2));
            network.step(1);
            assertThat(network.parameters().equalsWithEps(before.mul(1 - RATE * 0.2), 1e-6))
                    .isTrue();
        }
    }
}
