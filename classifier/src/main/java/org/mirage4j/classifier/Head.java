package org.mirage4j.classifier;

import java.util.ArrayList;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.GradientNormalization;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.mirage4j.core.MirageException;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.activations.impl.ActivationSoftmax;
import org.nd4j.linalg.lossfunctions.impl.LossMCXENT;

/** The last layer of a classifier: softmax and cross-entropy in training, logits in prediction. */
final class Head {
    private Head() {}

    static void require(ComputationGraphConfiguration configuration, int classes) {
        OutputLayer head = head(find(configuration));
        if (head.getNOut() != classes) {
            throw new MirageException(
                    "the network has " + head.getNOut() + " outputs, but the data have " + classes + " classes");
        }
    }

    /** The same network without softmax, on the same parameters; probabilities come from logits in double. */
    static ComputationGraphConfiguration removeSoftmax(ComputationGraphConfiguration configuration) {
        ComputationGraphConfiguration copy = configuration.clone();
        LayerVertex vertex = find(copy);
        OutputLayer head = head(vertex);
        DenseLayer dense = new DenseLayer.Builder()
                .nIn(head.getNIn())
                .nOut(head.getNOut())
                .activation(Activation.IDENTITY)
                .hasBias(head.hasBias())
                .build();
        dense.setLayerName(head.getLayerName());
        dense.setIDropout(head.getIDropout());
        dense.setWeightNoise(head.getWeightNoise());
        dense.setIUpdater(head.getIUpdater());
        dense.setWeightInitFn(head.getWeightInitFn());
        dense.setGradientNormalization(GradientNormalization.None);
        vertex.getLayerConf().setLayer(dense);
        return copy;
    }

    /** What the head reads, as the output of a network without it; parameters before the head's stay in place. */
    static ComputationGraphConfiguration remove(ComputationGraphConfiguration configuration) {
        ComputationGraphConfiguration copy = configuration.clone();
        find(copy);
        String name = copy.getNetworkOutputs().get(0);
        copy.getVertices().remove(name);
        copy.setNetworkOutputs(new ArrayList<>(copy.getVertexInputs().remove(name)));
        copy.setTopologicalOrder(null);
        copy.setTopologicalOrderStr(null);
        return copy;
    }

    static long inputs(ComputationGraphConfiguration configuration) {
        return head(find(configuration)).getNIn();
    }

    private static OutputLayer head(LayerVertex vertex) {
        return (OutputLayer) vertex.getLayerConf().getLayer();
    }

    private static LayerVertex find(ComputationGraphConfiguration configuration) {
        if (configuration.getNetworkInputs().size() == 1
                && configuration.getNetworkOutputs().size() == 1
                && configuration
                                .getVertices()
                                .get(configuration.getNetworkOutputs().get(0))
                        instanceof LayerVertex vertex
                && vertex.getLayerConf().getLayer() instanceof OutputLayer head
                && head.getActivationFn() instanceof ActivationSoftmax
                && head.getLossFn() instanceof LossMCXENT) {
            return vertex;
        }
        throw new MirageException("a classifier needs one input and one output layer with softmax and cross-entropy"
                + " (MCXENT), but the network has inputs " + configuration.getNetworkInputs() + " and outputs "
                + configuration.getNetworkOutputs());
    }
}
