package org.mirage4j.classifier.table;

import java.util.List;
import java.util.stream.IntStream;
import org.mirage4j.classifier.tuning.StratifiedFolds;
import org.mirage4j.core.data.InMemoryExamples;
import org.mirage4j.core.table.CsvTable;

/**
 * The rows of a table in three parts of every class in proportion, prepared by what the training part
 * teaches.
 *
 * @param preparation how columns become numbers
 * @param training three fifths of the rows, to train on
 * @param calibration a fifth, to fit the temperature on and the rule when a person is asked
 * @param test a fifth, to measure on
 * @param calibrationOutside the columns that lie outside what training has seen, by row of the calibration part
 * @param testOutside the same of the test part
 */
public record TableParts(
        TablePreparation preparation,
        InMemoryExamples training,
        InMemoryExamples calibration,
        InMemoryExamples test,
        List<List<String>> calibrationOutside,
        List<List<String>> testOutside) {
    private static final int FIFTHS = 5;

    /**
     * Copies the lists.
     *
     * @param preparation any
     * @param training any
     * @param calibration any
     * @param test any
     * @param calibrationOutside any
     * @param testOutside any
     */
    public TableParts {
        calibrationOutside = List.copyOf(calibrationOutside);
        testOutside = List.copyOf(testOutside);
    }

    /**
     * Parts a table whose schema is found out.
     *
     * @param table the rows
     * @param label name of the column to predict
     * @param seed decides which row goes where
     * @return the parts
     * @throws org.mirage4j.core.MirageException if the table cannot be used so
     */
    public static TableParts of(CsvTable table, String label, long seed) {
        return of(new TableFolds(table, label), seed);
    }

    /**
     * Parts a table.
     *
     * @param table the rows, their schema and the column to predict
     * @param seed decides which row goes where
     * @return the parts
     * @throws org.mirage4j.core.MirageException if a class has fewer than 5 rows, so that a part could lack it
     */
    public static TableParts of(TableFolds table, long seed) {
        int[] labels = table.labels();
        StratifiedFolds.requireMembers(
                labels, FIFTHS, table::className, "three parts, for training, calibration and test");
        List<int[]> fifths = StratifiedFolds.of(labels, FIFTHS, seed);
        int[] training = IntStream.range(2, FIFTHS)
                .flatMap(i -> IntStream.of(fifths.get(i)))
                .sorted()
                .toArray();
        TablePreparation preparation = TablePreparation.fit(table.table(), table.schema(), table.label(), training);
        return new TableParts(
                preparation,
                preparation.examples(table.table(), training),
                preparation.examples(table.table(), fifths.get(0)),
                preparation.examples(table.table(), fifths.get(1)),
                preparation.outside(table.table(), fifths.get(0)),
                preparation.outside(table.table(), fifths.get(1)));
    }
}
