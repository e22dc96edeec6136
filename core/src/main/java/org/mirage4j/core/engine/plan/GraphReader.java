package org.mirage4j.core.engine.plan;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.dnnl.global.dnnl;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.InputPreProcessor;
import org.deeplearning4j.nn.conf.dropout.IDropout;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.graph.FrozenVertex;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.graph.PreprocessorVertex;
import org.deeplearning4j.nn.conf.graph.ReshapeVertex;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.Deconvolution2D;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.DropoutLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.conf.layers.Upsampling2D;
import org.deeplearning4j.nn.conf.preprocessor.CnnToFeedForwardPreProcessor;
import org.deeplearning4j.nn.conf.preprocessor.FeedForwardToCnnPreProcessor;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.graph.vertex.GraphVertex;
import org.deeplearning4j.nn.graph.vertex.VertexIndices;
import org.deeplearning4j.nn.graph.vertex.impl.InputVertex;
import org.deeplearning4j.nn.graph.vertex.impl.LayerVertex;
import org.deeplearning4j.nn.layers.wrapper.BaseWrapperLayer;
import org.jspecify.annotations.Nullable;
import org.mirage4j.core.MirageException;
import org.mirage4j.core.engine.Frozen;
import org.mirage4j.core.engine.MinibatchDeviation;
import org.mirage4j.core.engine.Pass.Mode;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationSoftmax;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * Translates a graph into operations for given input shapes, and says why if it cannot.
 */
final class GraphReader {

    /** What one network output is: the value callers see, and the logits where the output has a loss. */
    record Output(Value result, @Nullable Value logits, @Nullable Loss loss) {}

    private final ComputationGraphConfiguration description;
    private final boolean dropping;
    private final List<Operation> operations = new ArrayList<>();
    private final Map<Integer, Value> values = new HashMap<>();
    private final Map<Integer, Output> outputs = new HashMap<>();

    private GraphReader(ComputationGraphConfiguration description, boolean dropping) {
        this.description = description;
        this.dropping = dropping;
    }

    /**
     * A graph in the plan's terms.
     *
     * @param operations in topological order
     * @param inputs in the graph's order
     * @param outputs in the graph's order
     */
    record Reading(List<Operation> operations, List<Value> inputs, List<Output> outputs) {}

    /** Translates a graph that {@link #unsupportedReason} has nothing against. */
    static Reading read(ComputationGraph graph, Mode mode, long[][] inputShapes) {
        GraphReader reader = new GraphReader(graph.getConfiguration(), mode != Mode.INFER);
        GraphVertex[] vertices = graph.getVertices();
        List<String> inputNames = graph.getConfiguration().getNetworkInputs();
        List<String> outputNames = graph.getConfiguration().getNetworkOutputs();
        Value[] inputs = new Value[inputNames.size()];
        for (int index : graph.topologicalSortOrder()) {
            GraphVertex vertex = vertices[index];
            if (vertex instanceof InputVertex) {
                int position = inputNames.indexOf(vertex.getVertexName());
                inputs[position] = new Value(vertex.getVertexName(), null, inputShapes[position]);
                reader.values.put(index, inputs[position]);
            } else {
                reader.values.put(index, reader.translate(vertex, outputNames.contains(vertex.getVertexName())));
            }
        }
        List<Output> outputs = new ArrayList<>();
        for (String name : outputNames) {
            int index = graph.getVertex(name).getVertexIndex();
            Value result = reader.value(index);
            result.show();
            Output output = reader.outputs.getOrDefault(index, new Output(result, null, null));
            outputs.add(output);
        }
        return new Reading(List.copyOf(reader.operations), List.of(inputs), outputs);
    }

    private Value value(int index) {
        Value value = values.get(index);
        if (value == null) {
            throw new IllegalStateException("vertex " + index + " is read before it is translated");
        }
        return value;
    }

    private <O extends Operation> Value add(O operation) {
        operations.add(operation);
        return operation.output();
    }

    private Value translate(GraphVertex vertex, boolean isOutput) {
        List<Value> inputs = new ArrayList<>();
        for (VertexIndices from : vertex.getInputVertices()) {
            inputs.add(value(from.getVertexIndex()));
        }
        String name = vertex.getVertexName();
        Value input = inputs.get(0);
        var described = described(description, name);
        if (described instanceof PreprocessorVertex preprocessor) {
            return preprocess(name, input, preprocessor.getPreProcessor());
        }
        if (described instanceof ElementWiseVertex) {
            return inputs.size() == 1 ? input : add(new AddUp(name, inputs));
        }
        if (described instanceof MergeVertex) {
            return inputs.size() == 1 ? input : add(new Concatenate(name, inputs));
        }
        if (described instanceof ReshapeVertex reshape) {
            return add(new Reshape(name, input, resolve(name, input, reshape.getNewShape())));
        }
        if (described instanceof MinibatchDeviation) {
            return add(new Deviate(name, input));
        }
        LayerVertex layerVertex = (LayerVertex) vertex;
        input = preprocess(name, input, layerVertex.getLayerPreProcessor());
        Layer layer = layerVertex.getLayer();
        var configuration = layer.conf().getLayer();
        if (configuration instanceof ActivationLayer activation) {
            return activate(name, input, activation.getActivationFn());
        }
        if (configuration instanceof BatchNormalization normalization) {
            requireFeatures(name, input, normalization.getNOut());
            return add(new Normalize(name, input, layer, normalization));
        }
        if (configuration instanceof SubsamplingLayer pooling) {
            return pool(name, input, pooling);
        }
        if (configuration instanceof Upsampling2D upsampling) {
            int[] size = upsampling.getSize();
            return add(new Upsample(name, input, size[0], size[1]));
        }
        if (configuration instanceof GlobalPoolingLayer pooling) {
            return poolAll(name, input, pooling);
        }
        if (configuration instanceof LossLayer loss) {
            return finish(
                    vertex.getVertexIndex(),
                    name,
                    input,
                    loss.getActivationFn(),
                    Loss.of(loss.getLossFn(), loss.getActivationFn()),
                    isOutput);
        }
        if (!Frozen.is(layer)) {
            input = drop(name, input, configuration.getIDropout(), vertex.getVertexIndex());
        }
        if (configuration instanceof DropoutLayer) {
            return input;
        }
        if (configuration instanceof ConvolutionLayer convolution) {
            requireFeatures(name, input, convolution.getNIn());
            Value result = convolution instanceof Deconvolution2D
                    ? deconvolve(name, input, layer, convolution)
                    : convolve(name, input, layer, convolution);
            return activate(name, result, convolution.getActivationFn());
        }
        if (configuration instanceof DenseLayer dense) {
            requireFeatures(name, input, dense.getNIn());
            Value result = add(new Product(name, input, layer, dense.getNOut(), dense.hasBias()));
            return activate(name, result, dense.getActivationFn());
        }
        OutputLayer output = (OutputLayer) configuration;
        requireFeatures(name, input, output.getNIn());
        Value logits = add(new Product(name, input, layer, output.getNOut(), output.hasBias()));
        return finish(
                vertex.getVertexIndex(),
                name,
                logits,
                output.getActivationFn(),
                Loss.of(output.getLossFn(), output.getActivationFn()),
                isOutput);
    }

    private static long[] resolve(String name, Value input, int[] shape) {
        long[] dims = new long[shape.length];
        long known = 1;
        int free = -1;
        for (int i = 0; i < shape.length; i++) {
            dims[i] = shape[i];
            if (shape[i] == -1) {
                free = i;
            } else {
                known *= shape[i];
            }
        }
        if (free >= 0) {
            dims[free] = input.length() / known;
            known *= dims[free];
        }
        if (known != input.length()) {
            throw new MirageException("layer \"" + name + "\" reshapes to " + java.util.Arrays.toString(shape)
                    + ", but its input has shape " + java.util.Arrays.toString(input.dims()));
        }
        return dims;
    }

    private Value convolve(String name, Value input, Layer layer, ConvolutionLayer configuration) {
        Window window = Windows.sliding(
                name,
                input,
                configuration.getKernelSize(),
                configuration.getStride(),
                configuration.getPadding(),
                configuration.getDilation(),
                configuration.getConvolutionMode());
        return add(new Convolve(
                name,
                input,
                layer,
                window,
                configuration.getNOut(),
                window.outputSize(input.dim(2), input.dim(3)),
                configuration.hasBias()));
    }

    private Value deconvolve(String name, Value input, Layer layer, ConvolutionLayer configuration) {
        long[] size = Windows.stretchedSize(name, input, configuration);
        Window mirrored = Windows.mirrored(input, size, configuration);
        return add(
                new Deconvolve(name, input, layer, mirrored, configuration.getNOut(), size, configuration.hasBias()));
    }

    private Value pool(String name, Value input, SubsamplingLayer configuration) {
        Window window = Windows.sliding(
                name,
                input,
                configuration.getKernelSize(),
                configuration.getStride(),
                configuration.getPadding(),
                configuration.getDilation(),
                configuration.getConvolutionMode());
        int mean = configuration.isAvgPoolIncludePadInDivisor()
                ? dnnl.dnnl_pooling_avg_include_padding
                : dnnl.dnnl_pooling_avg_exclude_padding;
        boolean max = configuration.getPoolingType() == PoolingType.MAX;
        long[] size = window.outputSize(input.dim(2), input.dim(3));
        return add(new Pool(name, input, window, max ? dnnl.dnnl_pooling_max : mean, size));
    }

    private Value poolAll(String name, Value input, GlobalPoolingLayer configuration) {
        long[] size = {input.dim(2), input.dim(3)};
        long[] one = {1, 1};
        Window window = new Window(new Window.Axis(size[0], 1, 0, 0, 1), new Window.Axis(size[1], 1, 0, 0, 1), false);
        int algorithm = configuration.getPoolingType() == PoolingType.MAX
                ? dnnl.dnnl_pooling_max
                : dnnl.dnnl_pooling_avg_exclude_padding;
        Value pooled = add(new Pool(name, input, window, algorithm, one));
        if (configuration.getPoolingType() == PoolingType.SUM) {
            pooled = add(new Activate(name, pooled, Nonlinearity.multipliedBy((double) size[0] * size[1])));
        }
        return configuration.isCollapseDimensions()
                ? add(new Reshape(name, pooled, input.dim(0), input.dim(1)))
                : pooled;
    }

    /** Notes the logits of an output layer, so that its loss is computed on them. */
    private Value finish(
            int index, String name, Value logits, IActivation activation, Optional<Loss> loss, boolean isOutput) {
        if (isOutput) {
            logits.show();
        }
        Value result = activate(name, logits, activation);
        outputs.put(index, new Output(result, logits, loss.orElseThrow()));
        return result;
    }

    private Value activate(String name, Value input, IActivation activation) {
        if (activation instanceof ActivationSoftmax) {
            return add(new SoftMax(name, input));
        }
        Value value = input;
        for (Nonlinearity kind : Nonlinearity.of(activation).orElseThrow()) {
            value = add(new Activate(name, value, kind));
        }
        return value;
    }

    private Value drop(String name, Value input, @Nullable IDropout dropout, int index) {
        return dropping && dropout != null ? add(new DropUnits(name, input, dropout, index)) : input;
    }

    /** What a vertex is described as; a frozen one computes what the vertex inside does. */
    private static org.deeplearning4j.nn.conf.graph.@Nullable GraphVertex described(
            ComputationGraphConfiguration description, String name) {
        var described = description.getVertices().get(name);
        return described instanceof FrozenVertex frozen ? frozen.getUnderlying() : described;
    }

    private Value preprocess(String name, Value input, @Nullable InputPreProcessor preProcessor) {
        if (preProcessor instanceof CnnToFeedForwardPreProcessor && input.rank() == 4) {
            return add(new Reshape(name, input, input.dim(0), input.length() / input.dim(0)));
        }
        if (preProcessor instanceof FeedForwardToCnnPreProcessor images && input.rank() == 2) {
            long[] dims = {input.dim(0), images.getNumChannels(), images.getInputHeight(), images.getInputWidth()};
            requireFeatures(name, input, dims[1] * dims[2] * dims[3]);
            return add(new Reshape(name, input, dims));
        }
        return input;
    }

    private static void requireFeatures(String name, Value input, long features) {
        if (input.rank() < 2 || input.dim(1) != features) {
            throw new MirageException("layer \"" + name + "\" takes " + features
                    + " features or channels, but its input has shape " + java.util.Arrays.toString(input.dims()));
        }
    }

    /** Why a graph cannot be compiled: a phrase that names the layer; empty if it can. */
    static Optional<String> unsupportedReason(ComputationGraph graph) {
        if (graph.params() == null || graph.params().dataType() != DataType.FLOAT) {
            return Optional.of("its parameters are not of type FLOAT");
        }
        for (int index : graph.topologicalSortOrder()) {
            GraphVertex vertex = graph.getVertices()[index];
            boolean isOutput = graph.getConfiguration().getNetworkOutputs().contains(vertex.getVertexName());
            Optional<String> reason =
                    unsupportedReason(vertex, described(graph.getConfiguration(), vertex.getVertexName()), isOutput);
            if (reason.isPresent()) {
                return Optional.of("\"" + vertex.getVertexName() + "\" " + reason.get());
            }
        }
        return Optional.empty();
    }

    private static Optional<String> unsupportedReason(
            GraphVertex vertex, org.deeplearning4j.nn.conf.graph.@Nullable GraphVertex described, boolean isOutput) {
        if (vertex instanceof InputVertex) {
            return Optional.empty();
        }
        if (!isOutput && vertex.getNumOutputConnections() == 0) {
            return Optional.of("leads to no output");
        }
        if (described instanceof PreprocessorVertex preprocessor) {
            return unsupportedReason(preprocessor.getPreProcessor());
        }
        if (described instanceof ElementWiseVertex elementWise) {
            return elementWise.getOp() == ElementWiseVertex.Op.Add
                    ? Optional.empty()
                    : Optional.of("combines its inputs by " + elementWise.getOp());
        }
        if (described instanceof MergeVertex merge) {
            return merge.getMergeAxis() == 1
                    ? Optional.empty()
                    : Optional.of("merges along axis " + merge.getMergeAxis());
        }
        if (described instanceof ReshapeVertex reshape) {
            return reshape.getReshapeOrder() == 'c' && reshape.getNewShape()[0] == -1
                    ? Optional.empty()
                    : Optional.of("reshapes in another order than row by row, or the batch itself");
        }
        if (described instanceof MinibatchDeviation) {
            return Optional.empty();
        }
        if (!(vertex instanceof LayerVertex layerVertex)) {
            return Optional.of("is a " + vertex.getClass().getSimpleName());
        }
        Optional<String> reason = unsupportedReason(layerVertex.getLayerPreProcessor());
        return reason.isPresent() ? reason : unsupportedReason(layerVertex.getLayer());
    }

    private static Optional<String> unsupportedReason(@Nullable InputPreProcessor preProcessor) {
        if (preProcessor == null || preProcessor.getClass() == FeedForwardToCnnPreProcessor.class) {
            return Optional.empty();
        }
        if (preProcessor instanceof CnnToFeedForwardPreProcessor flatten
                && preProcessor.getClass() == CnnToFeedForwardPreProcessor.class
                && flatten.getFormat() == CNN2DFormat.NCHW) {
            return Optional.empty();
        }
        return Optional.of(
                "has a preprocessor of kind " + preProcessor.getClass().getSimpleName());
    }

    private static Optional<String> unsupportedReason(Layer layer) {
        if (layer instanceof BaseWrapperLayer && !Frozen.is(layer)) {
            return Optional.of("is a " + layer.getClass().getSimpleName());
        }
        var configuration = layer.conf().getLayer();
        Class<?> kind = configuration.getClass();
        if (kind == BatchNormalization.class) {
            return unsupportedReason((BatchNormalization) configuration);
        }
        if (configuration instanceof BaseLayer base && base.getWeightNoise() != null && !Frozen.is(layer)) {
            return Optional.of("has weight noise");
        }
        IDropout dropout = configuration.getIDropout();
        if (dropout != null && !Frozen.is(layer)) {
            Optional<String> reason = DropUnits.unsupportedReason(dropout);
            if (reason.isPresent()) {
                return reason;
            }
        }
        if (kind == DropoutLayer.class) {
            return Optional.empty();
        }
        if (kind == ActivationLayer.class) {
            return unsupportedReason(((ActivationLayer) configuration).getActivationFn());
        }
        if (kind == LossLayer.class) {
            LossLayer loss = (LossLayer) configuration;
            return unsupportedLoss(Loss.of(loss.getLossFn(), loss.getActivationFn()));
        }
        if (kind == DenseLayer.class) {
            DenseLayer dense = (DenseLayer) configuration;
            return dense.hasLayerNorm()
                    ? Optional.of("has layer normalisation")
                    : unsupportedReason(dense.getActivationFn());
        }
        if (kind == ConvolutionLayer.class || kind == Deconvolution2D.class) {
            ConvolutionLayer convolution = (ConvolutionLayer) configuration;
            return unsupportedWindow(convolution.getCnn2dDataFormat(), convolution.getConvolutionMode())
                    .or(() -> unsupportedReason(convolution.getActivationFn()));
        }
        if (kind == SubsamplingLayer.class) {
            SubsamplingLayer pooling = (SubsamplingLayer) configuration;
            return unsupportedPooling(pooling.getPoolingType())
                    .or(() -> unsupportedWindow(pooling.getCnn2dDataFormat(), pooling.getConvolutionMode()));
        }
        if (kind == Upsampling2D.class) {
            return unsupportedWindow(((Upsampling2D) configuration).getFormat(), ConvolutionMode.Truncate);
        }
        if (kind == GlobalPoolingLayer.class) {
            GlobalPoolingLayer pooling = (GlobalPoolingLayer) configuration;
            if (pooling.getPoolingDimensions() != null) {
                return Optional.of("pools over chosen dimensions");
            }
            return pooling.getPoolingType() == PoolingType.SUM
                    ? Optional.empty()
                    : unsupportedPooling(pooling.getPoolingType());
        }
        if (kind == OutputLayer.class) {
            OutputLayer output = (OutputLayer) configuration;
            return unsupportedLoss(Loss.of(output.getLossFn(), output.getActivationFn()));
        }
        return Optional.of("is a " + kind.getSimpleName());
    }

    private static Optional<String> unsupportedReason(BatchNormalization normalization) {
        if (normalization.getCnn2DFormat() != CNN2DFormat.NCHW) {
            return Optional.of("does not have its channels first");
        }
        // Deeplearning4j ignores a fixed gamma forwards, but not backwards, unless beta is set too.
        return normalization.isLockGammaBeta() && (normalization.getGamma() != 1 || normalization.getBeta() != 0)
                ? Optional.of("has a fixed gamma or beta other than 1 and 0")
                : Optional.empty();
    }

    private static Optional<String> unsupportedWindow(CNN2DFormat format, @Nullable ConvolutionMode mode) {
        if (format != CNN2DFormat.NCHW) {
            return Optional.of("does not have its channels first");
        }
        return mode == ConvolutionMode.Causal ? Optional.of("is causal") : Optional.empty();
    }

    private static Optional<String> unsupportedPooling(Enum<?> type) {
        return type.name().equals("MAX") || type.name().equals("AVG")
                ? Optional.empty()
                : Optional.of("pools by " + type);
    }

    private static Optional<String> unsupportedReason(IActivation activation) {
        return activation instanceof ActivationSoftmax
                        || Nonlinearity.of(activation).isPresent()
                ? Optional.empty()
                : Optional.of("has the activation " + activation);
    }

    private static Optional<String> unsupportedLoss(Optional<Loss> loss) {
        return loss.isPresent() ? Optional.empty() : Optional.of("has a loss that is not compiled for its activation");
    }
}
