package org.mirage4j.classifier.run;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.mirage4j.classifier.ClassifierOptions;
import org.mirage4j.classifier.DropoutRegressor;
import org.mirage4j.classifier.EpochReport;
import org.mirage4j.classifier.ObservationNoise;
import org.mirage4j.classifier.RegressionEvaluation;
import org.mirage4j.classifier.RegressorTraining;
import org.mirage4j.classifier.calibration.ConformalInterval;
import org.mirage4j.classifier.table.TableEstimate;
import org.mirage4j.classifier.table.TableRegressor;
import org.mirage4j.core.MirageException;
import org.mirage4j.core.network.ModelFile;
import org.mirage4j.core.run.RunDirectory;
import org.mirage4j.core.table.CsvTable;

/**
 * One training run of a regressor, from options to report, as {@link ClassifierRun} is one of a classifier: leaves in its
 * folder the configuration, a manifest, one row of metrics per epoch, the model, {@code evaluation.json}, charts and a
 * page that shows it all. Not safe for concurrent use.
 */
public final class RegressorRun implements AutoCloseable {
    static final String KIND = "regressor";

    private static final String OWNER = "regressor";
    private static final String NOISE = "observationNoise";
    private static final String PASSES = "passes";
    private static final String COVERAGE = "coverage";
    private static final String MAX_WIDTH = "maxWidth";
    private static final String TARGET = "target";
    private static final String ORIGIN = "origin";
    private static final String ANY_WIDTH = "any";

    /** What may be otherwise when a run goes on. */
    private static final Set<String> CHANGEABLE = Set.of("epochs", MAX_WIDTH, ORIGIN);

    private final EpochRun<RegressorTraining> run;
    private final Recipe recipe;
    private final RegressionData data;

    private RegressorRun(EpochRun<RegressorTraining> run, Recipe recipe, RegressionData data) {
        this.run = run;
        this.recipe = recipe;
        this.data = data;
    }

    /**
     * What a run is started with.
     *
     * @param options how it trains
     * @param noise what is known about the spread of the target around its mean; constant or learned
     * @param passes Monte Carlo passes of the evaluation, at least 1
     * @param coverage the share of intervals that should hold their target, in (0, 1)
     * @param maxWidth the widest interval that needs no person, in the target's units, above 0; infinite for any
     * @param origin where its data come from, whatever the caller needs to find them again
     */
    public record Recipe(
            ClassifierOptions options,
            ObservationNoise noise,
            int passes,
            double coverage,
            double maxWidth,
            Map<String, String> origin) {
        /**
         * Checks the values.
         *
         * @param options any
         * @param noise any
         * @param passes at least 1
         * @param coverage in (0, 1)
         * @param maxWidth above 0
         * @param origin any
         */
        public Recipe {
            origin = Collections.unmodifiableMap(new LinkedHashMap<>(origin)); // in an order that is always the same
            if (passes < 1) {
                throw new MirageException(
                        "a Monte Carlo prediction needs at least 1 pass, but was asked for " + passes);
            }
            ConformalInterval.requireCoverage(coverage);
            requireWidth(maxWidth);
        }
    }

    /** Watches a run and may end it. */
    @FunctionalInterface
    public interface Observer {
        /**
         * Called after each epoch, on the training thread.
         *
         * @param report what it came to, with loss and error on the calibration part where early stopping holds nothing
         *     out; the error is the root mean squared one, in the target's units
         * @return false to end training here
         */
        boolean epochDone(EpochReport report);
    }

    /**
     * How a run ended and what there is to look at.
     *
     * @param epochs epochs done
     * @param finished whether there is nothing left to train
     * @param ordinaryError root mean squared error on the test part, without dropout
     * @param monteCarlo Monte Carlo prediction on the test part
     * @param meanError root mean squared error of the training part's mean on the test part
     * @param interval the calibrated intervals
     * @param coverage the share of the test part inside its intervals
     * @param usualLow the coverage that as many test rows fall below in one run of 40
     * @param usualHigh the coverage that they rise above in one run of 40
     * @param medianWidth the median width of the test part's intervals
     * @param tested how many rows the test part has
     * @param asked of how many of them a person is asked
     * @param time wall time of training
     * @param report the page
     */
    public record Result(
            int epochs,
            boolean finished,
            double ordinaryError,
            RegressionEvaluation monteCarlo,
            double meanError,
            ConformalInterval interval,
            double coverage,
            double usualLow,
            double usualHigh,
            double medianWidth,
            int tested,
            long asked,
            Duration time,
            Path report) {}

    /**
     * Prepares a run and creates its folder.
     *
     * @param folder the run's folder, absent or empty
     * @param recipe how to train and measure
     * @param data what to train and measure on
     * @return the run, not yet trained
     * @throws MirageException if a value is out of range, the calibration part is too small for the coverage, or the
     *     folder is in use
     */
    public static RegressorRun create(Path folder, Recipe recipe, RegressionData data) {
        requireEnough(recipe, data);
        return new RegressorRun(
                EpochRun.create(
                        folder,
                        identity(recipe, data),
                        () -> RegressorTraining.start(
                                recipe.options(), recipe.noise(), data.parts().training()),
                        directory -> RunSchema.write(directory, data.table().schema())),
                recipe,
                data);
    }

    /**
     * Opens a run that was stopped or killed, after its last whole epoch. Trained on, it ends with the bits of a run that
     * was never stopped, on the same backend and number of threads.
     *
     * @param folder the run's folder
     * @param recipe that of the run; only the number of epochs may be larger, and the allowed width and the origin others
     * @param data the data of the run
     * @return the run, to be trained on
     * @throws MirageException if the folder is no regressor's run or damaged, other options or data differ, or the run
     *     has ended, or another process is at work on it
     */
    public static RegressorRun resume(Path folder, Recipe recipe, RegressionData data) {
        requireEnough(recipe, data);
        return new RegressorRun(
                EpochRun.resume(
                        folder,
                        identity(recipe, data),
                        () -> RegressorTraining.start(
                                recipe.options(), recipe.noise(), data.parts().training()),
                        directory ->
                                RunSchema.requireSame(directory, data.table().schema())),
                recipe,
                data);
    }

    /** Before training, not after it. */
    private static void requireEnough(Recipe recipe, RegressionData data) {
        int rows = Math.toIntExact(data.parts().calibration().size());
        try {
            ConformalInterval.requireEnough(rows, recipe.coverage());
        } catch (MirageException e) {
            throw new MirageException(data.name() + ", of whose rows a fifth is for calibration: " + e.getMessage(), e);
        }
    }

    private static EpochRun.Identity identity(Recipe recipe, RegressionData data) {
        return new EpochRun.Identity(
                KIND,
                OWNER,
                recipe.options().seed(),
                data.name(),
                data.fingerprint(),
                config(recipe, data.table().target()),
                CHANGEABLE,
                recipe.options().epochs());
    }

    private static Map<String, Object> config(Recipe recipe, String target) {
        Map<String, Object> config = new LinkedHashMap<>(OptionsMap.of(recipe.options()));
        config.put(TARGET, target);
        config.put(NOISE, text(recipe.noise()));
        config.put(PASSES, recipe.passes());
        config.put(COVERAGE, recipe.coverage());
        config.put(MAX_WIDTH, Double.isInfinite(recipe.maxWidth()) ? ANY_WIDTH : (Object) recipe.maxWidth());
        config.put(ORIGIN, recipe.origin());
        return config;
    }

    private static String text(ObservationNoise noise) {
        if (noise instanceof ObservationNoise.Known known) {
            return "tau " + known.tau();
        }
        return noise instanceof ObservationNoise.Learned ? "learned" : "constant";
    }

    private static ObservationNoise noise(String text) {
        if (text.startsWith("tau ")) {
            try {
                return new ObservationNoise.Known(Double.parseDouble(text.substring("tau ".length())));
            } catch (NumberFormatException e) {
                throw new MirageException(
                        "the configuration's \"" + NOISE + "\" cannot be read back: it is " + text, e);
            }
        }
        return switch (text) {
            case "learned" -> new ObservationNoise.Learned();
            case "constant" -> new ObservationNoise.Constant();
            default ->
                throw new MirageException("the configuration's \"" + NOISE + "\" cannot be read back: it is " + text);
        };
    }

    /**
     * Reads what a run was started with, to {@link #resume} it or to run it again.
     *
     * @param folder the run's folder
     * @return its options and the origin of its data
     * @throws MirageException if the folder is no regressor's run, or its options cannot be read back
     */
    public static Recipe recipe(Path folder) {
        RunDirectory directory = EpochRun.requireKind(RunDirectory.open(folder), KIND, OWNER);
        Map<String, Object> config = directory.config();
        if (config.get(PASSES) instanceof Integer passes
                && config.get(COVERAGE) instanceof Number coverage
                && config.get(NOISE) instanceof String noise
                && config.get(ORIGIN) instanceof Map<?, ?> stored) {
            return new Recipe(
                    OptionsMap.read(config),
                    noise(noise),
                    passes,
                    coverage.doubleValue(),
                    config.get(MAX_WIDTH) instanceof Number width ? width.doubleValue() : Double.POSITIVE_INFINITY,
                    OptionsMap.origin(stored));
        }
        throw new MirageException(
                "run " + folder + " cannot go on: its config.json lacks passes, coverage, observationNoise or origin");
    }

    /**
     * Whether a folder holds a regressor's run.
     *
     * @param folder the folder of a run of any kind
     * @return true if {@link #predict} would look for its model there
     * @throws MirageException if it holds no run
     */
    public static boolean isIn(Path folder) {
        return RunDirectory.open(folder).manifest().kind().equals(KIND);
    }

    /**
     * How {@link #predict} predicts.
     *
     * @param passes Monte Carlo passes; the promise of the intervals holds with those of the run
     * @param seed decides the masks; the promise of the intervals holds with that of the run
     * @param maxWidth the widest interval that needs no person, in the target's units; infinite for any
     */
    public record PredictionOptions(int passes, long seed, double maxWidth) {
        /**
         * Checks the values.
         *
         * @param passes at least 1
         * @param seed any
         * @param maxWidth above 0
         */
        public PredictionOptions {
            requireWidth(maxWidth);
        }
    }

    /**
     * How a run was measured, and so how its model is to be used.
     *
     * @param folder the run's folder
     * @return passes, seed and width of the run
     * @throws MirageException if the folder is no regressor's run
     */
    public static PredictionOptions predictionOptions(Path folder) {
        Recipe recipe = recipe(folder);
        return new PredictionOptions(recipe.passes(), recipe.options().seed(), recipe.maxWidth());
    }

    /**
     * Predicts with the model of a run. The run may be a stranger's, see {@link ModelFile}.
     *
     * @param folder the run's folder
     * @param rows a table with the columns that the model was trained on
     * @param options how to predict, see {@link #predictionOptions}
     * @return one estimate per row
     * @throws MirageException if the folder is no regressor's run or holds no model, or the rows do not fit it
     */
    public static List<TableEstimate> predict(Path folder, CsvTable rows, PredictionOptions options) {
        try (TableRegressor regressor = TableRegressor.load(savedModel(folder))) {
            return regressor.predict(rows, options.passes(), options.seed(), options.maxWidth());
        }
    }

    /**
     * The intervals of a run's model.
     *
     * @param folder the run's folder
     * @return what they promise, and how wide they are
     * @throws MirageException if the folder is no regressor's run or holds no model
     */
    public static ConformalInterval interval(Path folder) {
        return ConformalInterval.load(savedModel(folder));
    }

    private static Path savedModel(Path folder) {
        RunDirectory directory = EpochRun.requireKind(RunDirectory.open(folder), KIND, OWNER);
        Path model = EpochRun.model(directory);
        if (!TableRegressor.isSavedIn(model)) {
            throw new MirageException("run " + folder + " holds no model; it is "
                    + directory.manifest().status().name().toLowerCase(Locale.ROOT));
        }
        return model;
    }

    private static void requireWidth(double maxWidth) {
        if (!(maxWidth > 0)) {
            throw new MirageException("the widest interval that needs no person must be above 0, but is " + maxWidth);
        }
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
     * Trains to the end, or until the observer ends it or the thread is interrupted, then measures and writes the report.
     *
     * @param observer told of every epoch
     * @return how it ended
     * @throws MirageException if training diverges or the folder cannot be written
     */
    public Result train(Observer observer) {
        return run.train(this::withLosses, observer::epochDone, this::measure);
    }

    /** The calibration part is no part of training, so it shows as well how that goes. */
    private EpochReport withLosses(EpochReport report) {
        if (recipe.options().heldOutShare() > 0) {
            return report;
        }
        EpochReport measured = run.training().measure(data.parts().calibration());
        return new EpochReport(report.epoch(), report.trainingLoss(), measured.heldOutLoss(), measured.heldOutError());
    }

    private Result measure(Duration time) {
        RegressorTraining training = run.training();
        try (DropoutRegressor regressor = training.regressor()) {
            RegressionEvidence evidence = RegressionEvidence.gather(
                    regressor,
                    training.measure(data.parts().test()).heldOutError(),
                    data,
                    recipe.passes(),
                    recipe.coverage(),
                    recipe.maxWidth(),
                    recipe.options().seed());
            new TableRegressor(data.parts().preparation(), regressor, evidence.interval())
                    .save(EpochRun.model(run.directory()));
            run.writeEvaluation(evidence.toMap());
            new RegressorReport(run.directory(), data, evidence, training.learnedRates()).write(run.done(), time);
            double[] usual = evidence.usualCoverage();
            return new Result(
                    run.done(),
                    !training.goesOn(),
                    evidence.ordinaryError(),
                    evidence.monteCarlo(),
                    evidence.meanError(),
                    evidence.interval(),
                    evidence.coverage(),
                    usual[0],
                    usual[1],
                    evidence.medianWidth(),
                    evidence.tested(),
                    evidence.asked(),
                    time,
                    run.directory().report());
        }
    }

    /** Frees the network and lets others write the run. */
    @Override
    public void close() {
        run.close();
    }
}
