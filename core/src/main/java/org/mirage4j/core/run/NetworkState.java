package org.mirage4j.core.run;

import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import org.deeplearning4j.nn.api.Layer;
import org.mirage4j.core.network.Network;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Parameters (running statistics included), updater state and counters of a network.
 *
 * @param name what the network is called in checkpoints; letters, digits, dots, dashes and underscores
 * @param network the live network
 */
public record NetworkState(String name, Network network) implements Resumable {
    private static final String STEPS = "steps";
    private static final String EPOCHS = "epochs";

    @Override
    public void save(CheckpointWriter to) throws IOException {
        to.array(name, network.parameters());
        Optional<INDArray> updater = network.updaterState();
        if (updater.isPresent()) {
            to.array(name + "-updater", updater.get());
        }
        int epochs = network.graph().getConfiguration().getEpochCount();
        to.json(name + "-counters", Map.of(STEPS, network.iteration(), EPOCHS, epochs));
    }

    @Override
    public void restore(Checkpoint from) {
        from.into(name, network.parameters());
        network.updaterState().ifPresent(state -> from.into(name + "-updater", state));
        Map<String, Object> counters = from.json(name + "-counters");
        int steps = counter(counters, STEPS);
        int epochs = counter(counters, EPOCHS);
        network.setIteration(steps);
        network.graph().getConfiguration().setEpochCount(epochs);
        for (Layer layer : network.graph().getLayers()) {
            layer.setEpochCount(epochs);
        }
    }

    private int counter(Map<String, Object> counters, String counter) {
        if (counters.get(counter) instanceof Integer count && count >= 0) {
            return count;
        }
        throw new CheckpointException("a checkpoint's number of " + counter + " of \"" + name
                + "\" must be a whole number from 0, but is " + counters.get(counter));
    }
}
