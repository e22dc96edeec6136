package org.mirage4j.core.table;

import java.util.List;
import java.util.Locale;
import org.mirage4j.core.MirageException;

/**
 * What the columns of a table hold. Immutable.
 *
 * <p>A schema is found out from the whole table, before any row is set aside: types and categories are no property of
 * a split. What is learned from values (means, ranges) is not part of it.
 *
 * @param columns all columns in the order of the table, those that are left out among them
 * @param badCells what becomes of cells in a column of numbers that hold none, also in tables that come later
 */
public record TableSchema(List<ColumnSchema> columns, BadCells badCells) {

    /**
     * Copies the list.
     *
     * @param columns any
     * @param badCells any
     */
    public TableSchema {
        columns = List.copyOf(columns);
    }

    /**
     * Finds out what the columns of a table hold.
     *
     * @param table the table, whole
     * @param options what is known already
     * @return its schema
     * @throws MirageException if cells in a column of numbers are none and may not be, it is unclear what a column
     *     is, or the options name a column that is not there
     */
    public static TableSchema infer(CsvTable table, SchemaOptions options) {
        return new SchemaInference(table, options).schema("", ColumnType.IGNORE);
    }

    /**
     * Finds out what the columns of a table hold, one of which is to be predicted: that one is never left out, and
     * has a value in every row.
     *
     * @param table the table, whole
     * @param options what is known already
     * @param target name of the column to predict
     * @param type what it is: {@link ColumnType#CATEGORY} or {@link ColumnType#NUMBER}
     * @return its schema
     * @throws MirageException if cells in a column of numbers are none and may not be, it is unclear what a column
     *     is, or the column to predict is missing, empty somewhere or of another type
     */
    public static TableSchema infer(CsvTable table, SchemaOptions options, String target, ColumnType type) {
        if (type == ColumnType.IGNORE) {
            throw new MirageException(
                    "a column to predict holds categories or numbers, but \"" + target + "\" is asked to be left out");
        }
        return new SchemaInference(table, options).schema(target, type);
    }

    /**
     * One column.
     *
     * @param name its name
     * @return the column
     * @throws MirageException if there is none
     */
    public ColumnSchema column(String name) {
        return columns.stream()
                .filter(column -> column.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new MirageException("there is no column \"" + name + "\", only "
                        + columns.stream().map(ColumnSchema::name).toList()));
    }

    /**
     * The columns to learn from.
     *
     * @param target name of the column to predict, which is none of them
     * @return those that are not left out, in order
     */
    public List<ColumnSchema> inputs(String target) {
        return columns.stream()
                .filter(column ->
                        column.type() != ColumnType.IGNORE && !column.name().equals(target))
                .toList();
    }

    /**
     * The schema as a table for people.
     *
     * @param target name of the column to predict
     * @return a row for each column: its name, its type, and what it holds or why it is left out
     */
    public List<List<String>> rows(String target) {
        return columns.stream()
                .map(column -> List.of(
                        column.name(),
                        column.name().equals(target)
                                ? column.type() == ColumnType.NUMBER ? "target" : "label"
                                : column.type().name().toLowerCase(Locale.ROOT),
                        column.description()))
                .toList();
    }
}
