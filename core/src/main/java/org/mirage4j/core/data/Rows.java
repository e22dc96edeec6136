package org.mirage4j.core.data;

/** Examples held on the heap, one row each, in the smallest type that keeps them exactly. */
sealed interface Rows permits ByteRows, FloatRows {

    int count();

    void copyTo(int row, float[] target, int offset);

    /** The rows with these numbers, shared, not copied. */
    Rows select(int[] rows);

    void addTo(Fingerprint fingerprint);
}
