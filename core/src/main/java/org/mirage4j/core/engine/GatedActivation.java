package org.mirage4j.core.engine;

import org.jspecify.annotations.Nullable;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** A piecewise-linear activation that can keep the slopes it had in an earlier pass. */
final class GatedActivation implements IActivation {
    private static final long serialVersionUID = 1L;

    private final IActivation own;
    private final transient GateReplay replay;
    private transient @Nullable INDArray slopes;
    private transient @Nullable INDArray offsets;

    GatedActivation(IActivation own, GateReplay replay) {
        this.own = own;
        this.replay = replay;
    }

    @Override
    public INDArray getActivation(INDArray in, boolean training) {
        INDArray slope = slopes;
        INDArray offset = offsets;
        if (replay.state() == GateReplay.State.REPLAYING && slope != null && offset != null) {
            return in.muli(slope).addi(offset);
        }
        INDArray before = in.dup();
        INDArray result = own.getActivation(in, training);
        slope = own.backprop(before.dup(), Nd4j.onesLike(before)).getFirst().dup();
        slopes = slope;
        offsets = result.sub(before.muli(slope));
        return result;
    }

    @Override
    public Pair<INDArray, INDArray> backprop(INDArray in, INDArray epsilon) {
        INDArray slope = slopes;
        if (replay.state() == GateReplay.State.REPLAYING && slope != null) {
            return new Pair<>(epsilon.muli(slope), null);
        }
        return own.backprop(in, epsilon);
    }

    @Override
    public int numParams(int inputSize) {
        return own.numParams(inputSize);
    }
}
