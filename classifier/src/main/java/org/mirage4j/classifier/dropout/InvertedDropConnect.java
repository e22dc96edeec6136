package org.mirage4j.classifier.dropout;

import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.weightnoise.IWeightNoise;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.random.impl.BernoulliDistribution;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * DropConnect with weights scaled by 1 / (1 - rate), so that their expectation is the weight itself. Biases
 * are left alone.
 *
 * @param rate share of weights dropped
 */
record InvertedDropConnect(@JsonProperty("rate") double rate) implements IWeightNoise {

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
        return kept.muli(weights).divi(1 - rate);
    }

    @Override
    public IWeightNoise clone() {
        return this;
    }
}
