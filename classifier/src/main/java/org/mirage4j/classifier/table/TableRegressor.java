package org.mirage4j.classifier.table;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.mirage4j.classifier.DropoutRegressor;
import org.mirage4j.classifier.RegressionPrediction;
import org.mirage4j.classifier.calibration.ConformalInterval;
import org.mirage4j.core.memory.NativeMemory;
import org.mirage4j.core.network.ModelFile;
import org.mirage4j.core.table.CsvTable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A dropout regressor of table rows with its preparation and its calibrated intervals. Immutable and safe for concurrent
 * use.
 */
public final class TableRegressor implements AutoCloseable {
    private static final String PREPARATION = "preparation.json";

    private final TablePreparation preparation;
    private final DropoutRegressor regressor;
    private final ConformalInterval interval;

    /**
     * Puts together what belongs together.
     *
     * @param preparation how columns become numbers
     * @param regressor the regressor of prepared rows
     * @param interval its calibrated intervals
     */
    public TableRegressor(TablePreparation preparation, DropoutRegressor regressor, ConformalInterval interval) {
        this.preparation = preparation;
        this.regressor = regressor;
        this.interval = interval;
    }

    /**
     * Predicts rows.
     *
     * @param table the rows; a target column is not needed
     * @param passes Monte Carlo passes, at least 1
     * @param seed decides the masks
     * @param maxWidth the widest interval that needs no person, in the target's units; infinite for any
     * @return one estimate per row
     * @throws org.mirage4j.core.MirageException if a column is missing, or a value is not one that training has prepared
     *     for
     */
    public List<TableEstimate> predict(CsvTable table, int passes, long seed, double maxWidth) {
        return predict(preparation.features(table), preparation.outside(table), passes, seed, maxWidth);
    }

    /**
     * Predicts rows in hand.
     *
     * @param rows at least one, each with a value for every column of the model, see {@link TablePreparation#features}
     * @param passes Monte Carlo passes, at least 1
     * @param seed decides the masks
     * @param maxWidth the widest interval that needs no person, in the target's units; infinite for any
     * @return one estimate per row
     * @throws org.mirage4j.core.MirageException if a column is missing, or a value is not one that training has prepared
     *     for
     */
    public List<TableEstimate> predict(List<? extends Map<String, ?>> rows, int passes, long seed, double maxWidth) {
        return predict(preparation.features(rows), preparation.outside(rows), passes, seed, maxWidth);
    }

    private List<TableEstimate> predict(
            INDArray features, List<List<String>> outside, int passes, long seed, double maxWidth) {
        List<RegressionPrediction> predictions = regressor.predict(features, passes, seed);
        NativeMemory.release(features);
        return IntStream.range(0, predictions.size())
                .mapToObj(i -> estimate(predictions.get(i), interval, maxWidth, outside.get(i)))
                .toList();
    }

    /**
     * Puts a prediction into words.
     *
     * @param prediction what the regressor says
     * @param interval its calibrated intervals
     * @param maxWidth the widest interval that needs no person; infinite for any
     * @param outside the columns that lie outside what training has seen
     * @return the estimate
     */
    public static TableEstimate estimate(
            RegressionPrediction prediction, ConformalInterval interval, double maxWidth, List<String> outside) {
        return new TableEstimate(
                prediction.mean(),
                interval.lower(prediction),
                interval.upper(prediction),
                prediction.deviation(),
                prediction.modelDeviation(),
                prediction.noiseDeviation(),
                !(2 * interval.halfWidth(prediction) <= maxWidth),
                outside);
    }

    /**
     * How columns become numbers.
     *
     * @return the preparation
     */
    public TablePreparation preparation() {
        return preparation;
    }

    /**
     * The calibrated intervals.
     *
     * @return the intervals
     */
    public ConformalInterval interval() {
        return interval;
    }

    /**
     * Writes regressor, preparation and intervals into a folder, which is created if need be.
     *
     * @param folder where to write
     * @throws org.mirage4j.core.MirageException if writing fails
     */
    public void save(Path folder) {
        regressor.save(folder);
        preparation.save(folder.resolve(PREPARATION));
        interval.save(folder);
    }

    /**
     * Reads what {@link #save} has written. The files may be a stranger's, see {@link ModelFile}.
     *
     * @param folder the folder
     * @return the regressor
     * @throws org.mirage4j.core.MirageException if a part is missing or cannot be read
     */
    public static TableRegressor load(Path folder) {
        TablePreparation preparation = TablePreparation.load(folder.resolve(PREPARATION));
        return new TableRegressor(preparation, DropoutRegressor.load(folder), ConformalInterval.load(folder));
    }

    /**
     * Whether a folder holds a regressor of tables.
     *
     * @param folder the folder
     * @return true if {@link #load} would look for its parts there
     */
    public static boolean isSavedIn(Path folder) {
        return Files.isRegularFile(folder.resolve("interval.json"));
    }

    /** Frees what predictions hold outside the heap. */
    @Override
    public void close() {
        regressor.close();
    }
}
