package org.mirage4j.core.engine;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.Convolution2D;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.Deconvolution2D;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.DepthwiseConvolution2D;
import org.deeplearning4j.nn.conf.layers.DropoutLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.PReLULayer;
import org.deeplearning4j.nn.conf.layers.SeparableConvolution2D;
import org.deeplearning4j.nn.conf.layers.SpaceToDepthLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.conf.layers.Upsampling2D;
import org.deeplearning4j.nn.conf.layers.ZeroPaddingLayer;
import org.deeplearning4j.nn.conf.layers.convolutional.Cropping2D;
import org.deeplearning4j.nn.conf.layers.misc.ElementWiseMultiplicationLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.graph.vertex.GraphVertex;
import org.deeplearning4j.nn.graph.vertex.impl.ElementWiseVertex;
import org.deeplearning4j.nn.graph.vertex.impl.InputVertex;
import org.deeplearning4j.nn.graph.vertex.impl.LayerVertex;
import org.deeplearning4j.nn.graph.vertex.impl.MergeVertex;
import org.deeplearning4j.nn.graph.vertex.impl.PreprocessorVertex;
import org.deeplearning4j.nn.graph.vertex.impl.ReshapeVertex;
import org.deeplearning4j.nn.graph.vertex.impl.ScaleVertex;
import org.deeplearning4j.nn.graph.vertex.impl.ShiftVertex;
import org.deeplearning4j.nn.graph.vertex.impl.SubsetVertex;
import org.deeplearning4j.nn.layers.wrapper.BaseWrapperLayer;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationHardSigmoid;
import org.nd4j.linalg.activations.impl.ActivationHardTanH;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.activations.impl.ActivationLReLU;
import org.nd4j.linalg.activations.impl.ActivationRReLU;
import org.nd4j.linalg.activations.impl.ActivationReLU;
import org.nd4j.linalg.activations.impl.ActivationReLU6;
import org.nd4j.linalg.activations.impl.ActivationThresholdedReLU;

/**
 * What a stock graph needs for {@link Pass.Mode#REPLAY}: activations that can record their tangents and go on along
 * them, installed for the time of one pass only, and vertices that do the same for max pooling. And which graphs have
 * such passes at all: those of the layers, vertices and activations that are named here.
 */
public final class GateReplay {
    /** What gated activations and pooling do at the moment. */
    enum State {
        OFF,
        RECORDING,
        REPLAYING
    }

    private static final String NO_SECOND_DERIVATIVE = ", whose second derivative is not computed here";

    /**
     * Layers that are affine in their input but for their activation function and the choices of dropout and max
     * pooling; a class of one's own is none of them.
     */
    private static final Set<Class<?>> AFFINE_LAYERS = Set.of(
            DenseLayer.class,
            ElementWiseMultiplicationLayer.class,
            ConvolutionLayer.class,
            Convolution2D.class,
            SeparableConvolution2D.class,
            DepthwiseConvolution2D.class,
            Deconvolution2D.class,
            ActivationLayer.class,
            DropoutLayer.class,
            SubsamplingLayer.class,
            GlobalPoolingLayer.class,
            Upsampling2D.class,
            ZeroPaddingLayer.class,
            Cropping2D.class,
            SpaceToDepthLayer.class);

    /** Vertices without a layer that are affine. */
    private static final Set<Class<?>> LINEAR_VERTICES = Set.of(
            MergeVertex.class,
            ReshapeVertex.class,
            PreprocessorVertex.class,
            ScaleVertex.class,
            ShiftVertex.class,
            SubsetVertex.class);

    private final Substitutes gates;
    private State state = State.OFF;

    /** Prepares a graph; max pooling vertices are replaced by ones that behave alike until asked to replay. */
    GateReplay(ComputationGraph graph) {
        gates = new Substitutes(graph, this::gated);
        GraphVertex[] vertices = graph.getVertices();
        for (int i = 0; i < vertices.length; i++) {
            Layer layer = vertices[i].getLayer();
            if (layer != null && poolsByMaximum(configurationOf(layer)) && vertices[i] instanceof LayerVertex pooling) {
                vertices[i] = new MaxPoolVertex(graph, pooling, this);
            }
        }
    }

    private Optional<IActivation> gated(IActivation own) {
        return own instanceof ActivationIdentity
                ? Optional.empty()
                : Optional.of(new GatedActivation(own, MendedActivation.of(own).orElse(own), this));
    }

    State state() {
        return state;
    }

    /** Runs something with gates that record or replay. */
    void during(State during, Runnable pass) {
        state = during;
        try {
            gates.during(pass);
        } finally {
            state = State.OFF;
        }
    }

    /**
     * Says why a graph has no {@link Pass.Mode#REPLAY} passes.
     *
     * @param graph an initialised graph
     * @return a phrase that names the layer; empty if passes can be replayed
     */
    public static Optional<String> unsupportedReason(ComputationGraph graph) {
        for (GraphVertex vertex : graph.getVertices()) {
            Layer layer = vertex.getLayer();
            if (vertex instanceof MinibatchDeviationVertex) {
                return Optional.of("layer \"" + vertex.getVertexName()
                        + "\" is minibatch standard deviation, which makes each example depend on the others in its"
                        + " batch");
            }
            if (layer == null) {
                if (!isLinear(graph, vertex)) {
                    return Optional.of("vertex \"" + vertex.getVertexName() + "\" is a "
                            + vertex.getClass().getSimpleName() + NO_SECOND_DERIVATIVE);
                }
                continue;
            }
            Optional<String> reason = unsupportedReason(layer);
            if (reason.isPresent()) {
                return Optional.of("layer \"" + vertex.getVertexName() + "\" " + reason.get());
            }
        }
        return Optional.empty();
    }

    private static Optional<String> unsupportedReason(Layer layer) {
        if (layer instanceof org.deeplearning4j.nn.layers.normalization.BatchNormalization) {
            return Optional.of("is batch normalisation, which makes each example depend on the others in its batch");
        }
        var configuration = configurationOf(layer);
        if (configuration instanceof PReLULayer || activationOf(configuration) instanceof ActivationRReLU) {
            return Optional.of("has a kink whose slope is learned or random");
        }
        if (configuration instanceof DenseLayer dense && dense.hasLayerNorm()) {
            return Optional.of("has layer normalisation" + NO_SECOND_DERIVATIVE);
        }
        if (configuration instanceof BatchNormalization && Frozen.is(layer)) {
            return Optional.empty(); // a scale and a shift
        }
        if (!AFFINE_LAYERS.contains(configuration.getClass())) {
            return Optional.of("is a " + configuration.getClass().getSimpleName() + NO_SECOND_DERIVATIVE);
        }
        if (configuration instanceof BaseLayer base && base.getWeightNoise() != null) {
            return Optional.of("has weight noise" + NO_SECOND_DERIVATIVE);
        }
        IActivation activation = activationOf(configuration);
        if (activation != null && !isKnown(activation)) {
            return Optional.of("has the activation " + activation + NO_SECOND_DERIVATIVE);
        }
        String pooling = poolingOf(configuration);
        if (!List.of("", "MAX", "AVG", "SUM").contains(pooling)) {
            return Optional.of("pools by " + pooling + NO_SECOND_DERIVATIVE);
        }
        if (pooling.equals("MAX")) {
            boolean images = configuration.getClass() == SubsamplingLayer.class
                    && ((SubsamplingLayer) configuration).getCnn2dDataFormat() == CNN2DFormat.NCHW;
            boolean whole = configuration instanceof GlobalPoolingLayer global
                    && (global.getPoolingDimensions() == null
                            || Arrays.equals(global.getPoolingDimensions(), new int[] {2, 3}));
            return (images || whole)
                    ? Optional.empty()
                    : Optional.of("is max pooling of something else than images [N, C, H, W]");
        }
        return Optional.empty();
    }

    private static boolean isKnown(IActivation activation) {
        return activation instanceof ActivationIdentity
                || isPiecewiseLinear(activation)
                || Curve.of(activation).isPresent();
    }

    /**
     * Whether the second derivative of a {@link Pass.Mode#REPLAY} pass is zero between its kinks.
     *
     * @param graph an initialised graph
     * @return false if a smooth activation is in it
     */
    public static boolean isPiecewiseAffine(ComputationGraph graph) {
        for (Layer layer : graph.getLayers()) {
            IActivation activation = activationOf(configurationOf(layer));
            if (activation != null && Curve.of(activation).isPresent()) {
                return false;
            }
        }
        return true;
    }

    private static boolean isLinear(ComputationGraph graph, GraphVertex vertex) {
        if (vertex instanceof ElementWiseVertex) {
            var described = graph.getConfiguration().getVertices().get(vertex.getVertexName());
            return described instanceof org.deeplearning4j.nn.conf.graph.ElementWiseVertex combination
                    && switch (combination.getOp()) {
                        case Add, Subtract, Average -> true;
                        case Product, Max -> false;
                    };
        }
        return LINEAR_VERTICES.contains(vertex.getClass()) || vertex instanceof InputVertex;
    }

    /** Whether slopes are constant between kinks, so that keeping them makes the function affine. */
    private static boolean isPiecewiseLinear(IActivation activation) {
        return activation instanceof ActivationReLU
                || activation instanceof ActivationLReLU
                || activation instanceof ActivationReLU6
                || activation instanceof ActivationThresholdedReLU
                || activation instanceof ActivationHardTanH
                || activation instanceof ActivationHardSigmoid;
    }

    static org.deeplearning4j.nn.conf.layers.Layer configurationOf(Layer layer) {
        Layer inner = layer;
        while (inner instanceof BaseWrapperLayer wrapper) {
            inner = wrapper.getUnderlying();
        }
        return inner.conf().getLayer();
    }

    /** The activation function of a layer that has one and uses it. */
    static @Nullable IActivation activationOf(org.deeplearning4j.nn.conf.layers.Layer configuration) {
        if (configuration instanceof DropoutLayer || configuration instanceof BatchNormalization) {
            return null; // these have one that Deeplearning4j ignores
        }
        if (configuration instanceof BaseLayer base) {
            return base.getActivationFn();
        }
        return configuration instanceof ActivationLayer activation ? activation.getActivationFn() : null;
    }

    private static boolean poolsByMaximum(org.deeplearning4j.nn.conf.layers.Layer configuration) {
        return poolingOf(configuration).equals("MAX");
    }

    /** The kind of pooling, by its name; empty for other layers. */
    private static String poolingOf(org.deeplearning4j.nn.conf.layers.Layer configuration) {
        if (configuration instanceof SubsamplingLayer pooling) {
            return pooling.getPoolingType().toString();
        }
        return configuration instanceof GlobalPoolingLayer pooling
                ? pooling.getPoolingType().toString()
                : "";
    }
}
