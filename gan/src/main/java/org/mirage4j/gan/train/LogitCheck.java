package org.mirage4j.gan.train;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.api.layers.IOutputLayer;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.graph.PreprocessorVertex;
import org.deeplearning4j.nn.conf.graph.ReshapeVertex;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.DropoutLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.jspecify.annotations.Nullable;
import org.mirage4j.core.MirageException;
import org.mirage4j.core.network.Network;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationIdentity;

/** Whether a discriminator ends in a logit: the game's losses hold the sigmoid, and a second one would flatten them. */
final class LogitCheck {
    private LogitCheck() {}

    /**
     * Looks at what makes the network's last output.
     *
     * @param discriminator the network
     * @throws MirageException if it ends in an activation, or in a layer that brings a loss
     */
    static void check(Network discriminator) {
        ComputationGraphConfiguration configuration = discriminator.graph().getConfiguration();
        Map<String, GraphVertex> vertices = configuration.getVertices();
        Map<String, List<String>> inputs = configuration.getVertexInputs();
        List<String> outputs = configuration.getNetworkOutputs();
        Deque<String> last = new ArrayDeque<>(List.of(outputs.get(outputs.size() - 1)));
        while (!last.isEmpty()) {
            String name = last.remove();
            GraphVertex vertex = vertices.get(name);
            if (vertex instanceof LayerVertex layer && !(layer.getLayerConf().getLayer() instanceof DropoutLayer)) {
                if (discriminator.graph().getLayer(name) instanceof IOutputLayer) {
                    throw refusal(name, "is an output layer with a loss of its own");
                }
                IActivation activation = activation(layer.getLayerConf().getLayer());
                if (activation != null && !(activation instanceof ActivationIdentity)) {
                    throw refusal(name, "applies " + activation);
                }
            } else if (vertex instanceof LayerVertex || passesOn(vertex)) {
                last.addAll(inputs.getOrDefault(name, List.of()));
            }
        }
    }

    private static boolean passesOn(@Nullable GraphVertex vertex) {
        return vertex instanceof MergeVertex || vertex instanceof ReshapeVertex || vertex instanceof PreprocessorVertex;
    }

    private static @Nullable IActivation activation(Layer layer) {
        if (layer instanceof ActivationLayer activation) {
            return activation.getActivationFn();
        }
        return layer instanceof BaseLayer base ? base.getActivationFn() : null;
    }

    private static MirageException refusal(String layer, String found) {
        return new MirageException("a discriminator must end in a logit, a layer with the identity for its activation"
                + " and without a loss, because the game's loss has both, but layer \"" + layer + "\" " + found);
    }
}
