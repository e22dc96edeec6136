package org.mirage4j.classifier.table;

import java.util.stream.IntStream;
import org.mirage4j.classifier.tuning.FoldSource;
import org.mirage4j.core.table.ColumnSchema;
import org.mirage4j.core.table.ColumnType;
import org.mirage4j.core.table.CsvTable;
import org.mirage4j.core.table.SchemaOptions;
import org.mirage4j.core.table.TableSchema;

/**
 * The folds of a table. They have one schema, but each fold's means and ranges are learned from its training rows alone.
 *
 * @param table the rows
 * @param schema what its columns hold
 * @param label name of the column to predict
 */
public record TableFolds(CsvTable table, TableSchema schema, String label) implements FoldSource {

    /**
     * The folds of a table whose schema is found out.
     *
     * @param table the rows
     * @param label name of the column to predict
     */
    public TableFolds(CsvTable table, String label) {
        this(table, TableSchema.infer(table, SchemaOptions.NONE, label, ColumnType.CATEGORY), label);
    }

    @Override
    public int[] labels() {
        ColumnSchema classes = schema.column(label);
        int column = table.column(label);
        return IntStream.range(0, table.size())
                .map(row -> classes.category(table.value(row, column)))
                .toArray();
    }

    @Override
    public String className(int label) {
        return "\"" + schema.column(this.label).categories().get(label) + "\" of column \"" + this.label + "\"";
    }

    @Override
    public Fold fold(int[] training, int[] heldOut) {
        TablePreparation preparation = TablePreparation.fit(table, schema, label, training);
        return new Fold(preparation.examples(table, training), preparation.examples(table, heldOut));
    }
}
