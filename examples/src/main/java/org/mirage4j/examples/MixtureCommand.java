package org.mirage4j.examples;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.mirage4j.core.MirageException;
import org.mirage4j.gan.mixture.Mixture;
import org.mirage4j.gan.mixture.MixturePreset;
import org.mirage4j.gan.mixture.MixtureResult;
import org.mirage4j.gan.mixture.MixtureSummary;
import org.mirage4j.gan.mixture.MixtureSweep;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

@Command(
        name = "mixture",
        description = "Trains GANs on mixtures of Gaussians in the plane and counts the modes they capture.",
        footer = {
            "",
            "The same command again goes on where the last one was stopped.",
            "All methods on both mixtures: mirage mixture --shape ring,grid --preset all --out DIR",
            "A file of modes begins with the line x,y,sd,weight."
        })
final class MixtureCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli fills it in
    private CommandSpec spec;

    @Mixin
    @SuppressWarnings("UnusedVariable")
    private final RuntimeOptions runtime = new RuntimeOptions();

    @Option(
            names = "--shape",
            split = ",",
            paramLabel = "SHAPE",
            defaultValue = "ring",
            description =
                    "What to learn: ring, grid or a file of modes; several with commas. Default: ${DEFAULT-VALUE}.")
    @SuppressWarnings("NullAway.Init")
    private List<String> shapes;

    @Option(
            names = "--preset",
            split = ",",
            paramLabel = "NAME",
            converter = Presets.class,
            completionCandidates = Presets.class,
            defaultValue = "recommended",
            description = "How: all, or one or more of ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
    @SuppressWarnings("NullAway.Init")
    private List<Methods> presets;

    @Option(
            names = "--seeds",
            converter = PositiveInteger.class,
            paramLabel = "N",
            defaultValue = "10",
            description = "How many seeds. Default: ${DEFAULT-VALUE}.")
    private int seeds;

    @Option(
            names = "--first-seed",
            converter = WholeNumber.class,
            paramLabel = "N",
            defaultValue = "1",
            description = "The first seed. Default: ${DEFAULT-VALUE}.")
    private long firstSeed;

    @Option(
            names = "--iterations",
            converter = PositiveInteger.class,
            paramLabel = "N",
            description = "Generator steps. Default: 2400.")
    private int iterations = (int) MixturePreset.ITERATIONS;

    @Mixin
    private final StudyFolder out = new StudyFolder();

    /** What one name stands for; a list would be taken apart by picocli. */
    record Methods(List<MixturePreset> presets) {}

    /** The names of presets, and all of them at once. */
    static final class Presets implements ITypeConverter<Methods>, Iterable<String> {
        private static final String ALL = "all";

        @Override
        public Methods convert(String value) {
            List<MixturePreset> found = Stream.of(MixturePreset.values())
                    .filter(preset -> value.equals(ALL) || preset.id().equals(value))
                    .toList();
            if (found.isEmpty()) {
                throw new TypeConversionException(
                        "found '" + value + "', allowed are " + ALL + ", " + String.join(", ", this));
            }
            return new Methods(found);
        }

        @Override
        public Iterator<String> iterator() {
            return Stream.of(MixturePreset.values()).map(MixturePreset::id).iterator();
        }
    }

    @Override
    public Integer call() {
        PrintWriter err = spec.commandLine().getErr();
        List<Mixture> mixtures = shapes.stream().map(MixtureCommand::mixture).toList();
        return out.work(folder -> work(folder, mixtures, err));
    }

    private int work(Path folder, List<Mixture> mixtures, PrintWriter err) {
        MixtureSweep sweep = sweep(folder, mixtures);
        RuntimeOptions.check(Path.of(""), err);
        try (StopSignal ignored = StopSignal.listen()) {
            MixtureSweep.Result result;
            try (Progress progress = Progress.start(err, sweep.total(), "it")) {
                result = sweep.run(new Watcher(spec.commandLine().getOut(), progress));
            }
            print(result);
            if (!result.finished()) {
                err.println(StudyFolder.advice(folder));
                return StopSignal.EXIT_CODE;
            }
        }
        return ExitCode.OK;
    }

    private static Mixture mixture(String shape) {
        return switch (shape) {
            case "ring" -> Mixture.ring();
            case "grid" -> Mixture.grid();
            default -> Mixture.read(Path.of(shape));
        };
    }

    private MixtureSweep sweep(Path folder, List<Mixture> mixtures) {
        try {
            List<MixturePreset> chosen = presets.stream()
                    .flatMap(methods -> methods.presets().stream())
                    .toList();
            return new MixtureSweep(folder, mixtures, chosen, firstSeed, seeds, iterations);
        } catch (MirageException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage());
        }
    }

    /** Progress goes to standard error, a line for each seed to standard output. */
    private static final class Watcher implements MixtureSweep.Observer {
        private final PrintWriter results;
        private final Progress progress;
        private String status = "";

        Watcher(PrintWriter results, Progress progress) {
            this.results = results;
            this.progress = progress;
        }

        @Override
        public boolean iterationDone(long done) {
            progress.update(done, status);
            return !StopSignal.isRaised();
        }

        @Override
        public void seedDone(Mixture mixture, MixturePreset preset, MixtureResult result) {
            status = mixture.name() + " " + preset.id() + " seed " + result.seed();
            results.println(String.format(
                    Locale.ROOT,
                    "%-6s %-18s seed %-4d modes %2d  high quality %5.1f %%  reverse KL %.3f%s",
                    mixture.name(),
                    preset.id(),
                    result.seed(),
                    result.modes(),
                    100 * result.highQualityShare(),
                    result.reverseKl(),
                    result.diverged() ? "  diverged" : ""));
        }
    }

    private void print(MixtureSweep.Result result) {
        PrintWriter results = spec.commandLine().getOut();
        for (MixtureSummary summary : result.summaries()) {
            results.println(String.format(
                    Locale.ROOT,
                    "%-6s %-18s %d seed(s): modes %s of %d, high quality %s %%, reverse KL %s",
                    summary.mixture(),
                    summary.preset().id(),
                    summary.results().size(),
                    summary.modes().text(1, 1),
                    summary.modeCount(),
                    summary.highQualityShare().text(100, 1),
                    summary.reverseKl().text(1, 3)));
        }
        if (result.report() != null) {
            results.println("report: " + result.report());
        }
    }
}
