package org.mirage4j.core.engine;

import org.deeplearning4j.nn.graph.ComputationGraph;

/** Chooses the engine that runs a graph. */
public final class Engines {
    private Engines() {}

    /**
     * The engine for a graph.
     *
     * @param graph an initialised graph with workspace modes NONE
     * @return the engine
     */
    public static Engine of(ComputationGraph graph) {
        return new StockEngine(graph);
    }
}
