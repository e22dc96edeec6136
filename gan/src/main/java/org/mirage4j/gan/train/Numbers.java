package org.mirage4j.gan.train;

import java.util.Arrays;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.mirage4j.core.memory.FlatArray;
import org.mirage4j.core.memory.NativeMemory;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Small arrays from and to the double arithmetic of losses. */
final class Numbers {
    private Numbers() {}

    /** The elements in row-major order. */
    static double[] of(INDArray array) {
        double[] values = new double[Math.toIntExact(array.length())];
        rowMajor(array, flat -> flat.get(0, values, values.length));
        return values;
    }

    @SuppressWarnings("ReferenceEquality") // a copy, or the array itself
    private static void rowMajor(INDArray array, Consumer<FlatArray> reader) {
        INDArray plain = FlatArray.isRowMajor(array) ? array : array.dup('c');
        reader.accept(FlatArray.of(plain));
        if (plain != array) {
            NativeMemory.release(plain);
        }
    }

    /** Two batches as one: in the array given if it has the shape, else in a new one. */
    static INDArray join(INDArray first, INDArray second, @Nullable INDArray into) {
        long[] shape = first.shape().clone();
        shape[0] += second.size(0);
        INDArray both = into != null && Arrays.equals(into.shape(), shape)
                ? into
                : Nd4j.createUninitialized(first.dataType(), shape, 'c');
        FlatArray flat = FlatArray.of(both);
        rowMajor(first, half -> flat.put(0, half));
        rowMajor(second, half -> flat.put(Math.toIntExact(first.length()), half));
        return both;
    }
}
