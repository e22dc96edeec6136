package org.mirage4j.examples;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.mirage4j.classifier.AskingRule;
import org.mirage4j.classifier.ClassifierEvaluation;
import org.mirage4j.classifier.ClassifierOptions;
import org.mirage4j.classifier.EpochReport;
import org.mirage4j.classifier.run.ClassifierData;
import org.mirage4j.classifier.run.ClassifierRun;
import org.mirage4j.classifier.table.TableFolds;
import org.mirage4j.core.MirageException;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

@Command(
        name = "classify",
        description = "Trains a dropout classifier, measures it and writes a report.",
        footer = {"", "Without options: digits drawn by the program, under half a minute on two cores."})
final class ClassifyCommand implements Callable<Integer> {
    private static final int PASSES = 50;
    private static final double ACCURACY = 0.99;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli fills it in
    private CommandSpec spec;

    @Mixin
    @SuppressWarnings("UnusedVariable")
    private final RuntimeOptions runtime = new RuntimeOptions();

    @Mixin
    private final LabelledData data = new LabelledData();

    @Mixin
    private final NetworkOptions network = new NetworkOptions();

    @Option(
            names = "--passes",
            converter = PositiveInteger.class,
            paramLabel = "T",
            description = "Monte Carlo passes of the evaluation. Default: 50.")
    private @Nullable Integer passes;

    @Option(
            names = "--accuracy",
            converter = Decimal.class,
            paramLabel = "SHARE",
            description = "Accuracy wanted where no person is asked. Default: 0.99.")
    private @Nullable Double accuracy;

    @Option(
            names = "--confidence",
            converter = Decimal.class,
            paramLabel = "SHARE",
            description = "Confidence with which that accuracy is promised. Default: 0.95.")
    private @Nullable Double confidence;

    @Mixin
    private final RunChoice choice = new RunChoice();

    @Override
    public Integer call() {
        PrintWriter err = spec.commandLine().getErr();
        choice.checkCombinations();
        Path model = choice.model();
        ClassifierRun.@Nullable Recipe before = model == null ? null : ClassifierRun.recipe(model);
        data.recall(before == null ? Map.of() : before.origin());
        data.checkCombinations();
        ClassifierRun.Recipe recipe = recipe(before);
        RuntimeOptions.check(Path.of(""), err);
        ClassifierData examples = examples(recipe.options());
        try (StopSignal ignored = StopSignal.listen();
                ClassifierRun run = open(recipe, examples)) {
            int epochs = recipe.options().epochs();
            ClassifierRun.Result result;
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

    private ClassifierRun open(ClassifierRun.Recipe recipe, ClassifierData examples) {
        return choice.open(
                folder -> ClassifierRun.resume(folder, recipe, examples),
                folder -> ClassifierRun.create(folder, recipe, examples));
    }

    private ClassifierRun.Recipe recipe(ClassifierRun.@Nullable Recipe before) {
        ClassifierOptions options = network.read(before == null ? null : before.options());
        int wantedPasses = passes != null ? passes : before == null ? PASSES : before.passes();
        double wantedAccuracy = accuracy != null ? accuracy : before == null ? ACCURACY : before.accuracy();
        double wantedConfidence =
                confidence != null ? confidence : before == null ? AskingRule.CONFIDENCE : before.confidence();
        try {
            AskingRule.requireAccuracy(wantedAccuracy);
            AskingRule.requireConfidence(wantedConfidence);
        } catch (MirageException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage());
        }
        return new ClassifierRun.Recipe(options, wantedPasses, wantedAccuracy, wantedConfidence, data.origin());
    }

    private void print(ClassifierRun.Result result) {
        PrintWriter results = spec.commandLine().getOut();
        results.println("weight scaling: " + line(result.ordinary()));
        results.println("Monte Carlo:    " + line(result.monteCarlo()));
        results.println(result.rule().promise());
        results.println("report: " + result.report());
    }

    private ClassifierData examples(ClassifierOptions options) {
        TableFolds table = data.table(spec.commandLine().getErr());
        return table == null
                ? ClassifierData.ofImages(data.training(), data.test(), options.seed())
                : ClassifierData.ofTable(table, options.seed());
    }

    private static String status(EpochReport report) {
        return String.format(
                Locale.ROOT,
                "loss %.4f held-out loss %.4f error %.2f %%",
                report.trainingLoss(),
                report.heldOutLoss(),
                100 * report.heldOutError());
    }

    private static String line(ClassifierEvaluation evaluation) {
        return String.format(
                Locale.ROOT,
                "error %.2f %%, NLL %.4f, Brier %.4f, ECE %.4f",
                100 * evaluation.error(),
                evaluation.negativeLogLikelihood(),
                evaluation.brierScore(),
                evaluation.expectedCalibrationError());
    }
}
