package org.mirage4j.gan.train;

import org.mirage4j.core.memory.FlatArray;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Small arrays from and to the double arithmetic of losses. */
final class Numbers {
    private Numbers() {}

    /** The elements in row-major order. */
    static double[] of(INDArray array) {
        boolean rowMajor = array.ordering() == 'c' && !array.isView();
        return FlatArray.of(rowMajor ? array : array.dup('c')).toArray();
    }

    static INDArray array(DataType type, double[] values, long... shape) {
        INDArray array = Nd4j.createUninitialized(type, shape, 'c');
        FlatArray.of(array).put(0, values, values.length);
        return array;
    }
}
