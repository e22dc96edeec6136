package org.mirage4j.examples;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.mirage4j.classifier.AskingRule;
import org.mirage4j.classifier.run.RegressorRun;
import org.mirage4j.classifier.run.RunPredictor;
import org.mirage4j.classifier.table.TableClassifier;
import org.mirage4j.classifier.table.TableEstimate;
import org.mirage4j.classifier.table.TablePrediction;
import org.mirage4j.core.MirageException;
import org.mirage4j.core.data.IdxFile;
import org.mirage4j.core.data.InMemoryExamples;
import org.mirage4j.core.data.Inputs;
import org.mirage4j.core.data.NpyFile;
import org.mirage4j.core.table.CsvTable;
import org.nd4j.linalg.api.ndarray.INDArray;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

@Command(
        name = "predict",
        description = "Predicts with the model of a classifier's run: class, probability, entropy, mutual information,"
                + " whether to ask a person and why; or of a regressor's: mean, interval, deviations and the same.")
final class PredictCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli fills it in
    private CommandSpec spec;

    @Mixin
    @SuppressWarnings("UnusedVariable")
    private final RuntimeOptions runtime = new RuntimeOptions();

    @Option(names = "--run", paramLabel = "DIR", required = true, description = "The run to predict with.")
    @SuppressWarnings("NullAway.Init")
    private Path run;

    @ArgGroup(multiplicity = "1")
    @SuppressWarnings("NullAway.Init")
    private Input input;

    private static final class Input {
        @Option(names = "--csv", paramLabel = "FILE", description = "Table to predict, for runs trained on one.")
        private @Nullable Path csv;

        @Option(names = "--idx", paramLabel = "FILE", description = "Images to predict, in the IDX format.")
        private @Nullable Path idx;

        @Option(
                names = "--npy",
                paramLabel = "FILE",
                description = "Images to predict in NumPy's format: [N,C,H,W], [N,H,W,C] or [N,H,W], floats in [0,1] or"
                        + " bytes.")
        private @Nullable Path npy;
    }

    @Mixin
    private final TableFormat format = new TableFormat();

    @Option(
            names = "--passes",
            converter = PositiveInteger.class,
            paramLabel = "T",
            description = "Monte Carlo passes. Default: those that the run was measured with.")
    private @Nullable Integer passes;

    @Option(
            names = "--seed",
            converter = WholeNumber.class,
            paramLabel = "N",
            description = "Seed of the masks. Default: that of the run.")
    private @Nullable Long seed;

    @Option(
            names = "--max-width",
            converter = Decimal.class,
            paramLabel = "W",
            description = "Of a regressor: ask a person where the interval is wider than this, in the target's units."
                    + " Default: that of the run.")
    private @Nullable Double maxWidth;

    @Option(names = "--out", paramLabel = "FILE", required = true, description = "CSV file to write.")
    @SuppressWarnings("NullAway.Init")
    private Path out;

    @Override
    public Integer call() {
        if (input.csv == null && format.isGiven()) {
            throw new ParameterException(
                    spec.commandLine(), "--charset, --delimiter and --no-header go with --csv only");
        }
        requireOtherFile();
        RuntimeOptions.check(Path.of(""), spec.commandLine().getErr());
        if (RegressorRun.isIn(run)) {
            return estimate();
        }
        if (maxWidth != null) {
            throw new ParameterException(
                    spec.commandLine(), "--max-width goes with the run of a regressor, but " + run + " is none");
        }
        List<TablePrediction> predictions;
        AskingRule rule;
        try (RunPredictor predictor = RunPredictor.open(run)) {
            rule = predictor.rule();
            int times = passes == null ? predictor.passes() : passes;
            long masks = seed == null ? predictor.seed() : seed;
            predictions = input.csv != null
                    ? predictor.predict(CsvTable.read(input.csv, format.options()), times, masks)
                    : predictor.predict(images(), times, masks);
        }
        TableClassifier.write(predictions, out);
        finish(
                predictions.size(),
                predictions.stream().filter(TablePrediction::askPerson).count(),
                rule.promise());
        return ExitCode.OK;
    }

    /** Predictions do not take the place of what they are made from. */
    private void requireOtherFile() {
        Path in = Objects.requireNonNull(input.csv != null ? input.csv : input.npy != null ? input.npy : input.idx);
        try {
            if (Files.exists(out) && Files.exists(in) && Files.isSameFile(in, out)) {
                throw new ParameterException(
                        spec.commandLine(), "--out must be another file than the one to predict, but both are " + out);
            }
        } catch (IOException e) {
            throw new MirageException("cannot tell whether " + in + " and " + out + " are one file: " + e, e);
        }
    }

    private int estimate() {
        if (input.csv == null) {
            throw new ParameterException(
                    spec.commandLine(), "run " + run + " was trained on a table, so it predicts --csv only");
        }
        RegressorRun.PredictionOptions options = RegressorRun.predictionOptions(run);
        try {
            options = new RegressorRun.PredictionOptions(
                    passes == null ? options.passes() : passes,
                    seed == null ? options.seed() : seed,
                    maxWidth == null ? options.maxWidth() : maxWidth);
        } catch (MirageException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage());
        }
        List<TableEstimate> estimates = RegressorRun.predict(run, CsvTable.read(input.csv, format.options()), options);
        TableEstimate.write(estimates, out);
        finish(
                estimates.size(),
                estimates.stream().filter(TableEstimate::askPerson).count(),
                RegressorRun.interval(run).promise());
        return ExitCode.OK;
    }

    private void finish(int predicted, long asked, String promise) {
        PrintWriter err = spec.commandLine().getErr();
        err.println(predicted + " predictions, " + asked + " of them for a person");
        err.println(promise);
        spec.commandLine().getOut().println(out);
    }

    private INDArray images() {
        if (input.npy != null) {
            return Inputs.images(input.npy.toString(), NpyFile.read(input.npy));
        }
        Path file = Objects.requireNonNull(input.idx);
        InMemoryExamples images = IdxFile.readImages(String.valueOf(file.getFileName()), file);
        return images.examples(0, (int) images.size()).features();
    }
}
