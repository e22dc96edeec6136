package org.mirage4j.classifier;

import java.io.IOException;
import java.util.List;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.mirage4j.core.MirageException;
import org.mirage4j.core.data.InMemoryExamples;
import org.mirage4j.core.run.Checkpoint;
import org.mirage4j.core.run.CheckpointWriter;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The training of one classifier, epoch by epoch, for whoever wants to look in between or decides late how
 * long to train; {@link DropoutClassifier#train} does all of it. Every draw is a function of the seed and the
 * iteration, so training n epochs now and m later is the same as n + m at once. Not safe for concurrent use.
 */
public final class ClassifierTraining implements EpochTraining {
    private final InMemoryExamples all;
    private final TrainingLoop loop;

    private ClassifierTraining(
            ClassifierOptions options, InMemoryExamples examples, ComputationGraphConfiguration configuration) {
        this.all = examples;
        Head.require(configuration, examples.classes());
        this.loop = new TrainingLoop(options, configuration, examples, TrainingLoop.Remainder.DROPPED, this::judge);
    }

    private TrainingLoop.Score judge(INDArray parameters, InMemoryExamples heldOut) {
        try (DropoutClassifier now = classifier(parameters)) {
            ClassifierEvaluation evaluation = now.evaluate(heldOut);
            return new TrainingLoop.Score(evaluation.negativeLogLikelihood(), evaluation.error());
        }
    }

    /**
     * Prepares to train the network that the options describe.
     *
     * @param options the options
     * @param examples labelled examples
     * @return training that has not begun
     * @throws MirageException if examples have no labels or do not fit the options
     */
    public static ClassifierTraining start(ClassifierOptions options, InMemoryExamples examples) {
        requireLabels(examples);
        return new ClassifierTraining(
                options, examples, ClassifierNetwork.describe(options, examples.exampleShape(), examples.classes()));
    }

    /**
     * Prepares to train a network of one's own.
     *
     * @param options epochs, batch size, seed and early stopping; the rest is the configuration's affair
     * @param configuration a network with one input and one softmax output layer
     * @param examples labelled examples
     * @return training that has not begun
     * @throws MirageException if examples have no labels or do not fit the network
     */
    public static ClassifierTraining start(
            ClassifierOptions options, ComputationGraphConfiguration configuration, InMemoryExamples examples) {
        requireLabels(examples);
        return new ClassifierTraining(options, examples, configuration);
    }

    private static void requireLabels(InMemoryExamples examples) {
        if (examples.classes() < 2) {
            throw new MirageException("a classifier needs examples labelled with at least 2 classes, but "
                    + examples.name() + " has " + examples.classes());
        }
    }

    @Override
    public EpochReport epoch() {
        return loop.epoch();
    }

    @Override
    public boolean goesOn() {
        return loop.goesOn();
    }

    /**
     * Writes parameters, updater state, moving average, the best epoch's parameters and all epochs' reports.
     *
     * @param to the checkpoint being written
     * @throws IOException if the file cannot be written
     * @throws IllegalStateException before the first epoch
     */
    @Override
    public void save(CheckpointWriter to) throws IOException {
        loop.save(to);
    }

    /**
     * Goes on where {@link #save} was called, before the first epoch of this training. With the same options and
     * examples on the same backend, epochs to come are bit for bit those of a training that was never stopped.
     *
     * @param from the checkpoint to go on from
     */
    @Override
    public void restore(Checkpoint from) {
        loop.restore(from);
    }

    @Override
    public long iteration() {
        return loop.iteration();
    }

    @Override
    public List<EpochReport> history() {
        return loop.history();
    }

    @Override
    public List<Double> learnedRates() {
        return loop.learnedRates();
    }

    /**
     * The classifier as trained so far: the epoch best on the held-out share, or without one the last.
     *
     * @return a classifier of its own, which further training does not change
     */
    public DropoutClassifier classifier() {
        return classifier(loop.parameters());
    }

    private DropoutClassifier classifier(INDArray parameters) {
        return new DropoutClassifier(
                loop.configuration(),
                parameters,
                new ClassifierDescription(
                        all.name(), all.fingerprint(), all.exampleShape(), all.classes(), loop.history()));
    }

    @Override
    public String engine() {
        return loop.engine();
    }

    /** Frees the network. */
    @Override
    public void close() {
        loop.close();
    }
}
