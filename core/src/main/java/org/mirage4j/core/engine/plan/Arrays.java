package org.mirage4j.core.engine.plan;

import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Where the graph's flat parameter and gradient arrays lie. They are used in place, never copied. */
record Arrays(long parameters, long gradients, long origin) {

    static Arrays of(ComputationGraph graph) {
        if (graph.getGradientsViewArray() == null) {
            graph.initGradientsView();
        }
        INDArray parameters = graph.params();
        return new Arrays(address(parameters), address(graph.getGradientsViewArray()), parameters.offset());
    }

    static long address(INDArray array) {
        return array.data().address() + array.offset() * Float.BYTES;
    }

    /** Position of a layer's parameter in the flat arrays. */
    long position(Layer layer, String key) {
        return layer.getParam(key).offset() - origin;
    }

    long parameter(Layer layer, String key) {
        return parameters + position(layer, key) * Float.BYTES;
    }

    long gradient(Layer layer, String key) {
        return gradients + position(layer, key) * Float.BYTES;
    }
}
