package org.mirage4j.classifier.table;

import de.siegmar.fastcsv.writer.CsvWriter;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.mirage4j.classifier.AskingRule;
import org.mirage4j.classifier.ClassifierEvaluation;
import org.mirage4j.classifier.ClassifierOptions;
import org.mirage4j.classifier.Doubt;
import org.mirage4j.classifier.DropoutClassifier;
import org.mirage4j.classifier.Prediction;
import org.mirage4j.classifier.calibration.LabelledPredictions;
import org.mirage4j.classifier.tuning.FoldSource;
import org.mirage4j.classifier.tuning.StratifiedFolds;
import org.mirage4j.core.MirageException;
import org.mirage4j.core.io.AtomicFile;
import org.mirage4j.core.network.ModelFile;
import org.mirage4j.core.table.CsvTable;

/**
 * A dropout classifier of table rows with its preparation. A fifth of the training rows is held out, to
 * measure the model on and to choose when a person should be asked. Immutable and safe for
 * concurrent use.
 */
public final class TableClassifier implements AutoCloseable {
    private static final String PREPARATION = "preparation.json";
    private static final int FOLDS = 5;
    private static final int PASSES = 50;

    private final TablePreparation preparation;
    private final DropoutClassifier classifier;
    private final AskingRule rule;

    /**
     * Puts together what belongs together.
     *
     * @param preparation how columns become numbers
     * @param classifier the classifier of prepared rows
     * @param rule when a person is asked
     */
    public TableClassifier(TablePreparation preparation, DropoutClassifier classifier, AskingRule rule) {
        this.preparation = preparation;
        this.classifier = classifier;
        this.rule = rule;
    }

    /**
     * Trains on a table.
     *
     * @param options how to train
     * @param table the rows
     * @param label name of the column to predict
     * @param accuracy the accuracy wanted where no person is asked, in (0, 1]
     * @return the classifier
     * @throws MirageException if the table cannot be used so
     */
    public static TableClassifier train(ClassifierOptions options, CsvTable table, String label, double accuracy) {
        return train(options, new TableFolds(table, label), accuracy);
    }

    /**
     * Trains on a table whose schema is known.
     *
     * @param options how to train
     * @param folds the rows, their schema and the column to predict
     * @param accuracy the accuracy wanted where no person is asked, in (0, 1]
     * @return the classifier
     * @throws MirageException if the table cannot be used so
     */
    public static TableClassifier train(ClassifierOptions options, TableFolds folds, double accuracy) {
        AskingRule.requireAccuracy(accuracy);
        CsvTable table = folds.table();
        int[] labels = folds.labels();
        StratifiedFolds.requireMembers(labels, 2, folds::className, "two parts, for training and for the threshold");
        int[] heldOut = StratifiedFolds.of(labels, FOLDS, options.seed()).get(0);
        int[] training = IntStream.range(0, labels.length)
                .filter(row -> Arrays.binarySearch(heldOut, row) < 0)
                .toArray();
        TablePreparation preparation = TablePreparation.fit(table, folds.schema(), folds.label(), training);
        FoldSource.Fold parts =
                new FoldSource.Fold(preparation.examples(table, training), preparation.examples(table, heldOut));
        DropoutClassifier classifier = DropoutClassifier.train(options, parts.training());
        List<Prediction> predictions =
                classifier.predict(parts.heldOut().examples(0, heldOut.length).features(), PASSES, options.seed());
        int[] right = IntStream.of(heldOut).map(row -> labels[row]).toArray();
        AskingRule rule = AskingRule.fit(
                predictions, preparation.outside(table, heldOut), right, accuracy, AskingRule.CONFIDENCE);
        return new TableClassifier(preparation, classifier, rule);
    }

    /**
     * Predicts rows.
     *
     * @param table the rows; a label column is not needed
     * @param passes Monte Carlo passes, at least 1
     * @param seed decides the masks
     * @return one prediction per row
     * @throws MirageException if a column is missing, or a value is not one that training has prepared for
     */
    public List<TablePrediction> predict(CsvTable table, int passes, long seed) {
        return inWords(classifier.predict(preparation.features(table), passes, seed), preparation.outside(table));
    }

    /**
     * Predicts rows in hand.
     *
     * @param rows at least one; each has a value for every column of the model: a number, a text as in a file, or null
     *     for a missing value
     * @param passes Monte Carlo passes, at least 1
     * @param seed decides the masks
     * @return one prediction per row, the same as from a file
     * @throws MirageException if a column is missing, or a value is not one that training has prepared for
     */
    public List<TablePrediction> predict(List<? extends Map<String, ?>> rows, int passes, long seed) {
        return inWords(classifier.predict(preparation.features(rows), passes, seed), preparation.outside(rows));
    }

    private List<TablePrediction> inWords(List<Prediction> predictions, List<List<String>> outside) {
        return IntStream.range(0, predictions.size())
                .mapToObj(i -> TablePrediction.of(predictions.get(i), preparation.classes(), rule, outside.get(i)))
                .toList();
    }

    /**
     * Writes predictions as CSV with the columns class, probability, entropy, mutual_information, ask_a_person,
     * because (the doubts) and outside (the columns out of range, both separated by semicolons), in the order of the
     * rows.
     *
     * @param predictions what to write
     * @param file where to
     * @throws MirageException if the file cannot be written
     */
    public static void write(List<TablePrediction> predictions, Path file) {
        AtomicFile.write(file, out -> {
            Writer writer = new OutputStreamWriter(out, StandardCharsets.UTF_8);
            CsvWriter csv = CsvWriter.builder().build(writer);
            csv.writeRecord(
                    "class", "probability", "entropy", "mutual_information", "ask_a_person", "because", "outside");
            for (TablePrediction prediction : predictions) {
                csv.writeRecord(
                        prediction.label(),
                        Double.toString(prediction.probability()),
                        Double.toString(prediction.entropy()),
                        Double.toString(prediction.mutualInformation()),
                        Boolean.toString(prediction.askPerson()),
                        prediction.doubts().stream().map(Doubt::title).collect(Collectors.joining("; ")),
                        String.join("; ", prediction.outside()));
            }
            csv.close();
        });
    }

    /**
     * Evaluates the ordinary prediction on labelled rows.
     *
     * @param table rows with the label column
     * @return the evaluation
     * @throws MirageException if the table does not fit
     */
    public ClassifierEvaluation evaluate(CsvTable table) {
        int column = table.column(preparation.label());
        int[] labels = IntStream.range(0, table.size())
                .map(row -> {
                    int known = preparation.classes().indexOf(table.value(row, column));
                    if (known < 0) {
                        throw new MirageException(table.place(row, column) + ", must be one of " + preparation.classes()
                                + ", but is \"" + table.value(row, column) + "\"");
                    }
                    return known;
                })
                .toArray();
        return ClassifierEvaluation.of(
                LabelledPredictions.of(classifier.probabilities(preparation.features(table)), labels));
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
     * The classifier of prepared rows.
     *
     * @return the classifier
     */
    public DropoutClassifier classifier() {
        return classifier;
    }

    /**
     * When a person is asked.
     *
     * @return the rule, with what it promises
     */
    public AskingRule rule() {
        return rule;
    }

    /**
     * Writes classifier, preparation and rule into a folder, which is created if need be.
     *
     * @param folder where to write
     * @throws MirageException if writing fails
     */
    public void save(Path folder) {
        classifier.save(folder);
        preparation.save(folder.resolve(PREPARATION));
        rule.save(folder);
    }

    /**
     * Reads what {@link #save} has written. The files may be a stranger's, see {@link ModelFile}.
     *
     * @param folder the folder
     * @return the classifier
     * @throws MirageException if a part is missing or cannot be read
     */
    public static TableClassifier load(Path folder) {
        TablePreparation preparation = TablePreparation.load(folder.resolve(PREPARATION));
        return new TableClassifier(preparation, DropoutClassifier.load(folder), AskingRule.load(folder));
    }

    /**
     * Whether a folder holds a classifier of tables.
     *
     * @param folder the folder
     * @return true if {@link #load} would look for its parts there
     */
    public static boolean isSavedIn(Path folder) {
        return Files.isRegularFile(folder.resolve(PREPARATION));
    }

    /** Frees what predictions hold outside the heap. */
    @Override
    public void close() {
        classifier.close();
    }
}
