package org.mirage4j.core.network;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The part of a trained graph that leads up to one of its layers, as a network of its own. */
public final class GraphPart {
    private GraphPart() {}

    /**
     * Copies that part. An output layer gives what goes into its activation: logits, where that is a softmax.
     *
     * @param graph a trained graph, left as it is
     * @param layer name of the layer or vertex whose output is wanted
     * @return a network with that output, on a copy of the parameters
     * @throws org.mirage4j.core.MirageException if the part holds something that Deeplearning4j would run wrongly
     */
    public static Network upTo(ComputationGraph graph, String layer) {
        ComputationGraphConfiguration part = graph.getConfiguration().clone();
        Set<String> needed = ancestors(part, layer);
        part.getVertices().keySet().retainAll(needed);
        part.getVertexInputs().keySet().retainAll(needed);
        part.setNetworkOutputs(new ArrayList<>(List.of(layer)));
        part.setTopologicalOrder(null);
        part.setTopologicalOrderStr(null);
        withoutActivation(part, layer);
        ComputationGraph copy = new ComputationGraph(part);
        copy.init();
        for (String name : part.getVertices().keySet()) {
            INDArray parameters = graph.getVertex(name).params();
            if (parameters != null && !parameters.isEmpty()) {
                copy.getVertex(name).params().assign(parameters);
            }
        }
        return Network.of(copy);
    }

    private static Set<String> ancestors(ComputationGraphConfiguration configuration, String layer) {
        Set<String> found = new HashSet<>();
        Deque<String> open = new ArrayDeque<>(List.of(layer));
        while (!open.isEmpty()) {
            String name = open.pop();
            if (found.add(name)) {
                open.addAll(configuration.getVertexInputs().getOrDefault(name, List.of()));
            }
        }
        return found;
    }

    private static void withoutActivation(ComputationGraphConfiguration part, String layer) {
        if (part.getVertices().get(layer) instanceof LayerVertex vertex
                && vertex.getLayerConf().getLayer() instanceof OutputLayer head) {
            DenseLayer dense = new DenseLayer.Builder()
                    .nIn(head.getNIn())
                    .nOut(head.getNOut())
                    .activation(Activation.IDENTITY)
                    .hasBias(head.hasBias())
                    .build();
            dense.setLayerName(head.getLayerName());
            dense.setIUpdater(head.getIUpdater());
            dense.setWeightInitFn(head.getWeightInitFn());
            vertex.getLayerConf().setLayer(dense);
        }
    }
}
