package org.mirage4j.core.engine;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.graph.vertex.GraphVertex;
import org.deeplearning4j.nn.graph.vertex.VertexIndices;
import org.deeplearning4j.nn.graph.vertex.impl.InputVertex;
import org.deeplearning4j.nn.layers.normalization.BatchNormalization;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.jspecify.annotations.Nullable;
import org.mirage4j.core.MirageException;
import org.mirage4j.core.memory.FlatArray;
import org.mirage4j.core.memory.Rows;
import org.mirage4j.core.random.NativeSeed;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Runs a graph with Deeplearning4j's own layers. Expects workspace modes NONE: a backward pass after a
 * separate forward pass throws in any other mode as soon as batch normalisation or dropout is there.
 */
public final class StockEngine implements Engine {
    private final ComputationGraph graph;
    private final int[] order;
    private final CapturingInput[] capturing;
    private final List<String> outputNames;
    private final boolean bends;
    private final boolean noisyWeights;
    private final Substitutes mended;
    private @Nullable GateReplay gates;
    private @Nullable Recorded recorded;
    private GateReplay.State lastForward = GateReplay.State.OFF;

    /** The last recorded pass: what a replay needs to find its tangents, and whether it has found them. */
    private record Recorded(List<INDArray> inputs, Pass pass, List<INDArray> outputGradients, boolean replayed) {}

    /**
     * Creates the engine.
     *
     * @param graph an initialised graph with workspace modes NONE
     */
    public StockEngine(ComputationGraph graph) {
        this.graph = graph;
        this.order = graph.topologicalSortOrder();
        this.outputNames = graph.getConfiguration().getNetworkOutputs();
        this.capturing = captureInputGradients(graph);
        FrozenStockLayer.installBehindTrained(graph);
        keepSharedActivations(graph);
        this.mended = new Substitutes(graph, MendedActivation::of);
        this.noisyWeights = Arrays.stream(graph.getLayers()).anyMatch(StockEngine::hasNoisyWeights);
        this.bends = !GateReplay.isPiecewiseAffine(graph);
    }

    /** Deeplearning4j drops dLoss/dInput after a backward pass; the input vertex is where it passes by. */
    private static CapturingInput[] captureInputGradients(ComputationGraph graph) {
        DataType type = graph.getConfiguration().getDataType();
        CapturingInput[] capturing = new CapturingInput[graph.getNumInputArrays()];
        GraphVertex[] vertices = graph.getVertices();
        for (int i = 0; i < capturing.length; i++) {
            GraphVertex stock = vertices[i];
            capturing[i] = new CapturingInput(graph, stock.getVertexName(), i, stock.getOutputVertices(), type);
            vertices[i] = capturing[i];
        }
        return capturing;
    }

    /**
     * Deeplearning4j lets the last consumer of an activation overwrite it (dropout does), but an earlier
     * consumer still needs it for its weight gradient, and a caller may read it as an output.
     */
    private static void keepSharedActivations(ComputationGraph graph) {
        for (GraphVertex vertex : graph.getVertices()) {
            if (!vertex.hasLayer() || vertex.getInputVertices() == null) {
                continue;
            }
            for (VertexIndices source : vertex.getInputVertices()) {
                GraphVertex input = graph.getVertices()[source.getVertexIndex()];
                if (input.getOutputVertices().length > 1 || input.isOutputVertex()) {
                    vertex.getLayer().allowInputModification(false);
                }
            }
        }
    }

    @Override
    public INDArray[] forward(INDArray[] given, Pass pass) {
        INDArray[] inputs = rowMajor(given);
        if (pass.mode() == Pass.Mode.REPLAY) {
            return replay(inputs, pass);
        }
        INDArray[][] outputs = new INDArray[1][];
        if (!pass.parts().isEmpty()) {
            mended.during(() -> outputs[0] = sampled(inputs, pass));
            return outputs[0];
        }
        mended.during(() -> outputs[0] = run(inputs, pass));
        if (pass.mode() == Pass.Mode.RECORD) {
            recorded = new Recorded(List.of(copies(inputs)), pass, List.of(), false);
        }
        return outputs[0];
    }

    /** Weights are dropped for a whole pass, so where any are, each part has a pass of its own. */
    private INDArray[] sampled(INDArray[] inputs, Pass pass) {
        if (!noisyWeights) {
            return sampledTogether(inputs, pass.parts());
        }
        INDArray[][] outputs = new INDArray[pass.parts().size()][];
        long from = 0;
        for (int i = 0; i < outputs.length; i++) {
            Pass.Part part = pass.parts().get(i);
            long begin = from;
            INDArray[] rows = Arrays.stream(inputs)
                    .map(input -> Rows.of(input, begin, begin + part.rows()).dup('c'))
                    .toArray(INDArray[]::new);
            outputs[i] = sampledTogether(rows, List.of(part));
            from += part.rows();
        }
        INDArray[] all = new INDArray[outputNames.size()];
        for (int i = 0; i < all.length; i++) {
            int output = i;
            all[i] = Nd4j.concat(
                    0, Arrays.stream(outputs).map(part -> part[output]).toArray(INDArray[]::new));
        }
        return all;
    }

    private INDArray[] sampledTogether(INDArray[] inputs, List<Pass.Part> parts) {
        INDArray[][] outputs = new INDArray[1][];
        Pass seeded = Pass.monteCarlo(parts.get(0).maskKey());
        SharedDropout.during(graph, parts, () -> outputs[0] = run(inputs, seeded));
        return outputs[0];
    }

    private static boolean hasNoisyWeights(Layer layer) {
        return !Frozen.is(layer)
                && layer.conf().getLayer() instanceof BaseLayer settings
                && settings.getWeightNoise() != null;
    }

    /** Deeplearning4j draws masks in the order of memory, so that a mask would depend on that of the input. */
    private static INDArray[] rowMajor(INDArray[] arrays) {
        return Arrays.stream(arrays)
                .map(array -> FlatArray.isRowMajor(array) ? array : array.dup('c'))
                .toArray(INDArray[]::new);
    }

    private static INDArray[] copies(INDArray[] arrays) {
        return Arrays.stream(arrays).map(INDArray::dup).toArray(INDArray[]::new);
    }

    /** The tangents are found by running the recorded pass again, before the first replay. */
    private INDArray[] replay(INDArray[] inputs, Pass pass) {
        Recorded last = recorded;
        if (last == null) {
            throw new IllegalStateException("a replay needs a recorded pass before it");
        }
        GateReplay replay = gates;
        if (replay == null) {
            replay = new GateReplay(graph);
            gates = replay;
        }
        if (!last.replayed()) {
            replay.during(GateReplay.State.RECORDING, () -> {
                run(last.inputs().toArray(INDArray[]::new), last.pass());
                if (bends) {
                    graph.backpropGradient(last.outputGradients().toArray(INDArray[]::new));
                }
            });
            recorded = new Recorded(List.of(), last.pass(), List.of(), true);
        }
        INDArray[][] outputs = new INDArray[1][];
        replay.during(GateReplay.State.REPLAYING, () -> outputs[0] = run(inputs, pass));
        lastForward = GateReplay.State.REPLAYING;
        return outputs[0];
    }

    private INDArray[] run(INDArray[] inputs, Pass pass) {
        lastForward = pass.mode() == Pass.Mode.RECORD ? GateReplay.State.RECORDING : GateReplay.State.OFF;
        prepare(pass);
        // batchSize() prefers stale labels over the inputs at hand
        graph.clear();
        graph.setInputs(inputs);
        LayerWorkspaceMgr memory = LayerWorkspaceMgr.noWorkspaces();
        INDArray[] outputs = new INDArray[outputNames.size()];
        for (int index : order) {
            GraphVertex vertex = graph.getVertices()[index];
            INDArray activation =
                    vertex.isInputVertex() ? inputs[index] : vertex.doForward(trains(vertex, pass.mode()), memory);
            VertexIndices[] consumers = vertex.getOutputVertices();
            if (vertex.isOutputVertex()) {
                boolean aliased = consumers != null || contains(inputs, activation);
                outputs[outputNames.indexOf(vertex.getVertexName())] = aliased ? activation.dup() : activation;
            }
            if (consumers != null) {
                for (VertexIndices consumer : consumers) {
                    graph.getVertices()[consumer.getVertexIndex()].setInput(
                            consumer.getVertexEdgeNumber(), activation, memory);
                }
            }
        }
        if (!pass.mode().differentiable()) {
            clear();
        }
        return outputs;
    }

    @Override
    public INDArray[] backward(INDArray[] outputGradients, Wanted wanted) {
        refuseOutputsInside();
        if (wanted.input()) {
            FrozenStockLayer.installEverywhere(graph);
        }
        INDArray[] own = copies(outputGradients); // layers write into the gradients they are given
        Recorded last = recorded;
        if (bends && last != null && lastForward == GateReplay.State.RECORDING) {
            recorded = new Recorded(last.inputs(), last.pass(), List.of(copies(outputGradients)), false);
        }
        startCapture(wanted.input());
        GateReplay replay = gates;
        if (replay != null && lastForward == GateReplay.State.REPLAYING) {
            replay.during(lastForward, () -> graph.backpropGradient(own));
        } else {
            mended.during(() -> graph.backpropGradient(own));
        }
        return captured(wanted.input());
    }

    @Override
    public double differentiate(INDArray[] given, INDArray[] labels, Pass pass) {
        INDArray[] inputs = rowMajor(given);
        recorded = null;
        prepare(pass);
        graph.setInputs(inputs);
        graph.setLabels(labels);
        startCapture(false);
        mended.during(graph::computeGradientAndScore);
        graph.clear();
        return graph.score();
    }

    @Override
    public void step(int batchSize, int iteration, int epoch) {
        recorded = null;
        graph.getUpdater().update(graph.gradient(), iteration, epoch, batchSize, LayerWorkspaceMgr.noWorkspaces());
        Frozen.parts(graph, graph.getGradientsViewArray()).forEach(part -> part.assign(0));
        INDArray parameters = graph.params();
        parameters.subi(graph.getGradientsViewArray().reshape(parameters.shape()));
        graph.applyConstraints(iteration + 1, epoch);
    }

    @Override
    public String name() {
        return "deeplearning4j";
    }

    @Override
    public void close() {
        // the graph owns every array
    }

    /** An external gradient replaces the one that later layers sent back, so half of it would be lost. */
    private void refuseOutputsInside() {
        for (String output : outputNames) {
            if (graph.getVertex(output).getOutputVertices() != null) {
                throw new MirageException("output \"" + output + "\" also feeds other layers, whose gradient"
                        + " Deeplearning4j would lose; make an identity ActivationLayer after it the output");
            }
        }
    }

    private void prepare(Pass pass) {
        if (pass.mode() != Pass.Mode.INFER) {
            Nd4j.getRandom().setSeed(NativeSeed.of(pass.maskKey()));
        }
        int iteration = graph.getConfiguration().getIterationCount();
        int epoch = graph.getConfiguration().getEpochCount();
        for (Layer layer : graph.getLayers()) {
            layer.setIterationCount(iteration); // schedules on dropout read it here
            layer.setEpochCount(epoch);
            layer.clearNoiseWeightParams(); // else a mask of an earlier pass would stay
        }
    }

    private static boolean trains(GraphVertex vertex, Pass.Mode mode) {
        return switch (mode) {
            case TRAIN, RECORD, REPLAY -> true;
            case INFER -> false;
            case MONTE_CARLO -> !(vertex.getLayer() instanceof BatchNormalization);
        };
    }

    private void clear() {
        for (GraphVertex vertex : graph.getVertices()) {
            vertex.clear();
        }
    }

    private static boolean contains(INDArray[] arrays, INDArray array) {
        for (INDArray candidate : arrays) {
            if (candidate == array) {
                return true;
            }
        }
        return false;
    }

    private void startCapture(boolean on) {
        for (CapturingInput input : capturing) {
            input.captured = null;
            input.capture = on;
        }
    }

    private INDArray[] captured(boolean wanted) {
        if (!wanted) {
            return new INDArray[0];
        }
        List<INDArray> gradients = new ArrayList<>(capturing.length);
        for (CapturingInput input : capturing) {
            INDArray gradient = input.captured;
            if (gradient == null) {
                throw new MirageException("no gradient reaches input \"" + input.getVertexName()
                        + "\", because on Deeplearning4j's own layers none passes a frozen vertex");
            }
            gradients.add(gradient);
        }
        return gradients.toArray(new INDArray[0]);
    }

    /** An input vertex that keeps what the backward pass delivers to it. */
    private static final class CapturingInput extends InputVertex {
        private static final long serialVersionUID = 1L;

        private boolean capture;
        private transient @Nullable INDArray captured;

        CapturingInput(
                ComputationGraph graph, String name, int index, VertexIndices[] outputVertices, DataType dataType) {
            super(graph, name, index, outputVertices, dataType);
        }

        @Override
        public void setEpsilon(INDArray epsilon) {
            super.setEpsilon(epsilon);
            if (capture) {
                try (MemoryWorkspace ignored = Nd4j.getMemoryManager().scopeOutOfWorkspaces()) {
                    captured = epsilon.dup();
                }
            }
        }
    }
}
