package org.mirage4j.classifier.run;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.mirage4j.classifier.EpochReport;
import org.mirage4j.classifier.EpochTraining;
import org.mirage4j.core.MirageException;
import org.mirage4j.core.doctor.SystemFacts;
import org.mirage4j.core.io.Closing;
import org.mirage4j.core.run.CheckpointStore;
import org.mirage4j.core.run.Manifest;
import org.mirage4j.core.run.MetricsLog;
import org.mirage4j.core.run.MetricsTable;
import org.mirage4j.core.run.RunDirectory;

/**
 * The life of a run that trains one network epoch by epoch, whatever that predicts: its folder, log, checkpoints and
 * status. Not safe for concurrent use.
 *
 * @param <T> the kind of training
 */
final class EpochRun<T extends EpochTraining> implements AutoCloseable {
    static final String EPOCH = "epoch";
    static final String TRAINING_LOSS = "training_loss";
    static final String HELD_OUT_LOSS = "held_out_loss";
    static final String HELD_OUT_ERROR = "held_out_error";

    private static final int KEPT_CHECKPOINTS = 2;
    private static final String SECONDS = "seconds";
    private static final List<String> COLUMNS = List.of(EPOCH, SECONDS, TRAINING_LOSS, HELD_OUT_LOSS, HELD_OUT_ERROR);

    private final RunDirectory directory;
    private final T training;
    private final CheckpointStore checkpoints;

    private EpochRun(RunDirectory directory, T training) {
        this.directory = directory;
        this.training = training;
        this.checkpoints = new CheckpointStore(directory.checkpoints(), KEPT_CHECKPOINTS);
    }

    /**
     * What a run is, as its folder says it.
     *
     * @param kind the manifest's kind
     * @param owner what messages call it, as in "must be a regressor's"
     * @param seed what everything random is drawn from
     * @param dataName what its data are called
     * @param dataFingerprint what tells its data from others
     * @param config how it trains and measures
     * @param changeable names in the configuration that may be otherwise when it goes on
     * @param epochs how long it trains at most
     */
    record Identity(
            String kind,
            String owner,
            long seed,
            String dataName,
            String dataFingerprint,
            Map<String, Object> config,
            Set<String> changeable,
            int epochs) {}

    /**
     * Creates the folder of a run.
     *
     * @param begin what else to put there, told of the folder
     */
    static <T extends EpochTraining> EpochRun<T> create(
            Path folder, Identity identity, Supplier<T> start, Consumer<RunDirectory> begin) {
        T training = start.get();
        try {
            Manifest manifest = Manifest.start(
                    identity.kind(),
                    identity.seed(),
                    identity.dataName(),
                    identity.dataFingerprint(),
                    environment(training));
            RunDirectory directory = RunDirectory.create(folder, manifest, identity.config());
            try {
                begin.accept(directory);
                return new EpochRun<>(directory, training);
            } catch (RuntimeException | Error e) {
                Closing.after(e, directory);
                throw e;
            }
        } catch (RuntimeException | Error e) {
            Closing.after(e, training);
            throw e;
        }
    }

    /**
     * Goes on with the run in a folder.
     *
     * @param check what else must hold, told of the folder before training is prepared
     */
    static <T extends EpochTraining> EpochRun<T> resume(
            Path folder, Identity identity, Supplier<T> start, Consumer<RunDirectory> check) {
        RunDirectory directory = RunDirectory.resume(folder);
        try {
            requireKind(directory, identity.kind(), identity.owner());
            directory.refuseOtherOptions(
                    RunDirectory.differences(directory.config(), identity.config(), identity.changeable()));
            directory.refuseOtherData(identity.dataName(), identity.dataFingerprint());
            check.accept(directory);
            T training = start.get();
            try {
                EpochRun<T> run = new EpochRun<>(directory, training);
                run.checkpoints.latest().ifPresent(training::restore);
                run.refuseEnded(identity.epochs());
                directory.configure(identity.config());
                directory.warnOfOtherEnvironment(environment(training));
                directory.update(directory.manifest().withStatus(Manifest.Status.RUNNING));
                return run;
            } catch (RuntimeException | Error e) {
                Closing.after(e, training);
                throw e;
            }
        } catch (RuntimeException | Error e) {
            Closing.after(e, directory);
            throw e;
        }
    }

    static RunDirectory requireKind(RunDirectory directory, String kind, String owner) {
        String found = directory.manifest().kind();
        if (!found.equals(kind)) {
            throw new MirageException(
                    "run " + directory.folder() + " must be a " + owner + "'s, but is of kind " + found);
        }
        return directory;
    }

    private static Map<String, String> environment(EpochTraining training) {
        Map<String, String> environment =
                new LinkedHashMap<>(SystemFacts.gather(Path.of("")).manifest());
        environment.put("engine", training.engine());
        return environment;
    }

    private void refuseEnded(int epochs) {
        int done = done();
        boolean ended = directory.manifest().status() == Manifest.Status.FINISHED && !training.goesOn();
        if (done > epochs || ended) {
            String reason = done < epochs ? "; its patience ran out" : "";
            throw new MirageException("run " + directory.folder() + " has done " + done + " epochs" + reason
                    + "; to go on, the number of epochs must be above that, but is " + epochs);
        }
    }

    /** Where a run keeps its model. */
    static Path model(RunDirectory directory) {
        return directory.folder().resolve("model");
    }

    RunDirectory directory() {
        return directory;
    }

    T training() {
        return training;
    }

    /** Epochs done. */
    int done() {
        return training.history().size();
    }

    /**
     * Trains to the end, or until the observer ends it or the thread is interrupted, then measures.
     *
     * @param withLosses completes the report of an epoch
     * @param observer told of every epoch; false ends training
     * @param measure told of the time of all parts of the run
     */
    <R> R train(UnaryOperator<EpochReport> withLosses, Predicate<EpochReport> observer, Function<Duration, R> measure) {
        directory.requireOpen();
        try {
            R result = measure.apply(epochs(withLosses, observer));
            directory.update(directory
                    .manifest()
                    .withStatus(training.goesOn() ? Manifest.Status.STOPPED : Manifest.Status.FINISHED));
            return result;
        } catch (RuntimeException | Error e) {
            directory.recordFailure(e);
            throw e;
        }
    }

    private Duration epochs(UnaryOperator<EpochReport> withLosses, Predicate<EpochReport> observer) {
        try (MetricsLog log = log()) {
            double before = seconds();
            long started = System.nanoTime();
            while (training.goesOn()) {
                EpochReport report = withLosses.apply(training.epoch());
                log.row(
                        report.epoch(),
                        before + (System.nanoTime() - started) / 1e9,
                        report.trainingLoss(),
                        report.heldOutLoss(),
                        report.heldOutError());
                log.sync(); // a checkpoint never knows more than the log
                checkpoints.save(training.iteration(), report.heldOutLoss(), training::save);
                if (!observer.test(report) || Thread.currentThread().isInterrupted()) {
                    break;
                }
            }
            return Duration.ofNanos((long) (before * 1e9) + System.nanoTime() - started);
        }
    }

    /** Writes what the run was measured to be, and the dropout rates that its network learned. */
    void writeEvaluation(Map<String, Object> numbers) {
        numbers.put("dropoutRatesLearned", training.learnedRates());
        RunJson.write(directory.folder().resolve("evaluation.json"), numbers);
    }

    private MetricsLog log() {
        return Files.exists(directory.metrics())
                ? MetricsLog.resume(directory.metrics(), COLUMNS, EPOCH, done())
                : MetricsLog.create(directory.metrics(), COLUMNS);
    }

    /** What the log says of the time so far. */
    private double seconds() {
        double[] seconds = MetricsTable.read(directory.metrics()).column(SECONDS);
        return seconds.length == 0 ? 0 : seconds[seconds.length - 1];
    }

    /** Frees the network and lets others write the run. */
    @Override
    public void close() {
        try (directory) {
            training.close();
        }
    }
}
