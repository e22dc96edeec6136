package org.mirage4j.classifier.run;

import java.util.List;
import org.mirage4j.classifier.table.TargetParts;
import org.mirage4j.classifier.table.TargetTable;

/**
 * What a regressor's run works on: one part of a table to train on, one to fit intervals on, one to measure on. No row is
 * in two of them. Immutable.
 */
public final class RegressionData {
    private final TargetTable table;
    private final TargetParts parts;

    private RegressionData(TargetTable table, TargetParts parts) {
        this.table = table;
        this.parts = parts;
    }

    /**
     * Rows of a table: three fifths for training, a fifth each for calibration and test, at random.
     *
     * @param table the rows, their schema and the column to predict
     * @param seed decides which row goes where
     * @return the data
     * @throws org.mirage4j.core.MirageException if the table cannot be used so
     */
    public static RegressionData of(TargetTable table, long seed) {
        return new RegressionData(table, TargetParts.of(table, seed));
    }

    /**
     * What was done about missing values.
     *
     * @return a sentence per column with missing values in the training part
     */
    public List<String> missingValues() {
        return parts.preparation().missingValues();
    }

    String name() {
        return table.table().shortName();
    }

    String fingerprint() {
        return table.table().fingerprint();
    }

    TargetTable table() {
        return table;
    }

    TargetParts parts() {
        return parts;
    }
}
