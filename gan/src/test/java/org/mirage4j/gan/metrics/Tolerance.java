package org.mirage4j.gan.metrics;

import org.assertj.core.data.Offset;

/** How closely results must agree. */
final class Tolerance {
    /** Relative agreement with the golden files. */
    static final double GOLDEN = 1e-9;

    /** The same for the Frechet distance, which subtracts traces of nearly equal size. */
    static final double GOLDEN_FRECHET = 1e-7;

    /** Two orders of summation in double. */
    static final Offset<Double> ROUNDING = Offset.offset(1e-12);

    private Tolerance() {}

    static Offset<Double> relative(double expected, double tolerance) {
        return Offset.offset(Math.abs(expected) * tolerance);
    }
}
