package org.mirage4j.core.engine;

import java.util.Optional;
import java.util.function.DoubleUnaryOperator;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationCube;
import org.nd4j.linalg.activations.impl.ActivationELU;
import org.nd4j.linalg.activations.impl.ActivationGELU;
import org.nd4j.linalg.activations.impl.ActivationMish;
import org.nd4j.linalg.activations.impl.ActivationRationalTanh;
import org.nd4j.linalg.activations.impl.ActivationRectifiedTanh;
import org.nd4j.linalg.activations.impl.ActivationSELU;
import org.nd4j.linalg.activations.impl.ActivationSigmoid;
import org.nd4j.linalg.activations.impl.ActivationSoftPlus;
import org.nd4j.linalg.activations.impl.ActivationSoftSign;
import org.nd4j.linalg.activations.impl.ActivationSwish;
import org.nd4j.linalg.activations.impl.ActivationTanH;

/**
 * The derivatives of an activation function that is not piecewise linear, in double and for arguments of any size.
 * At a kink they are those of its left side.
 *
 * @param slope the first derivative
 * @param curvature the second derivative
 */
public record Curve(DoubleUnaryOperator slope, DoubleUnaryOperator curvature) {
    private static final double SELU_ALPHA = 1.6732632423543772;
    private static final double SELU_LAMBDA = 1.0507009873554805;
    /** Deeplearning4j's GELU is x sigmoid(1.702 x). */
    private static final double GELU_SCALE = 1.702;

    /**
     * The derivatives of one of Deeplearning4j's functions of single elements.
     *
     * @param activation the function
     * @return its derivatives; empty if the function is piecewise linear or not known here
     */
    public static Optional<Curve> of(IActivation activation) {
        Class<?> kind = activation.getClass();
        if (kind == ActivationELU.class) {
            return Optional.of(exponential(((ActivationELU) activation).getAlpha(), 1));
        }
        if (kind == ActivationSELU.class) {
            return Optional.of(exponential(SELU_ALPHA, SELU_LAMBDA));
        }
        if (kind == ActivationSigmoid.class) {
            return Optional.of(new Curve(
                    x -> sigmoid(x) * sigmoid(-x), x -> sigmoid(x) * sigmoid(-x) * (sigmoid(-x) - sigmoid(x))));
        }
        if (kind == ActivationTanH.class) {
            return Optional.of(new Curve(Curve::slopeOfTanh, Curve::curvatureOfTanh));
        }
        if (kind == ActivationRectifiedTanh.class) {
            return Optional.of(new Curve(x -> x > 0 ? slopeOfTanh(x) : 0, x -> x > 0 ? curvatureOfTanh(x) : 0));
        }
        if (kind == ActivationSoftPlus.class) {
            return Optional.of(new Curve(Curve::sigmoid, x -> sigmoid(x) * sigmoid(-x)));
        }
        if (kind == ActivationSoftSign.class) {
            return Optional.of(new Curve(
                    x -> 1 / ((1 + Math.abs(x)) * (1 + Math.abs(x))),
                    x -> -2 * Math.signum(x) / Math.pow(1 + Math.abs(x), 3)));
        }
        if (kind == ActivationSwish.class) {
            return Optional.of(gated(1));
        }
        if (kind == ActivationGELU.class && !((ActivationGELU) activation).isPrecise()) {
            return Optional.of(gated(GELU_SCALE));
        }
        if (kind == ActivationMish.class) {
            return Optional.of(new Curve(Curve::slopeOfMish, Curve::curvatureOfMish));
        }
        if (kind == ActivationCube.class) {
            return Optional.of(new Curve(x -> 3 * x * x, x -> 6 * x));
        }
        if (kind == ActivationRationalTanh.class) {
            return Optional.of(new Curve(Curve::slopeOfRationalTanh, Curve::curvatureOfRationalTanh));
        }
        return Optional.empty();
    }

    /** scale (x for positive x, else alpha (exp(x) - 1)). */
    private static Curve exponential(double alpha, double scale) {
        DoubleUnaryOperator below = x -> scale * alpha * Math.exp(x);
        return new Curve(x -> x > 0 ? scale : below.applyAsDouble(x), x -> x > 0 ? 0 : below.applyAsDouble(x));
    }

    /** x sigmoid(k x). */
    private static Curve gated(double k) {
        return new Curve(x -> sigmoid(k * x) + k * x * sigmoid(k * x) * sigmoid(-k * x), x -> {
            double up = sigmoid(k * x);
            double down = sigmoid(-k * x);
            return k * up * down * (2 + k * x * (down - up));
        });
    }

    private static double sigmoid(double x) {
        return x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x));
    }

    private static double slopeOfTanh(double x) {
        return 4 * sigmoid(2 * x) * sigmoid(-2 * x);
    }

    private static double curvatureOfTanh(double x) {
        return -2 * Math.tanh(x) * slopeOfTanh(x);
    }

    private static double softplus(double x) {
        return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
    }

    /** x tanh(softplus(x)). */
    private static double slopeOfMish(double x) {
        double inner = softplus(x);
        return Math.tanh(inner) + x * slopeOfTanh(inner) * sigmoid(x);
    }

    private static double curvatureOfMish(double x) {
        double inner = softplus(x);
        double gate = sigmoid(x);
        double slope = slopeOfTanh(inner) * gate;
        double curvature = curvatureOfTanh(inner) * gate * gate + slope * sigmoid(-x);
        return 2 * slope + x * curvature;
    }

    /** 1.7159 sign(y) (1 - 1 / q(|y|)) with y = 2 x / 3 and q(y) = 1 + y + y^2 + 1.41645 y^4. */
    private static double slopeOfRationalTanh(double x) {
        double y = Math.abs(x) * 2 / 3;
        double q = q(y);
        return 1.7159 * 2 / 3 * (1 + 2 * y + 4 * 1.41645 * y * y * y) / (q * q);
    }

    private static double curvatureOfRationalTanh(double x) {
        double y = Math.abs(x) * 2 / 3;
        double q = q(y);
        double first = 1 + 2 * y + 4 * 1.41645 * y * y * y;
        double second = 2 + 12 * 1.41645 * y * y;
        return Math.signum(x) * 1.7159 * 4 / 9 * (second - 2 * first * first / q) / (q * q);
    }

    private static double q(double y) {
        return 1 + y + y * y + 1.41645 * y * y * y * y;
    }
}
