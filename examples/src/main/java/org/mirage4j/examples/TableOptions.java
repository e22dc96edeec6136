package org.mirage4j.examples;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.mirage4j.core.table.BadCells;
import org.mirage4j.core.table.ColumnType;
import org.mirage4j.core.table.CsvTable;
import org.mirage4j.core.table.SchemaOptions;
import org.mirage4j.core.table.TableSchema;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** What a person knows about a table: how it is written, and what its columns hold. */
final class TableOptions {
    private static final String COLUMN = "column ";
    private static final String BAD_CELLS = "bad-cells";
    private static final String CHARSET = "charset";
    private static final String DELIMITER = "delimiter";
    private static final String NO_HEADER = "no-header";

    /** A terminal with more rows scrolls away what was said before. */
    private static final int SHOWN = 40;

    @Mixin
    private final TableFormat format = new TableFormat();

    @Option(
            names = "--column",
            converter = Columns.class,
            paramLabel = "NAME=TYPE",
            description = "What a column of --csv is: number, category or ignore. May be given for several columns."
                    + " Default: found out from the whole table and printed.")
    private List<Map.Entry<String, ColumnType>> columns = new ArrayList<>();

    @Option(
            names = "--bad-cells",
            converter = BadCellNames.class,
            completionCandidates = BadCellNames.class,
            description = "What becomes of cells in a column of numbers that hold none: ${COMPLETION-CANDIDATES}."
                    + " Default: refuse.")
    private @Nullable BadCells badCells;

    boolean isGiven() {
        return format.isGiven() || !columns.isEmpty() || badCells != null;
    }

    /** Where the command line is silent about the table, what a run remembers. */
    void recall(Map<String, String> origin) {
        Map<String, ColumnType> all = new LinkedHashMap<>();
        origin.forEach((name, value) -> {
            if (name.startsWith(COLUMN)) {
                all.put(name.substring(COLUMN.length()), new ColumnTypes().convert(value));
            }
        });
        columns.forEach(column -> all.put(column.getKey(), column.getValue()));
        columns = List.copyOf(all.entrySet());
        String bad = origin.get(BAD_CELLS);
        badCells = badCells == null && bad != null ? new BadCellNames().convert(bad) : badCells;
        String charset = origin.get(CHARSET);
        format.charset = format.charset == null && charset != null
                ? new TableFormat.Charsets().convert(charset)
                : format.charset;
        format.headless |= Boolean.parseBoolean(origin.get(NO_HEADER));
        String delimiter = origin.get(DELIMITER);
        format.delimiter = format.delimiter == null && delimiter != null
                ? new TableFormat.Delimiters().convert(delimiter)
                : format.delimiter;
    }

    /** What {@link #recall} needs. */
    Map<String, String> origin() {
        Map<String, String> origin = new LinkedHashMap<>();
        columns.forEach(column -> origin.put(COLUMN + column.getKey(), KebabEnum.spell(column.getValue())));
        if (badCells != null) {
            origin.put(BAD_CELLS, KebabEnum.spell(badCells));
        }
        if (format.charset != null) {
            origin.put(CHARSET, format.charset.name());
        }
        if (format.delimiter != null) {
            origin.put(DELIMITER, TableFormat.spell(format.delimiter));
        }
        if (format.headless) {
            origin.put(NO_HEADER, "true");
        }
        return origin;
    }

    CsvTable read(Path file) {
        return CsvTable.read(file, format.options());
    }

    SchemaOptions schema() {
        Map<String, ColumnType> types = new LinkedHashMap<>();
        columns.forEach(column -> types.put(column.getKey(), column.getValue()));
        return new SchemaOptions(types, badCells == null ? BadCells.REFUSE : badCells);
    }

    static void print(CsvTable table, TableSchema schema, String label, PrintWriter to) {
        to.println(table.name() + ": " + table.size() + " rows"
                + (table.delimiter() == ',' ? "" : ", fields parted by " + TableFormat.spell(table.delimiter())));
        if (2 * table.numbersInHeader() > table.header().size()) {
            to.println("warning: most names of columns are numbers; if the file has no header, say --no-header");
        }
        List<List<String>> rows = schema.rows(label);
        TextTable.print(
                rows.subList(0, Math.min(SHOWN, rows.size())).stream()
                        .map(row -> List.of("  " + row.get(0), row.get(1), row.get(2)))
                        .toList(),
                to);
        if (rows.size() > SHOWN) {
            to.println("  and " + (rows.size() - SHOWN) + " columns more, in schema.json of the run's folder");
        }
    }

    static final class ColumnTypes extends KebabEnum<ColumnType> {
        ColumnTypes() {
            super(ColumnType.class);
        }
    }

    static final class BadCellNames extends KebabEnum<BadCells> {
        BadCellNames() {
            super(BadCells.class);
        }
    }

    /** NAME=TYPE; a name may hold the sign itself. */
    static final class Columns implements ITypeConverter<Map.Entry<String, ColumnType>> {
        @Override
        public Map.Entry<String, ColumnType> convert(String value) {
            int sign = value.lastIndexOf('=');
            if (sign < 1) {
                throw new TypeConversionException(
                        "found '" + value + "', allowed is NAME=TYPE with the type number, category or ignore");
            }
            return Map.entry(value.substring(0, sign).strip(), new ColumnTypes().convert(value.substring(sign + 1)));
        }
    }
}
