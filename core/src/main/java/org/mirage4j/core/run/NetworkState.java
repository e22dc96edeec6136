package org.mirage4j.core.run;

import java.io.IOException;
import java.util.Map;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.jspecify.annotations.Nullable;
import org.mirage4j.core.network.Network;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Parameters (running statistics included), updater state and counters of a network.
 *
 * @param name what the network is called in checkpoints; letters, digits, dots, dashes and underscores
 * @param network the live network
 */
public record NetworkState(String name, Network network) implements Resumable {

    @Override
    public void save(CheckpointWriter to) throws IOException {
        to.array(name, network.parameters());
        INDArray updater = updaterState();
        if (updater != null) {
            to.array(name + "-updater", updater);
        }
        ComputationGraph graph = network.graph();
        to.json(
                name + "-counters",
                Map.of(
                        "iteration", graph.getConfiguration().getIterationCount(),
                        "epoch", graph.getConfiguration().getEpochCount()));
    }

    @Override
    public void restore(Checkpoint from) {
        from.into(name, network.parameters());
        INDArray updater = updaterState();
        if (updater != null) {
            from.into(name + "-updater", updater);
        }
        Map<String, Object> counters = from.json(name + "-counters");
        int iteration = counter(counters, "iteration");
        int epoch = counter(counters, "epoch");
        ComputationGraph graph = network.graph();
        graph.getConfiguration().setIterationCount(iteration);
        graph.getConfiguration().setEpochCount(epoch);
        for (Layer layer : graph.getLayers()) {
            layer.setIterationCount(iteration);
            layer.setEpochCount(epoch);
        }
    }

    /** None with updaters that remember nothing, such as plain gradient descent. */
    private @Nullable INDArray updaterState() {
        return network.graph().getUpdater(true).getStateViewArray();
    }

    private int counter(Map<String, Object> counters, String counter) {
        if (counters.get(counter) instanceof Integer count && count >= 0) {
            return count;
        }
        throw new CheckpointException("a checkpoint's " + counter + " of \"" + name
                + "\" must be a whole number from 0, but is " + counters.get(counter));
    }
}
