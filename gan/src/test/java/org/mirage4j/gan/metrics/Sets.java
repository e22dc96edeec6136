package org.mirage4j.gan.metrics;

import org.mirage4j.core.features.ExtractorId;
import org.mirage4j.core.random.RandomStreams;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Small seeded sets. */
final class Sets {
    static final RandomStreams STREAMS = new RandomStreams(20);

    private Sets() {}

    static FeatureMatrix gaussian(String name, int rows, int columns) {
        return points(STREAMS.gaussian(name, 0, DataType.DOUBLE, rows, columns));
    }

    static FeatureMatrix points(INDArray values) {
        return FeatureMatrix.of(values, ExtractorId.POINTS);
    }

    static FeatureMatrix points(double[][] values) {
        return points(Nd4j.createFromArray(values));
    }
}
