package org.mirage4j.core.engine.plan;

/** The little that differs between two passes through one plan, and the generator they share. */
final class PassState {
    private final Masks masks = new Masks();
    private long maskKey;
    private int iteration;
    private int epoch;

    Masks masks() {
        return masks;
    }

    long maskKey() {
        return maskKey;
    }

    /** What schedules see. */
    int iteration() {
        return iteration;
    }

    int epoch() {
        return epoch;
    }

    void set(long key, int newIteration, int newEpoch) {
        maskKey = key;
        iteration = newIteration;
        epoch = newEpoch;
    }
}
