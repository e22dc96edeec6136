package org.mirage4j.core.table;

import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.Set;

/**
 * What one column holds. It is found out from the whole table, so that it is the same however rows are parted
 * afterwards.
 *
 * @param name the column's name
 * @param type what it is to whoever learns from it
 * @param format how its cells become numbers, if it holds numbers
 * @param categories the categories, sorted, if it holds categories
 * @param values how many rows have a value
 * @param missing how many rows have none, those with a bad cell included
 * @param bad how many rows have a cell that should be a number and is none
 * @param reason why the column is left out, empty if it is not
 * @param remarks what a person should know about it, in sentences without a subject
 */
public record ColumnSchema(
        String name,
        ColumnType type,
        CellFormat format,
        List<String> categories,
        int values,
        int missing,
        int bad,
        String reason,
        List<String> remarks) {
    /** In any column these mean that there is no value; capital or small letters make no difference. */
    private static final Set<String> MISSING =
            Set.of("", "?", "na", "n/a", "#n/a", "#na", "<na>", "nan", "-nan", "null", "nil", "\\n");

    /** Among numbers these mean the same; among texts they may be a category. */
    private static final Set<String> MISSING_NUMBER = Set.of("-", "--", "none", "n.a.", "missing", "unknown");

    private static final int SHOWN = 5;

    /**
     * Copies the lists.
     *
     * @param name any
     * @param type any
     * @param format any
     * @param categories any
     * @param values any
     * @param missing any
     * @param bad any
     * @param reason any
     * @param remarks any
     */
    public ColumnSchema {
        categories = List.copyOf(categories);
        remarks = List.copyOf(remarks);
    }

    /**
     * A column of plain numbers.
     *
     * @param name its name
     * @param values how many rows have one
     * @param missing how many have none
     * @return the column
     */
    public static ColumnSchema numbers(String name, int values, int missing) {
        return new ColumnSchema(
                name, ColumnType.NUMBER, CellFormat.PLAIN, List.of(), values, missing, 0, "", List.of());
    }

    /**
     * A column of categories.
     *
     * @param name its name
     * @param categories the categories, sorted
     * @param values how many rows have one
     * @param missing how many have none
     * @return the column
     */
    public static ColumnSchema categories(String name, List<String> categories, int values, int missing) {
        return new ColumnSchema(
                name, ColumnType.CATEGORY, CellFormat.PLAIN, categories, values, missing, 0, "", List.of());
    }

    /**
     * Whether a text says in any column that there is no value.
     *
     * @param text a cell
     * @return true if it is empty, or one of ? NA N/A #N/A #NA &lt;NA&gt; NaN -NaN null nil \N
     */
    public static boolean isMissingAnywhere(String text) {
        return MISSING.contains(text.toLowerCase(Locale.ROOT));
    }

    /** Whether a text says so in a column of numbers. */
    static boolean isMissingNumber(String text) {
        String small = text.toLowerCase(Locale.ROOT);
        return MISSING.contains(small) || MISSING_NUMBER.contains(small);
    }

    /**
     * Whether a cell of this column says that there is no value.
     *
     * @param text the cell
     * @return true for the marks of {@link #isMissingAnywhere}, and in a column of numbers for - -- none n.a. missing
     *     unknown as well
     */
    public boolean isMissing(String text) {
        return type == ColumnType.NUMBER ? isMissingNumber(text) : isMissingAnywhere(text);
    }

    /**
     * The number in a cell of a column of numbers.
     *
     * @param text the cell
     * @return the number, or nothing if it is none
     */
    public OptionalDouble number(String text) {
        return format.parse(text);
    }

    /**
     * The category in a cell of a column of categories.
     *
     * @param text the cell
     * @return its place among {@link #categories}, negative if it is none of them
     */
    public int category(String text) {
        return Collections.binarySearch(categories, text);
    }

    /**
     * The column in words.
     *
     * @return what it holds and how that is read, or why it is left out
     */
    public String description() {
        StringBuilder words = new StringBuilder();
        switch (type) {
            case NUMBER -> words.append("numbers").append(format.words().isEmpty() ? "" : " with " + format.words());
            case CATEGORY ->
                words.append(categories.size())
                        .append(" categories: ")
                        .append(String.join(", ", categories.subList(0, Math.min(SHOWN, categories.size()))))
                        .append(categories.size() > SHOWN ? ", ..." : "");
            case IGNORE -> words.append("left out: ").append(reason);
        }
        if (type != ColumnType.IGNORE && missing > 0) {
            words.append("; ").append(missing).append(" missing");
        }
        if (type == ColumnType.NUMBER && bad > 0) {
            words.append(", ").append(bad).append(" of them cells that are no numbers");
        }
        remarks.forEach(remark -> words.append("; ").append(remark));
        return words.toString();
    }
}
