package org.mirage4j.core.network;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import org.mirage4j.core.MirageException;

/**
 * The share of units that dropout switches off. A type of its own because Deeplearning4j's
 * {@code dropOut(double)} means the opposite, the probability to retain.
 *
 * @param rate probability that a unit is dropped, in [0, 1)
 */
public record DropoutRate(@JsonValue double rate) {

    /** No dropout. */
    public static final DropoutRate NONE = new DropoutRate(0);

    /**
     * Checks the range.
     *
     * @param rate probability that a unit is dropped, in [0, 1)
     */
    public DropoutRate {
        if (!(rate >= 0 && rate < 1)) {
            throw new MirageException("dropout rate must be in [0, 1), but is " + rate);
        }
    }

    /**
     * The rate with the given probability to drop a unit.
     *
     * @param rate probability that a unit is dropped, in [0, 1)
     * @return the rate
     */
    @JsonCreator
    public static DropoutRate of(double rate) {
        return new DropoutRate(rate);
    }

    /**
     * The complement, as Deeplearning4j's dropout classes want it.
     *
     * @return probability that a unit is kept, in (0, 1]
     */
    public double retain() {
        return 1 - rate;
    }

    /**
     * Whether any unit is ever dropped.
     *
     * @return true for a rate above 0
     */
    public boolean isActive() {
        return rate > 0;
    }
}
