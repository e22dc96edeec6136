package org.mirage4j.classifier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.mirage4j.classifier.dropout.DropoutKind;
import org.mirage4j.core.MirageException;
import org.mirage4j.core.data.InMemoryExamples;
import org.mirage4j.core.engine.Pass;
import org.mirage4j.core.network.DropoutRate;
import org.mirage4j.core.network.Network;
import org.mirage4j.core.network.NetworkBuilder;
import org.mirage4j.core.random.RandomStreams;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

class MonteCarloTest {
    private static final InMemoryExamples TRAINING = Clouds.examples(300, 1);
    private static final int MANY_PASSES = 20_000;

    /** A mean of bounded draws misses its expectation by more than this many standard errors once in 15,000. */
    private static final double STANDARD_ERRORS = 4;

    private static final double FLOAT_ROUNDING = 1e-5;

    private static DropoutClassifier classifier(ClassifierOptions options) {
        return DropoutClassifier.train(options, TRAINING);
    }

    private static INDArray inputs(int count) {
        return Clouds.examples(count, 7).examples(0, count).features();
    }

    /** The article's sum: every one of the 2^n masks on the hidden units, with its probability. */
    @ParameterizedTest
    @ValueSource(doubles = {0.5, 0.3})
    void manyPassesConvergeToTheSumOverAllMasks(double rate) {
        ClassifierOptions options = Clouds.options()
                .hidden(6)
                .hiddenDropout(DropoutKind.bernoulli(rate))
                .build();
        try (DropoutClassifier classifier = classifier(options)) {
            INDArray x = inputs(4);
            List<Prediction> predictions = classifier.predict(x, MANY_PASSES, 3);
            ComputationGraph graph = classifier.toGraph();
            for (int i = 0; i < 4; i++) {
                double[] hidden = affine(graph, "hidden-1", x.getRow(i).toDoubleVector());
                for (int unit = 0; unit < hidden.length; unit++) {
                    hidden[unit] = Math.max(0, hidden[unit]);
                }
                assertAgrees(predictions.get(i), enumerate(graph, hidden, rate));
            }
        }
    }

    @Test
    void noiseOnTheInputConvergesToTheSumOverAllMasks() {
        ClassifierOptions options = Clouds.options()
                .hidden()
                .inputDropout(DropoutKind.bernoulli(0.4))
                .build();
        try (DropoutClassifier classifier = classifier(options)) {
            INDArray x = inputs(3);
            List<Prediction> predictions = classifier.predict(x, MANY_PASSES, 3);
            for (int i = 0; i < 3; i++) {
                assertAgrees(
                        predictions.get(i),
                        enumerate(classifier.toGraph(), x.getRow(i).toDoubleVector(), 0.4));
            }
        }
    }

    /** Moments over all masks: mean and mean square of each probability, mean entropy. */
    private record Exact(List<Double> mean, List<Double> square, double expectedEntropy) {}

    private static void assertAgrees(Prediction prediction, Exact exact) {
        for (int k = 0; k < exact.mean().size(); k++) {
            double deviation = Math.sqrt(
                    exact.square().get(k) - exact.mean().get(k) * exact.mean().get(k));
            double bound = STANDARD_ERRORS * deviation / Math.sqrt(MANY_PASSES) + FLOAT_ROUNDING;
            assertThat(prediction.probabilities()[k]).isCloseTo(exact.mean().get(k), within(bound));
            assertThat(prediction.deviations()[k]).isCloseTo(deviation, within(0.05 * deviation + FLOAT_ROUNDING));
        }
        assertThat(prediction.expectedEntropy()).isCloseTo(exact.expectedEntropy(), within(0.01));
        assertThat(prediction.predictiveEntropy()).isCloseTo(Softmax.entropy(array(exact.mean())), within(0.01));
        assertThat(prediction.mutualInformation())
                .isEqualTo(prediction.predictiveEntropy() - prediction.expectedEntropy());
    }

    private static Exact enumerate(ComputationGraph graph, double[] units, double rate) {
        double[] mean = new double[Clouds.CLASSES];
        double[] square = new double[Clouds.CLASSES];
        double entropy = 0;
        for (int mask = 0; mask < 1 << units.length; mask++) {
            int kept = Integer.bitCount(mask);
            double probability = Math.pow(1 - rate, kept) * Math.pow(rate, units.length - kept);
            double[] p = Softmax.of(affine(graph, "softmax-output-1", masked(units, mask, rate)));
            for (int k = 0; k < p.length; k++) {
                mean[k] += probability * p[k];
                square[k] += probability * p[k] * p[k];
            }
            entropy += probability * Softmax.entropy(p);
        }
        return new Exact(
                DoubleStream.of(mean).boxed().toList(),
                DoubleStream.of(square).boxed().toList(),
                entropy);
    }

    private static double[] array(List<Double> values) {
        return values.stream().mapToDouble(Double::doubleValue).toArray();
    }

    private static double[] masked(double[] units, int mask, double rate) {
        double[] masked = new double[units.length];
        for (int unit = 0; unit < units.length; unit++) {
            masked[unit] = (mask >> unit & 1) * units[unit] / (1 - rate);
        }
        return masked;
    }

    private static double[] affine(ComputationGraph graph, String layer, double[] input) {
        INDArray weights = graph.getLayer(layer).getParam("W");
        double[] output = graph.getLayer(layer).getParam("b").toDoubleVector();
        for (int k = 0; k < output.length; k++) {
            for (int i = 0; i < input.length; i++) {
                output[k] += input[i] * weights.getDouble(i, k);
            }
        }
        return output;
    }

    /** Srivastava et al. 2014, section 1; exact for one layer of softmax. */
    @Test
    void weightScalingIsTheGeometricMeanOverAllMasksForOneSoftmaxLayer() {
        double rate = 0.3;
        ClassifierOptions options = ClassifierOptions.builder()
                .hidden()
                .inputDropout(DropoutKind.bernoulli(rate))
                .epochs(3)
                .build();
        int size = 8;
        INDArray features = new RandomStreams(4).gaussian("features", 0, DataType.FLOAT, 60, size);
        INDArray labels = Nd4j.zeros(60, 3);
        for (int i = 0; i < 60; i++) {
            labels.putScalar(i, features.getDouble(i, 0) > 0 ? 0 : features.getDouble(i, 1) > 0 ? 1 : 2, 1);
        }
        try (DropoutClassifier classifier =
                DropoutClassifier.train(options, InMemoryExamples.of("blobs", features, labels))) {
            double[] units = features.getRow(5).toDoubleVector();
            double[] logarithms = new double[3];
            for (int mask = 0; mask < 1 << size; mask++) {
                int kept = Integer.bitCount(mask);
                double probability = Math.pow(1 - rate, kept) * Math.pow(rate, size - kept);
                double[] p = Softmax.of(affine(classifier.toGraph(), "softmax-output-1", masked(units, mask, rate)));
                for (int k = 0; k < 3; k++) {
                    logarithms[k] += probability * Math.log(p[k]);
                }
            }
            double[] scaled = classifier.probabilities(features).get(5);
            assertThat(scaled).containsExactly(Softmax.of(logarithms), within(FLOAT_ROUNDING));
        }
    }

    @Test
    void mutualInformationIsNeverNegative() {
        try (DropoutClassifier classifier = classifier(Clouds.options().build())) {
            for (int passes : new int[] {1, 2, 7, 40}) {
                assertThat(classifier.predict(inputs(200).mul(5), passes, passes))
                        .allMatch(prediction -> prediction.mutualInformation() >= 0);
            }
        }
    }

    @Test
    void onePassHasNoDisagreement() {
        try (DropoutClassifier classifier = classifier(Clouds.options().build())) {
            assertThat(classifier.predict(inputs(20), 1, 3))
                    .allMatch(prediction -> prediction.mutualInformation() < 1e-12)
                    .allMatch(prediction -> prediction.deviations()[0] < 1e-7);
        }
    }

    @Test
    void withoutDropoutEveryPassIsTheOrdinaryPrediction() {
        ClassifierOptions options =
                Clouds.options().hiddenDropout(DropoutKind.none()).build();
        try (DropoutClassifier classifier = classifier(options)) {
            int moreThanOneCallTakes = 700;
            INDArray x = inputs(moreThanOneCallTakes);
            List<Prediction> predictions = classifier.predict(x, 9, 1);
            List<double[]> ordinary = classifier.probabilities(x);
            for (int i = 0; i < moreThanOneCallTakes; i++) {
                assertThat(predictions.get(i).probabilities()).containsExactly(ordinary.get(i), within(1e-12));
            }
        }
    }

    @Test
    void seedDecidesThePrediction() {
        try (DropoutClassifier classifier = classifier(Clouds.options().build())) {
            INDArray x = inputs(10);
            INDArray before = x.dup();
            double[] first = classifier.predict(x, 5, 1).get(0).probabilities();
            classifier.predict(x, 8, 99);
            assertThat(classifier.predict(x, 5, 1).get(0).probabilities()).isEqualTo(first);
            assertThat(classifier.predict(x, 5, 2).get(0).probabilities()).isNotEqualTo(first);
            assertThat(x).as("input").isEqualTo(before);
        }
    }

    @Test
    void threadsGetTheAnswersThatOneWould() throws Exception {
        try (DropoutClassifier classifier =
                classifier(Clouds.options().hidden(32, 16).build())) {
            List<List<String>> expected = new ArrayList<>();
            List<Callable<List<String>>> calls = new ArrayList<>();
            for (int call = 0; call < 24; call++) {
                INDArray x = inputs(1 + call);
                long seed = call;
                Callable<List<String>> predict = () -> {
                    List<String> all = new ArrayList<>();
                    classifier.predict(x, 30, seed).forEach(p -> all.add(Arrays.toString(p.probabilities())));
                    classifier.probabilities(x).forEach(p -> all.add(Arrays.toString(p)));
                    return all;
                };
                expected.add(predict.call());
                calls.add(predict);
            }
            ExecutorService threads = Executors.newFixedThreadPool(4);
            try {
                List<Future<List<String>>> answers = threads.invokeAll(calls);
                for (int call = 0; call < answers.size(); call++) {
                    assertThat(answers.get(call).get()).isEqualTo(expected.get(call));
                }
            } finally {
                threads.shutdown();
            }
        }
    }

    @Test
    void moreRowsThanOneCallTakesAreAllPredicted() {
        try (DropoutClassifier classifier = classifier(Clouds.options().build())) {
            INDArray x = inputs(1500);
            List<Prediction> predictions = classifier.predict(x, 40, 1);
            List<double[]> scaled = classifier.probabilities(x);
            assertThat(predictions).hasSize(1500);
            double gap = 0;
            for (int i = 0; i < 1500; i++) {
                gap += Math.abs(predictions.get(i).probabilities()[0] - scaled.get(i)[0]) / 1500;
            }
            assertThat(gap).isLessThan(0.05);
        }
    }

    @Test
    void layersBeforeTheFirstNoiseRunOnceWithoutAndTheOthersWithIt() {
        ComputationGraphConfiguration configuration = noisyPart(NetworkBuilder.vectors(5)
                        .dense(8)
                        .batchNormalization(0.9)
                        .activation(Activation.TANH))
                .configuration();
        INDArray x = new RandomStreams(1).gaussian("x", 0, DataType.FLOAT, 4, 5);
        try (Network whole = Network.create(configuration, 3);
                Network first = NetworkBuilder.vectors(5)
                        .dense(8)
                        .batchNormalization(0.9)
                        .activation(Activation.TANH)
                        .build(3);
                Network second = noisyPart(NetworkBuilder.vectors(8)).build(3);
                PredictionNetwork cut = new PredictionNetwork(configuration, whole.parameters())) {
            INDArray parameters = whole.parameters().reshape(-1);
            long border = first.parameters().length();
            first.parameters().reshape(-1).assign(parameters.get(NDArrayIndex.interval(0, border)));
            second.parameters().reshape(-1).assign(parameters.get(NDArrayIndex.interval(border, parameters.length())));
            INDArray shared = first.forward(x, Pass.infer());
            INDArray expected = second.forward(Nd4j.concat(0, shared, shared, shared), sampled(11, 3, 4));
            List<double[]> outputs = new ArrayList<>();
            cut.sample(x, 3, 11, (row, output) -> outputs.add(output));
            assertThat(Nd4j.createFromArray(outputs.toArray(double[][]::new))
                            .castTo(DataType.FLOAT)
                            .equalsWithEps(expected, 1e-6))
                    .isTrue();
            assertThat(cut.infer(x).equalsWithEps(whole.forward(x, Pass.infer()), 1e-6))
                    .isTrue();
        }
    }

    /** All passes over all rows as one batch. */
    private static Pass sampled(long seed, int passes, int rows) {
        return Pass.sampled(IntStream.range(0, passes)
                .mapToObj(pass -> new Pass.Part(new RandomStreams(seed).key("monte-carlo", pass), rows))
                .toList());
    }

    private static NetworkBuilder noisyPart(NetworkBuilder builder) {
        return builder.dropout(DropoutRate.of(0.5))
                .dense(6)
                .batchNormalization(0.9)
                .dropout(DropoutRate.of(0.2))
                .dense(3);
    }

    @Test
    void networkWithBranchesIsRepeatedAsAWhole() {
        ComputationGraphConfiguration configuration = NetworkBuilder.vectors(5)
                .dense(5)
                .activation(Activation.TANH)
                .dropout(DropoutRate.of(0.5))
                .addResidual("input")
                .dense(3)
                .configuration();
        INDArray x = new RandomStreams(1).gaussian("x", 0, DataType.FLOAT, 4, 5);
        try (Network whole = Network.create(configuration, 3);
                PredictionNetwork network = new PredictionNetwork(configuration, whole.parameters())) {
            INDArray expected = whole.forward(Nd4j.concat(0, x, x), sampled(11, 2, 4));
            List<double[]> outputs = new ArrayList<>();
            network.sample(x, 2, 11, (row, output) -> outputs.add(output));
            assertThat(Nd4j.createFromArray(outputs.toArray(double[][]::new))
                            .castTo(DataType.FLOAT)
                            .equalsWithEps(expected, 1e-6))
                    .isTrue();
        }
    }

    @Test
    void droppedWeightsDifferFromPassToPass() {
        ClassifierOptions options = Clouds.options()
                .hiddenDropout(new DropoutKind.DropConnect(DropoutRate.of(0.5)))
                .build();
        try (DropoutClassifier classifier = classifier(options)) {
            assertThat(classifier.predict(inputs(10), 20, 1)).allMatch(p -> p.deviations()[0] > 1e-4);
        }
    }

    @Test
    void noPassIsRefused() {
        try (DropoutClassifier classifier =
                classifier(Clouds.options().epochs(1).build())) {
            assertThatThrownBy(() -> classifier.predict(inputs(1), 0, 1))
                    .isInstanceOf(MirageException.class)
                    .hasMessage("a Monte Carlo prediction needs at least 1 pass, but was asked for 0");
        }
    }
}
