package org.mirage4j.examples;

import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.mirage4j.core.MirageException;
import org.mirage4j.core.data.ImageSet;
import org.mirage4j.core.features.ExtractorId;
import org.mirage4j.core.features.FeatureExtractor;
import org.mirage4j.gan.evaluation.ClassShares;
import org.mirage4j.gan.evaluation.EvaluationOptions;
import org.mirage4j.gan.evaluation.EvaluationResult;
import org.mirage4j.gan.evaluation.Evaluator;
import org.mirage4j.gan.evaluation.Measure;
import org.mirage4j.gan.evaluation.Samples;
import org.mirage4j.gan.evaluation.SanityCheck;
import org.mirage4j.gan.metrics.MetricResult;
import org.mirage4j.gan.metrics.Spread;
import org.mirage4j.gan.metrics.StatisticsCache;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

@Command(
        name = "evaluate",
        description = "Judges generated samples against real ones, by metrics whose results say what they may be"
                + " compared with.",
        footer = {
            "",
            "A set is an array in a .npy file (features [N,D], or images [N,C,H,W] in [0,1] or of bytes), an IDX file,"
                    + " a folder of PNG files, a GAN's run to sample from, or synthetic-digits."
        })
final class EvaluateCommand implements Callable<Integer> {
    private static final int SANITY_SAMPLES = 10_000;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli fills it in
    private CommandSpec spec;

    @Mixin
    @SuppressWarnings("UnusedVariable")
    private final RuntimeOptions runtime = new RuntimeOptions();

    @Option(names = "--real", paramLabel = "SET", description = "The real samples.")
    private @Nullable String real;

    @Option(names = "--fake", paramLabel = "SET", description = "The samples to judge.")
    private @Nullable String fake;

    @Option(
            names = "--compare",
            paramLabel = "FILE",
            arity = "2",
            description = "Instead of judging, put two results side by side.")
    private List<Path> compared = List.of();

    @Option(
            names = "--sanity",
            negatable = true,
            description = "Instead of judging, show what each metric says of sets made from --real with known faults:"
                    + " another part of it, noise, one image, blurred, mirrored, half of the classes.")
    private boolean sanity;

    @Mixin
    private final ExtractorOptions extractor = new ExtractorOptions();

    @Option(
            names = "--metrics",
            split = ",",
            paramLabel = "NAME",
            converter = Measures.class,
            completionCandidates = Measures.class,
            description = "What to measure: ${COMPLETION-CANDIDATES}. Default: all that need neither a plane nor the"
                    + " training set.")
    private List<Measure> measures = List.of();

    @Option(
            names = "--samples",
            converter = PositiveInteger.class,
            paramLabel = "N",
            description = "Samples of each set, drawn at random from files. Default: all, and 10000 from a run.")
    private @Nullable Integer samples;

    @Option(
            names = "--best",
            negatable = true,
            description = "Sample from a run's checkpoint that was judged best while it trained, not the newest.")
    private boolean best;

    @Option(
            names = "--run-classes",
            converter = RunClasses.Names.class,
            completionCandidates = RunClasses.Names.class,
            defaultValue = "as-in-data",
            description = "Classes that a run with --conditional draws: ${COMPLETION-CANDIDATES}. Default:"
                    + " ${DEFAULT-VALUE}.")
    @SuppressWarnings("NullAway.Init")
    private RunClasses runClasses;

    @Option(names = "--features-of", paramLabel = "NAME", description = "The extractor that feature arrays are from.")
    private @Nullable String featuresOf;

    @Option(
            names = "--neighbours",
            converter = PositiveInteger.class,
            paramLabel = "K",
            defaultValue = "5",
            description = "Neighbour that sets the radius of precision, recall, density and coverage. Default:"
                    + " ${DEFAULT-VALUE}.")
    private int neighbours;

    @Option(
            names = "--subset-size",
            converter = PositiveInteger.class,
            paramLabel = "N",
            defaultValue = "1000",
            description = "Samples in each of the kernel distance's 100 subsets. Default: ${DEFAULT-VALUE}.")
    private int subsetSize;

    @Option(
            names = "--resamples",
            paramLabel = "N",
            defaultValue = "10",
            description = "Bootstrap resamples for the spread of the Frechet distance and of modes, 0 for none."
                    + " Default: ${DEFAULT-VALUE}.")
    private int resamples;

    @Option(
            names = "--class-shares",
            converter = Shares.class,
            completionCandidates = Shares.class,
            defaultValue = "uniform",
            description = "What modes are compared with: ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
    @SuppressWarnings("NullAway.Init")
    private ClassShares classShares;

    @Option(
            names = "--cache",
            paramLabel = "DIR",
            description = "Folder that keeps the real set's mean and covariance for the next time.")
    private @Nullable Path cache;

    @Mixin
    private final SeedOption seed = new SeedOption();

    @Option(names = "--out", paramLabel = "FILE", description = "Where to write the result, as JSON.")
    private @Nullable Path out;

    static final class Measures extends KebabEnum<Measure> {
        Measures() {
            super(Measure.class);
        }
    }

    static final class Shares extends KebabEnum<ClassShares> {
        Shares() {
            super(ClassShares.class);
        }
    }

    @Override
    public Integer call() {
        if (!compared.isEmpty()) {
            compare();
        } else if (sanity) {
            checkSanity();
        } else {
            evaluate();
        }
        return ExitCode.OK;
    }

    private void evaluate() {
        if (real == null || fake == null) {
            throw usage("--real and --fake are needed, or --compare with two results");
        }
        extractor.checkCombinations();
        EvaluationOptions options = options();
        requireFolder(out);
        RuntimeOptions.check(Path.of(""), err());
        SampleSets sets = new SampleSets(samples == null ? 0 : samples, best, runClasses, seed.value());
        ExtractorId ofFeatures = featuresOf == null
                ? new ExtractorId("features from files", "features-from-files", extractor.inception())
                : new ExtractorId(featuresOf, "features-from-files-" + featuresOf, extractor.inception());
        Samples realSet = sets.open(SampleSets.Role.REAL, real, ofFeatures);
        Evaluator evaluator = evaluator(realSet, options);
        Samples fakeSet = sets.open(SampleSets.Role.FAKE, fake, ofFeatures);
        EvaluationResult result = watched(observer -> evaluator.evaluate(fakeSet, observer));
        if (out != null) {
            result.write(out);
        }
        print(result);
    }

    /** One progress after another, a set each. */
    private <T> T watched(Function<Evaluator.Observer, T> work) {
        try (SetProgress progress = new SetProgress(err())) {
            return work.apply(progress);
        }
    }

    private static final class SetProgress implements Evaluator.Observer, AutoCloseable {
        private final PrintWriter err;
        private @Nullable Progress current;

        SetProgress(PrintWriter err) {
            this.err = err;
        }

        @Override
        public void extracted(String set, long done, long total) {
            Progress progress = current == null ? Progress.start(err, total, "images") : current;
            current = progress;
            progress.update(done, "of " + set);
            if (done == total) {
                close();
            }
        }

        @Override
        public void close() {
            if (current != null) {
                current.close();
                current = null;
            }
        }
    }

    private void checkSanity() {
        if (real == null || fake != null || out != null) {
            throw usage("--sanity needs --real, and goes with no --fake or --out");
        }
        extractor.checkCombinations();
        EvaluationOptions options = options();
        RuntimeOptions.check(Path.of(""), err());
        ImageSet all = new SampleSets(0, best, runClasses, seed.value()).openImages(SampleSets.Role.REAL, real);
        int count = samples == null ? (int) Math.min(SANITY_SAMPLES, all.size() / 3) : samples;
        SanityCheck check = new SanityCheck(all, extractor.open(all.exampleShape()), options, count);
        Map<String, EvaluationResult> results = watched(check::run);
        List<List<String>> rows = new ArrayList<>();
        results.forEach((what, result) -> {
            if (rows.isEmpty()) {
                PrintWriter to = spec.commandLine().getOut();
                to.printf(
                        Locale.ROOT,
                        "real       %s, %,d samples%n",
                        all.name(),
                        result.real().count());
                to.printf(
                        Locale.ROOT,
                        "extractor  %s [%s]%n%n",
                        result.extractor().name(),
                        result.extractor().fingerprint());
                rows.add(row("set", result, metric -> metric.metric().title()));
            }
            rows.add(row(what, result, metric -> number(metric.value())));
        });
        TextTable.print(rows, spec.commandLine().getOut());
    }

    private static List<String> row(String first, EvaluationResult result, Function<MetricResult, String> cell) {
        List<String> row = new ArrayList<>(List.of(first));
        result.results().forEach(metric -> row.add(cell.apply(metric)));
        return row;
    }

    private EvaluationOptions options() {
        try {
            return EvaluationOptions.builder()
                    .measures(measures)
                    .neighbours(neighbours)
                    .subsetSize(subsetSize)
                    .resamples(resamples)
                    .classShares(classShares)
                    .seed(seed.value())
                    .build();
        } catch (MirageException e) {
            throw usage(String.valueOf(e.getMessage()));
        }
    }

    /** Before hours of work, not after. */
    private static void requireFolder(@Nullable Path file) {
        if (file != null) {
            Path folder = file.toAbsolutePath().getParent();
            if (folder == null || !Files.isDirectory(folder)) {
                throw new MirageException("cannot write " + file + ": the folder " + folder + " does not exist");
            }
        }
    }

    private Evaluator evaluator(Samples realSet, EvaluationOptions options) {
        if (realSet instanceof Samples.Features features) {
            if (extractor.isGiven()) {
                throw usage("--extractor goes with images, but " + real + " holds features");
            }
            return Evaluator.of(features, options);
        }
        if (featuresOf != null) {
            throw usage("--features-of goes with features, but " + real + " holds images");
        }
        var images = ((Samples.Images) realSet).images();
        FeatureExtractor opened = extractor.open(images.exampleShape());
        return Evaluator.of(images, opened, options, Optional.ofNullable(cache).map(StatisticsCache::new));
    }

    private void print(EvaluationResult result) {
        PrintWriter to = spec.commandLine().getOut();
        to.printf(
                Locale.ROOT,
                "real       %s, %,d samples%n",
                result.real().name(),
                result.real().count());
        to.printf(
                Locale.ROOT,
                "fake       %s, %,d samples%n",
                result.fake().name(),
                result.fake().count());
        to.printf(
                Locale.ROOT,
                "extractor  %s [%s]%n%n",
                result.extractor().name(),
                result.extractor().fingerprint());
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("metric", "value", "spread", ""));
        result.results()
                .forEach(metric -> rows.add(List.of(
                        metric.name(),
                        number(metric.value()),
                        metric.spread().kind() == Spread.Kind.NONE
                                ? "-"
                                : number(metric.spread().value()),
                        metric.spread().kind().title() + (metric.setting().isEmpty() ? "" : "; " + metric.setting()))));
        TextTable.print(rows, to);
    }

    private void compare() {
        if (real != null || fake != null || out != null) {
            throw usage("--compare reads two results and goes with no --real, --fake or --out");
        }
        EvaluationResult first = EvaluationResult.read(compared.get(0));
        EvaluationResult second = EvaluationResult.read(compared.get(1));
        List<EvaluationResult.Pair> pairs = first.compareWith(second);
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("metric", first.fake().name(), second.fake().name(), "difference", "better"));
        pairs.forEach(pair -> rows.add(List.of(
                pair.first().name(),
                number(pair.first().value()),
                number(pair.second().value()),
                number(pair.difference()),
                better(pair))));
        TextTable.print(rows, spec.commandLine().getOut());
        if (first.fake().count() != second.fake().count()) {
            err().println("warning: the sets have " + first.fake().count() + " and "
                    + second.fake().count()
                    + " samples; the Frechet distance and recall depend on that number");
        }
    }

    private static String better(EvaluationResult.Pair pair) {
        return pair.second().betterThan(pair.first())
                ? "second"
                : pair.first().betterThan(pair.second()) ? "first" : "equal";
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.4g", value);
    }

    private PrintWriter err() {
        return spec.commandLine().getErr();
    }

    private ParameterException usage(String message) {
        return new ParameterException(spec.commandLine(), message);
    }
}
