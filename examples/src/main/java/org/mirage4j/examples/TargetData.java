package org.mirage4j.examples;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.mirage4j.classifier.table.TargetTable;
import org.mirage4j.core.MirageException;
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

/** What regressors learn from: a table with a column of numbers to predict. */
final class TargetData {
    @Spec(Target.MIXEE)
    @SuppressWarnings("NullAway.Init") // picocli fills it in
    private CommandSpec spec;

    @Option(names = "--csv", paramLabel = "FILE", description = "Table to learn.")
    private @Nullable Path csv;

    @Option(
            names = "--target",
            paramLabel = "COLUMN",
            description = "Column of --csv that holds the number to predict.")
    private @Nullable String target;

    @Mixin
    private final TableOptions table = new TableOptions();

    /** Where the command line is silent about the data, those that a run remembers. */
    void recall(Map<String, String> origin) {
        if (csv != null || target != null) {
            return;
        }
        String file = origin.get("csv");
        csv = file == null ? null : Path.of(file);
        target = origin.get("target");
        try {
            table.recall(origin);
        } catch (TypeConversionException e) {
            throw new MirageException("the run's data cannot be found again from " + origin
                    + " in its config.json; name them with --csv and --target");
        }
    }

    /** What {@link #recall} needs; paths are absolute, because a run may go on from elsewhere. */
    Map<String, String> origin() {
        Map<String, String> origin = new LinkedHashMap<>();
        if (csv != null) {
            origin.put("csv", csv.toAbsolutePath().normalize().toString());
        }
        if (target != null) {
            origin.put("target", target);
        }
        origin.putAll(table.origin());
        return origin;
    }

    void checkCombinations() {
        if (csv == null || target == null) {
            throw new ParameterException(
                    spec.commandLine(),
                    spec.name() + " needs --csv with a table and --target with the name of the column to predict");
        }
    }

    /** The table to learn from, whose schema is printed. */
    TargetTable table(PrintWriter to) {
        checkCombinations();
        CsvTable rows = table.read(Objects.requireNonNull(csv));
        String column = String.valueOf(target);
        TableSchema schema = TableSchema.infer(rows, table.schema(), column, ColumnType.NUMBER);
        TableOptions.print(rows, schema, column, to);
        return new TargetTable(rows, schema, column);
    }
}
