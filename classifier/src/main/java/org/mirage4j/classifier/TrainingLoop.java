package org.mirage4j.classifier;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.mirage4j.classifier.dropout.DropoutGradients;
import org.mirage4j.core.MirageException;
import org.mirage4j.core.data.Batch;
import org.mirage4j.core.data.InMemoryExamples;
import org.mirage4j.core.data.SharedBatches;
import org.mirage4j.core.network.Network;
import org.mirage4j.core.random.RandomStreams;
import org.mirage4j.core.run.Checkpoint;
import org.mirage4j.core.run.CheckpointException;
import org.mirage4j.core.run.CheckpointWriter;
import org.mirage4j.core.run.NetworkState;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The training of one dropout network, epoch by epoch, whatever it predicts. Every draw is a function of the seed and
 * the iteration, so training n epochs now and m later is the same as n + m at once. Not safe for concurrent use.
 */
final class TrainingLoop implements EpochTraining {
    private static final String NETWORK = "network";
    private static final String AVERAGE = "average";
    private static final String BEST = "best";
    private static final String HISTORY = "history";

    private final ClassifierOptions options;
    private final Judge judge;
    private final SharedBatches batches;
    private final List<InMemoryExamples> heldOut;
    private final Network network;
    private final DropoutGradients dropout;
    private final RandomStreams streams;
    private final List<EpochReport> history = new ArrayList<>();

    /** What is evaluated and kept: the live parameters, or their moving average. */
    private final INDArray current;

    private final INDArray difference;
    private final INDArray best;
    private double bestLoss = Double.POSITIVE_INFINITY;
    private int bestEpoch;

    /** Says how good parameters are on examples that they were not trained on. */
    @FunctionalInterface
    interface Judge {
        /** The judgement, without dropout. */
        Score judge(INDArray parameters, InMemoryExamples heldOut);
    }

    /**
     * How good parameters are.
     *
     * @param loss what early stopping goes by
     * @param error what people read
     */
    record Score(double loss, double error) {}

    /** What becomes of the examples that are left over at the end of an epoch. */
    enum Remainder {
        DROPPED,
        SMALLER_BATCH
    }

    /**
     * Prepares to train.
     *
     * @param options epochs, batch size, seed, averaging and early stopping
     * @param configuration a network with a loss of its own for the examples' labels
     * @param examples examples with labels or targets
     * @param remainder what becomes of the last examples of an epoch
     * @param judge judges the held-out share, if there is one
     */
    TrainingLoop(
            ClassifierOptions options,
            ComputationGraphConfiguration configuration,
            InMemoryExamples examples,
            Remainder remainder,
            Judge judge) {
        this.options = options;
        this.judge = judge;
        this.streams = new RandomStreams(options.seed());
        InMemoryExamples training;
        if (options.heldOutShare() > 0) {
            InMemoryExamples.Split split = examples.split(options.heldOutShare(), streams.key("held-out", 0));
            training = split.training().shuffledBy(streams);
            this.heldOut = List.of(split.heldOut());
        } else {
            training = examples.shuffledBy(streams);
            this.heldOut = List.of();
        }
        if (remainder == Remainder.DROPPED && options.batchSize() > training.size()) {
            throw new MirageException("the batch size must be at most the number of training examples, "
                    + training.size() + ", but is " + options.batchSize());
        }
        this.batches = remainder == Remainder.DROPPED
                ? SharedBatches.whole(training, options.batchSize())
                : SharedBatches.all(training, options.batchSize());
        this.network = Network.create(configuration, streams.key("weights", 0));
        this.dropout = new DropoutGradients(network, training.size());
        boolean averaged = options.averageDecay() > 0;
        this.current = averaged ? network.parameters().dup() : network.parameters();
        this.difference = averaged ? network.parameters().dup() : network.parameters();
        this.best = heldOut.isEmpty() ? current : current.dup();
    }

    @Override
    public EpochReport epoch() {
        long steps = batches.perEpoch();
        double sum = 0;
        for (long step = 0; step < steps; step++) {
            int iteration = network.iteration();
            Batch batch = batches.batch(iteration);
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
            best.assign(current);
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
        Score score = judge.judge(current, heldOut.get(0));
        return new EpochReport(epoch, trainingLoss, score.loss(), score.error());
    }

    @Override
    public boolean goesOn() {
        int epochs = history.size();
        boolean patient = options.patience() == 0 || epochs - bestEpoch < options.patience();
        return epochs < options.epochs() && patient;
    }

    /** Writes parameters, updater state, moving average, the best epoch's parameters and all epochs' reports. */
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

    /** Goes on where {@link #save} was called, before the first epoch of this training. */
    @Override
    public void restore(Checkpoint from) {
        new NetworkState(NETWORK, network).restore(from);
        if (options.averageDecay() > 0) {
            from.into(AVERAGE, current);
        }
        if (!heldOut.isEmpty()) {
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

    @Override
    public long iteration() {
        return network.iteration();
    }

    @Override
    public List<EpochReport> history() {
        return List.copyOf(history);
    }

    @Override
    public List<Double> learnedRates() {
        return dropout.learnedRates();
    }

    /** What was held out of training, if anything. */
    Optional<InMemoryExamples> heldOut() {
        return heldOut.stream().findFirst();
    }

    /** A copy of the network's description. */
    ComputationGraphConfiguration configuration() {
        return network.graph().getConfiguration().clone();
    }

    /** A copy of the parameters of the epoch best on the held-out share, or without one of the last. */
    INDArray parameters() {
        return (bestEpoch == 0 ? current : best).dup();
    }

    @Override
    public String engine() {
        return network.engine();
    }

    /** Frees the network and the batches. */
    @Override
    public void close() {
        batches.close();
        network.close();
    }
}
