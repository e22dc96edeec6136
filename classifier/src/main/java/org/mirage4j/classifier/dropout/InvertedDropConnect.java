package org.mirage4j.classifier.dropout;

import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.weightnoise.IWeightNoise;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.random.impl.BernoulliDistribution;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * DropConnect with weights scaled by 1 / (1 - rate), so that their expectation is the weight itself. Biases
 * are left alone. It remembers its last mask, because Deeplearning4j leaves it out of the gradient.
 */
final class InvertedDropConnect implements IWeightNoise {
    private static final long serialVersionUID = 1L;

    private final double rate;
    private transient @Nullable INDArray mask;

    InvertedDropConnect(@JsonProperty("rate") double rate) {
        this.rate = rate;
    }

    public double getRate() {
        return rate;
    }

    @Override
    public INDArray getParameter(
            Layer layer, String key, int iteration, int epoch, boolean train, LayerWorkspaceMgr memory) {
        INDArray weights = layer.getParam(key);
        org.deeplearning4j.nn.conf.layers.Layer settings = layer.conf().getLayer();
        if (!train || !settings.initializer().isWeightParam(settings, key)) {
            return weights;
        }
        INDArray kept = Nd4j.createUninitialized(weights.dataType(), weights.shape(), weights.ordering());
        Nd4j.getExecutioner().exec(new BernoulliDistribution(kept, 1 - rate));
        mask = kept.divi(1 - rate);
        return kept.mul(weights);
    }

    /** Turns the gradient of the dropped weights into that of the weights. */
    void maskGradient(INDArray weightGradient) {
        INDArray last = mask;
        if (last == null) {
            throw new IllegalStateException("DropConnect has not been run in training");
        }
        weightGradient.muli(last);
    }

    @Override
    public InvertedDropConnect clone() {
        return new InvertedDropConnect(rate);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof InvertedDropConnect that && that.rate == rate;
    }

    @Override
    public int hashCode() {
        return Double.hashCode(rate);
    }
}
