package org.mirage4j.classifier.table;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.mirage4j.core.data.InMemoryExamples;

/**
 * The rows of a table with a number to predict in three parts at random, prepared by what the training part teaches.
 *
 * @param preparation how columns become numbers
 * @param training three fifths of the rows, to train on, with their targets
 * @param calibration a fifth, to fit intervals on
 * @param test a fifth, to measure on
 * @param outside the columns of each test row that lie outside what training has seen
 */
public record TargetParts(
        TablePreparation preparation,
        InMemoryExamples training,
        InMemoryExamples calibration,
        InMemoryExamples test,
        List<List<String>> outside) {

    /**
     * Copies the list.
     *
     * @param preparation any
     * @param training any
     * @param calibration any
     * @param test any
     * @param outside any
     */
    public TargetParts {
        outside = List.copyOf(outside);
    }

    /**
     * Parts a table.
     *
     * @param table the rows, their schema and the column to predict
     * @param seed decides which row goes where
     * @return the parts
     * @throws org.mirage4j.core.MirageException if there are too few rows, or nothing to predict
     */
    public static TargetParts of(TargetTable table, long seed) {
        List<int[]> fifths = table.fifths(seed);
        int[] training = IntStream.range(2, fifths.size())
                .flatMap(i -> IntStream.of(fifths.get(i)))
                .sorted()
                .toArray();
        double[] targets = table.targets();
        table.requireSpread(
                Arrays.stream(training).mapToDouble(row -> targets[row]).toArray());
        TablePreparation preparation = TablePreparation.fit(table.table(), table.schema(), table.target(), training);
        return new TargetParts(
                preparation,
                preparation.numbers(table.table(), training, targets),
                preparation.numbers(table.table(), fifths.get(0), targets),
                preparation.numbers(table.table(), fifths.get(1), targets),
                preparation.outside(table.table(), fifths.get(1)));
    }
}
