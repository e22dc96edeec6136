package org.mirage4j.classifier.table;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.mirage4j.core.MirageException;
import org.mirage4j.core.data.InMemoryExamples;
import org.mirage4j.core.io.AtomicFile;
import org.mirage4j.core.table.CsvTable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * How a table's columns become numbers, learned from training rows: numbers are standardised, categories
 * become one-hot. Empty values and "NA", "NaN", "N/A", "null" or "?" are missing: a number is then replaced by
 * the mean, a category by none, and if values were missing in training a further input says so. The range of
 * every column is kept, so that a prediction can say what lies outside it. Immutable.
 */
public final class TablePreparation {
    private final String label;
    private final List<String> classes;
    private final List<Column> columns;
    private final int trainedOn;

    TablePreparation(
            @JsonProperty("label") String label,
            @JsonProperty("classes") List<String> classes,
            @JsonProperty("columns") List<Column> columns,
            @JsonProperty("trainedOn") int trainedOn) {
        this.label = label;
        this.classes = List.copyOf(classes);
        this.columns = List.copyOf(columns);
        this.trainedOn = trainedOn;
    }

    /**
     * Learns from all rows of a table.
     *
     * @param table the training rows
     * @param label name of the column to predict
     * @return the preparation
     * @throws MirageException if there is no such column, a label is missing, or a column has no values
     */
    public static TablePreparation fit(CsvTable table, String label) {
        return fit(table, label, IntStream.range(0, table.size()).toArray());
    }

    /** Learns from some rows; the classes are those of the whole table, so that folds agree on them. */
    static TablePreparation fit(CsvTable table, String label, int[] rows) {
        List<String> classes = classes(table, label);
        List<Column> columns = new ArrayList<>();
        for (String name : table.header()) {
            if (!name.equals(label)) {
                columns.add(column(table, name, rows));
            }
        }
        if (columns.isEmpty()) {
            throw new MirageException(table.name() + " has no column but the label \"" + label + "\"");
        }
        return new TablePreparation(label, classes, columns, rows.length);
    }

    private static List<String> classes(CsvTable table, String label) {
        int column = table.column(label);
        TreeSet<String> classes = new TreeSet<>();
        for (int row = 0; row < table.size(); row++) {
            String value = table.value(row, column);
            if (CsvTable.isMissing(value)) {
                throw new MirageException(table.place(row, column) + ", must be a label, but is missing");
            }
            classes.add(value);
        }
        if (classes.size() < 2) {
            throw new MirageException(table.name() + ", column \"" + label
                    + "\", must have at least 2 different labels, but has " + classes);
        }
        return List.copyOf(classes);
    }

    private static Column column(CsvTable table, String name, int[] rows) {
        int index = table.column(name);
        List<String> present = Arrays.stream(rows)
                .mapToObj(row -> table.value(row, index))
                .filter(value -> !CsvTable.isMissing(value))
                .toList();
        int missing = rows.length - present.size();
        if (present.isEmpty()) {
            throw new MirageException(
                    table.name() + ", column \"" + name + "\", has no values to learn from; remove the column");
        }
        double[] numbers = present.stream()
                .map(TablePreparation::number)
                .flatMapToDouble(OptionalDouble::stream)
                .toArray();
        if (numbers.length < present.size()) {
            return new Column(name, false, 0, 1, List.copyOf(new TreeSet<>(present)), missing, 0, 0);
        }
        double mean = Arrays.stream(numbers).average().orElseThrow();
        double variance = Arrays.stream(numbers)
                .map(value -> (value - mean) * (value - mean))
                .average()
                .orElseThrow();
        return new Column(
                name,
                true,
                mean,
                variance > 0 ? Math.sqrt(variance) : 1,
                List.of(),
                missing,
                Arrays.stream(numbers).min().orElseThrow(),
                Arrays.stream(numbers).max().orElseThrow());
    }

    private static OptionalDouble number(String value) {
        try {
            double number = Double.parseDouble(value);
            return Double.isFinite(number) ? OptionalDouble.of(number) : OptionalDouble.empty();
        } catch (NumberFormatException e) {
            return OptionalDouble.empty();
        }
    }

    /**
     * The column that is predicted.
     *
     * @return its name
     */
    @JsonProperty
    public String label() {
        return label;
    }

    /**
     * The classes.
     *
     * @return the labels, sorted
     */
    @JsonProperty
    public List<String> classes() {
        return classes;
    }

    @JsonProperty
    List<Column> columns() {
        return columns;
    }

    @JsonProperty
    int trainedOn() {
        return trainedOn;
    }

    /**
     * What was done about missing values.
     *
     * @return one sentence per column with missing values in training
     */
    public List<String> missingValues() {
        return columns.stream()
                .filter(column -> column.missing() > 0)
                .map(column -> "column \"" + column.name() + "\": " + column.missing() + " of " + trainedOn
                        + " values are missing, "
                        + (column.numeric() ? "replaced by the mean " + column.mean() : "a category of their own"))
                .toList();
    }

    /**
     * The rows of a table as numbers. Columns may stand in another order, and others may be there. A category that
     * training has not seen is none of those it has seen, see {@link #outside}.
     *
     * @param table the rows
     * @return [N, inputs]
     * @throws MirageException if a column is missing, or a number is none or too large to be scaled
     */
    public INDArray features(CsvTable table) {
        return Nd4j.createFromArray(rows(table, IntStream.range(0, table.size()).toArray(), true));
    }

    /**
     * Where rows leave what training has seen: a number further outside the training range than a tenth of that
     * range, a category that did not occur, a missing value where none was missing.
     *
     * @param table the rows
     * @return the names of the columns that lie outside, row by row; mostly none
     * @throws MirageException if a column is missing
     */
    public List<List<String>> outside(CsvTable table) {
        return outside(table, IntStream.range(0, table.size()).toArray());
    }

    /** Where some rows leave what training has seen. */
    List<List<String>> outside(CsvTable table, int[] rows) {
        requireColumns(table);
        int[] places =
                columns.stream().mapToInt(column -> table.column(column.name())).toArray();
        return Arrays.stream(rows)
                .mapToObj(row -> IntStream.range(0, places.length)
                        .filter(i -> !covers(columns.get(i), table.value(row, places[i])))
                        .mapToObj(i -> columns.get(i).name())
                        .toList())
                .toList();
    }

    private static boolean covers(Column column, String value) {
        if (CsvTable.isMissing(value)) {
            return column.missing() > 0;
        }
        return column.numeric()
                ? number(value).stream().anyMatch(column::covers)
                : column.categories().contains(value);
    }

    /** Labelled examples of some rows; what was not seen in training counts as missing, as folds need it. */
    InMemoryExamples examples(CsvTable table, int[] rows) {
        int column = table.column(label);
        float[][] labels = new float[rows.length][classes.size()];
        for (int i = 0; i < rows.length; i++) {
            labels[i][classes.indexOf(table.value(rows[i], column))] = 1;
        }
        return InMemoryExamples.of(
                table.name(), Nd4j.createFromArray(rows(table, rows, false)), Nd4j.createFromArray(labels));
    }

    private void requireColumns(CsvTable table) {
        List<String> absent = columns.stream()
                .map(Column::name)
                .filter(name -> !table.has(name))
                .toList();
        if (!absent.isEmpty()) {
            throw new MirageException(table.name() + " lacks the columns " + absent
                    + " that the model was trained on; it has " + table.header());
        }
    }

    private float[][] rows(CsvTable table, int[] rows, boolean strict) {
        requireColumns(table);
        float[][] result = new float[rows.length][inputs()];
        int offset = 0;
        for (Column column : columns) {
            int index = table.column(column.name());
            for (int i = 0; i < rows.length; i++) {
                encode(column, table, rows[i], index, strict, result[i], offset);
            }
            offset += column.width();
        }
        return result;
    }

    private static void encode(
            Column column, CsvTable table, int row, int index, boolean strict, float[] target, int offset) {
        String value = table.value(row, index);
        boolean missing = CsvTable.isMissing(value);
        if (!missing && column.numeric()) {
            OptionalDouble number = number(value);
            missing = number.isEmpty();
            if (missing && strict) {
                throw new MirageException(table.place(row, index) + ", must be a number, but is \"" + value + "\"");
            }
            target[offset] = (float) ((number.orElse(column.mean()) - column.mean()) / column.deviation());
            if (!Float.isFinite(target[offset])) {
                throw new MirageException(table.place(row, index) + ", must be a number near those of training, which"
                        + " lie in [" + column.minimum() + ", " + column.maximum() + "], but is \"" + value
                        + "\", which scaled overflows 32 bits");
            }
        } else if (!missing) {
            int category = column.categories().indexOf(value);
            missing = category < 0;
            if (!missing) {
                target[offset + category] = 1;
            }
        }
        if (missing && column.missing() > 0) {
            target[offset + column.width() - 1] = 1;
        }
    }

    int inputs() {
        return columns.stream().mapToInt(Column::width).sum();
    }

    void save(Path file) {
        AtomicFile.write(
                file, out -> new ObjectMapper().writerWithDefaultPrettyPrinter().writeValue(out, this));
    }

    static TablePreparation load(Path file) {
        try {
            return new ObjectMapper()
                    .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
                    .readValue(file.toFile(), TablePreparation.class);
        } catch (IOException e) {
            throw new MirageException(file + " cannot be read as the preparation of a table: " + e.getMessage(), e);
        }
    }
}
