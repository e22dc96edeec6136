package org.mirage4j.core.support;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.function.DoubleSupplier;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Central differences, against which every analytic gradient is held. */
public final class NumericGradient {
    private static final double STEP = 1e-5;

    private NumericGradient() {}

    /**
     * Compares an analytic gradient with central differences of a function of the variable's values.
     *
     * @param what name for messages
     * @param variable the array to vary in place; restored afterwards
     * @param analytic the gradient to check, same length
     * @param function the function's value at the variable's current content
     */
    public static void check(String what, INDArray variable, INDArray analytic, DoubleSupplier function) {
        INDArray x = variable.reshape(variable.length());
        INDArray g = analytic.dup('c').reshape(analytic.length());
        for (long i = 0; i < x.length(); i++) {
            double original = x.getDouble(i);
            x.putScalar(i, original + STEP);
            double above = function.getAsDouble();
            x.putScalar(i, original - STEP);
            double below = function.getAsDouble();
            x.putScalar(i, original);
            double numeric = (above - below) / (2 * STEP);
            double difference = Math.abs(numeric - g.getDouble(i));
            double scale = Math.max(Math.abs(numeric), Math.abs(g.getDouble(i)));
            assertThat(difference <= Tolerances.NUMERIC_GRADIENT_FLOOR
                            || difference / scale <= Tolerances.NUMERIC_GRADIENT)
                    .as("%s[%d]: numeric %s, analytic %s", what, i, numeric, g.getDouble(i))
                    .isTrue();
        }
    }
}
