package org.mirage4j.classifier.table;

import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import org.mirage4j.core.table.ColumnSchema;
import org.mirage4j.core.table.ColumnType;
import org.mirage4j.core.table.CsvTable;

/**
 * What training rows teach about one column. Its type and its categories are the schema's affair, and the same however
 * rows were parted.
 *
 * @param name the column's name
 * @param values how many training rows have a value
 * @param missing how many have none
 * @param mean the mean of the numbers, which replaces missing ones
 * @param deviation their standard deviation, 0 if they are all equal
 * @param minimum the least of them
 * @param maximum the largest
 * @param seen the categories that occur, sorted
 */
record Column(
        String name,
        int values,
        int missing,
        double mean,
        double deviation,
        double minimum,
        double maximum,
        List<String> seen) {
    /** How far beyond the training range a number still counts as inside, as a share of that range. */
    private static final double MARGIN = 0.1;

    /** Room for a number of a constant column that was written with other digits. */
    private static final double ROUNDING = 1e-6;

    static Column learn(ColumnSchema schema, CsvTable table, int[] rows) {
        int place = table.column(schema.name());
        List<String> texts = Arrays.stream(rows)
                .mapToObj(row -> table.value(row, place))
                .filter(text -> !schema.isMissing(text))
                .toList();
        if (schema.type() == ColumnType.CATEGORY) {
            return new Column(
                    schema.name(),
                    texts.size(),
                    rows.length - texts.size(),
                    0,
                    0,
                    0,
                    0,
                    List.copyOf(new TreeSet<>(texts)));
        }
        double[] numbers = texts.stream()
                .flatMapToDouble(text -> schema.number(text).stream())
                .toArray();
        double mean = Arrays.stream(numbers).average().orElse(0);
        double minimum = Arrays.stream(numbers).min().orElse(0);
        double maximum = Arrays.stream(numbers).max().orElse(0);
        return new Column(
                schema.name(),
                numbers.length,
                rows.length - numbers.length,
                minimum == maximum ? minimum : mean,
                minimum == maximum ? 0 : deviation(numbers, mean),
                minimum,
                maximum,
                List.of());
    }

    /** Differences are divided by the largest first: the squares of small ones would vanish. */
    private static double deviation(double[] numbers, double mean) {
        double largest = Arrays.stream(numbers)
                .map(number -> Math.abs(number - mean))
                .max()
                .orElseThrow();
        double scale = Math.scalb(1.0, Math.getExponent(largest)); // a power of two costs no digit
        double variance = Arrays.stream(numbers)
                .map(number -> (number - mean) / scale)
                .map(difference -> difference * difference)
                .average()
                .orElseThrow();
        return scale * Math.sqrt(variance);
    }

    /** Whether training has seen numbers like this one, so that the model need not extrapolate. */
    boolean covers(double number) {
        double margin = Math.max(
                MARGIN * maximum - MARGIN * minimum, ROUNDING * Math.max(Math.abs(minimum), Math.abs(maximum)));
        return values > 0 && number >= minimum - margin && number <= maximum + margin;
    }
}
