package org.mirage4j.classifier.table;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.mirage4j.core.MirageException;
import org.mirage4j.core.data.InMemoryExamples;
import org.mirage4j.core.io.AtomicFile;
import org.mirage4j.core.io.Printable;
import org.mirage4j.core.table.BadCells;
import org.mirage4j.core.table.ColumnSchema;
import org.mirage4j.core.table.ColumnType;
import org.mirage4j.core.table.CsvTable;
import org.mirage4j.core.table.SchemaOptions;
import org.mirage4j.core.table.TableSchema;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * How a table's columns become numbers. What a column holds is said by the schema, found out from the whole table;
 * means and ranges are learned from training rows alone. Numbers are standardised, categories become one-hot. A missing
 * number is replaced by the mean, a missing category by none, and where values were missing a further input says so.
 * Immutable.
 */
public final class TablePreparation {
    private final String label;
    private final TableSchema schema;
    private final List<Column> columns;
    private final int trainedOn;
    private final List<TableInput> inputs;

    TablePreparation(
            @JsonProperty("label") String label,
            @JsonProperty("schema") TableSchema schema,
            @JsonProperty("columns") List<Column> columns,
            @JsonProperty("trainedOn") int trainedOn) {
        this.label = label;
        this.schema = schema;
        this.columns = List.copyOf(columns);
        this.trainedOn = trainedOn;
        List<ColumnSchema> schemas = schema.inputs(label);
        List<String> names = schemas.stream().map(ColumnSchema::name).toList();
        if (!names.equals(columns.stream().map(Column::name).toList())) {
            throw new MirageException("the schema has the columns " + names + ", but what was learned is about others");
        }
        this.inputs = IntStream.range(0, schemas.size())
                .mapToObj(i -> new TableInput(schemas.get(i), columns.get(i)))
                .toList();
    }

    /**
     * Learns from all rows of a table, whose schema is found out.
     *
     * @param table the training rows
     * @param label name of the column to predict
     * @return the preparation
     * @throws MirageException if there is no such column, a label is missing, or no column is left to learn from
     */
    public static TablePreparation fit(CsvTable table, String label) {
        TableSchema schema = TableSchema.infer(table, SchemaOptions.NONE, label, ColumnType.CATEGORY);
        return fit(table, schema, label, IntStream.range(0, table.size()).toArray());
    }

    /**
     * Learns from some rows.
     *
     * @param table the table
     * @param schema what its columns hold
     * @param label name of the column to predict, of categories or numbers
     * @param rows numbers of the training rows, from 0
     * @return the preparation
     * @throws MirageException if there is no such column, or no column is left to learn from
     */
    public static TablePreparation fit(CsvTable table, TableSchema schema, String label, int[] rows) {
        schema.column(label);
        List<ColumnSchema> inputs = schema.inputs(label);
        if (inputs.isEmpty()) {
            throw new MirageException(
                    table.name() + " has no column but the label \"" + label + "\"" + leftOut(schema));
        }
        return new TablePreparation(
                label,
                schema,
                inputs.stream().map(column -> Column.learn(column, table, rows)).toList(),
                rows.length);
    }

    private static String leftOut(TableSchema schema) {
        return schema.columns().stream()
                .filter(column -> column.type() == ColumnType.IGNORE)
                .limit(3)
                .map(column -> ", and \"" + column.name() + "\" is " + column.description())
                .reduce("", String::concat);
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
     * What the columns hold.
     *
     * @return the schema of the whole table
     */
    @JsonProperty
    public TableSchema schema() {
        return schema;
    }

    /**
     * The classes.
     *
     * @return the labels, sorted; empty if a number is predicted
     */
    public List<String> classes() {
        return schema.column(label).categories();
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
        return inputs.stream()
                .filter(input -> input.learned().missing() > 0)
                .map(input -> "column \"" + input.schema().name() + "\": "
                        + input.learned().missing() + " of " + trainedOn + " values are missing, "
                        + (input.schema().type() == ColumnType.NUMBER
                                ? String.format(
                                        Locale.ROOT,
                                        "replaced by the mean %.4g",
                                        input.learned().mean())
                                : "a category of their own"))
                .toList();
    }

    /**
     * The rows of a table as numbers. Columns may stand in another order, and others may be there. A category that
     * training has not seen is none of those it has seen, see {@link #outside(CsvTable)}.
     *
     * @param table the rows
     * @return [N, inputs]
     * @throws MirageException if a column is missing, or a number is none or too large to be scaled
     */
    public INDArray features(CsvTable table) {
        requireColumns(table);
        return Nd4j.createFromArray(
                rows(table, IntStream.range(0, table.size()).toArray(), schema.badCells() == BadCells.REFUSE));
    }

    /**
     * Rows in hand as numbers.
     *
     * @param rows at least one, each with a value for every column of the model: a number, a text as in a file, or null
     *     for a missing value; others may be there
     * @return [N, inputs]
     * @throws MirageException if a column is missing, or a number is none or too large to be scaled
     */
    public INDArray features(List<? extends Map<String, ?>> rows) {
        if (rows.isEmpty()) {
            throw new MirageException("a prediction needs at least one row, but was given none");
        }
        float[][] result = new float[rows.size()][inputs()];
        for (int i = 0; i < result.length; i++) {
            Map<String, ?> row = requireColumns(rows.get(i), i);
            int offset = 0;
            for (TableInput input : inputs) {
                String name = input.schema().name();
                String place = "row " + (i + 1) + ", column \"" + name + "\"";
                input.encode(row.get(name), () -> place, schema.badCells() == BadCells.REFUSE, result[i], offset);
                offset += input.width();
            }
        }
        return Nd4j.createFromArray(result);
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

    /**
     * Where rows in hand leave what training has seen, see {@link #outside(CsvTable)}.
     *
     * @param rows the rows
     * @return the names of the columns that lie outside, row by row; mostly none
     * @throws MirageException if a column is missing
     */
    public List<List<String>> outside(List<? extends Map<String, ?>> rows) {
        List<List<String>> outside = new ArrayList<>();
        for (Map<String, ?> row : rows) {
            requireColumns(row, outside.size());
            outside.add(inputs.stream()
                    .filter(input -> !input.covers(row.get(input.schema().name())))
                    .map(input -> input.schema().name())
                    .toList());
        }
        return outside;
    }

    /** Where some rows leave what training has seen. */
    List<List<String>> outside(CsvTable table, int[] rows) {
        requireColumns(table);
        int[] places = places(table);
        return Arrays.stream(rows)
                .mapToObj(row -> IntStream.range(0, places.length)
                        .filter(i -> !inputs.get(i).covers(table.value(row, places[i])))
                        .mapToObj(i -> inputs.get(i).schema().name())
                        .toList())
                .toList();
    }

    /** Labelled examples of some rows; what was not seen in training counts as missing, as folds need it. */
    InMemoryExamples examples(CsvTable table, int[] rows) {
        int column = table.column(label);
        ColumnSchema classes = schema.column(label);
        float[][] labels = new float[rows.length][classes.categories().size()];
        for (int i = 0; i < rows.length; i++) {
            labels[i][classes.category(table.value(rows[i], column))] = 1;
        }
        return InMemoryExamples.of(
                table.shortName(), Nd4j.createFromArray(rows(table, rows, false)), Nd4j.createFromArray(labels));
    }

    /** Some rows with the number to predict, of all rows in hand; bad cells were refused or allowed by the schema. */
    InMemoryExamples numbers(CsvTable table, int[] rows, double[] targets) {
        return InMemoryExamples.withTargets(
                table.shortName(),
                Nd4j.createFromArray(rows(table, rows, false)),
                Arrays.stream(rows).mapToDouble(row -> targets[row]).toArray());
    }

    private void requireColumns(CsvTable table) {
        List<String> absent = inputs.stream()
                .map(input -> input.schema().name())
                .filter(name -> !table.has(name))
                .toList();
        if (!absent.isEmpty()) {
            throw new MirageException(table.name() + " lacks the columns " + Printable.of(absent.toString())
                    + " that the model was trained on; it has "
                    + Printable.of(table.header().toString()));
        }
    }

    private Map<String, ?> requireColumns(Map<String, ?> row, int number) {
        List<String> absent = inputs.stream()
                .map(input -> input.schema().name())
                .filter(name -> !row.containsKey(name))
                .toList();
        if (!absent.isEmpty()) {
            throw new MirageException("row " + (number + 1) + " lacks the columns "
                    + Printable.of(absent.toString())
                    + " that the model was trained on; it has "
                    + Printable.of(row.keySet().toString()));
        }
        return row;
    }

    private int[] places(CsvTable table) {
        return inputs.stream()
                .mapToInt(input -> table.column(input.schema().name()))
                .toArray();
    }

    /**
     * Some rows as numbers.
     *
     * @param strict whether cells that should be numbers and are none are refused, instead of missing
     */
    float[][] rows(CsvTable table, int[] rows, boolean strict) {
        int[] places = places(table);
        float[][] result = new float[rows.length][inputs()];
        for (int i = 0; i < rows.length; i++) {
            int offset = 0;
            for (int j = 0; j < places.length; j++) {
                int row = rows[i];
                int column = places[j];
                Supplier<String> place = () -> table.place(row, column);
                inputs.get(j).encode(table.value(row, column), place, strict, result[i], offset);
                offset += inputs.get(j).width();
            }
        }
        return result;
    }

    int inputs() {
        return inputs.stream().mapToInt(TableInput::width).sum();
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
            throw new MirageException(
                    file + " cannot be read as the preparation of a table: " + Printable.of(e)
                            + " (if an earlier version wrote it, train again)",
                    e);
        }
    }
}
