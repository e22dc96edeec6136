package org.mirage4j.classifier.uci;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.mirage4j.classifier.RegressionEvaluation;
import org.mirage4j.core.MirageException;
import org.mirage4j.core.doctor.SystemFacts;
import org.mirage4j.core.run.Manifest;
import org.mirage4j.core.run.MetricsLog;
import org.mirage4j.core.run.MetricsTable;
import org.mirage4j.core.run.RunDirectory;

/**
 * An experiment on all splits of a data set. Its folder holds one row of metrics per split, and splits that stand
 * there are not run again. Not safe for concurrent use.
 */
public final class UciRun implements AutoCloseable {
    private static final String KIND = "uci";
    private static final String SPLIT = "split";
    private static final List<String> COLUMNS = List.of(SPLIT, "rate", "tau", "rmse", "log_likelihood");

    private final RunDirectory directory;
    private final UciFolder data;
    private final UciExperiment experiment;

    private UciRun(RunDirectory directory, UciFolder data, UciExperiment experiment) {
        this.directory = directory;
        this.data = data;
        this.experiment = experiment;
    }

    /** Watches a run and may end it. */
    @FunctionalInterface
    public interface Observer {
        /**
         * Called after each split.
         *
         * @param done splits done, those of earlier sittings included
         * @param last the last one
         * @return false to end the run here
         */
        boolean splitDone(int done, UciExperiment.SplitResult last);
    }

    /**
     * Creates a run in a new or empty folder, or opens the one in it.
     *
     * @param folder the run's folder
     * @param name what to call the data
     * @param data the data set
     * @param experiment the recipe
     * @return the run
     * @throws MirageException if the folder holds something else, or the run of another recipe or on other data, or
     *     another process is at work in it
     */
    public static UciRun open(Path folder, String name, UciFolder data, UciExperiment experiment) {
        Map<String, Object> config = new LinkedHashMap<>();
        config.put("data", name);
        config.put("splits", data.splits());
        config.put("hidden", data.hidden());
        config.put("epochs", data.epochs() * experiment.epochMultiplier());
        config.put("passes", experiment.passes());
        config.put("seed", Long.toString(experiment.seed()));
        RunDirectory directory;
        if (Files.exists(folder.resolve("manifest.json"))) {
            directory = RunDirectory.resume(folder);
            if (!directory.manifest().kind().equals(KIND) || !directory.config().equals(config)) {
                directory.close();
                throw new MirageException("folder " + folder + " must hold an experiment with " + config
                        + ", but holds a run of kind " + directory.manifest().kind() + " with " + directory.config());
            }
            try {
                directory.refuseOtherData(name, data.fingerprint());
            } catch (RuntimeException | Error e) {
                directory.close();
                throw e;
            }
        } else {
            Manifest manifest = Manifest.start(
                    KIND,
                    experiment.seed(),
                    name,
                    data.fingerprint(),
                    SystemFacts.gather(Path.of("")).manifest());
            directory = RunDirectory.create(folder, manifest, config);
            try {
                MetricsLog.create(directory.metrics(), COLUMNS).close();
            } catch (RuntimeException | Error e) {
                directory.discard();
                throw e;
            }
        }
        return new UciRun(directory, data, experiment);
    }

    /**
     * How many splits earlier sittings have done.
     *
     * @return number of rows in the folder
     */
    public int done() {
        return read().size();
    }

    /**
     * Runs the splits that are left, or until the observer ends it or the thread is interrupted.
     *
     * @param observer told of each
     * @return all splits that are done, in their order
     * @throws MirageException if a training diverges or the folder cannot be written
     */
    public List<UciExperiment.SplitResult> run(Observer observer) {
        directory.requireOpen();
        try {
            directory.update(directory.manifest().withStatus(Manifest.Status.RUNNING));
            List<UciExperiment.SplitResult> results = runRest(observer);
            boolean whole = results.size() == data.splits();
            directory.update(
                    directory.manifest().withStatus(whole ? Manifest.Status.FINISHED : Manifest.Status.STOPPED));
            return results;
        } catch (RuntimeException | Error e) {
            directory.recordFailure(e);
            throw e;
        }
    }

    private List<UciExperiment.SplitResult> runRest(Observer observer) {
        List<UciExperiment.SplitResult> results = read();
        try (MetricsLog log = MetricsLog.resume(directory.metrics(), COLUMNS, SPLIT, data.splits())) {
            while (results.size() < data.splits()) {
                UciExperiment.SplitResult result = experiment.run(data, results.size());
                log.row(
                        result.split(),
                        result.rate(),
                        result.tau(),
                        result.test().rmse(),
                        result.test().logLikelihood());
                results.add(result);
                if (!observer.splitDone(results.size(), result)
                        || Thread.currentThread().isInterrupted()) {
                    break;
                }
            }
        }
        return results;
    }

    private List<UciExperiment.SplitResult> read() {
        MetricsTable table = MetricsTable.read(directory.metrics());
        List<UciExperiment.SplitResult> results = new ArrayList<>();
        for (int i = 0; i < table.rows(); i++) {
            results.add(new UciExperiment.SplitResult(
                    (int) table.column(SPLIT)[i],
                    table.column("rate")[i],
                    table.column("tau")[i],
                    new RegressionEvaluation(table.column("rmse")[i], table.column("log_likelihood")[i])));
        }
        return results;
    }

    /** Lets others write the folder. */
    @Override
    public void close() {
        directory.close();
    }
}
