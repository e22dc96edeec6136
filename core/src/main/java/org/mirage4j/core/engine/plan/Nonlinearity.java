package org.mirage4j.core.engine.plan;

import java.util.List;
import java.util.Optional;
import java.util.function.DoubleUnaryOperator;
import org.bytedeco.dnnl.global.dnnl;
import org.jspecify.annotations.Nullable;
import org.mirage4j.core.engine.Curve;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationELU;
import org.nd4j.linalg.activations.impl.ActivationHardSigmoid;
import org.nd4j.linalg.activations.impl.ActivationHardTanH;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.activations.impl.ActivationLReLU;
import org.nd4j.linalg.activations.impl.ActivationReLU;
import org.nd4j.linalg.activations.impl.ActivationSELU;
import org.nd4j.linalg.activations.impl.ActivationSigmoid;
import org.nd4j.linalg.activations.impl.ActivationSoftPlus;
import org.nd4j.linalg.activations.impl.ActivationSwish;
import org.nd4j.linalg.activations.impl.ActivationTanH;

/**
 * A scalar function in oneDNN's terms.
 *
 * @param algorithm oneDNN's algorithm
 * @param alpha its first parameter
 * @param beta its second parameter
 * @param fromOutput whether the derivative is computed from the function's result
 * @param signPreserving whether the derivative depends on nothing but the result's sign
 */
record Nonlinearity(int algorithm, float alpha, float beta, boolean fromOutput, boolean signPreserving) {
    private static final float SELU_ALPHA = 1.6732632f;
    private static final float SELU_LAMBDA = 1.050701f;

    private static Nonlinearity relu(double slope) {
        // With a zero slope the result's sign is that of relu(x), which is all its derivative needs.
        return new Nonlinearity(dnnl.dnnl_eltwise_relu_use_dst_for_bwd, (float) slope, 0, true, true);
    }

    private static Nonlinearity fromInput(int algorithm, double alpha, double beta) {
        return new Nonlinearity(algorithm, (float) alpha, (float) beta, false, false);
    }

    private static Nonlinearity fromOutput(int algorithm, double alpha) {
        return new Nonlinearity(algorithm, (float) alpha, 0, true, false);
    }

    static Nonlinearity multipliedBy(double factor) {
        return fromInput(dnnl.dnnl_eltwise_linear, factor, 0);
    }

    /** The functions whose composition the activation is, first applied first; empty if there is none. */
    static Optional<List<Nonlinearity>> of(IActivation activation) {
        if (activation instanceof ActivationIdentity) {
            return Optional.of(List.of());
        }
        if (activation instanceof ActivationReLU relu) {
            boolean plain = isZero(relu.getMax()) && isZero(relu.getThreshold());
            Double slope = relu.getNegativeSlope();
            return plain ? Optional.of(List.of(relu(slope == null ? 0 : slope))) : Optional.empty();
        }
        if (activation instanceof ActivationLReLU leaky && leaky.getAlpha() >= 0) {
            return Optional.of(List.of(relu(leaky.getAlpha())));
        }
        if (activation instanceof ActivationTanH) {
            return Optional.of(List.of(fromOutput(dnnl.dnnl_eltwise_tanh_use_dst_for_bwd, 0)));
        }
        if (activation instanceof ActivationSigmoid) {
            return Optional.of(List.of(fromOutput(dnnl.dnnl_eltwise_logistic_use_dst_for_bwd, 0)));
        }
        if (activation instanceof ActivationELU elu && elu.getAlpha() >= 0) {
            return Optional.of(List.of(fromOutput(dnnl.dnnl_eltwise_elu_use_dst_for_bwd, elu.getAlpha())));
        }
        if (activation instanceof ActivationSELU) {
            return Optional.of(
                    List.of(fromOutput(dnnl.dnnl_eltwise_elu_use_dst_for_bwd, SELU_ALPHA), multipliedBy(SELU_LAMBDA)));
        }
        if (activation instanceof ActivationSoftPlus) {
            return Optional.of(List.of(fromInput(dnnl.dnnl_eltwise_soft_relu, 0, 0)));
        }
        if (activation instanceof ActivationSwish) {
            return Optional.of(List.of(fromInput(dnnl.dnnl_eltwise_swish, 1, 0)));
        }
        if (activation instanceof ActivationHardTanH) {
            return Optional.of(List.of(fromInput(dnnl.dnnl_eltwise_clip, -1, 1)));
        }
        if (activation instanceof ActivationHardSigmoid) {
            return Optional.of(
                    List.of(fromInput(dnnl.dnnl_eltwise_linear, 0.2, 0.5), fromInput(dnnl.dnnl_eltwise_clip, 0, 1)));
        }
        return Optional.empty();
    }

    /** Whether its slope is constant between kinks. */
    boolean piecewiseLinear() {
        return signPreserving || clips();
    }

    /** Its second derivative; null where that is zero but for kinks. */
    @Nullable DoubleUnaryOperator curvature() {
        IActivation same =
                switch (algorithm) {
                    case dnnl.dnnl_eltwise_tanh_use_dst_for_bwd -> new ActivationTanH();
                    case dnnl.dnnl_eltwise_logistic_use_dst_for_bwd -> new ActivationSigmoid();
                    case dnnl.dnnl_eltwise_elu_use_dst_for_bwd -> new ActivationELU(alpha);
                    case dnnl.dnnl_eltwise_soft_relu -> new ActivationSoftPlus();
                    case dnnl.dnnl_eltwise_swish -> new ActivationSwish();
                    default -> null;
                };
        return same == null ? null : Curve.of(same).orElseThrow().curvature();
    }

    /** Whether it is max(x, 0). */
    boolean isRelu() {
        return signPreserving && alpha == 0;
    }

    /** Whether it is constant beyond its kinks, but not zero. */
    boolean clips() {
        return algorithm == dnnl.dnnl_eltwise_clip;
    }

    /**
     * The first parameter of its derivative: where a clipped function begins, oneDNN's slope is 0 and Deeplearning4j's
     * that of its middle. What is subtracted covers the rounding of a linear function before it.
     */
    float alphaOfSlope() {
        return clips() ? Math.min(Math.nextDown(alpha), alpha - 0x1p-25f) : alpha;
    }

    PostOp postOp() {
        return new PostOp.Eltwise(forwardAlgorithm(), alpha, beta);
    }

    /** The name of the same function where no backward pass is meant. */
    int forwardAlgorithm() {
        return switch (algorithm) {
            case dnnl.dnnl_eltwise_relu_use_dst_for_bwd -> dnnl.dnnl_eltwise_relu;
            case dnnl.dnnl_eltwise_tanh_use_dst_for_bwd -> dnnl.dnnl_eltwise_tanh;
            case dnnl.dnnl_eltwise_logistic_use_dst_for_bwd -> dnnl.dnnl_eltwise_logistic;
            case dnnl.dnnl_eltwise_elu_use_dst_for_bwd -> dnnl.dnnl_eltwise_elu;
            default -> algorithm;
        };
    }

    private static boolean isZero(@Nullable Double value) {
        return value == null || value == 0;
    }
}
