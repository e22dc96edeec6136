package org.mirage4j.core.engine;

import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.dropout.IDropout;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.weightnoise.IWeightNoise;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.graph.vertex.GraphVertex;
import org.deeplearning4j.nn.graph.vertex.VertexIndices;
import org.deeplearning4j.nn.graph.vertex.impl.LayerVertex;
import org.deeplearning4j.nn.layers.FrozenLayerWithBackprop;
import org.deeplearning4j.nn.layers.normalization.BatchNormalization;
import org.deeplearning4j.nn.layers.wrapper.BaseWrapperLayer;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.jspecify.annotations.Nullable;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A frozen stock layer that passes on the gradient of what it has computed. Of Deeplearning4j's two, {@code FrozenLayer}
 * passes none, and {@code FrozenLayerWithBackprop} goes back as if dropout, weight noise and batch statistics had been
 * on, which they were not.
 */
final class FrozenStockLayer extends FrozenLayerWithBackprop {
    private static final long serialVersionUID = 1L;

    private FrozenStockLayer(Layer inside) {
        super(inside);
        if (inside.numParams() > 0 && inside.getGradientsViewArray() == null) {
            // gradients that nobody reads, but the layer writes
            inside.setBackpropGradientsViewArray(Nd4j.create(inside.params().dataType(), 1, inside.numParams()));
        }
    }

    /** Replaces the frozen layers that have trained ones before them. */
    static void installBehindTrained(ComputationGraph graph) {
        boolean[] trained = new boolean[graph.getVertices().length];
        for (int index : graph.topologicalSortOrder()) {
            GraphVertex vertex = graph.getVertices()[index];
            boolean before = false;
            if (vertex.getInputVertices() != null) {
                for (VertexIndices input : vertex.getInputVertices()) {
                    before |= trained[input.getVertexIndex()];
                }
            }
            Layer layer = vertex.getLayer();
            boolean frozen = layer != null && Frozen.is(layer);
            trained[index] = before || (layer != null && !frozen && layer.numParams() > 0);
            if (before && frozen) {
                install(vertex);
            }
        }
    }

    /** Replaces all frozen layers, so that the gradient reaches the graph's inputs. */
    static void installEverywhere(ComputationGraph graph) {
        for (GraphVertex vertex : graph.getVertices()) {
            if (vertex.getLayer() != null && Frozen.is(vertex.getLayer())) {
                install(vertex);
            }
        }
    }

    private static void install(GraphVertex vertex) {
        if (vertex instanceof LayerVertex layered
                && !(layered.getLayer() instanceof FrozenStockLayer)
                && layered.getLayer() instanceof BaseWrapperLayer wrapper) {
            layered.setLayer(new FrozenStockLayer(wrapper.getUnderlying()));
        }
    }

    @Override
    public Pair<Gradient, INDArray> backpropGradient(INDArray epsilon, LayerWorkspaceMgr memory) {
        Layer inside = getInsideLayer();
        if (inside instanceof BatchNormalization normalization) {
            return new Pair<>(gradient(), epsilon.mul(slopes(normalization, epsilon, memory)));
        }
        var settings = inside.conf().getLayer();
        IDropout dropout = settings.getIDropout();
        IWeightNoise noise = settings instanceof BaseLayer base ? base.getWeightNoise() : null;
        setNoise(settings, null, null);
        try {
            return super.backpropGradient(epsilon, memory);
        } finally {
            setNoise(settings, dropout, noise);
        }
    }

    /** With fixed statistics the layer is an affine map of every channel: its slopes, in the shape of one example. */
    private static INDArray slopes(BatchNormalization normalization, INDArray like, LayerWorkspaceMgr memory) {
        long[] shape = like.shape().clone();
        shape[0] = 1;
        INDArray atZero = normalization
                .activate(Nd4j.zeros(like.dataType(), shape), false, memory)
                .dup();
        return normalization
                .activate(Nd4j.ones(like.dataType(), shape), false, memory)
                .sub(atZero);
    }

    private static void setNoise(
            org.deeplearning4j.nn.conf.layers.Layer settings,
            @Nullable IDropout dropout,
            @Nullable IWeightNoise noise) {
        settings.setIDropout(dropout);
        if (settings instanceof BaseLayer base) {
            base.setWeightNoise(noise);
        }
    }
}
