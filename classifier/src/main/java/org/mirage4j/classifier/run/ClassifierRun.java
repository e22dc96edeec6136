package org.mirage4j.classifier.run;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.mirage4j.classifier.AskingRule;
import org.mirage4j.classifier.ClassifierEvaluation;
import org.mirage4j.classifier.ClassifierOptions;
import org.mirage4j.classifier.ClassifierTraining;
import org.mirage4j.classifier.DropoutClassifier;
import org.mirage4j.classifier.EpochReport;
import org.mirage4j.classifier.table.TableClassifier;
import org.mirage4j.classifier.table.TablePreparation;
import org.mirage4j.core.MirageException;
import org.mirage4j.core.doctor.SystemFacts;
import org.mirage4j.core.io.Closing;
import org.mirage4j.core.run.CheckpointStore;
import org.mirage4j.core.run.Manifest;
import org.mirage4j.core.run.MetricsLog;
import org.mirage4j.core.run.MetricsTable;
import org.mirage4j.core.run.RunDirectory;

/**
 * One training run of a classifier, from options to report: leaves in its folder the configuration, a
 * manifest, one row of metrics per epoch, the model, {@code evaluation.json}, charts and a page that shows it
 * all. Not safe for concurrent use.
 */
public final class ClassifierRun implements AutoCloseable {
    static final String KIND = "classifier";
    static final String EPOCH = "epoch";
    static final String TRAINING_LOSS = "training_loss";
    static final String HELD_OUT_LOSS = "held_out_loss";
    static final String HELD_OUT_ERROR = "held_out_error";

    private static final int KEPT_CHECKPOINTS = 2;
    static final String PASSES = "passes";
    private static final String ACCURACY = "accuracy";
    private static final String ORIGIN = "origin";
    private static final String SECONDS = "seconds";

    /** What may be otherwise when a run goes on. */
    private static final Set<String> CHANGEABLE = Set.of("epochs", ORIGIN);

    private static final List<String> COLUMNS = List.of(EPOCH, SECONDS, TRAINING_LOSS, HELD_OUT_LOSS, HELD_OUT_ERROR);

    private final RunDirectory directory;
    private final ClassifierOptions options;
    private final ClassifierData data;
    private final ClassifierTraining training;
    private final int passes;
    private final double accuracy;
    private final CheckpointStore checkpoints;

    private ClassifierRun(
            RunDirectory directory,
            ClassifierOptions options,
            ClassifierData data,
            ClassifierTraining training,
            int passes,
            double accuracy) {
        this.directory = directory;
        this.options = options;
        this.data = data;
        this.training = training;
        this.passes = passes;
        this.accuracy = accuracy;
        this.checkpoints = new CheckpointStore(directory.checkpoints(), KEPT_CHECKPOINTS);
    }

    /** Watches a run and may end it. */
    @FunctionalInterface
    public interface Observer {
        /**
         * Called after each epoch, on the training thread.
         *
         * @param report what it came to, with losses on the calibration part where early stopping holds
         *     nothing out
         * @return false to end training here
         */
        boolean epochDone(EpochReport report);
    }

    /**
     * How a run ended and what there is to look at.
     *
     * @param epochs epochs done
     * @param finished whether there is nothing left to train
     * @param ordinary weight scaling on the test part
     * @param monteCarlo Monte Carlo prediction on the test part
     * @param rule when a person is asked
     * @param time wall time of training
     * @param report the page
     */
    public record Result(
            int epochs,
            boolean finished,
            ClassifierEvaluation ordinary,
            ClassifierEvaluation monteCarlo,
            AskingRule rule,
            Duration time,
            Path report) {}

    /**
     * What a run was started with.
     *
     * @param options how it trains
     * @param passes Monte Carlo passes of the evaluation
     * @param accuracy the accuracy wanted where no person is asked
     * @param origin where its data come from, as {@link #create} was told
     */
    public record Recipe(ClassifierOptions options, int passes, double accuracy, Map<String, String> origin) {
        /**
         * Copies the origin.
         *
         * @param options any
         * @param passes any
         * @param accuracy any
         * @param origin any
         */
        public Recipe {
            origin = Map.copyOf(origin);
        }
    }

    /**
     * Prepares a run and creates its folder.
     *
     * @param folder the run's folder, absent or empty
     * @param options how to train
     * @param data what to train and measure on
     * @param passes Monte Carlo passes of the evaluation, at least 1
     * @param accuracy the accuracy wanted where no person is asked, in (0, 1]
     * @return the run, not yet trained
     * @throws MirageException if a value is out of range or the folder is in use
     */
    public static ClassifierRun create(
            Path folder, ClassifierOptions options, ClassifierData data, int passes, double accuracy) {
        return create(folder, new Recipe(options, passes, accuracy, Map.of()), data);
    }

    /**
     * Prepares a run that remembers where its data come from.
     *
     * @param folder the run's folder, absent or empty
     * @param recipe how to train and measure, and whatever the caller needs to find the data again
     * @param data what to train and measure on
     * @return the run, not yet trained
     * @throws MirageException if a value is out of range or the folder is in use
     */
    public static ClassifierRun create(Path folder, Recipe recipe, ClassifierData data) {
        Map<String, Object> config = config(recipe);
        ClassifierTraining training = ClassifierTraining.start(recipe.options(), data.training());
        try {
            Manifest manifest = Manifest.start(
                    KIND, recipe.options().seed(), data.name(), data.fingerprint(), environment(training));
            RunDirectory directory = RunDirectory.create(folder, manifest, config);
            data.preparation().ifPresent(preparation -> RunSchema.write(directory, preparation.schema()));
            return new ClassifierRun(directory, recipe.options(), data, training, recipe.passes(), recipe.accuracy());
        } catch (RuntimeException | Error e) {
            Closing.after(e, training);
            throw e;
        }
    }

    private static Map<String, Object> config(Recipe recipe) {
        if (recipe.passes() < 1) {
            throw new MirageException(
                    "a Monte Carlo prediction needs at least 1 pass, but was asked for " + recipe.passes());
        }
        AskingRule.requireAccuracy(recipe.accuracy());
        Map<String, Object> config = new LinkedHashMap<>(OptionsMap.of(recipe.options()));
        config.put(PASSES, recipe.passes());
        config.put(ACCURACY, recipe.accuracy());
        config.put(ORIGIN, recipe.origin());
        return config;
    }

    private static Map<String, String> environment(ClassifierTraining training) {
        Map<String, String> environment =
                new LinkedHashMap<>(SystemFacts.gather(Path.of("")).manifest());
        environment.put("engine", training.engine());
        return environment;
    }

    /**
     * Reads what a run was started with, to {@link #resume} it or to run it again.
     *
     * @param folder the run's folder
     * @return its options and the origin of its data
     * @throws MirageException if the folder is no classifier's run, or its options cannot be read back, as those of
     *     an optimiser that the command line does not know
     */
    public static Recipe recipe(Path folder) {
        Map<String, Object> config = checked(RunDirectory.open(folder)).config();
        if (config.get(PASSES) instanceof Integer passes
                && config.get(ACCURACY) instanceof Number accuracy
                && config.get(ORIGIN) instanceof Map<?, ?> stored) {
            Map<String, String> origin = new LinkedHashMap<>();
            stored.forEach((name, value) -> origin.put(String.valueOf(name), String.valueOf(value)));
            return new Recipe(OptionsMap.read(config), passes, accuracy.doubleValue(), origin);
        }
        throw new MirageException("run " + folder + " cannot go on: its config.json lacks passes, accuracy or origin");
    }

    private static RunDirectory checked(RunDirectory directory) {
        String kind = directory.manifest().kind();
        if (!kind.equals(KIND)) {
            throw new MirageException("run " + directory.folder() + " must be a classifier's, but is of kind " + kind);
        }
        return directory;
    }

    /**
     * Opens a run that was stopped or killed, after its last whole epoch. Trained on, it ends with the bits of a run
     * that was never stopped, on the same backend and number of threads.
     *
     * @param folder the run's folder
     * @param recipe that of the run; only the number of epochs may be larger, and the origin another
     * @param data the data of the run
     * @return the run, to be trained on
     * @throws MirageException if the folder is no classifier's run or damaged, other options or data differ, or the
     *     run has ended, or another process is at work on it
     */
    public static ClassifierRun resume(Path folder, Recipe recipe, ClassifierData data) {
        RunDirectory directory = RunDirectory.resume(folder);
        try {
            return resume(checked(directory), recipe, data);
        } catch (RuntimeException | Error e) {
            Closing.after(e, directory);
            throw e;
        }
    }

    private static ClassifierRun resume(RunDirectory directory, Recipe recipe, ClassifierData data) {
        Map<String, Object> config = config(recipe);
        directory.refuseOtherOptions(RunDirectory.differences(directory.config(), config, CHANGEABLE));
        directory.refuseOtherData(data.name(), data.fingerprint());
        data.preparation().ifPresent(preparation -> RunSchema.requireSame(directory, preparation.schema()));
        ClassifierTraining training = ClassifierTraining.start(recipe.options(), data.training());
        try {
            ClassifierRun run =
                    new ClassifierRun(directory, recipe.options(), data, training, recipe.passes(), recipe.accuracy());
            run.checkpoints.latest().ifPresent(training::restore);
            run.refuseEnded();
            directory.configure(config);
            directory.warnOfOtherEnvironment(environment(training));
            directory.update(directory.manifest().withStatus(Manifest.Status.RUNNING));
            return run;
        } catch (RuntimeException | Error e) {
            Closing.after(e, training);
            throw e;
        }
    }

    private void refuseEnded() {
        int done = done();
        boolean ended = directory.manifest().status() == Manifest.Status.FINISHED && !training.goesOn();
        if (done > options.epochs() || ended) {
            String reason = done < options.epochs() ? "; its patience ran out" : "";
            throw new MirageException("run " + directory.folder() + " has done " + done
                    + " epochs" + reason + "; to go on, the number of epochs must be above that, but is "
                    + options.epochs());
        }
    }

    /**
     * Where the run is written.
     *
     * @return its folder
     */
    public Path folder() {
        return directory.folder();
    }

    /**
     * How far the run is.
     *
     * @return epochs done
     */
    public int done() {
        return training.history().size();
    }

    /**
     * Trains to the end, or until the observer ends it or the thread is interrupted, then measures and writes the
     * report; an interrupted thread stays so, and ends after the epoch at hand.
     *
     * @param observer told of every epoch
     * @return how it ended
     * @throws MirageException if training diverges or the folder cannot be written
     */
    public Result train(Observer observer) {
        try {
            Duration time = epochs(observer);
            Result result = measure(time);
            directory.update(directory
                    .manifest()
                    .withStatus(training.goesOn() ? Manifest.Status.STOPPED : Manifest.Status.FINISHED));
            return result;
        } catch (RuntimeException | Error e) {
            directory.recordFailure(e);
            throw e;
        }
    }

    private Result measure(Duration time) {
        try (DropoutClassifier classifier = training.classifier()) {
            Evidence evidence = Evidence.gather(classifier, data, passes, accuracy, options.seed());
            save(classifier, evidence.rule());
            Map<String, Object> numbers = evidence.toMap();
            numbers.put("dropoutRatesLearned", training.learnedRates());
            RunJson.write(directory.folder().resolve("evaluation.json"), numbers);
            int epochs = training.history().size();
            new ClassifierReport(directory, data, evidence, training.learnedRates()).write(epochs, time);
            return new Result(
                    epochs,
                    !training.goesOn(),
                    ClassifierEvaluation.of(evidence.ordinary()),
                    ClassifierEvaluation.of(evidence.monteCarlo()),
                    evidence.rule(),
                    time,
                    directory.report());
        }
    }

    /** Trains, and gives the time of all parts of the run. */
    private Duration epochs(Observer observer) {
        try (MetricsLog log = log()) {
            double before = seconds();
            long started = System.nanoTime();
            while (training.goesOn()) {
                EpochReport report = withLosses(training.epoch());
                log.row(
                        report.epoch(),
                        before + (System.nanoTime() - started) / 1e9,
                        report.trainingLoss(),
                        report.heldOutLoss(),
                        report.heldOutError());
                log.sync(); // a checkpoint never knows more than the log
                checkpoints.save(training.iteration(), report.heldOutLoss(), training::save);
                if (!observer.epochDone(report) || Thread.currentThread().isInterrupted()) {
                    break;
                }
            }
            return Duration.ofNanos((long) (before * 1e9) + System.nanoTime() - started);
        }
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

    /** The calibration part is no part of training, so it shows as well how that goes. */
    private EpochReport withLosses(EpochReport report) {
        if (options.heldOutShare() > 0) {
            return report;
        }
        try (DropoutClassifier now = training.classifier()) {
            ClassifierEvaluation evaluation = now.evaluate(data.calibration());
            return new EpochReport(
                    report.epoch(), report.trainingLoss(), evaluation.negativeLogLikelihood(), evaluation.error());
        }
    }

    private void save(DropoutClassifier classifier, AskingRule rule) {
        Path model = model(directory);
        Optional<TablePreparation> preparation = data.preparation();
        if (preparation.isPresent()) {
            new TableClassifier(preparation.get(), classifier, rule).save(model);
        } else {
            classifier.save(model);
            rule.save(model);
        }
    }

    static Path model(RunDirectory directory) {
        return directory.folder().resolve("model");
    }

    /** Frees the network and lets others write the run. */
    @Override
    public void close() {
        try (directory) {
            training.close();
        }
    }
}
