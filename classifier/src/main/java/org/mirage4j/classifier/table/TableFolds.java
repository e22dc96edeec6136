package org.mirage4j.classifier.table;

import java.util.stream.IntStream;
import org.mirage4j.classifier.tuning.FoldSource;
import org.mirage4j.core.table.CsvTable;

/**
 * The folds of a table: each fold's preparation is learned from its training rows alone.
 *
 * @param table the rows
 * @param label name of the column to predict
 */
public record TableFolds(CsvTable table, String label) implements FoldSource {

    @Override
    public int[] labels() {
        TablePreparation names = TablePreparation.fit(table, label);
        int column = table.column(label);
        return IntStream.range(0, table.size())
                .map(row -> names.classes().indexOf(table.value(row, column)))
                .toArray();
    }

    @Override
    public Fold fold(int[] training, int[] heldOut) {
        TablePreparation preparation = TablePreparation.fit(table, label, training);
        return new Fold(preparation.examples(table, training), preparation.examples(table, heldOut));
    }
}
