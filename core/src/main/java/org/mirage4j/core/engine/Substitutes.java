package org.mirage4j.core.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.graph.vertex.GraphVertex;
import org.nd4j.linalg.activations.IActivation;

/**
 * Activation functions that stand in for those of a graph's layers while something runs. Layers look theirs up in the
 * configuration each time, and what is saved must be the graph's own.
 */
final class Substitutes {
    private final List<Substitute> substitutes = new ArrayList<>();

    private record Substitute(
            org.deeplearning4j.nn.conf.layers.Layer configuration, IActivation own, IActivation other) {
        void install(IActivation function) {
            if (configuration instanceof BaseLayer base) {
                base.setActivationFn(function);
            } else if (configuration instanceof ActivationLayer activation) {
                activation.setActivationFn(function);
            }
        }
    }

    /**
     * @param other what stands in for a function; empty for those that stay
     */
    Substitutes(ComputationGraph graph, Function<IActivation, Optional<IActivation>> other) {
        for (GraphVertex vertex : graph.getVertices()) {
            Layer layer = vertex.getLayer();
            if (layer == null) {
                continue;
            }
            var configuration = GateReplay.configurationOf(layer);
            IActivation own = GateReplay.activationOf(configuration);
            if (own != null) {
                other.apply(own).ifPresent(function -> substitutes.add(new Substitute(configuration, own, function)));
            }
        }
    }

    void during(Runnable pass) {
        substitutes.forEach(substitute -> substitute.install(substitute.other()));
        try {
            pass.run();
        } finally {
            substitutes.forEach(substitute -> substitute.install(substitute.own()));
        }
    }
}
