package org.mirage4j.classifier;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.mirage4j.core.data.InMemoryExamples;
import org.mirage4j.core.memory.NativeMemory;
import org.mirage4j.core.network.NetworkBuilder;
import org.mirage4j.core.run.Checkpoint;
import org.mirage4j.core.run.CheckpointWriter;
import org.mirage4j.core.run.Resumable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The training of one regressor, epoch by epoch, as {@link ClassifierTraining} is that of a classifier: the network
 * learns standardised targets by their squared error, and every example is seen once an epoch. Every draw is a function
 * of the seed and the iteration. Not safe for concurrent use.
 */
final class RegressorTraining implements Resumable, AutoCloseable {
    private final TrainingLoop loop;
    private final Standardizer features;
    private final Standardizer target;
    private final double tau;

    /**
     * Prepares to train.
     *
     * @param options how the network is built and trained
     * @param tau precision of the observation noise, in the target's own units
     * @param rows features, one row per example
     * @param targets one value per example
     */
    RegressorTraining(ClassifierOptions options, double tau, double[][] rows, double[] targets) {
        this.features = Standardizer.fit(rows);
        double[][] column =
                Arrays.stream(targets).mapToObj(y -> new double[] {y}).toArray(double[][]::new);
        this.target = Standardizer.fit(column);
        this.tau = tau;
        INDArray inputs = features.floats(rows);
        double[] standardised = Arrays.stream(target.apply(column))
                .mapToDouble(row -> row[0])
                .toArray();
        InMemoryExamples examples = InMemoryExamples.withTargets("rows", inputs, standardised);
        NativeMemory.release(inputs);
        this.loop = new TrainingLoop(
                options,
                ClassifierNetwork.describe(
                        options, examples.exampleShape(), (NetworkBuilder builder) -> builder.squaredErrorOutput(1)),
                examples,
                TrainingLoop.Remainder.SMALLER_BATCH,
                this::judge);
    }

    private TrainingLoop.Score judge(INDArray parameters, InMemoryExamples heldOut) {
        try (DropoutRegressor now = regressor(parameters)) {
            INDArray inputs =
                    heldOut.examples(0, Math.toIntExact(heldOut.size())).features();
            double[] means = now.standardised(inputs);
            NativeMemory.release(inputs);
            float[] targets = heldOut.targets();
            double squares = 0;
            for (int i = 0; i < targets.length; i++) {
                squares += (means[i] - targets[i]) * (means[i] - targets[i]) / targets.length;
            }
            return new TrainingLoop.Score(squares, target.scale(0) * Math.sqrt(squares));
        }
    }

    EpochReport epoch() {
        return loop.epoch();
    }

    boolean goesOn() {
        return loop.goesOn();
    }

    long iteration() {
        return loop.iteration();
    }

    List<EpochReport> history() {
        return loop.history();
    }

    @Override
    public void save(CheckpointWriter to) throws IOException {
        loop.save(to);
    }

    @Override
    public void restore(Checkpoint from) {
        loop.restore(from);
    }

    /** The regressor as trained so far, which further training does not change. */
    DropoutRegressor regressor() {
        return regressor(loop.parameters());
    }

    private DropoutRegressor regressor(INDArray parameters) {
        return new DropoutRegressor(
                loop.configuration(), parameters, new DropoutRegressor.Scales(features, target, tau));
    }

    @Override
    public void close() {
        loop.close();
    }
}
