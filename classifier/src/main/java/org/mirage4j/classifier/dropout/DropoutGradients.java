package org.mirage4j.classifier.dropout;

import java.util.ArrayList;
import java.util.List;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.FeedForwardLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.graph.vertex.GraphVertex;
import org.mirage4j.core.network.Network;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * What dropout needs in a training step beyond what Deeplearning4j does: {@link #prepare} before the forward
 * pass, {@link #complete} between the backward pass and the step. Networks with neither DropConnect nor
 * concrete dropout need neither.
 *
 * <p>DropConnect: fresh masks for every step, and the mask in the weight gradient.
 *
 * <p>Concrete dropout: the part of the objective that is not the data's. For each place, with rate p, K
 * inputs, weights W of the layer behind it, length scale l and N training examples, it is the divergence per
 * example from the prior, (l^2 |W|^2 / (2 (1 - p)) - K H(p)) / N, where H is the entropy of a coin with bias
 * p. It keeps rates from falling to 0 while there are few examples (Gal, Hron and Kendall 2017, eq. 3;
 * weights here are already scaled by 1 / (1 - p), which moves the factor below the line).
 *
 * <p>As the network, for one thread at a time.
 */
public final class DropoutGradients {
    private final List<Layer> layers;
    private final List<Place> places = new ArrayList<>();
    private final long examples;

    private record Place(ConcreteDropoutRun dropout, Layer reader, long inputs) {
        double rate() {
            return dropout.rate();
        }

        double halfSquaredScale() {
            double scale = ((ConcreteDropoutLayer) dropout.conf().getLayer()).getLengthScale();
            return scale * scale / 2;
        }

        double squaredNorm() {
            double norm = reader.getParam(WEIGHTS).norm2Number().doubleValue();
            return norm * norm;
        }
    }

    private static final String WEIGHTS = "W";

    /**
     * Prepares a network for training; from now on its DropConnect masks are its own.
     *
     * @param network the network
     * @param examples number of training examples, at least 1
     */
    public DropoutGradients(Network network, long examples) {
        this.examples = examples;
        ComputationGraph graph = network.graph();
        this.layers = List.of(graph.getLayers());
        DropoutKind.separate(graph.getConfiguration());
        for (GraphVertex vertex : graph.getVertices()) {
            if (vertex.hasLayer() && vertex.getLayer() instanceof ConcreteDropoutRun dropout) {
                Layer reader = graph.getVertices()[vertex.getOutputVertices()[0].getVertexIndex()].getLayer();
                long inputs = ((FeedForwardLayer) reader.conf().getLayer()).getNIn();
                places.add(new Place(dropout, reader, inputs));
            }
        }
    }

    /** Forgets dropped weights: output layers keep those of the step before and would never see an update. */
    public void prepare() {
        for (Layer layer : layers) {
            layer.clearNoiseWeightParams();
        }
    }

    /**
     * Completes the network's gradients, which are sums over a batch.
     *
     * @param batchSize what the step will divide by
     */
    public void complete(int batchSize) {
        for (Layer layer : layers) {
            if (!Network.isFrozen(layer)
                    && layer.conf().getLayer() instanceof BaseLayer settings
                    && settings.getWeightNoise() instanceof InvertedDropConnect dropConnect) {
                dropConnect.maskGradient(weightGradient(layer));
            }
        }
        double scale = (double) batchSize / examples;
        for (Place place : places) {
            double p = place.rate();
            double c = place.halfSquaredScale() / (1 - p);
            if (!Network.isFrozen(place.reader())) {
                weightGradient(place.reader())
                        .addi(place.reader().getParam(WEIGHTS).mul(2 * c * scale));
            }
            double logitGradient = c * p * place.squaredNorm() + place.inputs() * p * (1 - p) * Math.log(p / (1 - p));
            place.dropout().getGradientsViewArray().addi(scale * logitGradient);
        }
    }

    /**
     * The part of the objective that is not in the network's own score.
     *
     * @return the sum over all places with concrete dropout, 0 without any
     */
    public double penalty() {
        double sum = 0;
        for (Place place : places) {
            double p = place.rate();
            double negativeEntropy = p * Math.log(p) + (1 - p) * Math.log(1 - p);
            sum += place.halfSquaredScale() * place.squaredNorm() / (1 - p) + place.inputs() * negativeEntropy;
        }
        return sum / examples;
    }

    /**
     * The rates that concrete dropout has learned.
     *
     * @return one rate per place with concrete dropout, in the order of the layers
     */
    public List<Double> learnedRates() {
        return places.stream().map(Place::rate).toList();
    }

    /** Dense weights come first in a layer's flat gradient, in column order; the biases follow. */
    private static INDArray weightGradient(Layer layer) {
        INDArray weights = layer.getParam(WEIGHTS);
        INDArray flat = layer.getGradientsViewArray();
        return flat.reshape(flat.length())
                .get(NDArrayIndex.interval(0, weights.length()))
                .reshape('f', weights.shape());
    }
}
