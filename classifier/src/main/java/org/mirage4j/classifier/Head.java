package org.mirage4j.classifier;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.GradientNormalization;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.FeedForwardLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.mirage4j.core.MirageException;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.activations.impl.ActivationSoftmax;
import org.nd4j.linalg.lossfunctions.impl.LossMCXENT;

/** The last layer: a loss in training, with softmax in front for a classifier; logits or means in prediction. */
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
        find(configuration);
        return removeLoss(configuration);
    }

    /**
     * The same network without activation and loss of its output layer, on the same parameters; as it is if it ends in
     * none.
     */
    static ComputationGraphConfiguration removeLoss(ComputationGraphConfiguration configuration) {
        ComputationGraphConfiguration copy = configuration.clone();
        Optional<LayerVertex> output = output(copy);
        if (output.isEmpty()) {
            return copy;
        }
        LayerVertex vertex = output.get();
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

    /** How many numbers the network gives for each example. */
    static long outputs(ComputationGraphConfiguration configuration) {
        List<String> names = configuration.getNetworkOutputs();
        if (names.size() == 1
                && configuration.getVertices().get(names.get(0)) instanceof LayerVertex vertex
                && vertex.getLayerConf().getLayer() instanceof FeedForwardLayer layer) {
            return layer.getNOut();
        }
        throw new MirageException("the network must have one output layer, but has the outputs " + names);
    }

    /** The width of the vectors that a network reads; none if it begins with another layer than a dense one. */
    static OptionalLong width(ComputationGraphConfiguration configuration) {
        String at = configuration.getNetworkInputs().get(0);
        for (int i = 0; i < configuration.getVertices().size(); i++) {
            String before = at;
            String next = configuration.getVertexInputs().entrySet().stream()
                    .filter(edge -> edge.getValue().contains(before))
                    .map(Map.Entry::getKey)
                    .findFirst()
                    .orElse("");
            if (!(configuration.getVertices().get(next) instanceof LayerVertex vertex)) {
                return OptionalLong.empty();
            }
            Layer layer = vertex.getLayerConf().getLayer();
            if (layer instanceof DenseLayer || layer instanceof OutputLayer) {
                return OptionalLong.of(((FeedForwardLayer) layer).getNIn());
            }
            at = next;
        }
        return OptionalLong.empty();
    }

    static long inputs(ComputationGraphConfiguration configuration) {
        return head(find(configuration)).getNIn();
    }

    private static OutputLayer head(LayerVertex vertex) {
        return (OutputLayer) vertex.getLayerConf().getLayer();
    }

    private static LayerVertex find(ComputationGraphConfiguration configuration) {
        return output(configuration)
                .filter(vertex -> head(vertex).getActivationFn() instanceof ActivationSoftmax
                        && head(vertex).getLossFn() instanceof LossMCXENT)
                .orElseThrow(() -> new MirageException("a classifier needs one input and one output layer with softmax"
                        + " and cross-entropy (MCXENT), but the network has inputs "
                        + configuration.getNetworkInputs() + " and outputs "
                        + configuration.getNetworkOutputs()));
    }

    private static Optional<LayerVertex> output(ComputationGraphConfiguration configuration) {
        return configuration.getNetworkInputs().size() == 1
                        && configuration.getNetworkOutputs().size() == 1
                        && configuration
                                        .getVertices()
                                        .get(configuration.getNetworkOutputs().get(0))
                                instanceof LayerVertex vertex
                        && vertex.getLayerConf().getLayer() instanceof OutputLayer
                ? Optional.of(vertex)
                : Optional.empty();
    }
}
