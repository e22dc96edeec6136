package org.mirage4j.core.engine.plan;

import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Where the graph's flat parameter and gradient arrays lie. They are used in place, never copied.
 *
 * @param firstLayer the view of the first layer that has parameters, null if none has
 */
record Arrays(long parameters, long gradients, long origin, INDArray gradientView, @Nullable INDArray firstLayer) {

    static Arrays of(ComputationGraph graph) {
        if (graph.getGradientsViewArray() == null) {
            graph.initGradientsView();
        }
        INDArray parameters = graph.params();
        INDArray gradients = graph.getGradientsViewArray();
        return new Arrays(address(parameters), address(gradients), parameters.offset(), gradients, firstLayer(graph));
    }

    /**
     * Whether the graph still has these arrays. It hands out a new view of its parameters at each call, which
     * takes longer than a small layer; its layers are told when the array is another.
     */
    @SuppressWarnings("ReferenceEquality") // equal content elsewhere is another array
    boolean areOf(ComputationGraph graph) {
        return graph.getGradientsViewArray() == gradientView && firstLayer(graph) == firstLayer;
    }

    private static @Nullable INDArray firstLayer(ComputationGraph graph) {
        for (Layer layer : graph.getLayers()) {
            if (layer.numParams() > 0) {
                return layer.params();
            }
        }
        return null;
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
