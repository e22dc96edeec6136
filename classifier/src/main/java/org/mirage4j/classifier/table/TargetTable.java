package org.mirage4j.classifier.table;

import java.util.Arrays;
import java.util.Comparator;
import java.util.DoubleSummaryStatistics;
import java.util.List;
import java.util.stream.IntStream;
import org.mirage4j.core.MirageException;
import org.mirage4j.core.random.RandomStreams;
import org.mirage4j.core.table.ColumnType;
import org.mirage4j.core.table.CsvTable;
import org.mirage4j.core.table.SchemaOptions;
import org.mirage4j.core.table.TableSchema;

/**
 * A table with a column of numbers to predict.
 *
 * @param table the rows
 * @param schema what its columns hold
 * @param target name of the column to predict
 */
public record TargetTable(CsvTable table, TableSchema schema, String target) {
    /** The inverse of a smaller variance would overflow. */
    private static final double LEAST_SPREAD = 1e-100;

    private static final int FIFTHS = 5;

    /** A stratum of fewer rows says more about chance than about the target. */
    private static final int ROWS_PER_STRATUM = 20;

    private static final int MOST_STRATA = 10;

    /**
     * Checks that there is something to predict.
     *
     * @param table the rows
     * @param schema what its columns hold
     * @param target name of the column to predict
     */
    public TargetTable {
        if (schema.column(target).type() != ColumnType.NUMBER) {
            throw new MirageException(table.name() + ", column \"" + target + "\", must hold numbers to be predicted,"
                    + " but is " + schema.column(target).description() + "; classify predicts categories");
        }
    }

    /**
     * A table whose schema is found out.
     *
     * @param table the rows
     * @param target name of the column to predict
     */
    public TargetTable(CsvTable table, String target) {
        this(table, TableSchema.infer(table, SchemaOptions.NONE, target, ColumnType.NUMBER), target);
    }

    /**
     * The numbers to predict.
     *
     * @return one per row
     * @throws MirageException if a row has none
     */
    public double[] targets() {
        int column = table.column(target);
        return IntStream.range(0, table.size())
                .mapToDouble(row -> schema.column(target)
                        .number(table.value(row, column))
                        .orElseThrow(() -> new MirageException(table.place(row, column)
                                + ", must be a number to learn to predict, but is \"" + table.value(row, column)
                                + "\"")))
                .toArray();
    }

    /**
     * Rows in five equal parts at random, whatever they hold, so that a row of one part stands for those of another.
     *
     * @param seed decides who is where
     * @return numbers of rows, ascending in each part
     * @throws MirageException if there are fewer than 5 rows
     */
    List<int[]> fifths(long seed) {
        if (table.size() < FIFTHS) {
            throw new MirageException(table.name() + " must have at least " + FIFTHS
                    + " rows to be parted into training, calibration and test, but has " + table.size());
        }
        int[] order = new RandomStreams(seed).permutation("parts", 0, table.size());
        return IntStream.range(0, FIFTHS)
                .mapToObj(part -> IntStream.range(0, order.length)
                        .filter(i -> i % FIFTHS == part)
                        .map(i -> order[i])
                        .sorted()
                        .toArray())
                .toList();
    }

    /** Which stratum of the sorted target each row belongs to, so that folds have small and large ones alike. */
    int[] strata() {
        double[] targets = targets();
        int strata = Math.max(1, Math.min(MOST_STRATA, targets.length / ROWS_PER_STRATUM));
        int[] byTarget = IntStream.range(0, targets.length)
                .boxed()
                .sorted(Comparator.comparingDouble(row -> targets[row]))
                .mapToInt(Integer::intValue)
                .toArray();
        int[] labels = new int[targets.length];
        for (int place = 0; place < byTarget.length; place++) {
            labels[byTarget[place]] = (int) ((long) place * strata / byTarget.length);
        }
        return labels;
    }

    /** Refuses training rows that say nothing about the target. */
    void requireSpread(double[] trained) {
        if (Arrays.stream(trained).distinct().limit(2).count() < 2) {
            throw new MirageException(table.name() + ", column \"" + target + "\", must have different values to be"
                    + " predicted, but all training rows have " + trained[0]);
        }
        DoubleSummaryStatistics range = Arrays.stream(trained).summaryStatistics();
        double spread = range.getMax() - range.getMin();
        if (spread < LEAST_SPREAD) {
            throw new MirageException(table.name() + ", column \"" + target + "\", must have values that differ by "
                    + LEAST_SPREAD + " or more to be predicted, but those of the training rows lie within " + spread
                    + "; give it in a smaller unit");
        }
    }
}
