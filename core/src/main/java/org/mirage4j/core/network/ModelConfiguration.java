package org.mirage4j.core.network;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.deeplearning4j.nn.api.layers.LayerConstraint;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.InputPreProcessor;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.distribution.Distribution;
import org.deeplearning4j.nn.conf.dropout.IDropout;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.variational.ReconstructionDistribution;
import org.deeplearning4j.nn.conf.stepfunctions.StepFunction;
import org.deeplearning4j.nn.conf.weightnoise.IWeightNoise;
import org.deeplearning4j.nn.weights.IWeightInit;
import org.deeplearning4j.nn.weights.embeddings.EmbeddingInitializer;
import org.mirage4j.core.io.Printable;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.regularization.Regularization;
import org.nd4j.linalg.lossfunctions.ILossFunction;
import org.nd4j.linalg.schedule.ISchedule;

/**
 * The configuration of a model file, read as plain JSON first: Deeplearning4j instantiates whatever class it names.
 */
final class ModelConfiguration {
    private static final String CLASS = "@class";
    private static final int MAX_DEPTH = 100;

    /** No network has a layer whose sizes multiply to more; beyond, they might wrap around to something small. */
    private static final BigInteger MAX_PRODUCT = BigInteger.ONE.shiftLeft(62);

    /** Numbers that are no sizes. */
    private static final Set<String> COUNTERS = Set.of("seed", "iterationCount", "epochCount");

    private static final List<String> PACKAGES = List.of(
            "org.deeplearning4j.nn.conf.",
            "org.deeplearning4j.nn.weights.",
            "org.nd4j.linalg.activations.",
            "org.nd4j.linalg.learning.",
            "org.nd4j.linalg.lossfunctions.",
            "org.nd4j.linalg.schedule.",
            "org.mirage4j.");

    /** What a class in one of the packages must be besides: a part of a network, made to stand in a configuration. */
    private static final List<Class<?>> KINDS = List.of(
            GraphVertex.class,
            Layer.class,
            InputPreProcessor.class,
            InputType.class,
            IDropout.class,
            IWeightNoise.class,
            IWeightInit.class,
            EmbeddingInitializer.class,
            Distribution.class,
            ReconstructionDistribution.class,
            LayerConstraint.class,
            StepFunction.class,
            IActivation.class,
            ILossFunction.class,
            IUpdater.class,
            Regularization.class,
            ISchedule.class);

    private static final ObjectMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(MAX_DEPTH)
                            .build())
                    .build())
            // what is checked must be what Deeplearning4j reads
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private final Path file;
    private final Set<Class<?>> trusted;

    private ModelConfiguration(Path file, Set<Class<?>> trusted) {
        this.file = file;
        this.trusted = trusted;
    }

    /** The configuration as text that holds what was checked and nothing else. */
    static String check(Path file, byte[] json, Set<Class<?>> trusted) throws IOException {
        JsonNode root;
        try {
            root = MAPPER.readTree(json);
        } catch (JsonProcessingException e) {
            throw new ModelFormatException("model " + file + " holds a configuration that is not valid JSON", e);
        }
        if (!root.isObject() || !root.path("vertices").isObject()) {
            throw new ModelFormatException("model " + file + " holds no ComputationGraph: its configuration has no"
                    + " vertices; a MultiLayerNetwork has toComputationGraph()");
        }
        new ModelConfiguration(file, trusted).check(root);
        return MAPPER.writeValueAsString(root);
    }

    /** Without the fallback to formats of old versions, which name classes in other ways. */
    static ComputationGraphConfiguration parse(String json) throws IOException {
        return NeuralNetConfiguration.mapper().readValue(json, ComputationGraphConfiguration.class);
    }

    private void check(JsonNode node) {
        if (node.isObject()) {
            JsonNode name = node.get(CLASS);
            if (name != null) {
                checkClass(name);
                checkSizes(node);
            }
        }
        for (JsonNode child : node) {
            check(child);
        }
    }

    private void checkClass(JsonNode name) {
        String text = name.asText();
        if (!name.isTextual() || !isAllowed(text)) {
            throw new ModelFormatException("model " + file + " names the class " + Printable.of(text)
                    + ", allowed are parts of networks from Deeplearning4j, Nd4j and mirage4j, and classes that the"
                    + " caller trusts");
        }
    }

    private boolean isAllowed(String name) {
        for (Class<?> own : trusted) {
            if (own.getName().equals(name)) {
                return true;
            }
        }
        if (PACKAGES.stream().noneMatch(name::startsWith)) {
            return false;
        }
        try {
            // not initialised, so that nothing of it runs before it is known to be harmless
            Class<?> type = Class.forName(name, false, Layer.class.getClassLoader());
            return KINDS.stream().anyMatch(kind -> kind.isAssignableFrom(type));
        } catch (ClassNotFoundException | LinkageError e) {
            return false;
        }
    }

    private void checkSizes(JsonNode part) {
        BigInteger product = product(part);
        if (product.compareTo(MAX_PRODUCT) > 0) {
            throw new ModelFormatException(
                    "model " + file + " describes a part of a network whose sizes multiply to more than 2^62");
        }
    }

    private static BigInteger product(JsonNode node) {
        BigInteger product = BigInteger.ONE;
        if (node.isIntegralNumber()) {
            BigInteger size = node.bigIntegerValue().abs();
            return size.signum() == 0 ? BigInteger.ONE : size;
        }
        if (node.isObject()) {
            for (Map.Entry<String, JsonNode> field : node.properties()) {
                if (!COUNTERS.contains(field.getKey())) {
                    product = product.multiply(product(field.getValue()));
                }
            }
            return product;
        }
        for (JsonNode child : node) {
            product = product.multiply(product(child));
            if (product.bitLength() > 1000) {
                return product; // is too much already, and would only become slow
            }
        }
        return product;
    }
}
