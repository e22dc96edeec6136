package org.mirage4j.gan.train;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.mirage4j.core.memory.FlatArray;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Small arrays from and to the double arithmetic of losses. */
final class Numbers {
    private Numbers() {}

    /** The elements in row-major order. */
    static double[] of(INDArray array) {
        return rowMajor(array).toArray();
    }

    private static FlatArray rowMajor(INDArray array) {
        boolean rowMajor = array.ordering() == 'c' && !array.isView();
        return FlatArray.of(rowMajor ? array : array.dup('c'));
    }

    /** Two batches as one: in the array given if it has the shape, else in a new one. */
    static INDArray join(INDArray first, INDArray second, @Nullable INDArray into) {
        long[] shape = first.shape().clone();
        shape[0] += second.size(0);
        INDArray both = into != null && Arrays.equals(into.shape(), shape)
                ? into
                : Nd4j.createUninitialized(first.dataType(), shape, 'c');
        FlatArray flat = FlatArray.of(both);
        flat.put(0, rowMajor(first));
        flat.put(Math.toIntExact(first.length()), rowMajor(second));
        return both;
    }
}
