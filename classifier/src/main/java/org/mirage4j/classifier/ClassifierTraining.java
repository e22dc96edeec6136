package org.mirage4j.classifier;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.mirage4j.classifier.dropout.DropoutGradients;
import org.mirage4j.core.MirageException;
import org.mirage4j.core.data.Batch;
import org.mirage4j.core.data.InMemoryExamples;
import org.mirage4j.core.network.Network;
import org.mirage4j.core.random.RandomStreams;
import org.mirage4j.core.run.Checkpoint;
import org.mirage4j.core.run.CheckpointException;
import org.mirage4j.core.run.CheckpointWriter;
import org.mirage4j.core.run.NetworkState;
import org.mirage4j.core.run.Resumable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The training of one classifier, epoch by epoch, for whoever wants to look in between or decides late how
 * long to train; {@link DropoutClassifier#train} does all of it. Every draw is a function of the seed and the
 * iteration, so training n epochs now and m later is the same as n + m at once. Not safe for concurrent use.
 */
public final class ClassifierTraining implements Resumable, AutoCloseable {
    private static final String NETWORK = "network";
    private static final String AVERAGE = "average";
    private static final String BEST = "best";
    private static final String HISTORY = "history";

    private final ClassifierOptions options;
    private final InMemoryExamples all;
    private final InMemoryExamples training;
    private final List<InMemoryExamples> heldOut;
    private final Network network;
    private final DropoutGradients dropout;
    private final RandomStreams streams;
    private final List<EpochReport> history = new ArrayList<>();

    /** What is evaluated and kept: the live parameters, or their moving average. */
    private final INDArray current;

    private final INDArray difference;
    private INDArray best;
    private double bestLoss = Double.POSITIVE_INFINITY;
    private int bestEpoch;

    private ClassifierTraining(
            ClassifierOptions options, InMemoryExamples examples, ComputationGraphConfiguration configuration) {
        this.options = options;
        this.all = examples;
        this.streams = new RandomStreams(options.seed());
        Head.require(configuration, examples.classes());
        if (options.heldOutShare() > 0) {
            InMemoryExamples.Split split = examples.split(options.heldOutShare(), streams.key("held-out", 0));
            this.training = split.training().shuffledBy(streams);
            this.heldOut = List.of(split.heldOut());
        } else {
            this.training = examples.shuffledBy(streams);
            this.heldOut = List.of();
        }
        if (options.batchSize() > training.size()) {
            throw new MirageException("the batch size must be at most the number of training examples, "
                    + training.size() + ", but is " + options.batchSize());
        }
        this.network = Network.create(configuration, streams.key("weights", 0));
        this.dropout = new DropoutGradients(network, training.size());
        boolean averaged = options.averageDecay() > 0;
        this.current = averaged ? network.parameters().dup() : network.parameters();
        this.difference = averaged ? network.parameters().dup() : network.parameters();
        this.best = current;
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

    /**
     * Trains one epoch.
     *
     * @return what it came to
     * @throws MirageException if the loss is no longer a number
     */
    public EpochReport epoch() {
        long steps = training.batchesPerEpoch(options.batchSize());
        double sum = 0;
        for (long step = 0; step < steps; step++) {
            int iteration = network.iteration();
            Batch batch = training.batch(iteration, options.batchSize());
            dropout.prepare();
            double loss = network.differentiate(
                    batch.features(), batch.labels().orElseThrow(), streams.key("masks", iteration));
            loss += dropout.penalty();
            dropout.complete(batch.size());
            network.step(batch.size());
            average();
            if (!Double.isFinite(loss)) {
                throw new MirageException("the loss became " + loss + " at iteration " + iteration
                        + "; a smaller learning rate may help");
            }
            sum += loss;
        }
        network.endEpoch();
        EpochReport report = report(sum / steps);
        if (note(report)) {
            best = current.dup();
        }
        return report;
    }

    /** Adds an epoch to the history, and says whether it is the best so far. */
    private boolean note(EpochReport report) {
        history.add(report);
        boolean better = report.heldOutLoss() < bestLoss;
        if (better) {
            bestLoss = report.heldOutLoss();
            bestEpoch = report.epoch();
        }
        return better;
    }

    /** Early on over fewer steps, so that the initial weights do not linger. */
    private void average() {
        if (options.averageDecay() > 0) {
            double steps = network.iteration();
            double decay = Math.min(options.averageDecay(), (1 + steps) / (10 + steps));
            network.parameters().sub(current, difference).muli(1 - decay);
            current.addi(difference);
        }
    }

    private EpochReport report(double trainingLoss) {
        int epoch = history.size() + 1;
        if (heldOut.isEmpty()) {
            return new EpochReport(epoch, trainingLoss, Double.NaN, Double.NaN);
        }
        try (DropoutClassifier now = classifier(current)) {
            ClassifierEvaluation evaluation = now.evaluate(heldOut.get(0));
            return new EpochReport(epoch, trainingLoss, evaluation.negativeLogLikelihood(), evaluation.error());
        }
    }

    /**
     * Whether to go on: not after the last epoch, and not once patience has run out.
     *
     * @return false if training is over
     */
    public boolean goesOn() {
        int epochs = history.size();
        boolean patient = options.patience() == 0 || epochs - bestEpoch < options.patience();
        return epochs < options.epochs() && patient;
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
        if (history.isEmpty()) {
            throw new IllegalStateException("there is nothing to save before the first epoch");
        }
        new NetworkState(NETWORK, network).save(to);
        if (options.averageDecay() > 0) {
            to.array(AVERAGE, current);
        }
        if (!heldOut.isEmpty()) {
            to.array(BEST, best);
        }
        double[][] reports = history.stream()
                .map(report -> new double[] {report.trainingLoss(), report.heldOutLoss(), report.heldOutError()})
                .toArray(double[][]::new);
        to.array(HISTORY, Nd4j.createFromArray(reports));
    }

    /**
     * Goes on where {@link #save} was called, before the first epoch of this training. With the same options and
     * examples on the same backend, epochs to come are bit for bit those of a training that was never stopped.
     *
     * @param from the checkpoint to go on from
     */
    @Override
    public void restore(Checkpoint from) {
        new NetworkState(NETWORK, network).restore(from);
        if (options.averageDecay() > 0) {
            from.into(AVERAGE, current);
        }
        if (!heldOut.isEmpty()) {
            best = current.dup();
            from.into(BEST, best);
        }
        INDArray reports = from.array(HISTORY);
        if (reports.rank() != 2 || reports.size(1) != 3) {
            throw new CheckpointException("a checkpoint's history must have 3 columns, but has the shape "
                    + Arrays.toString(reports.shape()));
        }
        history.clear();
        bestLoss = Double.POSITIVE_INFINITY;
        bestEpoch = 0;
        for (int i = 0; i < reports.size(0); i++) {
            note(new EpochReport(i + 1, reports.getDouble(i, 0), reports.getDouble(i, 1), reports.getDouble(i, 2)));
        }
    }

    /**
     * The number of steps taken.
     *
     * @return the count, from 0
     */
    public long iteration() {
        return network.iteration();
    }

    /**
     * All epochs so far.
     *
     * @return a copy
     */
    public List<EpochReport> history() {
        return List.copyOf(history);
    }

    /**
     * The rates that concrete dropout has learned so far.
     *
     * @return one rate per place with concrete dropout, in the order of the layers
     */
    public List<Double> learnedRates() {
        return dropout.learnedRates();
    }

    /**
     * The classifier as trained so far: the epoch best on the held-out share, or without one the last.
     *
     * @return a classifier of its own, which further training does not change
     */
    public DropoutClassifier classifier() {
        return classifier(best.dup());
    }

    private DropoutClassifier classifier(INDArray parameters) {
        return new DropoutClassifier(
                network.graph().getConfiguration().clone(),
                parameters,
                new ClassifierDescription(
                        all.name(), all.fingerprint(), all.exampleShape(), all.classes(), List.copyOf(history)));
    }

    /**
     * What runs the network, for a manifest.
     *
     * @return the engine's name
     */
    public String engine() {
        return network.engine();
    }

    /** Frees the network. */
    @Override
    public void close() {
        network.close();
    }
}
