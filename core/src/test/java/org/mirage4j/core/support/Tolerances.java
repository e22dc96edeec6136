package org.mirage4j.core.support;

/** The only places where a test may be inexact, and by how much. */
public final class Tolerances {
    /** Central differences in double against backpropagation, relative. */
    public static final double NUMERIC_GRADIENT = 1e-6;

    /** Below this both gradients count as zero. */
    public static final double NUMERIC_GRADIENT_FLOOR = 1e-8;

    /** Losses against the golden file, relative. */
    public static final double GOLDEN_LOSS = 1e-9;

    /** Absolute agreement of values about 1 that two engines have computed in single precision. */
    public static final double TWO_ENGINES = 1e-5;

    private Tolerances() {}
}
