package org.mirage4j.classifier.run;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
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
import org.mirage4j.core.run.RunDirectory;

/**
 * One training run of a classifier, from options to report: leaves in its folder the configuration, a
 * manifest, one row of metrics per epoch, the model, {@code evaluation.json}, charts and a page that shows it
 * all. Not safe for concurrent use.
 */
public final class ClassifierRun implements AutoCloseable {
    static final String KIND = "classifier";
    static final String PASSES = "passes";
    private static final String ACCURACY = "accuracy";
    private static final String CONFIDENCE = "confidence";
    private static final String ORIGIN = "origin";

    /** What may be otherwise when a run goes on. */
    private static final Set<String> CHANGEABLE = Set.of("epochs", ORIGIN);

    private final EpochRun<ClassifierTraining> run;
    private final Recipe recipe;
    private final ClassifierData data;

    private ClassifierRun(EpochRun<ClassifierTraining> run, Recipe recipe, ClassifierData data) {
        this.run = run;
        this.recipe = recipe;
        this.data = data;
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
     * @param confidence with which it is promised
     * @param origin where its data come from, as {@link #create} was told
     */
    public record Recipe(
            ClassifierOptions options, int passes, double accuracy, double confidence, Map<String, String> origin) {
        /**
         * Copies the origin.
         *
         * @param options any
         * @param passes any
         * @param accuracy any
         * @param confidence any
         * @param origin any
         */
        public Recipe {
            origin = Collections.unmodifiableMap(new LinkedHashMap<>(origin)); // in an order that is always the same
        }

        /**
         * A recipe with the usual confidence.
         *
         * @param options any
         * @param passes any
         * @param accuracy any
         * @param origin any
         */
        public Recipe(ClassifierOptions options, int passes, double accuracy, Map<String, String> origin) {
            this(options, passes, accuracy, AskingRule.CONFIDENCE, origin);
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
        return new ClassifierRun(
                EpochRun.create(
                        folder,
                        identity(recipe, data),
                        () -> ClassifierTraining.start(recipe.options(), data.training()),
                        directory -> data.preparation()
                                .ifPresent(preparation -> RunSchema.write(directory, preparation.schema()))),
                recipe,
                data);
    }

    private static EpochRun.Identity identity(Recipe recipe, ClassifierData data) {
        return new EpochRun.Identity(
                KIND,
                KIND,
                recipe.options().seed(),
                data.name(),
                data.fingerprint(),
                config(recipe),
                CHANGEABLE,
                recipe.options().epochs());
    }

    private static Map<String, Object> config(Recipe recipe) {
        if (recipe.passes() < 1) {
            throw new MirageException(
                    "a Monte Carlo prediction needs at least 1 pass, but was asked for " + recipe.passes());
        }
        AskingRule.requireAccuracy(recipe.accuracy());
        AskingRule.requireConfidence(recipe.confidence());
        Map<String, Object> config = new LinkedHashMap<>(OptionsMap.of(recipe.options()));
        config.put(PASSES, recipe.passes());
        config.put(ACCURACY, recipe.accuracy());
        config.put(CONFIDENCE, recipe.confidence());
        config.put(ORIGIN, recipe.origin());
        return config;
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
        Map<String, Object> config =
                EpochRun.requireKind(RunDirectory.open(folder), KIND, KIND).config();
        if (config.get(PASSES) instanceof Integer passes
                && config.get(ACCURACY) instanceof Number accuracy
                && config.getOrDefault(CONFIDENCE, AskingRule.CONFIDENCE) instanceof Number confidence
                && config.get(ORIGIN) instanceof Map<?, ?> stored) {
            return new Recipe(
                    OptionsMap.read(config),
                    passes,
                    accuracy.doubleValue(),
                    confidence.doubleValue(),
                    OptionsMap.origin(stored));
        }
        throw new MirageException(
                "run " + folder + " cannot go on: its config.json lacks passes, accuracy, confidence or origin");
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
        return new ClassifierRun(
                EpochRun.resume(
                        folder,
                        identity(recipe, data),
                        () -> ClassifierTraining.start(recipe.options(), data.training()),
                        directory -> data.preparation()
                                .ifPresent(preparation -> RunSchema.requireSame(directory, preparation.schema()))),
                recipe,
                data);
    }

    /**
     * Where the run is written.
     *
     * @return its folder
     */
    public Path folder() {
        return run.directory().folder();
    }

    /**
     * How far the run is.
     *
     * @return epochs done
     */
    public int done() {
        return run.done();
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
        return run.train(this::withLosses, observer::epochDone, this::measure);
    }

    private Result measure(Duration time) {
        ClassifierTraining training = run.training();
        RunDirectory directory = run.directory();
        try (DropoutClassifier classifier = training.classifier()) {
            Evidence evidence = Evidence.gather(
                    classifier,
                    data,
                    recipe.passes(),
                    recipe.accuracy(),
                    recipe.confidence(),
                    recipe.options().seed());
            save(classifier, evidence.rule());
            run.writeEvaluation(evidence.toMap());
            new ClassifierReport(directory, data, evidence, training.learnedRates()).write(run.done(), time);
            return new Result(
                    run.done(),
                    !training.goesOn(),
                    ClassifierEvaluation.of(evidence.ordinary()),
                    ClassifierEvaluation.of(evidence.monteCarlo()),
                    evidence.rule(),
                    time,
                    directory.report());
        }
    }

    /** The calibration part is no part of training, so it shows as well how that goes. */
    private EpochReport withLosses(EpochReport report) {
        if (recipe.options().heldOutShare() > 0) {
            return report;
        }
        try (DropoutClassifier now = run.training().classifier()) {
            ClassifierEvaluation evaluation = now.evaluate(data.calibration());
            return new EpochReport(
                    report.epoch(), report.trainingLoss(), evaluation.negativeLogLikelihood(), evaluation.error());
        }
    }

    private void save(DropoutClassifier classifier, AskingRule rule) {
        Path model = EpochRun.model(run.directory());
        Optional<TablePreparation> preparation = data.preparation();
        if (preparation.isPresent()) {
            new TableClassifier(preparation.get(), classifier, rule).save(model);
        } else {
            classifier.save(model);
            rule.save(model);
        }
    }

    /** Frees the network and lets others write the run. */
    @Override
    public void close() {
        run.close();
    }
}
