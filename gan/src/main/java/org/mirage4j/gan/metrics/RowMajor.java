package org.mirage4j.gan.metrics;

import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The way from ND4J to the heap. */
final class RowMajor {
    private RowMajor() {}

    /** The numbers in 'c' order, whatever order and type the array has: which order gemm gives is not promised. */
    static double[] of(INDArray array) {
        return array.castTo(DataType.DOUBLE).dup('c').data().asDouble();
    }
}
