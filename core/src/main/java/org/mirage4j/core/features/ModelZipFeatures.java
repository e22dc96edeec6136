package org.mirage4j.core.features;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.FeedForwardLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.preprocessor.FeedForwardToCnnPreProcessor;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.jspecify.annotations.Nullable;
import org.mirage4j.core.MirageException;
import org.mirage4j.core.engine.Pass;
import org.mirage4j.core.network.GraphPart;
import org.mirage4j.core.network.ModelFile;
import org.mirage4j.core.network.Network;
import org.nd4j.linalg.activations.impl.ActivationSoftmax;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A graph in a model zip of Deeplearning4j as an extractor. Features are what one layer gives, without dropout; logits
 * are those of the output layer, if it has a softmax. Nobody needs to trust the file. Not safe for concurrent use.
 */
public final class ModelZipFeatures implements FeatureExtractor {
    private static final int FINGERPRINT_LENGTH = 16;

    private final Path file;
    private final ImageShape images;
    private final double low;
    private final double high;
    private final boolean flat;
    private final Network features;
    private final @Nullable Network logits;
    private final String fingerprint;

    private ModelZipFeatures(
            Path file, ImageShape images, double low, double high, ComputationGraph graph, String layer) {
        this.file = file;
        this.images = images;
        this.low = low;
        this.high = high;
        this.flat = isFlat(graph);
        this.features = GraphPart.upTo(graph, layer);
        this.logits = classifies(graph) ? GraphPart.upTo(graph, output(graph)) : null;
        this.fingerprint = fingerprint(file, images + "|" + low + ".." + high + "|" + layer);
    }

    /**
     * Opens a file.
     *
     * @param file what Deeplearning4j's {@code ModelSerializer} has written of a computation graph with one input and
     *     one output
     * @param images the images that are looked at, of the size that the network takes
     * @param low what a pixel of 0 becomes before it goes in
     * @param high what a pixel of 1 becomes
     * @param layer the layer whose output are the features; if empty, the one before the output layer
     * @return the extractor
     * @throws MirageException if the file holds no such network, has no such layer, or takes no such images
     */
    public static ModelZipFeatures open(Path file, ImageShape images, double low, double high, Optional<String> layer) {
        ComputationGraph graph = ModelFile.read(file, List.of());
        var configuration = graph.getConfiguration();
        if (configuration.getNetworkInputs().size() != 1
                || configuration.getNetworkOutputs().size() != 1) {
            throw new MirageException(file + " must hold a network of one input and one output, but it has inputs "
                    + configuration.getNetworkInputs() + " and outputs " + configuration.getNetworkOutputs());
        }
        String wanted = layer.orElseGet(() -> configuration
                .getVertexInputs()
                .getOrDefault(output(graph), List.of())
                .get(0));
        if (!configuration.getVertices().containsKey(wanted)) {
            throw new MirageException(file + " has no layer \"" + wanted + "\", but "
                    + String.join(", ", configuration.getVertices().keySet()));
        }
        ModelZipFeatures extractor = new ModelZipFeatures(file, images, low, high, graph, wanted);
        extractor.extract(Nd4j.zeros(DataType.FLOAT, 1, images.channels(), images.height(), images.width()));
        return extractor;
    }

    private static String output(ComputationGraph graph) {
        return graph.getConfiguration().getNetworkOutputs().get(0);
    }

    private static boolean classifies(ComputationGraph graph) {
        return graph.getConfiguration().getVertices().get(output(graph)) instanceof LayerVertex vertex
                && vertex.getLayerConf().getLayer() instanceof OutputLayer head
                && head.getActivationFn() instanceof ActivationSoftmax;
    }

    /** Whether the network takes each image as one row, as dense layers do. */
    private static boolean isFlat(ComputationGraph graph) {
        var configuration = graph.getConfiguration();
        String input = configuration.getNetworkInputs().get(0);
        return configuration.getVertexInputs().entrySet().stream()
                .filter(entry -> entry.getValue().contains(input))
                .map(entry -> configuration.getVertices().get(entry.getKey()))
                .anyMatch(vertex -> vertex instanceof LayerVertex layer
                        && (layer.getPreProcessor() instanceof FeedForwardToCnnPreProcessor
                                || (layer.getPreProcessor() == null
                                        && layer.getLayerConf().getLayer() instanceof FeedForwardLayer dense
                                        && !(dense instanceof ConvolutionLayer))));
    }

    @Override
    public String name() {
        return String.valueOf(file.getFileName());
    }

    @Override
    public String fingerprint() {
        return fingerprint;
    }

    @Override
    public ImageShape input() {
        return images;
    }

    @Override
    public Extraction extract(INDArray given) {
        INDArray batch = images.checked(given);
        INDArray scaled = batch.castTo(DataType.FLOAT).mul(high - low).addi(low);
        INDArray input = flat ? scaled.reshape('c', batch.size(0), images.size()) : scaled;
        try {
            INDArray found = matrix(features.forward(input, Pass.infer()));
            return logits == null
                    ? Extraction.of(found)
                    : Extraction.of(found, matrix(logits.forward(input, Pass.infer())));
        } catch (RuntimeException e) {
            throw new MirageException(file + " takes no images of shape " + images + ": " + firstLine(e), e);
        }
    }

    private static INDArray matrix(INDArray output) {
        long rows = output.size(0);
        return output.dup('c').reshape('c', rows, output.length() / rows);
    }

    private static String fingerprint(Path file, String use) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(Files.readAllBytes(file));
            digest.update(use.getBytes(StandardCharsets.UTF_8));
            return "zip-" + HexFormat.of().formatHex(digest.digest()).substring(0, FINGERPRINT_LENGTH);
        } catch (IOException e) {
            throw new MirageException(file + " cannot be read: " + e.getMessage(), e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    private static String firstLine(RuntimeException e) {
        return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    }
}
