package org.mirage4j.examples;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.mirage4j.core.data.IdxFile;
import org.mirage4j.core.data.InMemoryExamples;
import org.mirage4j.core.data.SyntheticDigits;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/** What classifiers learn from: images or a table. */
final class LabelledData {
    private static final int DIGITS = 20_000;
    private static final int TEST_DIGITS = 5_000;

    @Spec(Target.MIXEE)
    @SuppressWarnings("NullAway.Init") // picocli fills it in
    private CommandSpec spec;

    @Option(
            names = "--data",
            converter = DataKind.Names.class,
            completionCandidates = DataKind.Names.class,
            description = "Images to learn: ${COMPLETION-CANDIDATES}. Default: synthetic-digits.")
    private @Nullable DataKind data;

    @Option(
            names = "--data-dir",
            paramLabel = "DIR",
            description = "Folder with train-images-idx3-ubyte and train-labels-idx1-ubyte, and the same with t10k to"
                    + " test on, plain or .gz.")
    private @Nullable Path folder;

    @Option(
            names = "--classes",
            converter = PositiveInteger.class,
            paramLabel = "N",
            defaultValue = "10",
            description = "Number of classes of --data idx. Default: ${DEFAULT-VALUE}.")
    private int classes;

    @Option(
            names = "--examples",
            converter = PositiveInteger.class,
            paramLabel = "N",
            description = "Learn from the first N images only.")
    private @Nullable Integer examples;

    @Option(names = "--csv", paramLabel = "FILE", description = "Table to learn, instead of images.")
    private @Nullable Path csv;

    @Option(names = "--label", paramLabel = "COLUMN", description = "Column of --csv that holds the class.")
    private @Nullable String label;

    void checkCombinations() {
        if (csv != null && data != null) {
            throw usage("--csv and --data exclude each other");
        }
        if ((csv == null) != (label == null)) {
            throw usage("--csv needs --label with the name of the column to predict, and --label needs --csv");
        }
        if (csv != null && examples != null) {
            throw usage("--examples goes with images only");
        }
        if (data == DataKind.IDX && folder == null) {
            throw usage("--data idx needs --data-dir with the folder of the IDX files");
        }
        if (data != DataKind.IDX && folder != null) {
            throw usage("--data-dir goes with --data idx only");
        }
    }

    private ParameterException usage(String message) {
        return new ParameterException(spec.commandLine(), message);
    }

    /** The table to read, or null for images. */
    @Nullable Path csv() {
        return csv;
    }

    String label() {
        return String.valueOf(label);
    }

    InMemoryExamples training() {
        if (folder == null) {
            return new SyntheticDigits(0).examples(0, examples == null ? DIGITS : examples);
        }
        InMemoryExamples all = IdxFile.readFolder(folder, IdxFile.Part.TRAINING, classes);
        return examples == null ? all : all.take(examples);
    }

    InMemoryExamples test() {
        return folder == null
                ? new SyntheticDigits(1).examples(0, TEST_DIGITS)
                : IdxFile.readFolder(folder, IdxFile.Part.TEST, classes);
    }
}
