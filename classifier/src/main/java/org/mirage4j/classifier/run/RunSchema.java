package org.mirage4j.classifier.run;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.mirage4j.core.MirageException;
import org.mirage4j.core.io.AtomicFile;
import org.mirage4j.core.io.Printable;
import org.mirage4j.core.report.HtmlReport;
import org.mirage4j.core.run.RunDirectory;
import org.mirage4j.core.table.ColumnSchema;
import org.mirage4j.core.table.ColumnType;
import org.mirage4j.core.table.TableSchema;

/** What the columns of a run's table hold: {@code schema.json} in its folder, and a section of its page. */
final class RunSchema {
    /** A page with more rows is not read, and the file has them all. */
    private static final int SHOWN = 200;

    private RunSchema() {}

    private static Path file(RunDirectory directory) {
        return directory.folder().resolve("schema.json");
    }

    static void write(RunDirectory directory, TableSchema schema) {
        AtomicFile.write(
                file(directory),
                out -> new ObjectMapper().writerWithDefaultPrettyPrinter().writeValue(out, schema));
    }

    /** Refuses to go on with a run whose columns were read otherwise. */
    static void requireSame(RunDirectory directory, TableSchema schema) {
        Path file = file(directory);
        if (!Files.isRegularFile(file)) {
            throw new MirageException("run " + directory.folder() + " cannot go on: it lacks " + file.getFileName()
                    + ", which says what the columns of its table hold; begin it again");
        }
        TableSchema before;
        try {
            before = new ObjectMapper().readValue(file.toFile(), TableSchema.class);
        } catch (IOException e) {
            throw new MirageException(file + " cannot be read as the schema of a table: " + Printable.of(e), e);
        }
        List<String> others = schema.columns().stream()
                .filter(column -> !before.columns().contains(column))
                .map(ColumnSchema::name)
                .toList();
        if (!before.equals(schema)) {
            throw new MirageException("run " + directory.folder() + " was begun with other types of columns"
                    + (others.isEmpty() ? "" : ": " + Printable.of(others.toString()) + " differ")
                    + "; --column and --bad-cells must be as they were");
        }
    }

    static void show(HtmlReport report, TableSchema schema, String label) {
        List<List<String>> rows = schema.rows(label);
        long ignored = schema.columns().stream()
                .filter(column -> column.type() == ColumnType.IGNORE)
                .count();
        report.section("Columns")
                .text("Types and categories come from the whole table; means and ranges from the training part alone. "
                        + ignored + " of " + rows.size() + " columns are left out."
                        + (rows.size() > SHOWN ? " The first " + SHOWN + " are shown; schema.json has them all." : ""))
                .table(List.of("column", "type", "what it holds"), rows.subList(0, Math.min(SHOWN, rows.size())));
    }
}
