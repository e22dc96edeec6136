package org.mirage4j.core.table;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What somebody who knows a table has to say about it.
 *
 * @param columns the types of some columns, by name; the others are found out
 * @param badCells what becomes of cells in a column of numbers that hold none
 */
public record SchemaOptions(Map<String, ColumnType> columns, BadCells badCells) {
    /** Nothing is known, and bad cells are refused. */
    public static final SchemaOptions NONE = new SchemaOptions(Map.of(), BadCells.REFUSE);

    /**
     * Copies the types.
     *
     * @param columns any
     * @param badCells any
     */
    public SchemaOptions {
        columns = Map.copyOf(columns);
    }

    /**
     * The same, with one more column known.
     *
     * @param column its name
     * @param type what it is
     * @return new options
     */
    public SchemaOptions with(String column, ColumnType type) {
        Map<String, ColumnType> more = new LinkedHashMap<>(columns);
        more.put(column, type);
        return new SchemaOptions(more, badCells);
    }

    /**
     * The same, with another treatment of bad cells.
     *
     * @param treatment what becomes of them
     * @return new options
     */
    public SchemaOptions with(BadCells treatment) {
        return new SchemaOptions(columns, treatment);
    }
}
