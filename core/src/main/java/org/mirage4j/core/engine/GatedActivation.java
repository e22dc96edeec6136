package org.mirage4j.core.engine;

import java.util.function.DoubleUnaryOperator;
import org.jspecify.annotations.Nullable;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * An activation that can go on along the tangent it had in an earlier pass: its value is affine in its input, and its
 * slope too, with the gradient that the earlier pass brought back.
 */
final class GatedActivation implements IActivation {
    private static final long serialVersionUID = 1L;

    private final IActivation own;
    private final transient @Nullable Curve curve;
    private final transient GateReplay replay;
    private transient @Nullable Recorded recorded;
    private transient @Nullable INDArray bend;
    private transient @Nullable INDArray moved;

    /** What the earlier pass had: its input, its slope there, and its value less slope times input. */
    private record Recorded(INDArray input, INDArray slopes, INDArray offsets) {}

    /**
     * @param own the function
     * @param mended what computes it
     */
    GatedActivation(IActivation own, IActivation mended, GateReplay replay) {
        this.own = mended;
        this.curve = Curve.of(own).orElse(null);
        this.replay = replay;
    }

    @Override
    public INDArray getActivation(INDArray in, boolean training) {
        Recorded last = recorded;
        if (replay.state() == GateReplay.State.REPLAYING && last != null) {
            moved = curve == null ? null : in.sub(last.input());
            return in.muli(last.slopes()).addi(last.offsets());
        }
        INDArray before = in.dup();
        INDArray result = own.getActivation(in, training);
        INDArray slopes = curve == null
                ? own.backprop(before.dup(), Nd4j.onesLike(before)).getFirst().dup()
                : map(before, curve.slope());
        recorded = new Recorded(before, slopes, result.sub(before.mul(slopes)));
        return result;
    }

    @Override
    public Pair<INDArray, INDArray> backprop(INDArray in, INDArray epsilon) {
        Recorded last = recorded;
        if (replay.state() == GateReplay.State.REPLAYING && last != null) {
            INDArray gradient = epsilon.muli(last.slopes());
            INDArray curved = bend;
            INDArray way = moved;
            return new Pair<>(curved == null || way == null ? gradient : gradient.addi(curved.mul(way)), null);
        }
        if (curve != null && last != null) {
            bend = map(last.input(), curve.curvature()).muli(epsilon);
        }
        return own.backprop(in, epsilon);
    }

    /** A function of each element, computed in double. */
    static INDArray map(INDArray array, DoubleUnaryOperator function) {
        double[] values = array.dup('c').data().asDouble();
        for (int i = 0; i < values.length; i++) {
            values[i] = function.applyAsDouble(values[i]);
        }
        return Nd4j.createFromArray(values).castTo(array.dataType()).reshape('c', array.shape());
    }

    @Override
    public int numParams(int inputSize) {
        return own.numParams(inputSize);
    }
}
