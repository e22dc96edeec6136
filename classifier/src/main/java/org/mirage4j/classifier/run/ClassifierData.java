package org.mirage4j.classifier.run;

import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.mirage4j.classifier.table.TableFolds;
import org.mirage4j.classifier.table.TableParts;
import org.mirage4j.classifier.table.TablePreparation;
import org.mirage4j.core.MirageException;
import org.mirage4j.core.data.InMemoryExamples;
import org.mirage4j.core.table.CsvTable;

/**
 * What a classifier run works on: one part to train on, one to fit the temperature and the rule when a
 * person is asked on, one to measure on. No example is in two of them. Immutable.
 */
public final class ClassifierData {
    private static final double CALIBRATION_SHARE = 0.1;

    private final String name;
    private final String fingerprint;
    private final InMemoryExamples training;
    private final InMemoryExamples calibration;
    private final InMemoryExamples test;
    private final List<List<String>> calibrationOutside;
    private final List<List<String>> testOutside;
    private final List<String> classes;
    private final @Nullable TablePreparation preparation;

    private ClassifierData(
            String name,
            String fingerprint,
            InMemoryExamples training,
            InMemoryExamples calibration,
            InMemoryExamples test,
            List<List<String>> calibrationOutside,
            List<List<String>> testOutside,
            List<String> classes,
            @Nullable TablePreparation preparation) {
        this.name = name;
        this.fingerprint = fingerprint;
        this.training = training;
        this.calibration = calibration;
        this.test = test;
        this.calibrationOutside = calibrationOutside;
        this.testOutside = testOutside;
        this.classes = classes;
        this.preparation = preparation;
    }

    /**
     * Images; a tenth of the training part is set aside for calibration.
     *
     * @param training labelled images, shape [channels, height, width]
     * @param test labelled images of the same shape and classes
     * @param seed decides what is set aside
     * @return the data
     * @throws MirageException if the parts do not fit each other
     */
    public static ClassifierData ofImages(InMemoryExamples training, InMemoryExamples test, long seed) {
        requireImages(training);
        requireImages(test);
        if (training.classes() != test.classes()) {
            throw new MirageException("training and test images must have the same classes, but " + training.name()
                    + " has " + training.classes() + " and " + test.name() + " has " + test.classes());
        }
        InMemoryExamples.Split split = training.split(CALIBRATION_SHARE, seed);
        return new ClassifierData(
                training.name(),
                training.fingerprint(),
                split.training(),
                split.heldOut(),
                test,
                nowhere(split.heldOut()),
                nowhere(test),
                IntStream.range(0, training.classes())
                        .mapToObj(Integer::toString)
                        .toList(),
                null);
    }

    /** Images that passed {@link org.mirage4j.core.data.Inputs} are all in range. */
    private static List<List<String>> nowhere(InMemoryExamples images) {
        return Collections.nCopies((int) images.size(), List.of());
    }

    private static void requireImages(InMemoryExamples examples) {
        if (examples.exampleShape().length != 3) {
            throw new MirageException("images must have 3 dimensions (channels, height, width), but those of "
                    + examples.name() + " have " + examples.exampleShape().length);
        }
    }

    /**
     * Rows of a table whose schema is found out: three fifths for training, a fifth each for calibration and test.
     *
     * @param table the rows
     * @param label name of the column to predict
     * @param seed decides which row goes where
     * @return the data
     * @throws MirageException if the table cannot be used so
     */
    public static ClassifierData ofTable(CsvTable table, String label, long seed) {
        return ofTable(new TableFolds(table, label), seed);
    }

    /**
     * Rows of a table whose schema is known: three fifths for training, a fifth each for calibration and test.
     *
     * @param folds the rows, their schema and the column to predict
     * @param seed decides which row goes where
     * @return the data
     * @throws MirageException if the table cannot be used so
     */
    public static ClassifierData ofTable(TableFolds folds, long seed) {
        CsvTable table = folds.table();
        TableParts parts = TableParts.of(folds, seed);
        return new ClassifierData(
                table.shortName(),
                table.fingerprint(),
                parts.training(),
                parts.calibration(),
                parts.test(),
                parts.calibrationOutside(),
                parts.testOutside(),
                parts.preparation().classes(),
                parts.preparation());
    }

    /**
     * What was done about missing values.
     *
     * @return a sentence per column of a table with missing values in the training part; empty for images
     */
    public List<String> missingValues() {
        return preparation().map(TablePreparation::missingValues).orElse(List.of());
    }

    String name() {
        return name;
    }

    String fingerprint() {
        return fingerprint;
    }

    InMemoryExamples training() {
        return training;
    }

    InMemoryExamples calibration() {
        return calibration;
    }

    InMemoryExamples test() {
        return test;
    }

    /** The columns that lie outside what training has seen, by example of the calibration part; none for images. */
    List<List<String>> calibrationOutside() {
        return calibrationOutside;
    }

    /** The same of the test part. */
    List<List<String>> testOutside() {
        return testOutside;
    }

    List<String> classes() {
        return classes;
    }

    /** How columns became numbers, where the data are a table. */
    Optional<TablePreparation> preparation() {
        return Optional.ofNullable(preparation);
    }
}
