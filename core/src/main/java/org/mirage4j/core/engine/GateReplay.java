package org.mirage4j.core.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.PReLULayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.graph.vertex.GraphVertex;
import org.deeplearning4j.nn.graph.vertex.impl.ElementWiseVertex;
import org.deeplearning4j.nn.graph.vertex.impl.InputVertex;
import org.deeplearning4j.nn.graph.vertex.impl.LayerVertex;
import org.deeplearning4j.nn.graph.vertex.impl.MergeVertex;
import org.deeplearning4j.nn.graph.vertex.impl.PreprocessorVertex;
import org.deeplearning4j.nn.graph.vertex.impl.ReshapeVertex;
import org.deeplearning4j.nn.graph.vertex.impl.ScaleVertex;
import org.deeplearning4j.nn.graph.vertex.impl.SubsetVertex;
import org.deeplearning4j.nn.layers.normalization.BatchNormalization;
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
 * What a stock graph needs for {@link Pass.Mode#REPLAY}: activations that can record and replay their
 * slopes, installed for the time of one pass only, and vertices that do the same for max pooling.
 */
public final class GateReplay {
    /** What gated activations and pooling do at the moment. */
    enum State {
        OFF,
        RECORDING,
        REPLAYING
    }

    /** A layer's activation function and what stands in for it; the configuration is where layers look it up. */
    private record Gate(org.deeplearning4j.nn.conf.layers.Layer configuration, IActivation own, GatedActivation gated) {
        void install(boolean on) {
            IActivation function = on ? gated : own;
            if (configuration instanceof BaseLayer base) {
                base.setActivationFn(function);
            } else if (configuration instanceof ActivationLayer activation) {
                activation.setActivationFn(function);
            }
        }
    }

    /** Vertices without a layer that are linear. */
    private static final List<Class<? extends GraphVertex>> LINEAR = List.of(
            InputVertex.class,
            MergeVertex.class,
            ReshapeVertex.class,
            PreprocessorVertex.class,
            ScaleVertex.class,
            SubsetVertex.class);

    private final List<Gate> gates = new ArrayList<>();
    private State state = State.OFF;

    /** Prepares a graph; max pooling vertices are replaced by ones that behave alike until asked to replay. */
    GateReplay(ComputationGraph graph) {
        GraphVertex[] vertices = graph.getVertices();
        for (int i = 0; i < vertices.length; i++) {
            Layer layer = vertices[i].getLayer();
            if (layer == null) {
                continue;
            }
            var configuration = configurationOf(layer);
            IActivation activation = activationOf(configuration);
            if (activation != null && isPiecewiseLinear(activation)) {
                gates.add(new Gate(configuration, activation, new GatedActivation(activation, this)));
            }
            if (poolsByMaximum(configuration) && vertices[i] instanceof LayerVertex pooling) {
                vertices[i] = new MaxPoolVertex(graph, pooling, this);
            }
        }
    }

    State state() {
        return state;
    }

    /** Runs something with gates that record or replay. */
    void during(State during, Runnable pass) {
        state = during;
        gates.forEach(gate -> gate.install(true));
        try {
            pass.run();
        } finally {
            gates.forEach(gate -> gate.install(false));
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
        if (layer instanceof BatchNormalization) {
            return Optional.of("is batch normalisation, which makes each example depend on the others in its batch");
        }
        var configuration = configurationOf(layer);
        if (configuration instanceof PReLULayer || activationOf(configuration) instanceof ActivationRReLU) {
            return Optional.of("has a kink whose slope is learned or random");
        }
        if (poolsByMaximum(configuration)) {
            boolean images = configuration.getClass() == SubsamplingLayer.class
                    && ((SubsamplingLayer) configuration).getCnn2dDataFormat() == CNN2DFormat.NCHW;
            boolean whole =
                    configuration instanceof GlobalPoolingLayer pooling && pooling.getPoolingDimensions() == null;
            return (images || whole)
                    ? Optional.empty()
                    : Optional.of("is max pooling of something else than images [N, C, H, W]");
        }
        return Optional.empty();
    }

    /**
     * Whether a {@link Pass.Mode#REPLAY} pass is affine in the graph's inputs.
     *
     * @param graph an initialised graph
     * @return false if a smooth activation, or a vertex that is not known to be linear, is among it
     */
    public static boolean replaysAffinely(ComputationGraph graph) {
        for (GraphVertex vertex : graph.getVertices()) {
            if (vertex.getLayer() == null) {
                boolean linear = vertex instanceof ElementWiseVertex
                        ? isLinear(graph.getConfiguration().getVertices().get(vertex.getVertexName()))
                        : LINEAR.stream().anyMatch(kind -> kind.isInstance(vertex));
                if (!linear) {
                    return false;
                }
                continue;
            }
            IActivation activation = activationOf(configurationOf(vertex.getLayer()));
            if (activation != null && !(activation instanceof ActivationIdentity) && !isPiecewiseLinear(activation)) {
                return false;
            }
        }
        return true;
    }

    private static boolean isLinear(org.deeplearning4j.nn.conf.graph.@Nullable GraphVertex configuration) {
        return configuration instanceof org.deeplearning4j.nn.conf.graph.ElementWiseVertex vertex
                && switch (vertex.getOp()) {
                    case Add, Subtract, Average -> true;
                    case Product, Max -> false;
                };
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

    private static org.deeplearning4j.nn.conf.layers.Layer configurationOf(Layer layer) {
        Layer inner = layer;
        while (inner instanceof BaseWrapperLayer wrapper) {
            inner = wrapper.getUnderlying();
        }
        return inner.conf().getLayer();
    }

    private static @Nullable IActivation activationOf(org.deeplearning4j.nn.conf.layers.Layer configuration) {
        if (configuration instanceof BaseLayer base) {
            return base.getActivationFn();
        }
        return configuration instanceof ActivationLayer activation ? activation.getActivationFn() : null;
    }

    private static boolean poolsByMaximum(org.deeplearning4j.nn.conf.layers.Layer configuration) {
        if (configuration instanceof SubsamplingLayer pooling) {
            return pooling.getPoolingType().toString().equals(PoolingType.MAX.toString());
        }
        return configuration instanceof GlobalPoolingLayer pooling && pooling.getPoolingType() == PoolingType.MAX;
    }
}
