package org.mirage4j.classifier;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.mirage4j.core.MirageException;
import org.mirage4j.core.data.InMemoryExamples;
import org.mirage4j.core.loss.GaussianLikelihood;
import org.mirage4j.core.memory.NativeMemory;
import org.mirage4j.core.network.NetworkBuilder;
import org.mirage4j.core.run.Checkpoint;
import org.mirage4j.core.run.CheckpointWriter;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The training of one regressor, epoch by epoch, as {@link ClassifierTraining} is that of a classifier. The network learns
 * targets standardised by all training examples: their mean by the squared error, or mean and variance by the normal
 * likelihood. Every example is seen once an epoch; what is left over makes a smaller batch. Every draw is a function of
 * the seed and the iteration, so training n epochs now and m later is the same as n + m at once. Not safe for concurrent
 * use.
 */
public final class RegressorTraining implements EpochTraining {
    /** No network of floats predicts more closely, as a share of the target's deviation. */
    private static final double SMALLEST_NOISE = 1e-6;

    private final TrainingLoop loop;
    private final ObservationNoise noise;
    private final @Nullable Standardizer features;
    private final Standardizer target;
    private final InMemoryExamples standardised;

    private RegressorTraining(
            ClassifierOptions options,
            ObservationNoise noise,
            @Nullable Standardizer features,
            InMemoryExamples examples) {
        this.noise = noise;
        this.features = features;
        double[][] column = Arrays.stream(examples.targets())
                .mapToObj(y -> new double[] {y})
                .toArray(double[][]::new);
        if (column.length == 0) {
            throw new MirageException(
                    "a regressor needs examples with a number each, but " + examples.name() + " has none");
        }
        this.target = Standardizer.fit(column);
        this.standardised = examples.replaceTargets(
                Arrays.stream(target.apply(column)).mapToDouble(row -> row[0]).toArray());
        this.loop = new TrainingLoop(
                options,
                ClassifierNetwork.describe(options, examples.exampleShape(), this::head),
                standardised,
                TrainingLoop.Remainder.SMALLER_BATCH,
                this::judge);
    }

    private NetworkBuilder head(NetworkBuilder builder) {
        return noise instanceof ObservationNoise.Learned
                ? builder.lossOutput("mean-and-variance", 2, new GaussianLikelihood())
                : builder.squaredErrorOutput(1);
    }

    /**
     * Prepares to train.
     *
     * @param options how the network is built and trained
     * @param noise what is known about the spread of the target around its mean
     * @param examples examples with {@link InMemoryExamples#withTargets targets}, whose features are standardised already
     * @return training that has not begun
     * @throws MirageException if the examples have no targets or do not fit the options
     */
    public static RegressorTraining start(
            ClassifierOptions options, ObservationNoise noise, InMemoryExamples examples) {
        return new RegressorTraining(options, noise, null, examples);
    }

    /** Training on rows as they are, which the regressor will standardise too. */
    static RegressorTraining standardising(
            ClassifierOptions options, ObservationNoise noise, double[][] rows, double[] targets) {
        Standardizer features = Standardizer.fit(rows);
        INDArray inputs = features.floats(rows);
        InMemoryExamples examples = InMemoryExamples.withTargets("rows", inputs, targets);
        NativeMemory.release(inputs);
        return new RegressorTraining(options, noise, features, examples);
    }

    private TrainingLoop.Score judge(INDArray parameters, InMemoryExamples heldOut) {
        try (DropoutRegressor now =
                regressor(parameters, noise instanceof ObservationNoise.Learned ? DropoutRegressor.LEARNED : 1)) {
            float[][] outputs = now.outputs(heldOut);
            double[] targets = heldOut.targets();
            double loss = 0;
            double squares = 0;
            for (int i = 0; i < targets.length; i++) {
                double difference = outputs[i][0] - targets[i];
                squares += difference * difference / targets.length;
                loss += (noise instanceof ObservationNoise.Learned
                                ? GaussianLikelihood.differentiate(outputs[i], targets[i])
                                : difference * difference)
                        / targets.length;
            }
            return new TrainingLoop.Score(loss, target.scale(0) * Math.sqrt(squares));
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

    @Override
    public String engine() {
        return loop.engine();
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

    /**
     * The regressor as trained so far: the epoch best on the held-out share, or without one the last.
     *
     * @return a regressor of its own, which further training does not change
     */
    public DropoutRegressor regressor() {
        return regressor(loop.parameters(), tau());
    }

    /**
     * Loss and error of the regressor as trained so far on other examples, without dropout.
     *
     * @param examples with targets in their own units
     * @return as in an {@link EpochReport} of as many epochs, without a training loss
     */
    public EpochReport measure(InMemoryExamples examples) {
        double[] column = new double[(int) examples.size()];
        double[] targets = examples.targets();
        for (int i = 0; i < column.length; i++) {
            column[i] = target.apply(0, targets[i]);
        }
        INDArray parameters = loop.parameters();
        TrainingLoop.Score score = judge(parameters, examples.replaceTargets(column));
        NativeMemory.release(parameters);
        return new EpochReport(loop.history().size(), Double.NaN, score.loss(), score.error());
    }

    private double tau() {
        if (noise instanceof ObservationNoise.Known known) {
            return known.tau();
        }
        if (noise instanceof ObservationNoise.Learned) {
            return DropoutRegressor.LEARNED;
        }
        INDArray parameters = loop.parameters();
        double deviation =
                judge(parameters, loop.heldOut().orElse(standardised)).error();
        NativeMemory.release(parameters);
        double floor = SMALLEST_NOISE * target.scale(0);
        return 1 / Math.max(deviation * deviation, floor * floor);
    }

    private DropoutRegressor regressor(INDArray parameters, double tau) {
        return new DropoutRegressor(
                loop.configuration(), parameters, new DropoutRegressor.Scales(features, target, tau));
    }

    @Override
    public void close() {
        loop.close();
    }
}
