package org.mirage4j.gan.metrics;

import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** The inner products of one tile of pairs, by the backend's matrix product in double. */
final class Products {
    private Products() {}

    /** Of rows i..i+m-1 of one set and j..j+n-1 of another, column by column: that of i+r and j+c is at c * m + r. */
    static double[] of(FeatureMatrix a, int i, int m, FeatureMatrix b, int j, int n) {
        try (INDArray x = a.block(i, i + m);
                INDArray y = b.block(j, j + n);
                INDArray products = Nd4j.createUninitialized(DataType.DOUBLE, new long[] {m, n}, 'f')) {
            Nd4j.gemm(x, y, products, false, true, 1, 0);
            return products.data().asDouble();
        }
    }
}
