package org.mirage4j.classifier.dropout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Map;
import java.util.Objects;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.weightnoise.DropConnect;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.mirage4j.core.MirageException;
import org.mirage4j.core.engine.Pass;
import org.mirage4j.core.engine.Wanted;
import org.mirage4j.core.network.DropoutRate;
import org.mirage4j.core.network.Network;
import org.mirage4j.core.network.NetworkBuilder;
import org.mirage4j.core.random.RandomStreams;
import org.mirage4j.core.support.NumericGradient;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.NoOp;
import org.nd4j.linalg.schedule.MapSchedule;
import org.nd4j.linalg.schedule.ScheduleType;

class DropoutKindTest {
    private static final int UNITS = 200;
    private static final int ROWS = 100;
    private static final long SEED = 23;

    /** A binomial count or a mean strays further than this many standard deviations once in 15,000 seeds. */
    private static final double DEVIATIONS = 4;

    private static final double FLOAT_ROUNDING = 1e-5;

    /** A network whose output is its input as the noise leaves it: one layer with the identity as weights. */
    private static Network mirror(DropoutKind kind) {
        ComputationGraphConfiguration configuration =
                NetworkBuilder.vectors(UNITS).dense(UNITS).named("mirror").configuration();
        kind.insertBefore(configuration, "mirror");
        return identity(configuration);
    }

    private static Network identity(ComputationGraphConfiguration configuration) {
        Network network = Network.create(configuration, SEED);
        network.graph().getLayer("mirror").getParam("W").assign(Nd4j.eye(UNITS));
        network.graph().getLayer("mirror").getParam("b").assign(0);
        return network;
    }

    private static double[] noiseOnOnes(Network network) {
        return network.forward(Nd4j.ones(ROWS, UNITS), Pass.train(SEED))
                .dup('c')
                .reshape(ROWS * UNITS)
                .toDoubleVector();
    }

    private static void assertBinomial(long dropped, long total, double rate) {
        assertThat((double) dropped).isCloseTo(total * rate, within(DEVIATIONS * Math.sqrt(total * rate * (1 - rate))));
    }

    private static void assertMeanIsOne(double[] values, double deviation) {
        assertThat(DoubleStream.of(values).average().orElseThrow())
                .isCloseTo(1, within(DEVIATIONS * deviation / Math.sqrt(values.length)));
    }

    private static long zeros(double[] values) {
        return DoubleStream.of(values).filter(value -> value == 0).count();
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.1, 0.5, 0.8})
    void bernoulliDropsItsShareAndScalesTheRest(double rate) {
        try (Network network = mirror(DropoutKind.bernoulli(rate))) {
            double[] noise = noiseOnOnes(network);
            assertBinomial(zeros(noise), noise.length, rate);
            assertThat(DoubleStream.of(noise).filter(value -> value != 0))
                    .allMatch(value -> Math.abs(value - 1 / (1 - rate)) < FLOAT_ROUNDING);
            assertMeanIsOne(noise, Math.sqrt(rate / (1 - rate)));
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.1, 0.5})
    void gaussianHasMeanOneAndTheVarianceOfBernoulli(double rate) {
        try (Network network = mirror(new DropoutKind.Gaussian(DropoutRate.of(rate)))) {
            double[] noise = noiseOnOnes(network);
            double variance = rate / (1 - rate);
            assertMeanIsOne(noise, Math.sqrt(variance));
            double measured = DoubleStream.of(noise)
                    .map(value -> (value - 1) * (value - 1))
                    .average()
                    .orElseThrow();
            double deviation = variance * Math.sqrt(2.0 / noise.length);
            assertThat(measured).isCloseTo(variance, within(DEVIATIONS * deviation));
        }
    }

    @Test
    void additiveHasMeanZeroAndItsDeviation() {
        double deviation = 0.3;
        try (Network network = mirror(new DropoutKind.Additive(deviation))) {
            double[] shifted = noiseOnOnes(network);
            assertMeanIsOne(shifted, deviation);
            double measured = DoubleStream.of(shifted)
                    .map(value -> (value - 1) * (value - 1))
                    .average()
                    .orElseThrow();
            double variance = deviation * deviation;
            assertThat(measured).isCloseTo(variance, within(DEVIATIONS * variance * Math.sqrt(2.0 / shifted.length)));
        }
        assertThatThrownBy(() -> new DropoutKind.Additive(-0.1))
                .isInstanceOf(MirageException.class)
                .hasMessageContaining("-0.1");
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.1, 0.5})
    void alphaKeepsMeanZeroAndVarianceOne(double rate) {
        try (Network network = mirror(new DropoutKind.Alpha(DropoutRate.of(rate)))) {
            INDArray x = new RandomStreams(SEED).gaussian("x", 0, DataType.FLOAT, ROWS, UNITS);
            double[] after = network.forward(x, Pass.train(SEED))
                    .dup('c')
                    .reshape(ROWS * UNITS)
                    .toDoubleVector();
            int n = after.length;
            double mean = DoubleStream.of(after).average().orElseThrow();
            double square = DoubleStream.of(after).map(v -> v * v).average().orElseThrow();
            assertThat(mean).isCloseTo(0, within(DEVIATIONS / Math.sqrt(n)));
            // the fourth moment of what alpha dropout gives is below 6 at these rates
            assertThat(square).isCloseTo(1, within(DEVIATIONS * Math.sqrt(5.0 / n)));
            // what a dropped unit becomes (Klambauer et al. 2017, page 6)
            double limit = -1.7580993408473766;
            double scale = 1 / Math.sqrt(1 - rate + limit * limit * rate * (1 - rate));
            double dropped = scale * limit - scale * rate * limit;
            assertBinomial(
                    DoubleStream.of(after)
                            .filter(value -> Math.abs(value - dropped) < FLOAT_ROUNDING)
                            .count(),
                    n,
                    rate);
        }
    }

    @Test
    void spatialDropsWholeChannels() {
        double rate = 0.3;
        int channels = 20;
        ComputationGraphConfiguration configuration = NetworkBuilder.images(channels, 3, 3)
                .convolution(channels, 1, 1, 0)
                .named("mirror")
                .configuration();
        new DropoutKind.Spatial(DropoutRate.of(rate)).insertBefore(configuration, "mirror");
        try (Network network = Network.create(configuration, SEED)) {
            network.graph()
                    .getLayer("mirror")
                    .getParam("W")
                    .assign(Nd4j.eye(channels).reshape(channels, channels, 1, 1));
            network.graph().getLayer("mirror").getParam("b").assign(0);
            INDArray noise = network.forward(Nd4j.ones(ROWS, channels, 3, 3), Pass.train(SEED));
            INDArray means = noise.mean(2, 3);
            assertThat(noise.max(2, 3)).isEqualTo(noise.min(2, 3));
            double[] perChannel = means.dup('c').reshape(-1).toDoubleVector();
            assertBinomial(zeros(perChannel), perChannel.length, rate);
            assertMeanIsOne(perChannel, Math.sqrt(rate / (1 - rate)));
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.2, 0.5})
    void dropConnectKeepsTheExpectationOfWeights(double rate) {
        try (Network network = mirror(new DropoutKind.DropConnect(DropoutRate.of(rate)))) {
            double[] kept = droppedDiagonals(network);
            assertBinomial(zeros(kept), kept.length, rate);
            assertMeanIsOne(kept, Math.sqrt(rate / (1 - rate)));
        }
    }

    @Test
    void stockDropConnectIsRefusedBecauseItsGradientIsWrongAndItsTestTimeWeightsBiased() {
        ComputationGraphConfiguration configuration =
                NetworkBuilder.vectors(UNITS).dense(UNITS).named("mirror").configuration();
        BaseLayer layer = (BaseLayer) Surgery.layer(configuration, "mirror");
        layer.setWeightNoise(new DropConnect(0.5));
        assertThatThrownBy(() -> Network.create(configuration, 1))
                .isInstanceOf(MirageException.class)
                .hasMessageContaining("mirror")
                .hasMessageContaining("DropConnect");
    }

    private static double[] droppedDiagonals(Network network) {
        INDArray x = Nd4j.ones(1, UNITS);
        return Stream.iterate(0, pass -> pass + 1)
                .limit(25L)
                .flatMapToDouble(pass -> DoubleStream.of(
                        network.forward(x, Pass.monteCarlo(pass)).toDoubleMatrix()[0]))
                .toArray();
    }

    @Test
    void scheduledRateFollowsTheEpochs() {
        MapSchedule rates = new MapSchedule(ScheduleType.EPOCH, Map.of(0, 0.1, 1, 0.6));
        try (Network network = mirror(new DropoutKind.Scheduled(rates))) {
            double[] first = noiseOnOnes(network);
            assertBinomial(zeros(first), first.length, 0.1);
            network.endEpoch();
            double[] later = noiseOnOnes(network);
            assertBinomial(zeros(later), later.length, 0.6);
            assertMeanIsOne(later, Math.sqrt(0.6 / 0.4));
        }
    }

    @Test
    void scheduledRateOutsideItsRangeIsRefused() {
        MapSchedule rates = new MapSchedule(ScheduleType.EPOCH, Map.of(0, 1.5));
        try (Network network = mirror(new DropoutKind.Scheduled(rates))) {
            assertThatThrownBy(() -> noiseOnOnes(network))
                    .isInstanceOf(MirageException.class)
                    .hasMessage("dropout rate must be in [0, 1), but is 1.5");
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.1, 0.5, 0.7})
    void concreteDropsItsShareNearly(double rate) {
        try (Network network = mirror(new DropoutKind.Concrete(DropoutRate.of(rate), 1))) {
            double[] noise = noiseOnOnes(network);
            long mostlyDropped = DoubleStream.of(noise)
                    .filter(value -> value * (1 - rate) < 0.5)
                    .count();
            assertBinomial(mostlyDropped, noise.length, rate);
            // the relaxation at temperature 0.1 moves the mean by up to half a percent
            assertThat(DoubleStream.of(noise).average().orElseThrow())
                    .isCloseTo(1, within(0.005 + DEVIATIONS * Math.sqrt(rate / (1 - rate) / noise.length)));
        }
    }

    static Stream<DropoutKind> kinds() {
        DropoutRate rate = DropoutRate.of(0.4);
        return Stream.of(
                new DropoutKind.Bernoulli(rate),
                new DropoutKind.Gaussian(rate),
                new DropoutKind.Additive(0.4),
                new DropoutKind.Alpha(rate),
                new DropoutKind.DropConnect(rate),
                new DropoutKind.Scheduled(new MapSchedule(ScheduleType.EPOCH, Map.of(0, 0.4))),
                new DropoutKind.Concrete(rate, 1));
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void inferenceIsWithoutNoise(DropoutKind kind) {
        try (Network network = mirror(kind)) {
            INDArray x = new RandomStreams(SEED).gaussian("x", 0, DataType.FLOAT, 3, UNITS);
            assertThat(network.forward(x, Pass.infer()).equalsWithEps(x, FLOAT_ROUNDING))
                    .isTrue();
        }
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void monteCarloPassesAreNoisy(DropoutKind kind) {
        try (Network network = mirror(kind)) {
            INDArray x = Nd4j.ones(3, UNITS);
            INDArray first = network.forward(x, Pass.monteCarlo(1));
            assertThat(network.forward(x, Pass.monteCarlo(2))).isNotEqualTo(first);
            assertThat(network.forward(x, Pass.monteCarlo(1))).isEqualTo(first);
        }
    }

    static Stream<Arguments> differentiable() {
        return Stream.concat(kinds().map(Arguments::of), Stream.of(Arguments.of(DropoutKind.none())));
    }

    @ParameterizedTest
    @MethodSource("differentiable")
    void gradientsAgreeWithNumericDifferentiation(DropoutKind kind) {
        ComputationGraphConfiguration configuration = NetworkBuilder.vectors(4)
                .dataType(DataType.DOUBLE)
                .updater(new NoOp())
                .dense(5)
                .activation(Activation.TANH)
                .dense(3)
                .named("reader")
                .configuration();
        kind.insertBefore(configuration, "reader");
        try (Network network = Network.create(configuration, SEED)) {
            INDArray x = new RandomStreams(SEED).gaussian("x", 0, DataType.DOUBLE, 6, 4);
            INDArray weights = new RandomStreams(SEED).gaussian("w", 0, DataType.DOUBLE, 6, 3);
            DropoutGradients dropout = new DropoutGradients(network, Long.MAX_VALUE); // data outweigh the prior
            dropout.prepare();
            network.forward(x, Pass.train(SEED));
            INDArray inputGradient = network.backwardToInput(weights, Wanted.BOTH);
            dropout.complete(1);
            INDArray gradient = network.gradients().dup();
            NumericGradient.check("input", x, inputGradient, () -> loss(network, x, weights));
            NumericGradient.check("parameters", network.parameters(), gradient, () -> loss(network, x, weights));
        }
    }

    private static double loss(Network network, INDArray x, INDArray weights) {
        new DropoutGradients(network, 1).prepare();
        return network.forward(x, Pass.train(SEED)).mul(weights).sumNumber().doubleValue();
    }

    @Test
    void concreteObjectiveHasTheGradientThatTrainingUses() {
        int batch = 6;
        ComputationGraphConfiguration configuration = NetworkBuilder.vectors(4)
                .dataType(DataType.DOUBLE)
                .updater(new NoOp())
                .dense(5)
                .named("hidden")
                .activation(Activation.TANH)
                .softmaxOutput(3)
                .configuration();
        new DropoutKind.Concrete(DropoutRate.of(0.3), 0.7).insertBefore(configuration, "hidden");
        new DropoutKind.Concrete(DropoutRate.of(0.6), 0.4).insertBefore(configuration, "softmax-output-1");
        try (Network network = Network.create(configuration, SEED)) {
            DropoutGradients dropout = new DropoutGradients(network, 20);
            INDArray x = new RandomStreams(SEED).gaussian("x", 0, DataType.DOUBLE, batch, 4);
            INDArray labels = Nd4j.concat(0, Nd4j.eye(3), Nd4j.eye(3)).castTo(DataType.DOUBLE);
            network.differentiate(x, labels, SEED);
            dropout.complete(batch);
            INDArray gradient = network.gradients().div(batch);
            assertThat(dropout.learnedRates()).hasSize(2);
            NumericGradient.check(
                    "objective",
                    network.parameters(),
                    gradient,
                    () -> network.differentiate(x, labels, SEED) + dropout.penalty());
        }
    }

    @Test
    void concretePenaltyIsThePublishedFormula() {
        ComputationGraphConfiguration configuration =
                NetworkBuilder.vectors(2).dense(1).named("reader").configuration();
        new DropoutKind.Concrete(DropoutRate.of(0.25), 2).insertBefore(configuration, "reader");
        try (Network network = Network.create(configuration, SEED)) {
            network.graph()
                    .getLayer("reader")
                    .getParam("W")
                    .assign(Nd4j.createFromArray(3f, 4f).reshape(2, 1));
            double weights = 2 * 2 * 25 / (2 * 0.75);
            double entropy = -(0.25 * Math.log(0.25) + 0.75 * Math.log(0.75));
            assertThat(new DropoutGradients(network, 10).penalty())
                    .isCloseTo((weights - 2 * entropy) / 10, within(FLOAT_ROUNDING));
        }
    }

    @Test
    void networkWithoutConcreteDropoutHasNothingToRegularise() {
        try (Network network = mirror(DropoutKind.bernoulli(0.5))) {
            DropoutGradients dropout = new DropoutGradients(network, 10);
            assertThat(dropout.penalty()).isZero();
            assertThat(dropout.learnedRates()).isEmpty();
        }
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void configurationSurvivesJson(DropoutKind kind) {
        ComputationGraphConfiguration configuration =
                NetworkBuilder.vectors(3).dense(3).named("reader").configuration();
        kind.insertBefore(configuration, "reader");
        ComputationGraphConfiguration read = ComputationGraphConfiguration.fromJson(configuration.toJson());
        assertThat(read).isEqualTo(configuration);
        for (String name : configuration.getVertices().keySet()) {
            LayerVertex vertex =
                    (LayerVertex) Objects.requireNonNull(read.getVertices().get(name));
            assertThat(vertex.getLayerConf().getLayer()).isEqualTo(Surgery.layer(configuration, name));
        }
    }

    @Test
    void unknownLayerIsNamed() {
        ComputationGraphConfiguration configuration =
                NetworkBuilder.vectors(3).dense(3).named("only").configuration();
        assertThatThrownBy(() -> DropoutKind.bernoulli(0.5).insertBefore(configuration, "other"))
                .isInstanceOf(MirageException.class)
                .hasMessage("there is no layer \"other\" to put dropout before; the network has [only]");
    }
}
