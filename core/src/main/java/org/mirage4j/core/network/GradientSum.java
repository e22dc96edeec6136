package org.mirage4j.core.network;

import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Adds up the gradients of several backward passes of one {@link Network}, each of which overwrites the
 * last. The pending updates of batch normalisation's running statistics, which travel among the
 * gradients, are averaged instead: two batches are then one step towards the mean of both. Not safe for
 * concurrent use.
 */
public final class GradientSum {
    private final Network network;
    private final INDArray sum;
    private final List<INDArray> statistics;
    private int terms;

    GradientSum(Network network) {
        this.network = network;
        this.sum = Nd4j.createUninitialized(
                network.gradients().dataType(), network.gradients().shape());
        this.statistics = network.runningStatistics(sum);
    }

    /** Adds the network's current gradients. */
    public void add() {
        if (terms++ == 0) {
            sum.assign(network.gradients());
        } else {
            sum.addi(network.gradients());
        }
    }

    /**
     * Adds a multiple of the network's current gradients.
     *
     * @param factor what to multiply them by
     */
    public void add(double factor) {
        if (factor == 1) {
            add();
        } else if (terms++ == 0) {
            sum.assign(network.gradients()).muli(factor);
        } else if (factor == -1) {
            sum.subi(network.gradients());
        } else {
            sum.addi(network.gradients().mul(factor));
        }
    }

    /** Writes the sum over the network's gradients, ready for a step, and starts again from nothing. */
    public void finish() {
        if (terms == 0) {
            throw new IllegalStateException("finish() needs at least one add()");
        }
        if (terms > 1) {
            for (INDArray view : statistics) {
                view.divi(terms);
            }
        }
        network.gradients().assign(sum);
        terms = 0;
    }
}
