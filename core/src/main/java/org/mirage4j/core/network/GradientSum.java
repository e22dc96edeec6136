package org.mirage4j.core.network;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.layers.normalization.BatchNormalization;
import org.deeplearning4j.nn.params.BatchNormalizationParamInitializer;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

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
        this.statistics = statisticsViews(network, sum);
    }

    /** Adds the network's current gradients. */
    public void add() {
        if (terms++ == 0) {
            sum.assign(network.gradients());
        } else {
            sum.addi(network.gradients());
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

    static List<INDArray> statisticsViews(Network network, INDArray sum) {
        INDArray flat = sum.reshape(sum.length());
        List<INDArray> views = new ArrayList<>();
        long offset = 0;
        for (int index : network.graph().topologicalSortOrder()) {
            var vertex = network.graph().getVertices()[index];
            if (!vertex.hasLayer()) {
                continue;
            }
            Layer layer = vertex.getLayer();
            for (Map.Entry<String, INDArray> parameter : layer.paramTable(false).entrySet()) {
                long length = parameter.getValue().length();
                if (layer instanceof BatchNormalization && isStatistic(parameter.getKey())) {
                    views.add(flat.get(NDArrayIndex.interval(offset, offset + length)));
                }
                offset += length;
            }
        }
        return views;
    }

    private static boolean isStatistic(String parameter) {
        return !parameter.equals(BatchNormalizationParamInitializer.GAMMA)
                && !parameter.equals(BatchNormalizationParamInitializer.BETA);
    }
}
