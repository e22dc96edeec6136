package org.mirage4j.core.engine;

import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.memory.LayerMemoryReport;
import org.deeplearning4j.nn.conf.memory.MemoryReport;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A vertex that appends how much a batch varies to each of its examples, see {@link BatchDeviation}: as one more
 * feature [N, F + 1] or one more channel [N, C + 1, H, W].
 */
public final class MinibatchDeviation extends GraphVertex {
    private static final long serialVersionUID = 1L;

    /** All are alike. */
    public MinibatchDeviation() {
        // nothing to set
    }

    @Override
    public MinibatchDeviation clone() {
        return new MinibatchDeviation();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof MinibatchDeviation;
    }

    @Override
    public int hashCode() {
        return MinibatchDeviation.class.hashCode();
    }

    @Override
    public long numParams(boolean backprop) {
        return 0;
    }

    @Override
    public int minVertexInputs() {
        return 1;
    }

    @Override
    public int maxVertexInputs() {
        return 1;
    }

    @Override
    public MinibatchDeviationVertex instantiate(
            ComputationGraph graph,
            String name,
            int index,
            INDArray parameters,
            boolean initializeParameters,
            DataType type) {
        return new MinibatchDeviationVertex(graph, name, index, type);
    }

    @Override
    public InputType getOutputType(int layerIndex, InputType... inputs) {
        if (inputs[0] instanceof InputType.InputTypeConvolutional images) {
            return InputType.convolutional(images.getHeight(), images.getWidth(), images.getChannels() + 1);
        }
        return InputType.feedForward(inputs[0].arrayElementsPerExample() + 1);
    }

    @Override
    public MemoryReport getMemoryReport(InputType... inputs) {
        InputType output = getOutputType(-1, inputs);
        return new LayerMemoryReport.Builder(null, MinibatchDeviation.class, inputs[0], output)
                .standardMemory(0, 0)
                .workingMemory(0, 0, 0, 0)
                .cacheMemory(0, 0)
                .build();
    }
}
