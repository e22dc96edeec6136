package org.mirage4j.core.engine;

import java.util.ArrayList;
import java.util.List;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.layers.FrozenLayer;
import org.deeplearning4j.nn.layers.FrozenLayerWithBackprop;
import org.mirage4j.core.memory.Rows;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Layers that Deeplearning4j calls frozen, as transfer learning makes them: their parameters never change, running
 * statistics included, and in training passes they do what they do in inference, so without dropout and without
 * statistics of the batch. Gradients pass through them to what lies before.
 */
public final class Frozen {
    private Frozen() {}

    /**
     * Whether a layer is frozen.
     *
     * @param layer any layer of a graph
     * @return true for a {@code FrozenLayer} or {@code FrozenLayerWithBackprop}
     */
    public static boolean is(Layer layer) {
        return layer instanceof FrozenLayer || layer instanceof FrozenLayerWithBackprop;
    }

    /**
     * Where an array in the layout of a graph's parameters belongs to frozen layers. An updater must leave 0 there:
     * Deeplearning4j's own adds L1, L2 and weight decay to the gradients of a {@code FrozenLayerWithBackprop}.
     *
     * @param graph an initialised graph
     * @param flat an array as long as its parameters
     * @return live views into it
     */
    public static List<INDArray> parts(ComputationGraph graph, INDArray flat) {
        INDArray vector = flat.reshape(flat.length());
        List<INDArray> parts = new ArrayList<>();
        long from = 0;
        for (int index : graph.topologicalSortOrder()) {
            Layer layer = graph.getVertices()[index].getLayer();
            long length = layer == null ? 0 : layer.numParams();
            if (length > 0 && is(layer)) {
                parts.add(Rows.of(vector, from, from + length));
            }
            from += length;
        }
        return parts;
    }
}
