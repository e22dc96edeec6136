package org.mirage4j.classifier.table;

import java.util.Locale;
import java.util.OptionalDouble;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.mirage4j.core.MirageException;
import org.mirage4j.core.table.ColumnSchema;
import org.mirage4j.core.table.ColumnType;

/**
 * How cells of one column become inputs of a network: a standardised number, or a one-hot category, and where the whole
 * table had missing values, a further input that says whether one is missing. An input that was 0 in all training rows
 * stays 0, because nothing was learned about its weights.
 *
 * <p>A cell is text out of a file, or an object in hand: a number, a text, null for a missing value.
 *
 * @param schema what the column holds
 * @param learned what training rows teach about it
 */
record TableInput(ColumnSchema schema, Column learned) {

    int width() {
        return (isNumber() ? 1 : schema.categories().size()) + (schema.missing() > 0 ? 1 : 0);
    }

    private boolean isNumber() {
        return schema.type() == ColumnType.NUMBER;
    }

    /** Whether training has seen cells like this one. */
    boolean covers(@Nullable Object cell) {
        if (isMissing(cell)) {
            return learned.missing() > 0;
        }
        return isNumber()
                ? number(cell).stream().anyMatch(learned::covers)
                : learned.seen().contains(text(cell));
    }

    /**
     * Writes a cell's inputs.
     *
     * @param place where the cell stands, for messages
     * @param strict whether a cell that should be a number and is none is refused, instead of missing
     * @param target the row of inputs, all of them 0
     * @param offset where this column's begin
     */
    void encode(@Nullable Object cell, Supplier<String> place, boolean strict, float[] target, int offset) {
        boolean missing = isMissing(cell);
        if (!missing && isNumber()) {
            OptionalDouble number = number(cell);
            missing = number.isEmpty();
            if (missing && strict) {
                String with = schema.format().words();
                throw new MirageException(place.get() + ", must be a number" + (with.isEmpty() ? "" : " with " + with)
                        + (isTooLarge(cell) ? nearTraining() : "") + ", but is \"" + text(cell) + "\""
                        + (isTooLarge(cell) ? ", which overflows 32 bits" : ""));
            }
            target[offset] = missing ? 0 : scaled(number.getAsDouble(), place);
        } else if (!missing) {
            missing = !learned.seen().contains(text(cell));
            if (!missing) {
                target[offset + schema.category(text(cell))] = 1;
            }
        }
        if (missing && schema.missing() > 0 && learned.missing() > 0) {
            target[offset + width() - 1] = 1;
        }
    }

    private float scaled(double number, Supplier<String> place) {
        if (learned.deviation() == 0) {
            return 0;
        }
        float scaled = (float) ((number - learned.mean()) / learned.deviation());
        if (!Float.isFinite(scaled)) {
            throw new MirageException(place.get() + ", must be a number" + nearTraining() + ", but is \"" + number
                    + "\", which scaled overflows 32 bits");
        }
        return scaled;
    }

    private String nearTraining() {
        return " near those of training, which lie in [" + learned.minimum() + ", " + learned.maximum() + "]";
    }

    private boolean isTooLarge(@Nullable Object cell) {
        return cell instanceof Number || schema.format().isTooLarge(text(cell));
    }

    private boolean isMissing(@Nullable Object cell) {
        return cell == null
                || (cell instanceof Number number ? Double.isNaN(number.doubleValue()) : schema.isMissing(text(cell)));
    }

    private OptionalDouble number(@Nullable Object cell) {
        if (cell instanceof Number number) {
            double value = number.doubleValue();
            return Math.abs(value) <= Float.MAX_VALUE ? OptionalDouble.of(value) : OptionalDouble.empty();
        }
        return schema.number(text(cell));
    }

    /** A whole number is written as in a file, without a decimal point. */
    private static String text(@Nullable Object cell) {
        if (cell instanceof Double || cell instanceof Float) {
            double value = ((Number) cell).doubleValue();
            return value == Math.rint(value) && Math.abs(value) < 1e15
                    ? String.format(Locale.ROOT, "%d", (long) value)
                    : cell.toString();
        }
        return String.valueOf(cell).strip();
    }
}
