package org.mirage4j.benchmarks;

import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Batches as ND4J arrays, made beforehand, that take turns for ever. */
final class Rotation {
    private final INDArray[] batches;
    private int next;

    private Rotation(IntFunction<float[]> values, long... shape) {
        batches = IntStream.range(0, Batches.COUNT)
                .mapToObj(i -> Nd4j.createFromArray(values.apply(i)).reshape(shape))
                .toArray(INDArray[]::new);
    }

    static Rotation uniform(double low, double high, long... shape) {
        return new Rotation(i -> Batches.uniform(i, length(shape), low, high), shape);
    }

    static Rotation gaussian(long... shape) {
        return new Rotation(i -> Batches.gaussian(i, length(shape)), shape);
    }

    static Rotation oneHot(int rows, int classes) {
        return new Rotation(i -> Batches.oneHot(i, rows, classes), rows, classes);
    }

    INDArray next() {
        INDArray batch = batches[next];
        next = (next + 1) % batches.length;
        return batch;
    }

    /** The shape of every batch, as a copy. */
    long[] shape() {
        return batches[0].shape().clone();
    }

    private static int length(long... shape) {
        long length = 1;
        for (long size : shape) {
            length *= size;
        }
        return Math.toIntExact(length);
    }
}
