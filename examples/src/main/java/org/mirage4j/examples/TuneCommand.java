package org.mirage4j.examples;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.mirage4j.classifier.ClassifierOptions;
import org.mirage4j.classifier.run.TuningPlan;
import org.mirage4j.classifier.run.TuningRun;
import org.mirage4j.classifier.table.TableFolds;
import org.mirage4j.classifier.table.TargetFolds;
import org.mirage4j.classifier.table.TargetTable;
import org.mirage4j.classifier.tuning.Candidate;
import org.mirage4j.classifier.tuning.CandidateScore;
import org.mirage4j.classifier.tuning.FoldResult;
import org.mirage4j.classifier.tuning.FoldSource;
import org.mirage4j.core.MirageException;
import org.mirage4j.core.data.InMemoryExamples;
import org.mirage4j.core.report.Wording;
import org.mirage4j.core.table.CsvTable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

@Command(
        name = "tune",
        description = "Chooses the dropout rate of the hidden layers by stratified cross-validation.",
        footer = {
            "",
            "As many folds at a time as --threads says, each on one thread; without it, as there are processors.",
            "With --compare the strengths of the rivals are --l1, --l2 and --max-norm."
        })
final class TuneCommand implements Callable<Integer> {
    /** Errors of a target in large units need no decimals. */
    private static final double LARGE = 10;

    private static final double L1 = 1e-5;
    private static final double L2 = 1e-4;
    private static final double MAX_NORM = 3;
    private static final List<Double> RATES = List.of(0.1, 0.2, 0.3, 0.4, 0.5);

    /** A regressor's network is small and its inputs few. */
    private static final List<Double> TARGET_RATES = List.of(0.005, 0.01, 0.05, 0.1, 0.2);

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli fills it in
    private CommandSpec spec;

    @Mixin
    private final RuntimeOptions runtime = new RuntimeOptions();

    @Mixin
    private final LabelledData data = new LabelledData();

    @Mixin
    private final NetworkOptions network = new NetworkOptions();

    @Option(
            names = "--rates",
            split = ",",
            converter = Decimal.class,
            paramLabel = "P",
            description =
                    "Dropout rates to try. Default: 0.1,0.2,0.3,0.4,0.5; with --target" + " 0.005,0.01,0.05,0.1,0.2.")
    private @Nullable List<Double> rates;

    @Option(
            names = "--target",
            paramLabel = "COLUMN",
            description =
                    "Column of --csv that holds a number to predict, instead of --label; the other defaults are then"
                            + " those of regress.")
    private @Nullable String target;

    @Option(
            names = "--target-noise",
            converter = RegressCommand.Noises.class,
            completionCandidates = RegressCommand.Noises.class,
            description = "How the target scatters around its mean: ${COMPLETION-CANDIDATES}. Default: constant.")
    private RegressCommand.@Nullable Noise noise;

    @Option(
            names = "--folds",
            converter = PositiveInteger.class,
            paramLabel = "K",
            defaultValue = "5",
            description = "Number of folds. Default: ${DEFAULT-VALUE}.")
    private int folds;

    @Option(
            names = "--halving",
            negatable = true,
            description = "Leave the worse half of the rates behind again and again: less time for nearly always the"
                    + " same choice.")
    private boolean halving;

    @Option(
            names = "--compare",
            negatable = true,
            description = "Score L1, L2, max-norm and none of it on the same folds.")
    private boolean compare;

    @Option(names = "--out", paramLabel = "DIR", description = "The run's folder. Default: the next free runs/tune-N.")
    private @Nullable Path out;

    @Override
    public Integer call() {
        PrintWriter err = spec.commandLine().getErr();
        if (target != null) {
            data.checkTarget();
        } else if (noise != null) {
            throw new ParameterException(spec.commandLine(), "--target-noise goes with --target only");
        } else {
            data.checkCombinations();
        }
        network.refuseHiddenDropout("the rates to try are --rates");
        ClassifierOptions options = target == null ? network.read() : RegressCommand.defaults(network);
        TuningPlan plan = plan(options);
        RuntimeOptions.check(Path.of(""), err);
        try (TuningRun run = RunFolders.begin(out, spec.name(), folder -> create(folder, options, plan));
                StopSignal ignored = StopSignal.listen()) {
            TuningRun.Result result;
            try (Progress progress = Progress.start(err, plan.results(), "fits")) {
                result = run.run((done, last) -> {
                    progress.update(done, status(last));
                    return !StopSignal.isRaised();
                });
            }
            print(result);
            return result.finished() ? ExitCode.OK : StopSignal.EXIT_CODE;
        }
    }

    private TuningPlan plan(ClassifierOptions options) {
        try {
            ClassifierOptions.Builder bare = options.toBuilder();
            if (compare) {
                bare.l1(0).l2(0).maxNorm(0);
            }
            return new TuningPlan(
                    Candidate.rates(bare.build(), rates()),
                    compare ? rivals(options) : List.of(),
                    folds,
                    halving,
                    runtime.threads().orElse(Runtime.getRuntime().availableProcessors()));
        } catch (MirageException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage());
        }
    }

    private List<Double> rates() {
        return rates != null ? rates : target == null ? RATES : TARGET_RATES;
    }

    private static List<Candidate> rivals(ClassifierOptions options) {
        return Candidate.regularizers(
                        options,
                        options.l1() > 0 ? options.l1() : L1,
                        options.l2() > 0 ? options.l2() : L2,
                        options.maxNorm() > 0 ? options.maxNorm() : MAX_NORM)
                .stream()
                .filter(candidate -> !candidate.name().equals("dropout")) // the rates are that
                .toList();
    }

    private TuningRun create(Path folder, ClassifierOptions options, TuningPlan plan) {
        PrintWriter err = spec.commandLine().getErr();
        if (target != null) {
            TargetTable numbers = data.targetTable(target, err);
            RegressCommand.Noise wanted = noise == null ? RegressCommand.Noise.CONSTANT : noise;
            return create(folder, options, plan, new TargetFolds(numbers, wanted.noise()), numbers.table());
        }
        TableFolds table = data.table(err);
        if (table == null) {
            InMemoryExamples images = data.training();
            return TuningRun.create(folder, options, plan, FoldSource.of(images), images.name(), images.fingerprint());
        }
        return create(folder, options, plan, table, table.table());
    }

    private static TuningRun create(
            Path folder, ClassifierOptions options, TuningPlan plan, FoldSource source, CsvTable table) {
        return TuningRun.create(folder, options, plan, source, table.shortName(), table.fingerprint());
    }

    private static String status(FoldResult result) {
        return String.format(
                Locale.ROOT, "%s, fold %d: loss %.4f", result.candidate().name(), result.fold() + 1, result.loss());
    }

    private void print(TuningRun.Result result) {
        PrintWriter results = spec.commandLine().getOut();
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("candidate", "folds", "epochs", "loss", "s.e.", "error", "s.e."));
        List<CandidateScore> scores = result.all();
        for (int i = 0; i < scores.size(); i++) {
            CandidateScore score = scores.get(i);
            rows.add(List.of(
                    score.candidate().name(),
                    Integer.toString(score.losses().size()),
                    Integer.toString(result.epochs().get(i)),
                    number(score.meanLoss()),
                    number(score.standardErrorOfLoss()),
                    number(score.meanError()),
                    number(score.standardErrorOfError())));
        }
        TextTable.printNumbers(rows, results);
        result.choice()
                .ifPresentOrElse(
                        choice -> {
                            results.println(
                                    "lowest loss: " + choice.best().candidate().name());
                            results.println("within one standard error: "
                                    + choice.oneStandardError().candidate().name());
                        },
                        () -> results.println("ended early: nothing was chosen"));
        results.println("report: " + result.report());
    }

    private static String number(double value) {
        if (!Double.isFinite(value)) {
            return "-";
        }
        return Math.abs(value) < LARGE ? String.format(Locale.ROOT, "%.4f", value) : Wording.figure(value);
    }
}
