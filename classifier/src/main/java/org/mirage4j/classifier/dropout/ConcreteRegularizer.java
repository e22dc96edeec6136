package org.mirage4j.classifier.dropout;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.layers.FeedForwardLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.graph.vertex.GraphVertex;
import org.mirage4j.core.network.Network;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * The part of concrete dropout's objective that is not the data's: for each place, with rate p, K inputs,
 * weights W of the layer behind it, length scale l and N training examples, the divergence per example from
 * the prior, (l^2 |W|^2 / (2 (1 - p)) - K H(p)) / N, where H is the entropy of a coin with bias p. It keeps
 * rates from falling to 0 while there are few examples. (Gal, Hron and Kendall 2017, eq. 3; weights here are
 * already scaled by 1 / (1 - p), which moves the factor below the line.) Networks without concrete dropout
 * have none. As the network, for one thread at a time.
 */
public final class ConcreteRegularizer {
    private final List<Place> places = new ArrayList<>();
    private final long examples;

    private record Place(ConcreteDropoutRun dropout, Layer reader, long inputs, long weights) {}

    /**
     * Finds the places.
     *
     * @param network the network
     * @param examples number of training examples, at least 1
     */
    public ConcreteRegularizer(Network network, long examples) {
        this.examples = examples;
        ComputationGraph graph = network.graph();
        for (GraphVertex vertex : graph.getVertices()) {
            if (vertex.hasLayer() && vertex.getLayer() instanceof ConcreteDropoutRun dropout) {
                Layer reader = graph.getVertices()[vertex.getOutputVertices()[0].getVertexIndex()].getLayer();
                FeedForwardLayer settings = (FeedForwardLayer) reader.conf().getLayer();
                places.add(new Place(dropout, reader, settings.getNIn(), settings.getNIn() * settings.getNOut()));
            }
        }
    }

    /**
     * The learned rates, in the order of the layers.
     *
     * @return rates, empty for a network without concrete dropout
     */
    public List<Double> rates() {
        return places.stream().map(place -> place.dropout().rate()).toList();
    }

    /**
     * The regulariser's value.
     *
     * @return the sum over all places; empty for a network without concrete dropout
     */
    public OptionalDouble value() {
        return places.stream().mapToDouble(this::value).reduce(Double::sum);
    }

    private double value(Place place) {
        double p = place.dropout().rate();
        double weights = squaredNorm(place);
        double negativeEntropy = p * Math.log(p) + (1 - p) * Math.log(1 - p);
        return (halfSquaredScale(place) * weights / (1 - p) + place.inputs() * negativeEntropy) / examples;
    }

    /**
     * Adds the regulariser's gradient to the network's gradients, which are sums over a batch.
     *
     * @param batchSize what the step will divide by
     */
    public void addGradient(int batchSize) {
        double scale = (double) batchSize / examples;
        for (Place place : places) {
            double p = place.dropout().rate();
            double c = halfSquaredScale(place) / (1 - p);
            weights(place, place.reader().getGradientsViewArray())
                    .addi(weights(place, place.reader().params()).mul(2 * c * scale));
            double logitGradient = c * p * squaredNorm(place) + place.inputs() * p * (1 - p) * Math.log(p / (1 - p));
            place.dropout().getGradientsViewArray().addi(scale * logitGradient);
        }
    }

    private static double halfSquaredScale(Place place) {
        double lengthScale = ((ConcreteDropoutLayer) place.dropout().conf().getLayer()).getLengthScale();
        return lengthScale * lengthScale / 2;
    }

    private static double squaredNorm(Place place) {
        double norm = weights(place, place.reader().params()).norm2Number().doubleValue();
        return norm * norm;
    }

    /** Dense weights come first in a layer's flat array, the biases after them. */
    private static INDArray weights(Place place, INDArray flat) {
        return flat.reshape(flat.length()).get(NDArrayIndex.interval(0, place.weights()));
    }
}
