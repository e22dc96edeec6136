package org.mirage4j.classifier.dropout;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.mirage4j.core.MirageException;

/** Changes to a finished configuration. */
final class Surgery {
    private Surgery() {}

    static Layer layer(ComputationGraphConfiguration configuration, String name) {
        if (configuration.getVertices().get(name) instanceof LayerVertex vertex) {
            return vertex.getLayerConf().getLayer();
        }
        throw new MirageException("there is no layer \"" + name + "\" to put dropout before; the network has "
                + configuration.getVertices().keySet());
    }

    static BaseLayer requireDense(ComputationGraphConfiguration configuration, String name, String kind) {
        Layer layer = layer(configuration, name);
        if (layer instanceof DenseLayer || layer instanceof OutputLayer) {
            return (BaseLayer) layer;
        }
        throw new MirageException(kind + " needs a dense or output layer behind it, but \"" + name + "\" is a "
                + layer.getClass().getSimpleName());
    }

    static void insert(ComputationGraphConfiguration configuration, String before, Layer inserted) {
        layer(configuration, before);
        List<String> inputs = configuration.getVertexInputs().getOrDefault(before, List.of());
        if (inputs.size() != 1) {
            throw new MirageException(
                    "dropout can be put before a layer with one input, but \"" + before + "\" has " + inputs);
        }
        String name = "dropout-before-" + before;
        inserted.setLayerName(name);
        NeuralNetConfiguration settings = new NeuralNetConfiguration();
        settings.setLayer(inserted);
        // in the order of the data, because parameters lie in the order of the vertices
        Map<String, GraphVertex> vertices = new LinkedHashMap<>();
        configuration.getVertices().forEach((key, vertex) -> {
            if (key.equals(before)) {
                vertices.put(name, new LayerVertex(settings, null));
            }
            vertices.put(key, vertex);
        });
        configuration.setVertices(vertices);
        Map<String, List<String>> edges = new LinkedHashMap<>(configuration.getVertexInputs());
        edges.put(name, new ArrayList<>(inputs));
        edges.put(before, new ArrayList<>(List.of(name)));
        configuration.setVertexInputs(edges);
        configuration.setTopologicalOrder(null);
        configuration.setTopologicalOrderStr(null);
    }
}
