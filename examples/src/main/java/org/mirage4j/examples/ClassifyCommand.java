package org.mirage4j.examples;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.mirage4j.classifier.ClassifierEvaluation;
import org.mirage4j.classifier.ClassifierOptions;
import org.mirage4j.classifier.EntropyThreshold;
import org.mirage4j.classifier.EpochReport;
import org.mirage4j.classifier.run.ClassifierData;
import org.mirage4j.classifier.run.ClassifierRun;
import org.mirage4j.classifier.table.CsvTable;
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
            defaultValue = "50",
            description = "Monte Carlo passes of the evaluation. Default: ${DEFAULT-VALUE}.")
    private int passes;

    @Option(
            names = "--accuracy",
            converter = Decimal.class,
            paramLabel = "SHARE",
            defaultValue = "0.99",
            description = "Accuracy wanted where no person is asked. Default: ${DEFAULT-VALUE}.")
    private double accuracy;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            description = "The run's folder. Default: the next free runs/classify-N.")
    private @Nullable Path out;

    @Override
    public Integer call() {
        PrintWriter err = spec.commandLine().getErr();
        data.checkCombinations();
        ClassifierOptions options = network.read();
        try {
            EntropyThreshold.requireAccuracy(accuracy);
        } catch (MirageException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage());
        }
        Path folder = out == null ? RunFolders.nextFree("classify") : out;
        RuntimeOptions.check(Path.of(""), err);
        ClassifierData examples = examples(options);
        examples.missingValues().forEach(sentence -> err.println("warning: " + sentence));
        try (ClassifierRun run = ClassifierRun.create(folder, options, examples, passes, accuracy);
                StopSignal ignored = StopSignal.listen()) {
            ClassifierRun.Result result;
            try (Progress progress = Progress.start(err, options.epochs(), "epochs")) {
                result = run.train(report -> {
                    progress.update(report.epoch(), status(report));
                    return !StopSignal.isRaised();
                });
            }
            print(result);
        }
        return ExitCode.OK;
    }

    private void print(ClassifierRun.Result result) {
        PrintWriter results = spec.commandLine().getOut();
        results.println("weight scaling: " + line(result.ordinary()));
        results.println("Monte Carlo:    " + line(result.monteCarlo()));
        results.println("report: " + result.report());
    }

    private ClassifierData examples(ClassifierOptions options) {
        Path csv = data.csv();
        return csv == null
                ? ClassifierData.ofImages(data.training(), data.test(), options.seed())
                : ClassifierData.ofTable(CsvTable.read(csv), data.label(), options.seed());
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
