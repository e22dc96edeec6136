package org.mirage4j.core.network;

import java.util.Optional;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.mirage4j.core.engine.Engine;
import org.mirage4j.core.engine.EngineKind;
import org.mirage4j.core.engine.StockEngine;
import org.mirage4j.core.engine.plan.PlanEngine;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Chooses the engine that runs a graph. */
final class Engines {
    private static final Logger log = LoggerFactory.getLogger(Engines.class);

    private Engines() {}

    static Engine of(ComputationGraph graph, EngineKind kind) {
        if (kind == EngineKind.STOCK) {
            return new StockEngine(graph);
        }
        Optional<String> reason = PlanEngine.unsupportedReason(graph);
        if (reason.isPresent()) {
            log.info("A network runs on Deeplearning4j's own layers, not on a compiled plan: {}", reason.get());
            return new StockEngine(graph);
        }
        return PlanEngine.compile(graph);
    }
}
