package org.mirage4j.core.report;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Options as people would write them: {@code hiddenDropout = [bernoulli 0.5]} becomes "hidden dropout: bernoulli 0.5". */
public final class Wording {
    private static final int SIGNIFICANT = 4;

    private Wording() {}

    /**
     * Words of options.
     *
     * @param options value by name, in the order of showing
     * @return words by words, in the same order
     */
    public static Map<String, String> of(Map<String, ?> options) {
        Map<String, String> words = new LinkedHashMap<>();
        options.forEach((name, value) -> words.put(name(name), value(value)));
        return words;
    }

    /**
     * A figure in the unit of somebody's data, of whatever size.
     *
     * @param value the figure
     * @return four significant digits, such as 13,620 or 0.04629; with a power of ten only where it is far from 1; empty
     *     if it is not finite
     */
    public static String figure(double value) {
        return Double.isFinite(value)
                ? LineChart.label(new BigDecimal(value)
                        .round(new MathContext(SIGNIFICANT))
                        .doubleValue())
                : "";
    }

    /** From camel case; the dots of groups become blanks. */
    static String name(String name) {
        return name.replace('.', ' ').replaceAll("(?<=[a-z0-9])(?=[A-Z])", " ").toLowerCase(Locale.ROOT);
    }

    static String value(@Nullable Object value) {
        if (value instanceof Collection<?> list) {
            return list.isEmpty() ? "none" : list.stream().map(Wording::value).collect(Collectors.joining(", "));
        }
        if (value instanceof Boolean truth) {
            return truth ? "yes" : "no";
        }
        if (value instanceof Double || value instanceof Float) {
            return LineChart.label(((Number) value).doubleValue());
        }
        if (value instanceof Map<?, ?> group) {
            return group.entrySet().stream()
                    .map(entry -> name(String.valueOf(entry.getKey())) + " " + value(entry.getValue()))
                    .collect(Collectors.joining(", "));
        }
        String text = value == null ? "none" : value.toString();
        boolean constant = text.matches("[A-Z][A-Z0-9]*(_[A-Z0-9]+)*") && text.length() > 1;
        return constant ? text.toLowerCase(Locale.ROOT).replace('_', ' ') : text;
    }
}
