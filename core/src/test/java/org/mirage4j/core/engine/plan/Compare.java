package org.mirage4j.core.engine.plan;

import static org.assertj.core.api.Assertions.assertThat;

import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** How far two arrays are apart, measured against the larger one's biggest element. */
final class Compare {
    /** What the plan promises in float32. */
    static final double TOLERANCE = 1e-5;

    private Compare() {}

    static double relativeDifference(INDArray actual, INDArray expected) {
        assertThat(actual.shape()).as("shape").isEqualTo(expected.shape());
        if (expected.isEmpty()) {
            return 0;
        }
        INDArray left = actual.castTo(DataType.DOUBLE);
        INDArray right = expected.castTo(DataType.DOUBLE);
        double scale =
                Math.max(left.amaxNumber().doubleValue(), right.amaxNumber().doubleValue());
        return scale == 0 ? 0 : left.sub(right).amaxNumber().doubleValue() / scale;
    }

    static void assertClose(String what, INDArray actual, INDArray expected) {
        assertClose(what, actual, expected, TOLERANCE);
    }

    static void assertClose(String what, INDArray actual, INDArray expected, double tolerance) {
        double difference = relativeDifference(actual, expected);
        assertThat(Double.isNaN(difference)).as(what + " is a number").isFalse();
        assertThat(difference).as("relative difference of " + what).isLessThanOrEqualTo(tolerance);
    }
}
