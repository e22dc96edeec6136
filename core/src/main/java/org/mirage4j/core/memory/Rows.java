package org.mirage4j.core.memory;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Parts of arrays along their first axis. */
public final class Rows {
    private Rows() {}

    /**
     * Some rows of an array that may be a view itself. ND4J's own {@code get} with an interval gives an empty array for
     * some rows of a view: those whose number and the view's beginning in the array it is of come to more than its rows.
     *
     * @param array of any type and order, with at least one axis
     * @param from the first row
     * @param to one after the last
     * @return a live view [to - from, ...]
     */
    public static INDArray of(INDArray array, long from, long to) {
        if (from < 0 || from >= to || to > array.size(0)) {
            throw new IllegalArgumentException(
                    "rows " + from + " to " + to + " are not among the " + array.size(0) + " of the array");
        }
        long[] shape = array.shape().clone();
        shape[0] = to - from;
        return Nd4j.create(
                array.data(), shape, array.stride(), array.offset() + from * array.stride(0), array.ordering());
    }
}
