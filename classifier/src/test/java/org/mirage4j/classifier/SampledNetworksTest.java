package org.mirage4j.classifier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.mirage4j.classifier.dropout.DropoutKind;
import org.mirage4j.core.data.InMemoryExamples;
import org.mirage4j.core.engine.EngineKind;
import org.mirage4j.core.network.DropoutRate;
import org.mirage4j.core.random.RandomStreams;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.ops.transforms.Transforms;
import org.nd4j.linalg.schedule.FixedSchedule;

/** A Monte Carlo answer is a function of the row, the seed and the number of passes. */
class SampledNetworksTest {
    private static final int ROWS = 1000;
    private static final int PASSES = 7;
    private static final long SEED = 5;

    /** On Deeplearning4j's own layers, whose matrix products round by the place of a row; the plan gives the same bits. */
    private static final double ROUNDING = 1e-6;

    static Stream<Arguments> kinds() {
        DropoutRate rate = DropoutRate.of(0.3);
        List<DropoutKind> kinds = List.of(
                new DropoutKind.Bernoulli(rate),
                new DropoutKind.Gaussian(rate),
                new DropoutKind.Additive(0.4),
                new DropoutKind.Alpha(rate),
                new DropoutKind.DropConnect(rate),
                new DropoutKind.Scheduled(new FixedSchedule(0.4)),
                new DropoutKind.Concrete(DropoutRate.of(0.3), 0.01),
                new DropoutKind.Spatial(rate));
        return kinds.stream().flatMap(kind -> Stream.of(EngineKind.values()).map(engine -> Arguments.of(kind, engine)));
    }

    private static DropoutClassifier classifier(DropoutKind kind) {
        ClassifierOptions.Builder options = Clouds.options()
                .epochs(1)
                .activation(kind instanceof DropoutKind.Alpha ? Activation.SELU : Activation.RELU);
        if (kind instanceof DropoutKind.Spatial) {
            options.hidden(9).channels(4, 5).channelDropout(kind);
        } else {
            options.hidden(17, 9).hiddenDropout(kind);
        }
        INDArray features = rows(kind, 60);
        INDArray labels = Nd4j.zeros(60, 3);
        for (int i = 0; i < 60; i++) {
            labels.putScalar(i, i % 3, 1);
        }
        return DropoutClassifier.train(options.build(), InMemoryExamples.of("rows", features, labels));
    }

    private static INDArray rows(DropoutKind kind, int count) {
        RandomStreams streams = new RandomStreams(3);
        return kind instanceof DropoutKind.Spatial
                ? Transforms.sigmoid(streams.gaussian("images", 0, DataType.FLOAT, count, 1, 6, 6))
                : streams.gaussian("rows", 0, DataType.FLOAT, count, 11);
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void answerDependsNeitherOnTheOtherRowsNorOnThePlaceNorOnTheThread(DropoutKind kind, EngineKind engine)
            throws Exception {
        String before = System.getProperty(EngineKind.PROPERTY, "automatic");
        System.setProperty(EngineKind.PROPERTY, engine == EngineKind.STOCK ? "stock" : "automatic");
        try (DropoutClassifier classifier = classifier(kind)) {
            double tolerance = engine == EngineKind.AUTOMATIC && isCompiled(kind) ? 0 : ROUNDING;
            INDArray x = rows(kind, ROWS);
            List<Prediction> all = classifier.predict(x, PASSES, SEED);
            assertThat(all.get(0).deviations()[0]).isGreaterThan(1e-4);
            List<double[]> ordinary = classifier.probabilities(x);
            for (int size : new int[] {1, 7, 100}) {
                for (int from : new int[] {0, 3, 127, 900}) {
                    INDArray part = part(x, IntStream.range(from, from + size).toArray());
                    assertSame(classifier.predict(part, PASSES, SEED), all.subList(from, from + size), tolerance);
                    assertThat(classifier.probabilities(part).get(size - 1))
                            .containsExactly(ordinary.get(from + size - 1), within(tolerance));
                }
            }
            List<Integer> order =
                    new java.util.ArrayList<>(IntStream.range(0, ROWS).boxed().toList());
            Collections.shuffle(order, new java.util.Random(1));
            int[] places = order.stream().limit(150).mapToInt(Integer::intValue).toArray();
            List<Prediction> shuffled = IntStream.of(places).mapToObj(all::get).toList();
            assertSame(classifier.predict(part(x, places), PASSES, SEED), shuffled, tolerance);
            ExecutorService threads = Executors.newFixedThreadPool(3);
            try {
                Callable<List<Prediction>> predict = () -> classifier.predict(part(x, places), PASSES, SEED);
                for (Future<List<Prediction>> answer : threads.invokeAll(List.of(predict, predict, predict))) {
                    assertSame(answer.get(), shuffled, tolerance);
                }
            } finally {
                threads.shutdown();
            }
        } finally {
            System.setProperty(EngineKind.PROPERTY, before);
        }
    }

    private static boolean isCompiled(DropoutKind kind) {
        return !(kind instanceof DropoutKind.DropConnect || kind instanceof DropoutKind.Concrete);
    }

    private static INDArray part(INDArray x, int[] rows) {
        INDArray[] parts = IntStream.of(rows)
                .mapToObj(row -> x.rank() == 2
                        ? x.get(NDArrayIndex.interval(row, row + 1), NDArrayIndex.all())
                        : x.get(
                                NDArrayIndex.interval(row, row + 1),
                                NDArrayIndex.all(),
                                NDArrayIndex.all(),
                                NDArrayIndex.all()))
                .toArray(INDArray[]::new);
        return Nd4j.concat(0, parts);
    }

    private static void assertSame(List<Prediction> actual, List<Prediction> expected, double tolerance) {
        assertThat(actual).hasSameSizeAs(expected);
        for (int i = 0; i < actual.size(); i++) {
            assertThat(actual.get(i).probabilities())
                    .containsExactly(expected.get(i).probabilities(), within(tolerance));
            assertThat(actual.get(i).mutualInformation())
                    .isCloseTo(expected.get(i).mutualInformation(), within(tolerance));
        }
    }
}
