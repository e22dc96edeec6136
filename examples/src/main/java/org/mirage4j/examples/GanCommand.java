package org.mirage4j.examples;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.mirage4j.core.MirageException;
import org.mirage4j.core.data.ExampleSource;
import org.mirage4j.core.network.DropoutRate;
import org.mirage4j.gan.ArchitectureKind;
import org.mirage4j.gan.GanOptions;
import org.mirage4j.gan.GanRun;
import org.mirage4j.gan.evaluation.TrainingEvaluation;
import org.mirage4j.gan.train.Conditioning;
import org.mirage4j.gan.train.IterationStatistics;
import org.mirage4j.gan.watch.WatchOptions;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

@Command(
        name = "gan",
        description = "Trains a generative adversarial network and writes a report.",
        footer = {"", "Without options: digits drawn by the program, one and a half to two minutes."})
final class GanCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli fills it in
    private CommandSpec spec;

    @Mixin
    @SuppressWarnings("UnusedVariable")
    private final RuntimeOptions runtime = new RuntimeOptions();

    @Mixin
    private final GameFlags game = new GameFlags();

    @Option(
            names = "--data",
            converter = DataKind.Names.class,
            completionCandidates = DataKind.Names.class,
            description = "What to learn: ${COMPLETION-CANDIDATES}. Default: synthetic-digits.")
    private @Nullable DataKind data;

    @Option(
            names = "--data-dir",
            paramLabel = "DIR",
            description = "Folder with train-images-idx3-ubyte and train-labels-idx1-ubyte, plain or .gz.")
    private @Nullable Path dataFolder;

    @Option(
            names = "--arch",
            converter = Architectures.class,
            completionCandidates = Architectures.class,
            description = "Networks: ${COMPLETION-CANDIDATES}. Default: dcgan.")
    private @Nullable ArchitectureKind architecture;

    @Option(
            names = "--conditional",
            converter = Conditionings.class,
            completionCandidates = Conditionings.class,
            description = "Whether and how the networks learn of labels: ${COMPLETION-CANDIDATES}. Default: none.")
    private Conditioning.@Nullable Kind conditioning;

    @Option(
            names = "--iterations",
            converter = PositiveInteger.class,
            paramLabel = "N",
            description = "Generator steps. Default: by architecture.")
    private @Nullable Integer iterations;

    @Option(
            names = "--epochs",
            converter = PositiveInteger.class,
            paramLabel = "N",
            description = "Passes of the discriminator over the data, instead of --iterations.")
    private @Nullable Integer epochs;

    @Option(
            names = "--batch",
            converter = PositiveInteger.class,
            paramLabel = "N",
            description = "Batch size. Default: by architecture.")
    private @Nullable Integer batch;

    @Option(
            names = "--width",
            converter = PositiveInteger.class,
            paramLabel = "N",
            description = "Size of the networks: units of dense, outermost channels of dcgan and residual."
                    + " Default: 128, 32, 16.")
    private @Nullable Integer width;

    @Option(
            names = "--latent",
            converter = PositiveInteger.class,
            paramLabel = "N",
            description = "Length of a latent vector. Default: 100.")
    private @Nullable Integer latent;

    @Option(
            names = "--dropout-g",
            converter = Decimal.class,
            paramLabel = "P",
            description = "Share of units dropped in the generator. Default: 0.")
    private @Nullable Double generatorDropout;

    @Option(
            names = "--dropout-d",
            converter = Decimal.class,
            paramLabel = "P",
            description = "Share of units dropped in the discriminator. Default: by architecture.")
    private @Nullable Double discriminatorDropout;

    @Option(
            names = "--seed",
            converter = WholeNumber.class,
            paramLabel = "N",
            description = "Seed of every random draw. Default: 1.")
    private @Nullable Long seed;

    @Option(
            names = "--stop-at-equilibrium",
            negatable = true,
            description = "End training once the game is balanced: see docs/watching.md.")
    private @Nullable Boolean stopAtEquilibrium;

    @Option(
            names = "--stop-on-collapse",
            negatable = true,
            description = "End training once the generator has collapsed.")
    private @Nullable Boolean stopOnCollapse;

    @Option(
            names = "--checkpoint-every",
            converter = PositiveInteger.class,
            paramLabel = "N",
            description = "Iterations from one checkpoint to the next. Default: by architecture.")
    private @Nullable Integer checkpointEvery;

    @Mixin
    private final RunChoice choice = new RunChoice();

    @Mixin
    private final JudgeOptions judge = new JudgeOptions();

    static final class Architectures extends KebabEnum<ArchitectureKind> {
        Architectures() {
            super(ArchitectureKind.class);
        }
    }

    static final class Conditionings extends KebabEnum<Conditioning.Kind> {
        Conditionings() {
            super(Conditioning.Kind.class);
        }
    }

    @Override
    public Integer call() {
        PrintWriter err = spec.commandLine().getErr();
        checkCombinations();
        Path before = choice.model();
        GanRun.@Nullable Recipe recipe = before == null ? null : GanRun.recipe(before);
        DataOrigin origin = DataOrigin.of(data, dataFolder, recipe == null ? Map.of() : recipe.origin());
        judge.checkCombinations(recipe == null ? Map.of() : recipe.origin(), choice.goesOn());
        GanOptions.Builder builder = checkedOptions(recipe);
        RuntimeOptions.check(Path.of(""), err);
        ExampleSource examples = origin.examples();
        GanOptions given = builder.build();
        GanOptions options = epochs == null ? given : given.forEpochs(epochs, examples);
        Optional<TrainingEvaluation> evaluation = judge.evaluation(examples, options.seed());
        try (StopSignal ignored = StopSignal.listen();
                GanRun run = open(options, examples, origin)) {
            evaluation.ifPresent(judged -> run.judgeBy(judged, result -> {}));
            GanRun.Result result = train(run, options, err);
            spec.commandLine().getOut().println("report: " + result.report());
            if (result.verdict().isPresent()) {
                err.println("ended after " + result.iterations() + " iterations: "
                        + result.verdict().get());
            } else if (result.iterations() < options.iterations()) {
                return choice.stopped(result.iterations(), "iterations", run.folder());
            }
        }
        return CommandLine.ExitCode.OK;
    }

    private GanRun open(GanOptions options, ExampleSource examples, DataOrigin origin) {
        Map<String, String> recipe = new LinkedHashMap<>(origin.toMap());
        recipe.putAll(judge.toMap());
        return choice.open(
                folder -> GanRun.resume(folder, options, examples),
                folder -> GanRun.create(folder, options, examples, recipe));
    }

    private void checkCombinations() {
        if (data == DataKind.IDX && dataFolder == null) {
            throw usage("--data idx needs --data-dir with the folder of the IDX files");
        }
        if (data != DataKind.IDX && dataFolder != null && choice.model() == null) {
            throw usage("--data-dir goes with --data idx only");
        }
        choice.checkCombinations();
        if (iterations != null && epochs != null) {
            throw usage("--iterations and --epochs exclude each other");
        }
    }

    private ParameterException usage(@Nullable String message) {
        return new ParameterException(spec.commandLine(), message);
    }

    /** The options given, checked before any data are read. */
    private GanOptions.Builder checkedOptions(GanRun.@Nullable Recipe recipe) {
        try {
            GanOptions.Builder builder = options(recipe);
            builder.build();
            return builder;
        } catch (MirageException e) {
            throw usage(e.getMessage());
        }
    }

    private GanOptions.Builder options(GanRun.@Nullable Recipe recipe) {
        GanOptions.Builder builder = recipe == null
                ? GanOptions.builder(Objects.requireNonNullElse(architecture, ArchitectureKind.DCGAN))
                : recipe.options().toBuilder();
        if (architecture != null) {
            builder.architecture(architecture);
        }
        builder.game(game.change(builder.build().game()));
        if (conditioning != null) {
            builder.conditioning(conditioning);
        }
        if (iterations != null) {
            builder.iterations(iterations);
        }
        if (batch != null) {
            builder.batch(batch);
        }
        if (width != null) {
            builder.width(width);
        }
        if (latent != null) {
            builder.latent(latent);
        }
        if (generatorDropout != null) {
            builder.generatorDropout(DropoutRate.of(generatorDropout));
        }
        if (discriminatorDropout != null) {
            builder.discriminatorDropout(DropoutRate.of(discriminatorDropout));
        }
        if (checkpointEvery != null) {
            builder.checkpointEvery(checkpointEvery);
        }
        WatchOptions watch = builder.build().watch();
        builder.watch(new WatchOptions(
                Objects.requireNonNullElse(stopAtEquilibrium, watch.stopAtEquilibrium()),
                Objects.requireNonNullElse(stopOnCollapse, watch.stopOnCollapse())));
        if (seed != null) {
            builder.seed(seed);
        }
        return builder;
    }

    /** Ctrl-C ends training after the iteration at hand, with checkpoint and report. */
    private static GanRun.Result train(GanRun run, GanOptions options, PrintWriter err) {
        try (Progress progress = Progress.goOn(err, run.done(), options.iterations(), "it")) {
            return run.train((done, statistics) -> {
                progress.update(done, status(statistics));
                return !StopSignal.isRaised();
            });
        }
    }

    private static String status(IterationStatistics statistics) {
        return String.format(
                Locale.ROOT, "D(x) %.2f D(G(z)) %.2f", statistics.realProbability(), statistics.fakeProbability());
    }
}
