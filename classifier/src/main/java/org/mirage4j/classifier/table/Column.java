package org.mirage4j.classifier.table;

import java.util.List;

/**
 * How one column becomes numbers.
 *
 * @param name the column's name
 * @param numeric whether it holds numbers; otherwise categories
 * @param mean the mean of the numbers, which replaces missing ones
 * @param deviation their standard deviation, 1 if they are all equal
 * @param categories the categories, sorted
 * @param missing how many training rows have no value; if any, a further number tells whether one is missing
 * @param minimum the least of the numbers in training
 * @param maximum the largest
 */
record Column(
        String name,
        boolean numeric,
        double mean,
        double deviation,
        List<String> categories,
        int missing,
        double minimum,
        double maximum) {
    /** How far beyond the training range a number still counts as inside, as a share of that range. */
    private static final double MARGIN = 0.1;

    /** Room for a number of a constant column that was written with other digits. */
    private static final double ROUNDING = 1e-6;

    int width() {
        return (numeric ? 1 : categories.size()) + (missing > 0 ? 1 : 0);
    }

    /** Whether training has seen numbers like this one, so that the model need not extrapolate. */
    boolean covers(double number) {
        double margin = Math.max(
                MARGIN * maximum - MARGIN * minimum, ROUNDING * Math.max(Math.abs(minimum), Math.abs(maximum)));
        return number >= minimum - margin && number <= maximum + margin;
    }
}
