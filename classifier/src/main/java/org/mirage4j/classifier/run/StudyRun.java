package org.mirage4j.classifier.run;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.mirage4j.classifier.ClassifierEvaluation;
import org.mirage4j.classifier.ClassifierOptions;
import org.mirage4j.classifier.ClassifierTraining;
import org.mirage4j.classifier.DropoutClassifier;
import org.mirage4j.classifier.EpochReport;
import org.mirage4j.classifier.dropout.DropoutKind;
import org.mirage4j.core.MirageException;
import org.mirage4j.core.data.InMemoryExamples;
import org.mirage4j.core.doctor.SystemFacts;
import org.mirage4j.core.io.AtomicFile;
import org.mirage4j.core.io.Closing;
import org.mirage4j.core.run.Manifest;
import org.mirage4j.core.run.RunDirectory;

/**
 * Trains several networks with several seeds each and sets their test errors beside published ones. What was
 * finished stays in the folder and is not trained again, so a study may be ended and taken up as often as need be.
 * Not safe for concurrent use.
 */
public final class StudyRun implements AutoCloseable {
    private static final String KIND = "study";
    private static final int PASSES = 20;
    private static final int SPOILT = 500;
    private static final int TIMED_PASSES = 50;
    private static final int TIMED_INPUTS = 100;

    private final RunDirectory directory;
    private final List<StudyCase> cases;
    private final int seeds;
    private final InMemoryExamples training;
    private final InMemoryExamples test;
    private final Map<String, String> environment;

    private StudyRun(
            RunDirectory directory,
            List<StudyCase> cases,
            int seeds,
            InMemoryExamples training,
            InMemoryExamples test,
            Map<String, String> environment) {
        this.directory = directory;
        this.cases = List.copyOf(cases);
        this.seeds = seeds;
        this.training = training;
        this.test = test;
        this.environment = environment;
    }

    /** Watches a study and may end it. */
    @FunctionalInterface
    public interface Observer {
        /**
         * Called after each epoch, on the training thread.
         *
         * @param epochs epochs done in all trainings, those of earlier sittings included
         * @param status which training, and how it goes
         * @return false to end the study here; the training under way is lost
         */
        boolean epochDone(long epochs, String status);
    }

    /**
     * What the study says so far.
     *
     * @param table a table in Markdown
     * @param finished whether every training was done
     * @param report the page
     */
    public record Result(String table, boolean finished, Path report) {}

    /**
     * Creates a study in a new or empty folder, or opens the one in it.
     *
     * @param folder the study's folder
     * @param cases what to train, names unique
     * @param seeds trainings of each case, at least 1; their seeds are 1, 2, ...
     * @param training labelled examples
     * @param test other examples with the same classes
     * @return the study
     * @throws MirageException if the folder holds something else, or another process is at work in it
     */
    public static StudyRun open(
            Path folder, List<StudyCase> cases, int seeds, InMemoryExamples training, InMemoryExamples test) {
        if (cases.isEmpty() || seeds < 1) {
            throw new MirageException(
                    "a study needs at least 1 case and 1 seed, but was given " + cases.size() + " and " + seeds);
        }
        Map<String, String> environment = SystemFacts.gather(Path.of("")).manifest();
        RunDirectory directory;
        if (Files.exists(folder.resolve("manifest.json"))) {
            directory = RunDirectory.resume(folder);
            String kind = directory.manifest().kind();
            if (!kind.equals(KIND)) {
                directory.close();
                throw new MirageException("folder " + folder + " must hold a study, but holds a run of kind " + kind);
            }
        } else {
            directory = RunDirectory.create(
                    folder, Manifest.start(KIND, 1, training.name(), training.fingerprint(), environment), Map.of());
        }
        StudyRun study = new StudyRun(directory, cases, seeds, training, test, environment);
        try {
            study.results(); // a folder with other results is refused before anything is written or trained
            study.directory.configure(study.config());
            return study;
        } catch (RuntimeException | Error e) {
            Closing.after(e, study);
            throw e;
        }
    }

    private Map<String, Object> config() {
        Map<String, Object> config = new LinkedHashMap<>();
        config.put("seeds", seeds);
        config.put("passes", PASSES);
        cases.forEach(each -> config.put(each.name(), OptionsMap.of(each.options())));
        return config;
    }

    /**
     * How much there is to do, earlier sittings included.
     *
     * @return epochs of all trainings together
     */
    public long epochs() {
        return (long) seeds
                * cases.stream().mapToLong(each -> each.options().epochs()).sum();
    }

    /**
     * How much of it earlier sittings have done.
     *
     * @return epochs of the trainings that were finished
     */
    public long done() {
        return results().stream().mapToLong(result -> result.curve().size()).sum();
    }

    /**
     * Does what is left, seed by seed, then measures times and writes tables, chart and page.
     *
     * @param observer told of every epoch
     * @return what the study says
     * @throws MirageException if a training diverges or the folder cannot be written
     */
    public Result run(Observer observer) {
        directory.requireOpen();
        try {
            directory.update(directory.manifest().withStatus(Manifest.Status.RUNNING));
            boolean whole = trainAll(observer);
            // with a noisy input there is nothing that all passes share
            ClassifierOptions timed = cases.get(cases.size() - 1).options().toBuilder()
                    .inputDropout(DropoutKind.none())
                    .build();
            MonteCarloTiming timing = MonteCarloTiming.measure(timed, test, TIMED_INPUTS, TIMED_PASSES);
            StudyReport report = new StudyReport(directory, cases, seeds, results(), timing);
            report.write();
            directory.update(
                    directory.manifest().withStatus(whole ? Manifest.Status.FINISHED : Manifest.Status.STOPPED));
            return new Result(report.markdown(), whole, directory.report());
        } catch (RuntimeException | Error e) {
            directory.recordFailure(e);
            throw e;
        }
    }

    private boolean trainAll(Observer observer) {
        long done = done();
        for (int seed = 1; seed <= seeds; seed++) {
            for (StudyCase each : cases) {
                ClassifierOptions options =
                        each.options().toBuilder().seed(seed).build();
                if (kept(each, options).isEmpty()) {
                    if (!train(each, options, done, observer)) {
                        return false;
                    }
                    done += options.epochs();
                }
            }
        }
        return true;
    }

    private boolean train(StudyCase each, ClassifierOptions options, long before, Observer observer) {
        long started = System.nanoTime();
        List<Double> curve = new ArrayList<>();
        try (ClassifierTraining under = ClassifierTraining.start(options, training)) {
            double seconds = 0;
            while (under.goesOn()) {
                EpochReport epoch = under.epoch();
                seconds += (System.nanoTime() - started) / 1e9;
                try (DropoutClassifier now = under.classifier()) {
                    curve.add(now.evaluate(test).error());
                }
                String status = String.format(
                        Locale.ROOT,
                        "%s, seed %d: loss %.4f, test error %.2f %%",
                        each.name(),
                        options.seed(),
                        epoch.trainingLoss(),
                        100 * curve.get(curve.size() - 1));
                boolean goOn = observer.epochDone(before + epoch.epoch(), status)
                        && !Thread.currentThread().isInterrupted();
                if (!goOn && under.goesOn()) {
                    return false;
                }
                started = System.nanoTime();
            }
            try (DropoutClassifier classifier = under.classifier()) {
                write(new StudyResult(
                        each.name(),
                        OptionsMap.of(options),
                        data(),
                        curve,
                        quality(0, classifier.evaluate(test)),
                        quality(PASSES, classifier.evaluate(test, PASSES, options.seed())),
                        spoilt(classifier, options.seed()),
                        seconds,
                        environment));
            }
        }
        return true;
    }

    private List<OutOfDistribution> spoilt(DropoutClassifier classifier, long seed) {
        if (test.exampleShape().length != 3) {
            return List.of();
        }
        int count = (int) Math.min(SPOILT, test.size());
        return OutOfDistribution.measure(classifier, test.examples(0, count).features(), PASSES, seed).stream()
                .map(OutOfDistribution.Detection::areas)
                .toList();
    }

    private static StudyResult.Quality quality(int passes, ClassifierEvaluation evaluation) {
        return new StudyResult.Quality(
                passes, evaluation.error(), evaluation.negativeLogLikelihood(), evaluation.expectedCalibrationError());
    }

    private String data() {
        return training.fingerprint() + " " + test.fingerprint();
    }

    private Path file(String name, long seed) {
        return directory.folder().resolve("trainings").resolve(name + "-seed-" + seed + ".json");
    }

    private void write(StudyResult result) {
        Path file = file(result.name(), ((Number) result.options().getOrDefault("seed", 0)).longValue());
        try {
            Files.createDirectories(file.getParent());
        } catch (IOException e) {
            throw new MirageException("cannot create the folder " + file.getParent() + ": " + e.getMessage(), e);
        }
        AtomicFile.write(
                file, out -> new ObjectMapper().writerWithDefaultPrettyPrinter().writeValue(out, result));
    }

    private List<StudyResult> results() {
        List<StudyResult> results = new ArrayList<>();
        for (StudyCase each : cases) {
            for (int seed = 1; seed <= seeds; seed++) {
                kept(each, each.options().toBuilder().seed(seed).build()).ifPresent(results::add);
            }
        }
        return results;
    }

    private Optional<StudyResult> kept(StudyCase each, ClassifierOptions options) {
        Path file = file(each.name(), options.seed());
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        ObjectMapper mapper = new ObjectMapper();
        StudyResult result;
        Map<?, ?> wanted;
        try {
            result = mapper.readValue(file.toFile(), StudyResult.class);
            // through JSON, so that equal options are equal as read
            wanted = mapper.readValue(mapper.writeValueAsBytes(OptionsMap.of(options)), Map.class);
        } catch (IOException e) {
            throw new MirageException(file + " cannot be read as a training's result: " + e.getMessage(), e);
        }
        if (!result.options().equals(wanted) || !result.data().equals(data())) {
            throw new MirageException(file + " is the result of other options or data: delete it to train again, or"
                    + " choose another folder");
        }
        return Optional.of(result);
    }

    /** Lets others write the folder. */
    @Override
    public void close() {
        directory.close();
    }
}
