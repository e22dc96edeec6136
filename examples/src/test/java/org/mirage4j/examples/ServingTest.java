package org.mirage4j.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.LongFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.mirage4j.classifier.ClassifierOptions;
import org.mirage4j.classifier.DropoutClassifier;
import org.mirage4j.classifier.Prediction;
import org.mirage4j.classifier.dropout.DropoutKind;
import org.mirage4j.classifier.run.ClassifierData;
import org.mirage4j.classifier.run.ClassifierRun;
import org.mirage4j.classifier.run.RunPredictor;
import org.mirage4j.classifier.table.TablePrediction;
import org.mirage4j.core.data.InMemoryExamples;
import org.mirage4j.core.data.SyntheticDigits;
import org.mirage4j.core.network.DropoutRate;
import org.mirage4j.core.table.CsvOptions;
import org.mirage4j.core.table.CsvTable;
import org.mirage4j.gan.ArchitectureKind;
import org.mirage4j.gan.GanOptions;
import org.mirage4j.gan.GanRun;
import org.mirage4j.gan.GanSampler;
import org.nd4j.linalg.api.ndarray.INDArray;

/** What a server does: many threads at one predictor, one sampler. */
class ServingTest {
    private static final int THREADS = 8;
    private static final int REQUESTS = 160;

    /** The answers to all requests, each a function of its number, by one thread and by many. */
    private static void assertSameAnswers(LongFunction<double[]> answer) throws Exception {
        List<double[]> expected = LongStream.range(0, REQUESTS).mapToObj(answer).toList();
        assertThat(expected.get(0)).isNotEqualTo(expected.get(1));
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        try {
            List<Callable<double[]>> requests = LongStream.range(0, REQUESTS)
                    .mapToObj(i -> (Callable<double[]>) () -> answer.apply(i))
                    .toList();
            List<double[]> actual = new ArrayList<>();
            for (Future<double[]> future : threads.invokeAll(requests)) {
                actual.add(future.get());
            }
            for (int i = 0; i < REQUESTS; i++) {
                assertThat(actual.get(i)).as("request %d", i).containsExactly(expected.get(i));
            }
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void predictorAnswersManyThreadsAsItDoesOne() throws Exception {
        InMemoryExamples digits = new SyntheticDigits(0).examples(0, 200);
        ClassifierOptions options = ClassifierOptions.builder()
                .hidden(16)
                .hiddenDropout(new DropoutKind.Bernoulli(DropoutRate.of(0.5)))
                .epochs(1)
                .seed(1)
                .build();
        try (DropoutClassifier classifier = DropoutClassifier.train(options, digits)) {
            assertSameAnswers(seed -> {
                INDArray input = digits.examples((int) seed, (int) seed + 3).features();
                double[] certain = classifier.probabilities(input).get(0);
                List<Prediction> predictions = classifier.predict(input, 10, seed);
                return LongStream.range(0, 4L * certain.length)
                        .mapToDouble(i -> i < certain.length
                                ? certain[(int) i]
                                : predictions.get((int) i / certain.length - 1)
                                        .probabilities()[(int) i % certain.length])
                        .toArray();
            });
        }
    }

    /** The model is read once: the folder may be gone. Rows come as maps, as a server has them. */
    @Test
    void runAnswersManyThreadsAsItDoesOne(@TempDir Path folder) throws Exception {
        String csv = IntStream.range(0, 60)
                .mapToObj(i -> i % 3 + 0.1 * (i % 7) + "," + "ab".charAt(i % 2) + "," + "ny".charAt(i % 3 / 2))
                .collect(Collectors.joining("\n", "size,kind,label\n", "\n"));
        CsvTable table = CsvTable.read("rows", new StringReader(csv), CsvOptions.DEFAULT);
        ClassifierOptions options = ClassifierOptions.builder()
                .hidden(8)
                .hiddenDropout(new DropoutKind.Bernoulli(DropoutRate.of(0.5)))
                .epochs(1)
                .batchSize(10)
                .seed(1)
                .build();
        Path out = folder.resolve("run");
        try (ClassifierRun run =
                ClassifierRun.create(out, options, ClassifierData.ofTable(table, "label", 1), 5, 0.9)) {
            run.train(epoch -> true);
        }
        try (RunPredictor predictor = RunPredictor.open(out)) {
            Files.move(out, folder.resolve("gone"));
            assertSameAnswers(seed -> {
                Map<String, Object> row = Map.of("size", seed % 4 + 0.5, "kind", seed % 2 == 0 ? "a" : "b");
                TablePrediction prediction =
                        predictor.predict(List.of(row), 10, seed).get(0);
                return new double[] {prediction.probability(), prediction.entropy(), prediction.mutualInformation()};
            });
        }
    }

    @Test
    void samplerAnswersManyThreadsAsItDoesOne(@TempDir Path folder) throws Exception {
        GanOptions options = GanOptions.builder(ArchitectureKind.DENSE)
                .iterations(2)
                .batch(8)
                .latent(5)
                .width(16)
                .build();
        try (GanRun run = GanRun.create(folder.resolve("run"), options, new SyntheticDigits(0).examples(0, 40))) {
            run.train((done, statistics) -> true);
        }
        try (GanSampler sampler = GanSampler.open(folder.resolve("run"))) {
            assertSameAnswers(seed -> sampler.sample(1 + (int) seed % 4, seed)
                    .dup('c')
                    .reshape(-1)
                    .toDoubleVector());
        }
    }
}
