package org.mirage4j.core.engine;

import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.MaskState;
import org.deeplearning4j.nn.gradient.DefaultGradient;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.graph.vertex.BaseGraphVertex;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.jspecify.annotations.Nullable;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** What a {@link MinibatchDeviation} does in Deeplearning4j's own graph. */
final class MinibatchDeviationVertex extends BaseGraphVertex {
    private static final long serialVersionUID = 1L;

    private transient @Nullable BatchDeviation arithmetic;

    MinibatchDeviationVertex(ComputationGraph graph, String name, int index, DataType type) {
        super(graph, name, index, null, null, type);
    }

    @Override
    public boolean hasLayer() {
        return false;
    }

    @Override
    public @Nullable Layer getLayer() {
        return null;
    }

    @Override
    public INDArray doForward(boolean training, LayerWorkspaceMgr memory) {
        INDArray input = inputs[0];
        int count = Math.toIntExact(input.size(0));
        int features = Math.toIntExact(input.length() / count);
        int appended = Math.toIntExact(features / input.size(1));
        BatchDeviation fresh = new BatchDeviation(count, features, appended);
        arithmetic = fresh;
        long[] shape = input.shape().clone(); // the array itself hands out its own
        shape[1]++;
        return array(fresh.append(values(input)), shape);
    }

    @Override
    public Pair<Gradient, INDArray[]> doBackward(boolean truncated, LayerWorkspaceMgr memory) {
        BatchDeviation last = arithmetic;
        if (last == null) {
            throw new IllegalStateException("vertex \"" + vertexName + "\" has seen no batch to go back through");
        }
        INDArray gradient = array(last.gradient(values(epsilon)), inputs[0].shape());
        return new Pair<>(new DefaultGradient(), new INDArray[] {gradient});
    }

    private static double[] values(INDArray array) {
        return array.dup('c').data().asDouble();
    }

    private INDArray array(double[] values, long[] shape) {
        return Nd4j.createFromArray(values).castTo(dataType).reshape('c', shape);
    }

    @Override
    public void setBackpropGradientsViewArray(INDArray view) {
        if (view != null) {
            throw new IllegalStateException("vertex \"" + vertexName + "\" has no parameters");
        }
    }

    @Override
    public Pair<INDArray, MaskState> feedForwardMaskArrays(INDArray[] masks, MaskState state, int batch) {
        throw new UnsupportedOperationException("vertex \"" + vertexName + "\" takes no masked examples");
    }

    @Override
    public String toString() {
        return "MinibatchDeviationVertex(" + vertexName + ")";
    }
}
