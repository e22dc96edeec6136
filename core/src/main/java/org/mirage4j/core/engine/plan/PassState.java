package org.mirage4j.core.engine.plan;

/** The little that differs between two passes through one plan, and the generator they share. */
final class PassState {
    private final Masks masks = new Masks();
    private long maskKey;

    Masks masks() {
        return masks;
    }

    long maskKey() {
        return maskKey;
    }

    void setMaskKey(long key) {
        maskKey = key;
    }
}
