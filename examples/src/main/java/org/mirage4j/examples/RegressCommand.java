package org.mirage4j.examples;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.mirage4j.classifier.ClassifierOptions;
import org.mirage4j.classifier.EpochReport;
import org.mirage4j.classifier.ObservationNoise;
import org.mirage4j.classifier.dropout.DropoutKind;
import org.mirage4j.classifier.run.RegressionData;
import org.mirage4j.classifier.run.RegressorRun;
import org.mirage4j.core.MirageException;
import org.mirage4j.core.report.Wording;
import org.nd4j.linalg.learning.config.Adam;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

@Command(
        name = "regress",
        description =
                "Trains a dropout regressor of a table's column, calibrates its intervals, measures it and writes a"
                        + " report.",
        footer = {
            "",
            "Where --preset is not given, the network has 50 rectified units, a twentieth of them dropped, an L2 penalty"
                    + " of 0.0001, and Adam with a rate that falls from 0.005 to 0 over 200 epochs of batches of 32.",
            "Columns become numbers as for classify; rows are parted at random: three fifths for training, a fifth each"
                    + " for intervals and test."
        })
final class RegressCommand implements Callable<Integer> {
    private static final int PASSES = 50;
    private static final double COVERAGE = 0.9;
    private static final double RATE = 0.005;
    private static final int EPOCHS = 200;

    enum Noise {
        CONSTANT,
        LEARNED;

        ObservationNoise noise() {
            return this == CONSTANT ? new ObservationNoise.Constant() : new ObservationNoise.Learned();
        }
    }

    static final class Noises extends KebabEnum<Noise> {
        Noises() {
            super(Noise.class);
        }
    }

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli fills it in
    private CommandSpec spec;

    @Mixin
    @SuppressWarnings("UnusedVariable")
    private final RuntimeOptions runtime = new RuntimeOptions();

    @Mixin
    private final TargetData data = new TargetData();

    @Mixin
    private final NetworkOptions network = new NetworkOptions();

    @Option(
            names = "--target-noise",
            converter = Noises.class,
            completionCandidates = Noises.class,
            description =
                    "How the target scatters around its mean: ${COMPLETION-CANDIDATES}; constant has one deviation"
                            + " for all rows, learned one for each. Default: constant.")
    private @Nullable Noise noise;

    @Option(
            names = "--passes",
            converter = PositiveInteger.class,
            paramLabel = "T",
            description = "Monte Carlo passes of intervals and evaluation. Default: 50.")
    private @Nullable Integer passes;

    @Option(
            names = "--coverage",
            converter = Decimal.class,
            paramLabel = "SHARE",
            description = "Share of the intervals that should hold their target. Default: 0.9.")
    private @Nullable Double coverage;

    @Option(
            names = "--max-width",
            converter = Decimal.class,
            paramLabel = "W",
            description = "Ask a person where the interval is wider than this, in the target's units. Default: no"
                    + " limit.")
    private @Nullable Double maxWidth;

    @Mixin
    private final RunChoice choice = new RunChoice();

    @Override
    public Integer call() {
        PrintWriter err = spec.commandLine().getErr();
        choice.checkCombinations();
        Path model = choice.model();
        RegressorRun.@Nullable Recipe before = model == null ? null : RegressorRun.recipe(model);
        data.recall(before == null ? Map.of() : before.origin());
        data.checkCombinations();
        RegressorRun.Recipe recipe = recipe(before);
        RuntimeOptions.check(Path.of(""), err);
        RegressionData examples =
                RegressionData.of(data.table(err), recipe.options().seed());
        try (StopSignal ignored = StopSignal.listen();
                RegressorRun run = open(recipe, examples)) {
            int epochs = recipe.options().epochs();
            RegressorRun.Result result;
            try (Progress progress = Progress.goOn(err, run.done(), epochs, "epochs")) {
                result = run.train(report -> {
                    progress.update(report.epoch(), status(report));
                    return !StopSignal.isRaised();
                });
            }
            print(result);
            if (!result.finished()) {
                return choice.stopped(result.epochs(), "epochs", run.folder());
            }
        }
        return ExitCode.OK;
    }

    private RegressorRun open(RegressorRun.Recipe recipe, RegressionData examples) {
        return choice.open(
                folder -> RegressorRun.resume(folder, recipe, examples),
                folder -> RegressorRun.create(folder, recipe, examples));
    }

    private RegressorRun.Recipe recipe(RegressorRun.@Nullable Recipe before) {
        ClassifierOptions options = before == null ? defaults(network) : network.read(before.options());
        ObservationNoise wanted =
                noise != null ? noise.noise() : before == null ? Noise.CONSTANT.noise() : before.noise();
        try {
            return new RegressorRun.Recipe(
                    options,
                    wanted,
                    passes != null ? passes : before == null ? PASSES : before.passes(),
                    coverage != null ? coverage : before == null ? COVERAGE : before.coverage(),
                    maxWidth != null ? maxWidth : before == null ? Double.POSITIVE_INFINITY : before.maxWidth(),
                    data.origin());
        } catch (MirageException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage());
        }
    }

    /** The defaults with what was given; a rate that was not given falls over as many epochs as there are. */
    static ClassifierOptions defaults(NetworkOptions network) {
        int epochs = network.epochs().orElse(EPOCHS);
        return network.read(ClassifierOptions.builder()
                .hidden(50)
                .hiddenDropout(DropoutKind.bernoulli(0.05))
                .l2(1e-4)
                .updater(network.hasRate() ? new Adam(RATE) : ClassifierOptions.decayingAdam(RATE, epochs))
                .epochs(epochs)
                .seed(1)
                .build());
    }

    private void print(RegressorRun.Result result) {
        PrintWriter results = spec.commandLine().getOut();
        results.println(String.format(Locale.ROOT, "training mean:  RMSE %s", Wording.figure(result.meanError())));
        results.println(String.format(Locale.ROOT, "weight scaling: RMSE %s", Wording.figure(result.ordinaryError())));
        results.println(String.format(
                Locale.ROOT,
                "Monte Carlo:    RMSE %s, log-likelihood %.3f",
                Wording.figure(result.monteCarlo().rmse()),
                result.monteCarlo().logLikelihood()));
        results.println(String.format(
                Locale.ROOT,
                "intervals:      %.1f %% promised, %.1f %% of %d test rows inside (%.1f to %.1f are usual), median width"
                        + " %s",
                100 * result.interval().coverage(),
                100 * result.coverage(),
                result.tested(),
                100 * result.usualLow(),
                100 * result.usualHigh(),
                Wording.figure(result.medianWidth())));
        results.println("a person is asked about " + result.asked() + " of " + result.tested() + " test rows");
        results.println("report: " + result.report());
    }

    private static String status(EpochReport report) {
        return String.format(
                Locale.ROOT,
                "loss %.4f held-out loss %.4f error %s",
                report.trainingLoss(),
                report.heldOutLoss(),
                Wording.figure(report.heldOutError()));
    }
}
