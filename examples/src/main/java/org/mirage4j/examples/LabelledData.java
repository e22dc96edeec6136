package org.mirage4j.examples;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.mirage4j.classifier.table.TableFolds;
import org.mirage4j.classifier.table.TargetTable;
import org.mirage4j.core.MirageException;
import org.mirage4j.core.data.IdxFile;
import org.mirage4j.core.data.InMemoryExamples;
import org.mirage4j.core.data.SyntheticDigits;
import org.mirage4j.core.table.ColumnType;
import org.mirage4j.core.table.CsvTable;
import org.mirage4j.core.table.TableSchema;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;
import picocli.CommandLine.TypeConversionException;

/** What classifiers learn from: images or a table. */
final class LabelledData {
    private static final int CLASSES = 10;
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
            description = "Number of classes of --data idx. Default: 10.")
    private @Nullable Integer classes;

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

    @Mixin
    private final TableOptions table = new TableOptions();

    /** Where the command line is silent about the data, those that a run remembers. */
    void recall(Map<String, String> origin) {
        if (data != null || folder != null || classes != null || examples != null || csv != null || label != null) {
            return;
        }
        try {
            String kind = origin.get("data");
            data = kind == null ? null : new DataKind.Names().convert(kind);
            folder = path(origin.get("data-dir"));
            classes = number(origin.get("classes"));
            examples = number(origin.get("examples"));
            csv = path(origin.get("csv"));
            label = origin.get("label");
            table.recall(origin);
        } catch (TypeConversionException | NumberFormatException e) {
            throw new MirageException("the run's data cannot be found again from " + origin
                    + " in its config.json; name them with --data and --data-dir, or --csv and --label");
        }
    }

    private static @Nullable Path path(@Nullable String text) {
        return text == null ? null : Path.of(text);
    }

    private static @Nullable Integer number(@Nullable String text) {
        return text == null ? null : Integer.valueOf(text);
    }

    /** What {@link #recall} needs; paths are absolute, because a run may go on from elsewhere. */
    Map<String, String> origin() {
        Map<String, String> origin = new LinkedHashMap<>();
        put(origin, "data", data == null ? null : KebabEnum.spell(data));
        put(origin, "data-dir", folder == null ? null : folder.toAbsolutePath().normalize());
        put(origin, "classes", classes);
        put(origin, "examples", examples);
        put(origin, "csv", csv == null ? null : csv.toAbsolutePath().normalize());
        put(origin, "label", label);
        origin.putAll(table.origin());
        return origin;
    }

    private static void put(Map<String, String> origin, String name, @Nullable Object value) {
        if (value != null) {
            origin.put(name, value.toString());
        }
    }

    void checkCombinations() {
        if (csv != null && data != null) {
            throw usage("--csv and --data exclude each other");
        }
        if ((csv == null) != (label == null)) {
            throw usage("--csv needs --label with the name of the column to predict, and --label needs --csv");
        }
        if (csv == null && table.isGiven()) {
            throw usage("--column, --bad-cells, --charset, --delimiter and --no-header go with --csv only");
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

    /** For a command that predicts a number of a table instead of a class. */
    void checkTarget() {
        if (csv == null || label != null || data != null || folder != null || classes != null || examples != null) {
            throw usage("--target needs --csv with a table, and neither --label nor images");
        }
    }

    /** The table with a number to predict, whose schema is printed. */
    TargetTable targetTable(String target, PrintWriter to) {
        CsvTable rows = table.read(Objects.requireNonNull(csv));
        TableSchema schema = TableSchema.infer(rows, table.schema(), target, ColumnType.NUMBER);
        TableOptions.print(rows, schema, target, to);
        return new TargetTable(rows, schema, target);
    }

    /** For commands that cannot learn from a table. */
    void checkImages() {
        checkCombinations();
        if (csv != null) {
            throw usage(spec.name() + " takes images, not --csv");
        }
    }

    private ParameterException usage(String message) {
        return new ParameterException(spec.commandLine(), message);
    }

    /** The table to learn from, whose schema is printed, or null for images. */
    @Nullable TableFolds table(PrintWriter to) {
        if (csv == null) {
            return null;
        }
        CsvTable rows = table.read(csv);
        String target = String.valueOf(label);
        TableSchema schema = TableSchema.infer(rows, table.schema(), target, ColumnType.CATEGORY);
        TableOptions.print(rows, schema, target, to);
        return new TableFolds(rows, schema, target);
    }

    InMemoryExamples training() {
        if (folder == null) {
            return new SyntheticDigits(0).examples(0, examples == null ? DIGITS : examples);
        }
        InMemoryExamples all = IdxFile.readFolder(folder, IdxFile.Part.TRAINING, classes());
        return examples == null ? all : all.take(examples);
    }

    InMemoryExamples test() {
        return folder == null
                ? new SyntheticDigits(1).examples(0, TEST_DIGITS)
                : IdxFile.readFolder(folder, IdxFile.Part.TEST, classes());
    }

    private int classes() {
        return classes == null ? CLASSES : classes;
    }
}
