package org.mirage4j.core.engine;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationELU;
import org.nd4j.linalg.activations.impl.ActivationGELU;
import org.nd4j.linalg.activations.impl.ActivationLReLU;
import org.nd4j.linalg.activations.impl.ActivationMish;
import org.nd4j.linalg.activations.impl.ActivationReLU;
import org.nd4j.linalg.activations.impl.ActivationSoftPlus;
import org.nd4j.linalg.activations.impl.ActivationSwish;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.ops.transforms.Transforms;

/**
 * One of Deeplearning4j's activation functions without what is wrong with it: softplus, swish, GELU and Mish overflow
 * for large arguments, to slopes that are not numbers; ELU has the slope of alpha 1 whatever its alpha; and the leaky
 * functions take their slope at 0 from the other side than the compiled plan does.
 */
final class MendedActivation implements IActivation {
    private static final long serialVersionUID = 1L;

    /** Up to here nothing overflows; from here on these functions are the identity, to the last bit. */
    private static final double FAR = 20;

    private static final double FAR_IN_DOUBLE = 40;

    private final IActivation own;

    private MendedActivation(IActivation own) {
        this.own = own;
    }

    /** The mended function; empty if there is nothing to mend. */
    static Optional<IActivation> of(IActivation own) {
        boolean wrong = overflows(own) || hasKinkAtZero(own) || hasSlopeOfAlphaOne(own);
        return wrong ? Optional.of(new MendedActivation(own)) : Optional.empty();
    }

    private static boolean overflows(IActivation own) {
        return own instanceof ActivationSoftPlus
                || own instanceof ActivationSwish
                || own instanceof ActivationGELU
                || own instanceof ActivationMish;
    }

    private static boolean hasKinkAtZero(IActivation own) {
        return own instanceof ActivationLReLU
                || (own instanceof ActivationReLU relu
                        && isZero(relu.getThreshold())
                        && !isZero(relu.getNegativeSlope()));
    }

    private static boolean isZero(@Nullable Double value) {
        return value == null || value == 0;
    }

    private static boolean hasSlopeOfAlphaOne(IActivation own) {
        return own instanceof ActivationELU elu && elu.getAlpha() != 1;
    }

    private static double far(INDArray in) {
        return in.dataType() == DataType.DOUBLE ? FAR_IN_DOUBLE : FAR;
    }

    @Override
    public INDArray getActivation(INDArray in, boolean training) {
        if (!(own instanceof ActivationSoftPlus)) {
            return own.getActivation(in, training);
        }
        INDArray beyond = Transforms.max(in, far(in), true).subi(far(in));
        return own.getActivation(Transforms.min(in, far(in), false), training).addi(beyond);
    }

    @Override
    public Pair<INDArray, INDArray> backprop(INDArray in, INDArray epsilon) {
        if (overflows(own)) {
            return own.backprop(Transforms.min(in, far(in), false), epsilon);
        }
        if (hasSlopeOfAlphaOne(own)) {
            INDArray slopes =
                    GatedActivation.map(in, Curve.of(own).orElseThrow().slope());
            return new Pair<>(epsilon.muli(slopes), null);
        }
        double smallest = in.dataType() == DataType.DOUBLE ? Double.MIN_NORMAL : Float.MIN_NORMAL;
        return own.backprop(in.subi(smallest), epsilon); // moves nothing but 0
    }

    @Override
    public int numParams(int inputSize) {
        return own.numParams(inputSize);
    }
}
