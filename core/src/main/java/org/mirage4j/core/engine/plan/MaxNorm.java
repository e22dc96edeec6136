package org.mirage4j.core.engine.plan;

import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.layers.LayerConstraint;
import org.deeplearning4j.nn.conf.constraint.MaxNormConstraint;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.params.DefaultParamInitializer;
import org.mirage4j.core.engine.Frozen;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Max-norm constraints of fully connected layers, unit by unit in place. Deeplearning4j's own takes longer than
 * the rest of a step, because it multiplies whole matrices by nearly 1. The result is the same up to rounding.
 */
final class MaxNorm {
    private final List<Matrix> matrices;

    /** Weights in column order: those of one unit lie side by side. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Matrix(FloatBuffer weights, float[] column, int units, double radius, double epsilon) {}

    private MaxNorm(List<Matrix> matrices) {
        this.matrices = matrices;
    }

    /**
     * The constraints of a network.
     *
     * @return empty if any of its layers has one of another kind
     */
    static Optional<MaxNorm> of(Layer[] layers) {
        List<Matrix> matrices = new ArrayList<>();
        for (Layer layer : layers) {
            List<LayerConstraint> constraints = layer.conf().getLayer().getConstraints();
            if (constraints == null || constraints.isEmpty() || Frozen.is(layer)) {
                continue;
            }
            if (constraints.size() > 1 || !isKnown(layer, constraints.get(0))) {
                return Optional.empty();
            }
            MaxNormConstraint constraint = (MaxNormConstraint) constraints.get(0);
            INDArray weights = layer.getParam(DefaultParamInitializer.WEIGHT_KEY);
            int inputs = Math.toIntExact(weights.size(0));
            matrices.add(new Matrix(
                    Arena.floats(Arrays.address(weights), weights.length()),
                    new float[inputs],
                    Math.toIntExact(weights.size(1)),
                    constraint.getMaxNorm(),
                    constraint.getEpsilon()));
        }
        return Optional.of(new MaxNorm(matrices));
    }

    private static boolean isKnown(Layer layer, LayerConstraint constraint) {
        var configuration = layer.conf().getLayer();
        if ((configuration.getClass() != DenseLayer.class && configuration.getClass() != OutputLayer.class)
                || constraint.getClass() != MaxNormConstraint.class) {
            return false;
        }
        MaxNormConstraint maxNorm = (MaxNormConstraint) constraint;
        INDArray weights = layer.getParam(DefaultParamInitializer.WEIGHT_KEY);
        return maxNorm.getParams().equals(Set.of(DefaultParamInitializer.WEIGHT_KEY))
                && java.util.Arrays.equals(maxNorm.getDimensions(), new int[] {0})
                && weights.rank() == 2
                && weights.stride(0) == 1
                && weights.stride(1) == weights.size(0);
    }

    void apply() {
        for (Matrix matrix : matrices) {
            int inputs = matrix.column().length;
            for (int unit = 0; unit < matrix.units(); unit++) {
                matrix.weights().get(unit * inputs, matrix.column(), 0, inputs);
                float factor = (float) factor(matrix);
                for (int i = 0; i < inputs; i++) {
                    matrix.column()[i] *= factor;
                }
                matrix.weights().put(unit * inputs, matrix.column(), 0, inputs);
            }
        }
    }

    private static double factor(Matrix matrix) {
        float[] column = matrix.column();
        float even = 0;
        float odd = 0;
        float third = 0;
        float fourth = 0;
        int i = 0;
        // four sums, because one after the other they would wait for each other
        for (; i + 3 < column.length; i += 4) {
            even += column[i] * column[i];
            odd += column[i + 1] * column[i + 1];
            third += column[i + 2] * column[i + 2];
            fourth += column[i + 3] * column[i + 3];
        }
        for (; i < column.length; i++) {
            even += column[i] * column[i];
        }
        double norm = Math.sqrt((double) even + odd + third + fourth);
        double once = Math.min(norm, matrix.radius()) / (norm + matrix.epsilon());
        double then = norm * once;
        // Deeplearning4j applies every constraint twice a step
        return once * Math.min(then, matrix.radius()) / (then + matrix.epsilon());
    }
}
