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
 */
record Column(String name, boolean numeric, double mean, double deviation, List<String> categories, int missing) {

    int width() {
        return (numeric ? 1 : categories.size()) + (missing > 0 ? 1 : 0);
    }
}
