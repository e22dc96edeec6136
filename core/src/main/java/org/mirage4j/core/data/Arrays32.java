package org.mirage4j.core.data;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** The way from Java floats in C order to ND4J arrays. Always a copy. */
final class Arrays32 {

    private Arrays32() {}

    static INDArray batch(float[] values, int count, long[] exampleShape) {
        long[] shape = new long[exampleShape.length + 1];
        shape[0] = count;
        System.arraycopy(exampleShape, 0, shape, 1, exampleShape.length);
        return Nd4j.create(values, shape, 'c'); // no view, which could not be closed
    }

    static long product(long... shape) {
        long product = 1;
        for (long size : shape) {
            product = Math.multiplyExact(product, size);
        }
        return product;
    }
}
