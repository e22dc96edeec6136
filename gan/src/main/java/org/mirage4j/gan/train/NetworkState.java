package org.mirage4j.gan.train;

import java.io.IOException;
import java.util.Map;
import org.mirage4j.core.MirageException;
import org.mirage4j.core.network.Network;
import org.mirage4j.core.run.Checkpoint;
import org.mirage4j.core.run.CheckpointWriter;
import org.nd4j.linalg.api.ndarray.INDArray;

/** What a checkpoint holds of one network: parameters, updater state, number of steps. */
final class NetworkState {
    private static final String STEPS = "steps";

    private NetworkState() {}

    static void save(String name, Network network, CheckpointWriter writer) throws IOException {
        writer.array(name, network.parameters());
        if (network.updaterState().isPresent()) {
            writer.array(name + "-updater", network.updaterState().get());
        }
        writer.json(name + "-counters", Map.of(STEPS, network.iteration()));
    }

    static void restore(String name, Network network, Checkpoint checkpoint) {
        assign(network.parameters(), name, checkpoint);
        network.updaterState().ifPresent(state -> assign(state, name + "-updater", checkpoint));
        Object steps = checkpoint.json(name + "-counters").get(STEPS);
        if (!(steps instanceof Integer count) || count < 0) {
            throw new MirageException("checkpoint entry \"" + name + "-counters\" must hold a number of steps from 0,"
                    + " but holds " + steps);
        }
        network.setIteration(count);
    }

    static void assign(INDArray target, String entry, Checkpoint checkpoint) {
        INDArray values = checkpoint.array(entry);
        if (values.length() != target.length()) {
            throw new MirageException("checkpoint entry \"" + entry + "\" holds " + values.length()
                    + " numbers, but the networks described need " + target.length());
        }
        if (values.dataType() != target.dataType()) {
            throw new MirageException("checkpoint entry \"" + entry + "\" holds numbers of type " + values.dataType()
                    + ", but the networks described compute in " + target.dataType());
        }
        target.assign(values.reshape(target.shape()));
    }
}
