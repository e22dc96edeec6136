package org.mirage4j.gan.train;

import java.io.IOException;
import org.mirage4j.core.network.Network;
import org.mirage4j.core.run.Checkpoint;
import org.mirage4j.core.run.CheckpointWriter;
import org.mirage4j.core.run.Resumable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Historical averaging (Salimans et al. 2016): a network pays weight * |parameters - mean of its past parameters|^2,
 * which damps games that go in circles.
 */
final class HistoricalAverage implements Resumable {
    private final String name;
    private final Network network;
    private final double weight;
    private final INDArray mean;
    private final INDArray difference;

    HistoricalAverage(String name, Network network, double weight) {
        this.name = name;
        this.network = network;
        this.weight = weight;
        this.mean = network.parameters().dup();
        this.difference = Nd4j.createUninitialized(mean.dataType(), mean.shape());
    }

    /** Adds the gradient of what the network pays. */
    void addGradient() {
        network.parameters().sub(mean, difference).muli(2 * weight);
        network.runningStatistics(difference).forEach(view -> view.assign(0));
        network.gradients().addi(difference.reshape(network.gradients().shape()));
    }

    /** Takes in the parameters after a step; the network's own count of steps says how many there were. */
    void update() {
        network.parameters().sub(mean, difference).divi(network.iteration() + 1);
        mean.addi(difference);
    }

    @Override
    public void save(CheckpointWriter to) throws IOException {
        to.array(name, mean);
    }

    @Override
    public void restore(Checkpoint from) {
        from.into(name, mean);
    }

    INDArray mean() {
        return mean;
    }
}
