package org.mirage4j.gan.train;

import java.util.function.Supplier;
import org.mirage4j.core.memory.NativeMemory;
import org.mirage4j.core.network.Network;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * An exponential moving average of a network's parameters, running statistics included (Yazici et al. 2019).
 * Early on it averages over fewer steps, so that the initial weights do not linger.
 */
final class WeightAverage {
    private final Network network;
    private final double decay;
    private final INDArray average;
    private final INDArray spare;

    WeightAverage(Network network, double decay) {
        this.network = network;
        this.decay = decay;
        this.average = decay == 0 ? network.parameters() : network.parameters().dup();
        this.spare = decay == 0 ? network.parameters() : network.parameters().dup();
    }

    /** Takes in the parameters after a step; the network's own count of steps says how early it is. */
    void update() {
        if (decay == 0) {
            return;
        }
        double steps = network.iteration();
        double keep = Math.min(decay, (1 + steps) / (10 + steps));
        // average += (1 - keep) (parameters - average), without a new array
        network.parameters().sub(average, spare).muli(1 - keep);
        average.addi(spare);
    }

    INDArray parameters() {
        return average;
    }

    void release() {
        if (decay > 0) {
            NativeMemory.release(average, spare);
        }
    }

    /** Runs something while the network has the averaged parameters. */
    <T> T with(Supplier<T> action) {
        if (decay == 0) {
            return action.get();
        }
        spare.assign(network.parameters());
        network.parameters().assign(average);
        try {
            return action.get();
        } finally {
            network.parameters().assign(spare);
        }
    }
}
