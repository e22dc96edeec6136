package org.mirage4j.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.deeplearning4j.datasets.iterator.utilty.ListDataSetIterator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.mirage4j.classifier.ClassifierOptions;
import org.mirage4j.classifier.DropoutClassifier;
import org.mirage4j.classifier.DropoutRegressor;
import org.mirage4j.classifier.Prediction;
import org.mirage4j.classifier.RegressorOptions;
import org.mirage4j.core.data.Batch;
import org.mirage4j.core.data.IdxFile;
import org.mirage4j.core.data.InMemoryExamples;
import org.mirage4j.core.data.Inputs;
import org.mirage4j.core.data.IteratorExamples;
import org.mirage4j.core.data.NpyFile;
import org.mirage4j.core.engine.EngineKind;
import org.mirage4j.core.engine.Pass;
import org.mirage4j.core.engine.Wanted;
import org.mirage4j.core.features.ExtractorId;
import org.mirage4j.core.features.ImageShape;
import org.mirage4j.core.features.RandomConvolutions;
import org.mirage4j.core.features.RawPixels;
import org.mirage4j.core.memory.Rows;
import org.mirage4j.core.network.DropoutRate;
import org.mirage4j.core.network.Network;
import org.mirage4j.core.network.NetworkBuilder;
import org.mirage4j.core.random.RandomStreams;
import org.mirage4j.core.report.ImageGrid;
import org.mirage4j.gan.metrics.FeatureMatrix;
import org.mirage4j.gan.metrics.KernelDistance;
import org.mirage4j.gan.metrics.MultiScaleSimilarity;
import org.mirage4j.gan.train.GameOptions;
import org.mirage4j.gan.train.GanTrainer;
import org.mirage4j.gan.train.Penalty;
import org.mirage4j.gan.watch.CollapseAlarm;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.INDArrayIndex;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.learning.config.Adam;

/** Every public way in for an array gives the same, however the array lies in memory, and leaves it as it was. */
class ArrayLayoutsTest {
    private static final RandomStreams STREAMS = new RandomStreams(3);
    private static final int COUNT = 12;
    private static final int WIDTH = 16;
    private static final int SIDE = 12;

    @TempDir
    private static Path folder;

    private static DropoutClassifier tables;
    private static DropoutClassifier pictures;
    private static DropoutRegressor regressor;

    /** What an array is given to, and the numbers that come out. */
    private interface Entry {
        double[] of(INDArray array) throws Exception;
    }

    @BeforeAll
    static void train() {
        ClassifierOptions options = ClassifierOptions.builder()
                .hidden(5)
                .epochs(1)
                .batchSize(COUNT)
                .seed(1)
                .build();
        tables = DropoutClassifier.train(options, InMemoryExamples.of("rows", matrix(), oneHot()));
        pictures = DropoutClassifier.train(
                options.toBuilder().channels(3).build(), InMemoryExamples.of("images", images(), oneHot()));
        regressor = DropoutRegressor.train(
                new RegressorOptions(List.of(5), DropoutRate.of(0.1), 1, 0.01, new Adam(0.01), 1, COUNT, 1),
                matrix().castTo(DataType.DOUBLE).toDoubleMatrix(),
                matrix().getColumn(0).toDoubleVector());
    }

    @AfterAll
    static void close() {
        tables.close();
        pictures.close();
        regressor.close();
    }

    private static INDArray matrix() {
        return Nd4j.linspace(DataType.FLOAT, 0, 0.005, (long) COUNT * WIDTH).reshape('c', COUNT, WIDTH);
    }

    private static INDArray images() {
        long length = (long) COUNT * SIDE * SIDE;
        return Nd4j.linspace(DataType.FLOAT, 0, 0.99 / length, length).reshape('c', COUNT, 1, SIDE, SIDE);
    }

    private static INDArray oneHot() {
        INDArray labels = Nd4j.zeros(DataType.FLOAT, COUNT, 3);
        for (int i = 0; i < COUNT; i++) {
            labels.putScalar(i, i % 3, 1);
        }
        return labels;
    }

    /** The same array in other memory: all of it is surrounded by numbers that would be noticed. */
    private static Map<String, INDArray> layouts(INDArray plain) {
        Map<String, INDArray> layouts = new LinkedHashMap<>();
        layouts.put("column order", plain.dup('f'));
        long[] tall = plain.shape().clone();
        tall[0] = 60;
        layouts.put("rows of a larger array", Rows.of(junk(tall), 45, 45 + COUNT));
        layouts.put("rows of a view", Rows.of(Rows.of(junk(tall), 20, 60), 28, 28 + COUNT));
        layouts.put("rows of a larger array in column order", Rows.of(junk(tall).dup('f'), 45, 45 + COUNT));
        INDArray high = junk(tall);
        long[] strides = high.stride().clone();
        strides[0] *= 2;
        layouts.put("every second row", Nd4j.create(high.data(), plain.shape(), strides, 3L * high.stride(0), 'c'));
        long[] wide = plain.shape().clone();
        wide[wide.length - 1] += 5;
        INDArrayIndex[] columns = new INDArrayIndex[plain.rank()];
        Arrays.fill(columns, NDArrayIndex.all());
        columns[columns.length - 1] = NDArrayIndex.interval(2, 2 + plain.size(plain.rank() - 1));
        layouts.put("columns of a wider array", junk(wide).get(columns));
        int[] back = java.util.stream.IntStream.range(0, plain.rank())
                .map(axis -> plain.rank() - 1 - axis)
                .toArray();
        layouts.put("transposed", plain.permute(back).dup('c').permute(back));
        layouts.replaceAll((name, array) ->
                name.equals("column order") || name.equals("transposed") ? array : filled(array, plain));
        return layouts;
    }

    private static INDArray junk(long... shape) {
        return Nd4j.valueArrayOf(shape, 0.77f, DataType.FLOAT);
    }

    private static INDArray filled(INDArray array, INDArray content) {
        array.assign(content);
        return array;
    }

    private static Network dense(EngineKind kind) {
        return Network.create(
                NetworkBuilder.vectors(WIDTH)
                        .dropout(DropoutRate.of(0.3))
                        .dense(7)
                        .batchNormalization(0.9)
                        .activation(Activation.TANH)
                        .dense(WIDTH)
                        .activation(Activation.TANH)
                        .configuration(),
                3,
                kind);
    }

    private static double[] numbers(INDArray... arrays) {
        return Arrays.stream(arrays)
                .flatMapToDouble(array -> Arrays.stream(array.dup('c').data().asDouble()))
                .toArray();
    }

    private static double[] numbers(List<Prediction> predictions) {
        return predictions.stream()
                .flatMapToDouble(prediction -> Arrays.stream(prediction.probabilities()))
                .toArray();
    }

    private static double[] flat(List<double[]> rows) {
        return rows.stream().flatMapToDouble(Arrays::stream).toArray();
    }

    private static double[] backward(EngineKind kind, INDArray x, INDArray gradient) {
        try (Network network = dense(kind)) {
            INDArray output = network.forward(x, Pass.train(5));
            INDArray input = network.backwardToInput(gradient, Wanted.BOTH);
            network.step(1);
            return numbers(output, input, network.parameters());
        }
    }

    private static double[] differentiate(EngineKind kind, INDArray x, INDArray labels) {
        try (Network network = Network.create(
                NetworkBuilder.vectors(WIDTH)
                        .dropout(DropoutRate.of(0.3))
                        .dense(6)
                        .activation(Activation.RELU)
                        .softmaxOutput(WIDTH)
                        .configuration(),
                3,
                kind)) {
            double score = network.differentiate(x, labels, 4);
            network.step(COUNT);
            return numbers(Nd4j.scalar(score), network.parameters());
        }
    }

    private static double[] game(Penalty penalty, INDArray real) {
        GameOptions game = GameOptions.builder().penalty(penalty).build();
        Network g = NetworkBuilder.vectors(3)
                .dense(WIDTH)
                .activation(Activation.TANH)
                .build(1);
        Network d =
                NetworkBuilder.vectors(WIDTH).dense(6).leakyRelu(0.2).dense(1).build(2);
        try (GanTrainer trainer = new GanTrainer(g, List.of(d), 3, game, STREAMS)) {
            trainer.iterate(0, step -> Batch.of(real), true);
            double[] realness = trainer.realness(Batch.of(real), 3, STREAMS).stream()
                    .mapToDouble(judged -> judged.probability())
                    .toArray();
            return Stream.of(numbers(g.parameters(), d.parameters()), realness)
                    .flatMapToDouble(Arrays::stream)
                    .toArray();
        }
    }

    private static double[] examples(InMemoryExamples examples) {
        Batch batch = examples.batch(0, COUNT);
        return batch.labels().isPresent()
                ? numbers(batch.features(), batch.labels().get())
                : numbers(batch.features());
    }

    private static double[] iterator(INDArray features, INDArray labels) {
        IteratorExamples examples = IteratorExamples.unlabelled(
                "iterator", new ListDataSetIterator<>(List.of(new DataSet(features, labels)), COUNT));
        return numbers(examples.batch(0, COUNT).features());
    }

    private static double[] pixels(BufferedImage image) {
        return Arrays.stream(image.getRGB(0, 0, image.getWidth(), image.getHeight(), null, 0, image.getWidth()))
                .asDoubleStream()
                .toArray();
    }

    private static double[] bytes(Path file) throws Exception {
        byte[] content = Files.readAllBytes(file);
        double[] values = new double[content.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = content[i];
        }
        return values;
    }

    private static double[] convolution(EngineKind kind, INDArray x) {
        try (Network network = Network.create(
                NetworkBuilder.images(1, SIDE, SIDE)
                        .convolution(3, 3, 1, 1)
                        .batchNormalization(0.9)
                        .activation(Activation.RELU)
                        .maxPooling(2)
                        .dense(2)
                        .configuration(),
                3,
                kind)) {
            INDArray output = network.forward(x, Pass.train(1));
            INDArray back = network.backwardToInput(Nd4j.ones(DataType.FLOAT, COUNT, 2), Wanted.BOTH);
            return numbers(output, back, network.gradients(), network.forward(x, Pass.infer()));
        }
    }

    static Map<String, Entry> ofMatrices() {
        Map<String, Entry> entries = new LinkedHashMap<>();
        for (EngineKind kind : EngineKind.values()) {
            entries.put(kind + " forward", x -> {
                try (Network network = dense(kind)) {
                    return numbers(
                            network.forward(x, Pass.infer()),
                            network.forward(x, Pass.monteCarlo(3)),
                            network.forward(x, Pass.sampled(List.of(new Pass.Part(1, 5), new Pass.Part(2, COUNT - 5)))),
                            network.forwardShared(new INDArray[] {x}, Pass.train(3))[0].dup());
                }
            });
            entries.put(kind + " backward input", x -> backward(kind, x, matrix()));
            entries.put(kind + " backward gradient", gradient -> backward(kind, matrix(), gradient));
            entries.put(kind + " features", x -> differentiate(kind, x, matrix()));
            entries.put(kind + " labels", labels -> differentiate(kind, matrix(), labels));
        }
        for (Penalty penalty : List.of(
                new Penalty.None(),
                new Penalty.R1(1),
                new Penalty.R2(1),
                new Penalty.R1R2(1),
                new Penalty.WassersteinGp(1),
                new Penalty.Dragan(1))) {
            entries.put("game with " + penalty, real -> game(penalty, real));
        }
        entries.put("classifier", x -> numbers(tables.predict(x, 4, 1)));
        entries.put("probabilities", x -> flat(tables.probabilities(x)));
        entries.put("logits", x -> numbers(tables.logits(x)));
        entries.put("regressor", x -> regressor.predict(x, 4, 1).stream()
                .mapToDouble(prediction -> prediction.mean())
                .toArray());
        entries.put("examples", x -> examples(InMemoryExamples.of("x", x)));
        entries.put("iterator", x -> iterator(x, oneHot()));
        entries.put("feature matrix", x -> {
            FeatureMatrix other = FeatureMatrix.of(matrix().mul(matrix()), ExtractorId.POINTS);
            return new double[] {
                KernelDistance.ofWholeSets(FeatureMatrix.of(x, ExtractorId.POINTS), other)
                        .value()
            };
        });
        entries.put("NPY", x -> {
            NpyFile.write(folder.resolve("x.npy"), x);
            return bytes(folder.resolve("x.npy"));
        });
        entries.put("collapse", x -> {
            var health = new CollapseAlarm(matrix()).check(x);
            return new double[] {health.diversity(), health.contrast(), health.nearDuplicates()};
        });
        return entries;
    }

    static Map<String, Entry> ofImages() {
        Map<String, Entry> entries = new LinkedHashMap<>();
        ImageShape shape = new ImageShape(1, SIDE, SIDE);
        for (EngineKind kind : EngineKind.values()) {
            entries.put(kind + " convolution", x -> convolution(kind, x));
        }
        entries.put("classifier", x -> numbers(pictures.predict(x, 4, 1)));
        entries.put(
                "classifier's features",
                x -> numbers(pictures.featureExtractor().extract(x).features()));
        entries.put("inputs", x -> numbers(Inputs.images("x", x)));
        entries.put("examples", x -> examples(InMemoryExamples.of("x", x, oneHot())));
        entries.put("iterator", x -> iterator(x, oneHot()));
        entries.put("raw pixels", x -> numbers(new RawPixels(shape).extract(x).features()));
        entries.put(
                "random convolutions",
                x -> numbers(new RandomConvolutions(shape, STREAMS).extract(x).features()));
        entries.put("similarity", x -> MultiScaleSimilarity.between(x, images().mul(0.9)));
        entries.put("grid", x -> pixels(new ImageGrid(3, 4).draw(x)));
        entries.put("IDX", x -> {
            IdxFile.writeImages(folder.resolve("x.idx"), x);
            return bytes(folder.resolve("x.idx"));
        });
        return entries;
    }

    static Stream<String> matrixEntries() {
        return ofMatrices().keySet().stream();
    }

    static Stream<String> imageEntries() {
        return ofImages().keySet().stream();
    }

    @ParameterizedTest
    @MethodSource("matrixEntries")
    void matrices(String entry) throws Exception {
        check(Objects.requireNonNull(ofMatrices().get(entry)), matrix());
    }

    @ParameterizedTest
    @MethodSource("imageEntries")
    void images(String entry) throws Exception {
        check(Objects.requireNonNull(ofImages().get(entry)), images());
    }

    private static void check(Entry entry, INDArray plain) throws Exception {
        double[] expected = entry.of(plain.dup('c'));
        for (Map.Entry<String, INDArray> layout : layouts(plain).entrySet()) {
            INDArray array = layout.getValue();
            assertThat(numbers(array)).as(layout.getKey()).containsExactly(numbers(plain));
            assertThat(entry.of(array)).as(layout.getKey()).containsExactly(expected);
            assertThat(numbers(array)).as(layout.getKey() + " afterwards").containsExactly(numbers(plain));
        }
        INDArray first = Rows.of(plain, 3, 4).dup('c');
        long[] strides = first.stride().clone();
        strides[0] = 0;
        INDArray repeated = Nd4j.create(first.data(), plain.shape(), strides, 0, 'c');
        INDArray copy = repeated.dup('c');
        assertThat(numbers(repeated)).containsExactly(numbers(copy));
        assertThat(entry.of(repeated)).as("broadcast").containsExactly(entry.of(copy));
    }
}
