package org.mirage4j.core.engine.plan;

import org.deeplearning4j.nn.conf.dropout.IDropout;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Dropout with a given mask, so that the stock layers drop the units that a plan has dropped. */
final class ReplayedDropout implements IDropout {
    private static final long serialVersionUID = 1L;

    private final transient INDArray factor;
    private final transient INDArray shift;

    ReplayedDropout(INDArray factor, INDArray shift) {
        this.factor = factor;
        this.shift = shift;
    }

    @Override
    public INDArray applyDropout(
            INDArray activations, INDArray result, int iteration, int epoch, LayerWorkspaceMgr memory) {
        return result.assign(
                activations.mul(factor.castTo(activations.dataType())).addi(shift.castTo(activations.dataType())));
    }

    @Override
    public INDArray backprop(INDArray gradAtOutput, INDArray gradAtInput, int iteration, int epoch) {
        return gradAtInput.assign(gradAtOutput.mul(factor.castTo(gradAtOutput.dataType())));
    }

    @Override
    public void clear() {}

    @Override
    @SuppressWarnings("MissingSuperCall")
    public IDropout clone() {
        return new ReplayedDropout(factor, shift);
    }
}
