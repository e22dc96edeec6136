package org.mirage4j.classifier;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.mirage4j.classifier.calibration.LabelledPredictions;
import org.mirage4j.core.MirageException;
import org.mirage4j.core.data.Batch;
import org.mirage4j.core.data.InMemoryExamples;
import org.mirage4j.core.data.Inputs;
import org.mirage4j.core.features.FeatureExtractor;
import org.mirage4j.core.memory.NativeMemory;
import org.mirage4j.core.network.ModelFile;
import org.mirage4j.core.network.ModelFormatException;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A trained dropout classifier. {@link #predict} leaves dropout on and tells how unsure the model is;
 * {@link #probabilities} is the ordinary prediction with all units active. Immutable and safe for concurrent
 * use: several threads get the answers that one would.
 */
public final class DropoutClassifier implements AutoCloseable {
    private static final String WEIGHTS = "network.zip";
    private static final String DESCRIPTION = "classifier.json";
    private static final int EVALUATION_BATCH = 4096;

    private final ComputationGraphConfiguration configuration;
    private final INDArray parameters;
    private final ClassifierDescription description;
    private final PredictionNetwork network;

    DropoutClassifier(
            ComputationGraphConfiguration configuration, INDArray parameters, ClassifierDescription description) {
        this.configuration = configuration;
        this.parameters = parameters;
        this.description = description;
        this.network = new PredictionNetwork(Head.removeSoftmax(configuration), parameters);
    }

    /**
     * Trains a classifier.
     *
     * @param options the options
     * @param examples labelled examples
     * @return the classifier
     * @throws MirageException if examples have no labels or do not fit the options
     */
    public static DropoutClassifier train(ClassifierOptions options, InMemoryExamples examples) {
        return train(options, examples, report -> {});
    }

    /**
     * Trains a classifier and tells about every epoch.
     *
     * @param options the options
     * @param examples labelled examples
     * @param listener told after each epoch, on the calling thread
     * @return the classifier
     * @throws MirageException if examples have no labels or do not fit the options
     */
    public static DropoutClassifier train(
            ClassifierOptions options, InMemoryExamples examples, Consumer<EpochReport> listener) {
        try (ClassifierTraining training = ClassifierTraining.start(options, examples)) {
            return finish(training, listener);
        }
    }

    /**
     * Trains a network of one's own.
     *
     * @param options epochs, batch size, seed and early stopping; the rest is the configuration's affair
     * @param configuration a network with one input and one softmax output layer
     * @param examples labelled examples
     * @return the classifier
     * @throws MirageException if examples have no labels or do not fit the network
     */
    public static DropoutClassifier train(
            ClassifierOptions options, ComputationGraphConfiguration configuration, InMemoryExamples examples) {
        try (ClassifierTraining training = ClassifierTraining.start(options, configuration, examples)) {
            return finish(training, report -> {});
        }
    }

    /**
     * Trains a classifier on all that an iterator gives, which is copied into memory first.
     *
     * @param options the options
     * @param iterator labelled examples; is reset and read once
     * @return the classifier
     * @throws MirageException if the iterator is empty or its labels are not one-hot
     */
    public static DropoutClassifier train(ClassifierOptions options, DataSetIterator iterator) {
        iterator.reset();
        List<INDArray> features = new ArrayList<>();
        List<INDArray> labels = new ArrayList<>();
        while (iterator.hasNext()) {
            DataSet batch = iterator.next();
            features.add(batch.getFeatures());
            labels.add(batch.getLabels());
        }
        if (features.isEmpty()) {
            throw new MirageException("a classifier needs examples, but the iterator gave none");
        }
        INDArray allFeatures = Nd4j.concat(0, features.toArray(INDArray[]::new));
        INDArray allLabels = Nd4j.concat(0, labels.toArray(INDArray[]::new));
        return train(options, InMemoryExamples.of("iterator", allFeatures, allLabels));
    }

    private static DropoutClassifier finish(ClassifierTraining training, Consumer<EpochReport> listener) {
        while (training.goesOn()) {
            listener.accept(training.epoch());
        }
        return training.classifier();
    }

    /**
     * The logits without dropout.
     *
     * @param input the examples, [N, ...]
     * @return [N, classes]
     * @throws MirageException if the examples are not of the shape trained on, or not such as {@link Inputs#checked}
     *     takes
     */
    public INDArray logits(INDArray input) {
        return network.infer(checked(input));
    }

    /**
     * The ordinary prediction: all units active, on the scale of training (weight scaling).
     *
     * @param input the examples, [N, ...]
     * @return probabilities, one row per example
     * @throws MirageException if the examples are not of the shape trained on, or not such as {@link Inputs#checked}
     *     takes
     */
    public List<double[]> probabilities(INDArray input) {
        INDArray logits = logits(input);
        List<double[]> rows = PredictionNetwork.toRows(logits);
        NativeMemory.release(logits);
        for (int i = 0; i < rows.size(); i++) {
            requireFinite(rows.get(i), i);
        }
        return rows.stream().map(Softmax::of).toList();
    }

    /** Finite values can be so large that the network overflows. */
    private static void requireFinite(double[] logits, int example) {
        for (double logit : logits) {
            if (!Double.isFinite(logit)) {
                throw new MirageException("example " + example + ": what the network gives must be finite, but is "
                        + logit + "; the example's values may be too large");
            }
        }
    }

    /**
     * The Monte Carlo prediction (Gal and Ghahramani 2016): dropout stays on, batch normalisation uses its
     * running statistics, and many passes are averaged. Each pass is one sampled network for all examples: what is
     * predicted for one is a function of it, the number of passes and the seed, not of the others. Means and entropies
     * have the expectation that masks for each example would give, but the errors of a call, which has finitely many
     * passes, are correlated over its examples.
     *
     * @param input the examples, [N, ...]
     * @param passes number of passes, at least 1; 50 is usual
     * @param seed decides the masks
     * @return one prediction per example
     * @throws MirageException if the examples are not of the shape trained on or not such as {@link Inputs#checked}
     *     takes, or so large that the network overflows, or there is no pass
     */
    public List<Prediction> predict(INDArray input, int passes, long seed) {
        if (passes < 1) {
            throw new MirageException("a Monte Carlo prediction needs at least 1 pass, but was asked for " + passes);
        }
        List<Prediction.Accumulator> sums = IntStream.range(0, (int) input.size(0))
                .mapToObj(i -> new Prediction.Accumulator(description.classes()))
                .toList();
        network.sample(checked(input), passes, seed, (example, logits) -> {
            requireFinite(logits, example);
            sums.get(example).add(Softmax.of(logits));
        });
        return sums.stream().map(Prediction.Accumulator::prediction).toList();
    }

    /**
     * Evaluates the ordinary prediction.
     *
     * @param examples labelled examples
     * @return the evaluation
     * @throws MirageException if the examples do not fit the classifier
     */
    public ClassifierEvaluation evaluate(InMemoryExamples examples) {
        return ClassifierEvaluation.of(labelled(examples, this::probabilities));
    }

    /**
     * Evaluates the Monte Carlo prediction.
     *
     * @param examples labelled examples
     * @param passes number of passes, at least 1
     * @param seed decides the masks
     * @return the evaluation
     * @throws MirageException if the examples do not fit the classifier
     */
    public ClassifierEvaluation evaluate(InMemoryExamples examples, int passes, long seed) {
        return ClassifierEvaluation.of(labelled(examples, input -> predict(input, passes, seed).stream()
                .map(Prediction::probabilities)
                .toList()));
    }

    /**
     * The ordinary prediction beside the labels, for calibration metrics.
     *
     * @param examples labelled examples
     * @return probabilities and labels
     * @throws MirageException if the examples do not fit the classifier
     */
    public LabelledPredictions predictions(InMemoryExamples examples) {
        return labelled(examples, this::probabilities);
    }

    private LabelledPredictions labelled(InMemoryExamples examples, Function<INDArray, List<double[]>> predictor) {
        if (examples.classes() != description.classes()) {
            throw new MirageException("the classifier knows " + description.classes() + " classes, but "
                    + examples.name() + " has " + examples.classes());
        }
        List<double[]> probabilities = new ArrayList<>();
        int size = (int) examples.size();
        int[] labels = new int[size];
        for (int from = 0; from < size; from += EVALUATION_BATCH) {
            Batch batch = examples.examples(from, Math.min(size, from + EVALUATION_BATCH));
            probabilities.addAll(predictor.apply(batch.features()));
            int[] part = batch.labels().orElseThrow().argMax(1).toIntVector();
            System.arraycopy(part, 0, labels, from, part.length);
        }
        return LabelledPredictions.of(probabilities, labels);
    }

    /**
     * The number of classes.
     *
     * @return at least 2
     */
    public int classes() {
        return description.classes();
    }

    /**
     * The shape of one example.
     *
     * @return a copy, [784] or [1, 28, 28] say
     */
    public long[] exampleShape() {
        return description.exampleShape();
    }

    /**
     * The epochs of training.
     *
     * @return one report per epoch
     */
    public List<EpochReport> history() {
        return description.history();
    }

    /**
     * The classifier as a feature extractor: what the last hidden layer gives, and the logits, without
     * dropout.
     *
     * @return an extractor around the same weights, safe for concurrent use
     * @throws MirageException if the classifier was not trained on images or has no hidden layer
     */
    public FeatureExtractor featureExtractor() {
        network.requireOpen();
        // initialisation completes a configuration, so that a trained and a loaded one read the same
        return new ClassifierFeatures(toGraph().getConfiguration(), parameters, description);
    }

    /**
     * The network, for other tools of Deeplearning4j.
     *
     * @return a copy
     */
    public ComputationGraph toGraph() {
        network.requireOpen();
        ComputationGraph graph = new ComputationGraph(configuration.clone());
        graph.init(parameters, true);
        return graph;
    }

    /**
     * Writes the classifier into a folder, which is created if need be.
     *
     * @param folder where to write
     * @throws MirageException if writing fails
     */
    public void save(Path folder) {
        network.requireOpen();
        ModelFiles.write(folder, WEIGHTS, toGraph(), DESCRIPTION, description);
    }

    /**
     * Reads what {@link #save} has written. The files may be a stranger's, see {@link ModelFile}.
     *
     * @param folder the folder
     * @return the classifier
     * @throws ModelFormatException if the files cannot be read as a classifier
     * @throws MirageException if there is no classifier
     */
    public static DropoutClassifier load(Path folder) {
        return ModelFiles.read(
                folder, "classifier", WEIGHTS, DESCRIPTION, ClassifierDescription.class, (graph, described) -> {
                    DropoutClassifier classifier =
                            new DropoutClassifier(graph.getConfiguration(), graph.params(), described);
                    classifier.checkFit();
                    return classifier;
                });
    }

    /** The files are two, and may come from two classifiers. */
    private void checkFit() {
        long[] shape = LongStream.concat(LongStream.of(1), LongStream.of(description.exampleShape()))
                .toArray();
        long[] output = logits(Nd4j.zeros(shape)).shape();
        if (output.length != 2 || output[1] != description.classes()) {
            throw new MirageException("there must be one output per class, but there are " + description.classes()
                    + " classes and the network gives " + Arrays.toString(output));
        }
    }

    /** Frees what predictions hold outside the heap. */
    @Override
    public void close() {
        network.close();
    }

    private INDArray checked(INDArray input) {
        if (!description.fits(input.shape())) {
            throw new MirageException("examples must have shape [N] followed by "
                    + Arrays.toString(description.exampleShape()) + ", but have " + Arrays.toString(input.shape()));
        }
        INDArray checked = Inputs.checked("examples", input);
        DataType type = configuration.getDataType();
        return checked.dataType() == type ? checked : checked.castTo(type);
    }
}
