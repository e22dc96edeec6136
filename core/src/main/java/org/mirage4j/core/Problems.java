package org.mirage4j.core;

import java.util.ArrayList;
import java.util.List;

/**
 * Collects what is wrong with a set of options, so that a refusal names everything at once. Not safe for concurrent
 * use.
 */
public final class Problems {
    private final List<String> found = new ArrayList<>();

    /** Without problems at first. */
    public Problems() {
        // nothing to prepare
    }

    /**
     * Notes a problem where a condition does not hold.
     *
     * @param holds the condition
     * @param problem what is wrong otherwise: what was found and what is allowed
     * @return this
     */
    public Problems require(boolean holds, String problem) {
        if (!holds) {
            found.add(problem);
        }
        return this;
    }

    /**
     * Requires a whole number to reach a least value.
     *
     * @param what name of the value
     * @param value the value
     * @param least the least allowed
     * @return this
     */
    public Problems atLeast(String what, long value, long least) {
        return require(value >= least, what + " must be at least " + least + ", but is " + value);
    }

    /**
     * Requires a whole number to lie within limits.
     *
     * @param what name of the value
     * @param value the value
     * @param least the least allowed
     * @param most the most allowed
     * @return this
     */
    public Problems between(String what, long value, long least, long most) {
        return require(
                value >= least && value <= most, what + " must be in " + least + " to " + most + ", but is " + value);
    }

    /**
     * Requires a finite number above 0.
     *
     * @param what name of the value
     * @param value the value
     * @return this
     */
    public Problems positive(String what, double value) {
        return require(value > 0 && value < Double.POSITIVE_INFINITY, what + " must be above 0, but is " + value);
    }

    /**
     * Requires a finite number of at least 0.
     *
     * @param what name of the value
     * @param value the value
     * @return this
     */
    public Problems notNegative(String what, double value) {
        return require(value >= 0 && value < Double.POSITIVE_INFINITY, what + " must be at least 0, but is " + value);
    }

    /**
     * Requires a number in [0, 1).
     *
     * @param what name of the value
     * @param value the value
     * @return this
     */
    public Problems share(String what, double value) {
        return require(value >= 0 && value < 1, what + " must be in [0, 1), but is " + value);
    }

    /**
     * Refuses if there was any problem.
     *
     * @throws MirageException whose message lists all of them
     */
    public void refuse() {
        if (!found.isEmpty()) {
            throw new MirageException(String.join("; ", found));
        }
    }
}
