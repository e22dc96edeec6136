package org.mirage4j.core.report;

import java.util.Locale;
import java.util.stream.LongStream;

/** Round numbers along an axis, 1, 2 or 5 times a power of ten apart. */
record Ticks(double least, double most, double step) {

    /** At most as many steps as given, and more than a third of them. */
    static Ticks between(double least, double most, int steps) {
        double rough = (most - least) / steps;
        double power = Math.pow(10, Math.floor(Math.log10(rough)));
        double leading = rough / power;
        return new Ticks(least, most, power * (leading <= 1 ? 1 : leading <= 2 ? 2 : leading <= 5 ? 5 : 10));
    }

    double[] values() {
        long first = (long) Math.ceil(least / step - 1e-9);
        long last = (long) Math.floor(most / step + 1e-9);
        return LongStream.rangeClosed(first, last)
                .asDoubleStream()
                .map(i -> i * step)
                .toArray();
    }

    String label(double value) {
        int decimals = Math.max(0, (int) -Math.floor(Math.log10(step) + 1e-9));
        return String.format(Locale.ROOT, "%." + decimals + "f", value == 0 ? 0.0 : value);
    }
}
