package org.mirage4j.classifier.run;

import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.mirage4j.classifier.ClassifierEvaluation;
import org.mirage4j.classifier.ClassifierOptions;
import org.mirage4j.classifier.ClassifierTraining;
import org.mirage4j.classifier.DropoutClassifier;
import org.mirage4j.classifier.EntropyThreshold;
import org.mirage4j.classifier.EpochReport;
import org.mirage4j.classifier.table.TableClassifier;
import org.mirage4j.classifier.table.TablePreparation;
import org.mirage4j.core.MirageException;
import org.mirage4j.core.doctor.SystemFacts;
import org.mirage4j.core.run.Manifest;
import org.mirage4j.core.run.MetricsLog;
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

    private static final List<String> COLUMNS = List.of(EPOCH, "seconds", TRAINING_LOSS, HELD_OUT_LOSS, HELD_OUT_ERROR);

    private final RunDirectory directory;
    private final ClassifierOptions options;
    private final ClassifierData data;
    private final ClassifierTraining training;
    private final int passes;
    private final double accuracy;

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
     * @param ordinary weight scaling on the test part
     * @param monteCarlo Monte Carlo prediction on the test part
     * @param time wall time of training
     * @param report the page
     */
    public record Result(
            int epochs, ClassifierEvaluation ordinary, ClassifierEvaluation monteCarlo, Duration time, Path report) {}

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
        if (passes < 1) {
            throw new MirageException("a Monte Carlo prediction needs at least 1 pass, but was asked for " + passes);
        }
        EntropyThreshold.requireAccuracy(accuracy);
        Map<String, Object> config = new LinkedHashMap<>(OptionsMap.of(options));
        config.put("passes", passes);
        config.put("accuracy", accuracy);
        ClassifierTraining training = ClassifierTraining.start(options, data.training());
        Map<String, String> environment =
                new LinkedHashMap<>(SystemFacts.gather(Path.of("")).manifest());
        environment.put("engine", training.engine());
        Manifest manifest = Manifest.start(KIND, options.seed(), data.name(), data.fingerprint(), environment);
        try {
            RunDirectory directory = RunDirectory.create(folder, manifest, config);
            return new ClassifierRun(directory, options, data, training, passes, accuracy);
        } catch (RuntimeException e) {
            training.close();
            throw e;
        }
    }

    /**
     * Trains to the end, or until the observer ends it, then measures and writes the report.
     *
     * @param observer told of every epoch
     * @return how it ended
     * @throws MirageException if training diverges or the folder cannot be written
     */
    public Result train(Observer observer) {
        try {
            long started = System.nanoTime();
            boolean whole = epochs(observer, started);
            Duration time = Duration.ofNanos(System.nanoTime() - started);
            Result result = measure(time);
            directory.update(
                    directory.manifest().withStatus(whole ? Manifest.Status.FINISHED : Manifest.Status.STOPPED));
            return result;
        } catch (RuntimeException e) {
            directory.update(directory.manifest().withStatus(Manifest.Status.FAILED));
            throw e;
        }
    }

    private Result measure(Duration time) {
        try (DropoutClassifier classifier = training.classifier()) {
            Evidence evidence = Evidence.gather(classifier, data, passes, accuracy, options.seed());
            save(classifier, evidence.threshold());
            Map<String, Object> numbers = evidence.toMap();
            numbers.put("dropoutRatesLearned", training.learnedRates());
            RunJson.write(directory.folder().resolve("evaluation.json"), numbers);
            int epochs = training.history().size();
            new ClassifierReport(directory, data, evidence, training.learnedRates()).write(epochs, time);
            return new Result(
                    epochs,
                    ClassifierEvaluation.of(evidence.ordinary()),
                    ClassifierEvaluation.of(evidence.monteCarlo()),
                    time,
                    directory.report());
        }
    }

    private boolean epochs(Observer observer, long started) {
        try (MetricsLog log = MetricsLog.create(directory.metrics(), COLUMNS)) {
            while (training.goesOn()) {
                EpochReport report = withLosses(training.epoch());
                log.row(
                        report.epoch(),
                        (System.nanoTime() - started) / 1e9,
                        report.trainingLoss(),
                        report.heldOutLoss(),
                        report.heldOutError());
                if (!observer.epochDone(report)) {
                    return !training.goesOn();
                }
            }
        }
        return true;
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

    private void save(DropoutClassifier classifier, EntropyThreshold threshold) {
        Path model = model(directory);
        Optional<TablePreparation> preparation = data.preparation();
        if (preparation.isPresent()) {
            new TableClassifier(preparation.get(), classifier, threshold).save(model);
        } else {
            classifier.save(model);
            threshold.save(model);
        }
    }

    static Path model(RunDirectory directory) {
        return directory.folder().resolve("model");
    }

    /** Frees the network. */
    @Override
    public void close() {
        training.close();
    }
}
