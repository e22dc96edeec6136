package org.mirage4j.classifier.run;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CancellationException;
import java.util.function.Consumer;
import org.mirage4j.classifier.ClassifierOptions;
import org.mirage4j.classifier.table.TableFolds;
import org.mirage4j.classifier.table.TargetFolds;
import org.mirage4j.classifier.tuning.Candidate;
import org.mirage4j.classifier.tuning.CandidateScore;
import org.mirage4j.classifier.tuning.Choice;
import org.mirage4j.classifier.tuning.CrossValidation;
import org.mirage4j.classifier.tuning.FoldResult;
import org.mirage4j.classifier.tuning.FoldSource;
import org.mirage4j.core.doctor.SystemFacts;
import org.mirage4j.core.run.Manifest;
import org.mirage4j.core.run.MetricsLog;
import org.mirage4j.core.run.RunDirectory;

/**
 * A search for the dropout rate by cross-validation that leaves in its folder one row of metrics per candidate
 * and fold as they end, {@code tuning.json}, a chart and a page. Not safe for concurrent use.
 */
public final class TuningRun implements AutoCloseable {
    private static final List<String> COLUMNS = List.of("candidate", "fold", "epochs", "loss", "error");

    private final RunDirectory directory;
    private final TuningPlan plan;
    private final FoldSource source;
    private final CrossValidation validation;

    private TuningRun(RunDirectory directory, TuningPlan plan, FoldSource source, CrossValidation validation) {
        this.directory = directory;
        this.plan = plan;
        this.source = source;
        this.validation = validation;
    }

    /** Watches a search and may end it. */
    @FunctionalInterface
    public interface Observer {
        /**
         * Called after each candidate and fold, from one thread at a time.
         *
         * @param done results so far
         * @param result the last one
         * @return false to end the search here
         */
        boolean resultDone(int done, FoldResult result);
    }

    /**
     * How a search ended.
     *
     * @param rates scores of the rates, over the folds that were finished; those of which none was are left out
     * @param rivals the same of the rivals
     * @param epochs epochs that each was trained, in the order of rates and rivals
     * @param finished whether the search came to its end
     * @param report the page
     */
    public record Result(
            List<CandidateScore> rates,
            List<CandidateScore> rivals,
            List<Integer> epochs,
            boolean finished,
            Path report) {
        /**
         * Copies lists.
         *
         * @param rates scores of the rates
         * @param rivals scores of the rivals
         * @param epochs epochs trained
         * @param finished whether the search came to its end
         * @param report the page
         */
        public Result {
            rates = List.copyOf(rates);
            rivals = List.copyOf(rivals);
            epochs = List.copyOf(epochs);
        }

        /**
         * The choice among the rates that were trained longest.
         *
         * @return nothing if the search was ended early
         */
        public Optional<Choice> choice() {
            if (!finished) {
                return Optional.empty();
            }
            int longest = epochs.subList(0, rates.size()).stream()
                    .max(Comparator.naturalOrder())
                    .orElse(0);
            List<CandidateScore> last = new ArrayList<>();
            for (int i = 0; i < rates.size(); i++) {
                if (epochs.get(i) == longest) {
                    last.add(rates.get(i));
                }
            }
            return Optional.of(Choice.of(last));
        }

        /**
         * Rates, then rivals.
         *
         * @return all scores
         */
        public List<CandidateScore> all() {
            List<CandidateScore> all = new ArrayList<>(rates);
            all.addAll(rivals);
            return all;
        }
    }

    /**
     * Prepares a search and creates its folder.
     *
     * @param folder the run's folder, absent or empty
     * @param options what all candidates have in common, for the record
     * @param plan what to try
     * @param source the examples
     * @param dataName what to call them
     * @param dataFingerprint what tells them from others
     * @return the search, not yet begun
     * @throws org.mirage4j.core.MirageException if a value is out of range or the folder is in use
     */
    public static TuningRun create(
            Path folder,
            ClassifierOptions options,
            TuningPlan plan,
            FoldSource source,
            String dataName,
            String dataFingerprint) {
        CrossValidation validation = new CrossValidation(source, plan.folds(), options.seed(), plan.threads());
        Map<String, Object> config = new LinkedHashMap<>(OptionsMap.of(options));
        config.remove("hiddenDropout"); // what the candidates differ in
        config.put("candidates", names(plan.rates()));
        config.put("rivals", names(plan.rivals()));
        config.put("folds", plan.folds());
        config.put("halving", plan.halving());
        config.put("loss", source.lossName());
        Manifest manifest = Manifest.start(
                "tuning",
                options.seed(),
                dataName,
                dataFingerprint,
                SystemFacts.gather(Path.of("")).manifest());
        RunDirectory directory = RunDirectory.create(folder, manifest, config);
        if (source instanceof TableFolds table) {
            RunSchema.write(directory, table.schema());
        } else if (source instanceof TargetFolds folds) {
            RunSchema.write(directory, folds.table().schema());
        }
        return new TuningRun(directory, plan, source, validation);
    }

    private static List<String> names(List<Candidate> candidates) {
        return candidates.stream().map(Candidate::name).toList();
    }

    /**
     * Searches to the end, or until the observer ends it or the thread is interrupted, and writes what there is.
     *
     * @param observer told of every candidate and fold
     * @return how it ended
     * @throws org.mirage4j.core.MirageException if a training diverges or the folder cannot be written
     */
    public Result run(Observer observer) {
        directory.requireOpen();
        List<Candidate> candidates = new ArrayList<>(plan.rates());
        candidates.addAll(plan.rivals());
        try {
            Finished finished = new Finished(candidates);
            boolean whole = search(candidates, finished, observer);
            Result result = finished.result(whole);
            new TuningReport(directory, plan, source, result).write();
            directory.update(
                    directory.manifest().withStatus(whole ? Manifest.Status.FINISHED : Manifest.Status.STOPPED));
            return result;
        } catch (RuntimeException | Error e) {
            directory.recordFailure(e);
            throw e;
        }
    }

    private boolean search(List<Candidate> candidates, Finished finished, Observer observer) {
        try (MetricsLog log = MetricsLog.create(directory.metrics(), COLUMNS)) {
            int[] done = {0};
            boolean[] stopped = {false};
            try {
                Consumer<FoldResult> listener = result -> {
                    if (stopped[0]) {
                        throw new Stop();
                    }
                    finished.add(result);
                    log.row(
                            candidates.indexOf(result.candidate()),
                            result.fold(),
                            result.epochs(),
                            result.loss(),
                            result.error());
                    if (!observer.resultDone(++done[0], result) && done[0] < plan.results()) {
                        stopped[0] = true;
                        throw new Stop();
                    }
                };
                if (plan.halving()) {
                    validation.halve(candidates, listener);
                } else {
                    validation.compare(candidates, listener);
                }
                return true;
            } catch (Stop | CancellationException e) {
                return false;
            }
        }
    }

    /** Lets others write the folder. */
    @Override
    public void close() {
        directory.close();
    }

    /** Carries the observer's wish through the cross-validation. */
    private static final class Stop extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Stop() {
            super("stopped", null, false, false);
        }
    }

    /** Results by candidate and fold; a later one of the same fold comes from more epochs. */
    private final class Finished {
        private final Map<Candidate, Map<Integer, FoldResult>> results = new LinkedHashMap<>();

        Finished(List<Candidate> candidates) {
            candidates.forEach(candidate -> results.put(candidate, new TreeMap<>()));
        }

        void add(FoldResult result) {
            results.computeIfAbsent(result.candidate(), key -> new TreeMap<>()).put(result.fold(), result);
        }

        Result result(boolean whole) {
            List<Integer> epochs = new ArrayList<>();
            List<CandidateScore> rates = scores(plan.rates(), epochs);
            List<CandidateScore> rivals = scores(plan.rivals(), epochs);
            return new Result(rates, rivals, epochs, whole, directory.report());
        }

        private List<CandidateScore> scores(List<Candidate> candidates, List<Integer> epochs) {
            List<CandidateScore> scores = new ArrayList<>();
            for (Candidate candidate : candidates) {
                List<FoldResult> folds =
                        List.copyOf(results.getOrDefault(candidate, Map.of()).values());
                if (!folds.isEmpty()) {
                    scores.add(new CandidateScore(
                            candidate,
                            folds.stream().map(FoldResult::loss).toList(),
                            folds.stream().map(FoldResult::error).toList()));
                    epochs.add(folds.stream().mapToInt(FoldResult::epochs).max().orElse(0));
                }
            }
            return scores;
        }
    }
}
