package org.mirage4j.core.engine.plan;

import java.util.List;
import org.mirage4j.core.engine.Pass;

/** The little that differs between two passes through one plan, and the generator they share. */
final class PassState {
    private final Masks masks = new Masks();
    private long maskKey;
    private List<Pass.Part> parts = List.of();
    private int iteration;
    private int epoch;

    Masks masks() {
        return masks;
    }

    long maskKey() {
        return maskKey;
    }

    /** The parts of the batch whose rows share masks; empty if none do. */
    List<Pass.Part> parts() {
        return parts;
    }

    /** What schedules see. */
    int iteration() {
        return iteration;
    }

    int epoch() {
        return epoch;
    }

    void set(Pass pass, int newIteration, int newEpoch) {
        maskKey = pass.maskKey();
        parts = pass.parts();
        iteration = newIteration;
        epoch = newEpoch;
    }
}
