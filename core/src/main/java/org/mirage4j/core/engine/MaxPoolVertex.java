package org.mirage4j.core.engine;

import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.gradient.DefaultGradient;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.graph.vertex.impl.LayerVertex;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** A max pooling layer's vertex that can pass on the values at the positions of an earlier pass. */
final class MaxPoolVertex extends LayerVertex {
    private static final long serialVersionUID = 1L;

    private final transient GateReplay replay;
    private int[] positions = {};
    private long[] resultShape = {};

    MaxPoolVertex(ComputationGraph graph, LayerVertex stock, GateReplay replay) {
        super(
                graph,
                stock.getVertexName(),
                stock.getVertexIndex(),
                stock.getInputVertices(),
                stock.getOutputVertices(),
                stock.getLayer(),
                stock.getLayerPreProcessor(),
                stock.isOutputVertex(),
                graph.getConfiguration().getDataType());
        this.replay = replay;
    }

    @Override
    public INDArray doForward(boolean training, LayerWorkspaceMgr memory) {
        INDArray images = getLayer().input();
        if (replay.state() == GateReplay.State.REPLAYING) {
            double[] values = images.dup('c').data().asDouble();
            double[] passed = new double[positions.length];
            for (int i = 0; i < passed.length; i++) {
                passed[i] = values[positions[i]];
            }
            return array(passed, images, resultShape);
        }
        double[] values = replay.state() == GateReplay.State.RECORDING
                ? images.dup('c').data().asDouble()
                : null;
        INDArray result = super.doForward(training, memory);
        if (values != null) {
            resultShape = result.shape();
            positions = find(values, images.shape());
        }
        return result;
    }

    private int[] find(double[] values, long[] shape) {
        if (getLayer().conf().getLayer() instanceof SubsamplingLayer pooling) {
            MaxPositions.Axis[] axes = new MaxPositions.Axis[2];
            for (int i = 0; i < 2; i++) {
                int kernel = pooling.getKernelSize()[i];
                int stride = pooling.getStride()[i];
                int dilation = pooling.getDilation()[i];
                int before = pooling.getPadding()[i];
                if (pooling.getConvolutionMode() == ConvolutionMode.Same) {
                    long padded = (resultShape[2 + i] - 1) * stride + (kernel - 1L) * dilation + 1;
                    before = Math.toIntExact(Math.max(0, padded - shape[2 + i]) / 2);
                }
                axes[i] = new MaxPositions.Axis(kernel, stride, before, dilation);
            }
            return MaxPositions.find(position -> values[position], shape, resultShape, axes[0], axes[1]);
        }
        int pixels = Math.toIntExact(values.length / (shape[0] * shape[1]));
        long[] in = {shape[0], shape[1], 1, pixels};
        long[] out = {shape[0], shape[1], 1, 1};
        MaxPositions.Axis one = new MaxPositions.Axis(1, 1, 0, 1);
        return MaxPositions.find(position -> values[position], in, out, one, new MaxPositions.Axis(pixels, 1, 0, 1));
    }

    @Override
    public Pair<Gradient, INDArray[]> doBackward(boolean truncated, LayerWorkspaceMgr memory) {
        if (replay.state() != GateReplay.State.REPLAYING) {
            return super.doBackward(truncated, memory);
        }
        INDArray images = getLayer().input();
        double[] deltas = getEpsilon().dup('c').data().asDouble();
        double[] gradient = new double[Math.toIntExact(images.length())];
        for (int i = 0; i < deltas.length; i++) {
            gradient[positions[i]] += deltas[i];
        }
        INDArray result = array(gradient, images, images.shape());
        if (getLayerPreProcessor() != null) {
            result = getLayerPreProcessor().backprop(result, Math.toIntExact(images.size(0)), memory);
        }
        return new Pair<>(new DefaultGradient(), new INDArray[] {result});
    }

    private static INDArray array(double[] values, INDArray like, long[] shape) {
        return Nd4j.createFromArray(values).castTo(like.dataType()).reshape('c', shape);
    }
}
