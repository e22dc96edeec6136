package org.mirage4j.examples;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.mirage4j.classifier.uci.UciExperiment;
import org.mirage4j.classifier.uci.UciFolder;
import org.mirage4j.classifier.uci.UciRun;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
        name = "uci",
        description = "Runs Monte Carlo dropout regression on all splits of a data set in the layout in which the UCI"
                + " benchmark was published.",
        footer = {"", "Given the folder of an earlier run, it does only the splits that are left."})
final class UciCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli fills it in
    private CommandSpec spec;

    @Mixin
    @SuppressWarnings("UnusedVariable")
    private final RuntimeOptions runtime = new RuntimeOptions();

    @Option(
            names = "--data-dir",
            paramLabel = "DIR",
            required = true,
            description = "Folder with data.txt, index_train_0.txt and so on.")
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    @Option(
            names = "--epoch-multiplier",
            converter = PositiveInteger.class,
            paramLabel = "N",
            defaultValue = "10",
            description = "What the folder's epochs are multiplied by. Default: ${DEFAULT-VALUE}.")
    private int multiplier;

    @Option(
            names = "--passes",
            converter = PositiveInteger.class,
            paramLabel = "T",
            defaultValue = "10000",
            description = "Monte Carlo passes. Default: ${DEFAULT-VALUE}.")
    private int passes;

    @Mixin
    private final SeedOption seed = new SeedOption();

    @Mixin
    private final StudyFolder out = new StudyFolder();

    @Override
    public Integer call() {
        PrintWriter err = spec.commandLine().getErr();
        UciFolder data = UciFolder.read(folder);
        RuntimeOptions.check(Path.of(""), err);
        return out.work(target -> work(target, data, err));
    }

    private int work(Path target, UciFolder data, PrintWriter err) {
        String name = String.valueOf(folder.toAbsolutePath().normalize().getFileName());
        try (UciRun run = UciRun.open(target, name, data, new UciExperiment(multiplier, passes, seed.value()));
                StopSignal ignored = StopSignal.listen()) {
            List<UciExperiment.SplitResult> results;
            try (Progress progress = Progress.goOn(err, run.done(), data.splits(), "splits")) {
                results = run.run((done, last) -> {
                    progress.update(done, status(last));
                    return !StopSignal.isRaised();
                });
            }
            UciExperiment.Summary summary = UciExperiment.Summary.of(results);
            PrintWriter lines = spec.commandLine().getOut();
            lines.println(String.format(
                    Locale.ROOT,
                    "%s, %d of %d splits: RMSE %s, log-likelihood %s",
                    name,
                    summary.splits(),
                    data.splits(),
                    withError(summary.rmse(), summary.rmseError()),
                    withError(summary.logLikelihood(), summary.logLikelihoodError())));
            lines.println("splits: " + target.resolve("metrics.csv"));
            if (results.size() < data.splits()) {
                err.println(StudyFolder.advice(target));
                return StopSignal.EXIT_CODE;
            }
        }
        return ExitCode.OK;
    }

    /** The mean alone of a single split, which has no error. */
    private static String withError(double mean, double error) {
        return Double.isNaN(error)
                ? String.format(Locale.ROOT, "%.3f", mean)
                : String.format(Locale.ROOT, "%.3f ± %.3f", mean, error);
    }

    private static String status(UciExperiment.SplitResult result) {
        return String.format(
                Locale.ROOT,
                "split %d: rate %s, tau %s, RMSE %.3f, log-likelihood %.3f",
                result.split(),
                result.rate(),
                result.tau(),
                result.test().rmse(),
                result.test().logLikelihood());
    }
}
