package org.mirage4j.core.engine.plan;

import java.util.ArrayList;
import java.util.List;
import org.deeplearning4j.nn.conf.WorkspaceMode;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.graph.vertex.GraphVertex;
import org.deeplearning4j.nn.graph.vertex.VertexIndices;
import org.deeplearning4j.nn.graph.vertex.impl.InputVertex;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Runs a graph through Deeplearning4j's own layers, input gradients included. */
final class StockReference {
    private final ComputationGraph graph;
    private final List<Listening> listeners = new ArrayList<>();

    /** An input vertex that keeps the gradient it is handed. */
    private static final class Listening extends InputVertex {
        private static final long serialVersionUID = 1L;
        private transient @Nullable INDArray gradient;

        Listening(ComputationGraph graph, String name, int index, VertexIndices[] outputs, DataType type) {
            super(graph, name, index, outputs, type);
        }

        @Override
        public void setEpsilon(INDArray epsilon) {
            super.setEpsilon(epsilon);
            try (MemoryWorkspace ignored = Nd4j.getMemoryManager().scopeOutOfWorkspaces()) {
                gradient = epsilon.dup('c');
            }
        }
    }

    StockReference(ComputationGraph graph) {
        this.graph = graph;
        graph.getConfiguration().setTrainingWorkspaceMode(WorkspaceMode.NONE);
        graph.getConfiguration().setInferenceWorkspaceMode(WorkspaceMode.NONE);
        if (graph.getGradientsViewArray() == null) {
            graph.initGradientsView();
        }
        for (String name : graph.getConfiguration().getNetworkInputs()) {
            GraphVertex old = graph.getVertex(name);
            Listening listening = new Listening(
                    graph,
                    name,
                    old.getVertexIndex(),
                    old.getOutputVertices(),
                    graph.params().dataType());
            graph.getVertices()[old.getVertexIndex()] = listening;
            listeners.add(listening);
        }
    }

    INDArray[] forward(boolean training, INDArray... inputs) {
        listeners.forEach(listener -> listener.gradient = null);
        graph.setInputs(inputs);
        var activations = graph.feedForward(inputs, training, false);
        return graph.getConfiguration().getNetworkOutputs().stream()
                .map(activations::get)
                .toArray(INDArray[]::new);
    }

    /** Input gradients; parameter gradients are in the graph's view. */
    INDArray[] backward(INDArray... outputGradients) {
        graph.backpropGradient(outputGradients);
        return listeners.stream().map(listener -> listener.gradient).toArray(INDArray[]::new);
    }

    double differentiate(INDArray[] inputs, INDArray[] labels) {
        graph.setInputs(inputs);
        graph.setLabels(labels);
        graph.computeGradientAndScore();
        return graph.score();
    }

    void step(int batchSize, int iteration, int epoch) {
        graph.getUpdater().update(graph.gradient(), iteration, epoch, batchSize, LayerWorkspaceMgr.noWorkspaces());
        graph.params().subi(graph.getGradientsViewArray().reshape(graph.params().length()));
        graph.applyConstraints(iteration + 1, epoch);
    }
}
