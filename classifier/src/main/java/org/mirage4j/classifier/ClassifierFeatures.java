package org.mirage4j.classifier;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.mirage4j.core.MirageException;
import org.mirage4j.core.features.Extraction;
import org.mirage4j.core.features.FeatureExtractor;
import org.mirage4j.core.features.ImageShape;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** A frozen classifier as a feature extractor. Safe for concurrent use. */
final class ClassifierFeatures implements FeatureExtractor {
    private static final int FINGERPRINT_LENGTH = 16;

    private final ImageShape input;
    private final PredictionNetwork hidden;
    private final INDArray headWeights;
    private final INDArray headBias;
    private final String name;
    private final String fingerprint;

    ClassifierFeatures(
            ComputationGraphConfiguration configuration, INDArray parameters, ClassifierDescription description) {
        long[] shape = description.exampleShape();
        if (shape.length != 3) {
            throw new MirageException("a feature extractor takes images [channels, height, width], but the classifier"
                    + " was trained on examples of shape " + Arrays.toString(shape));
        }
        ComputationGraphConfiguration headless = Head.remove(configuration);
        if (headless.getNetworkInputs().containsAll(headless.getNetworkOutputs())) {
            throw new MirageException("a feature extractor needs a hidden layer, but the classifier has none");
        }
        INDArray flat = parameters.reshape(parameters.length());
        long inputs = Head.inputs(configuration);
        long bias = flat.length() - description.classes();
        long weights = bias - inputs * description.classes();
        this.input = new ImageShape((int) shape[0], (int) shape[1], (int) shape[2]);
        this.hidden = new PredictionNetwork(headless, flat.get(NDArrayIndex.interval(0, weights)));
        this.headWeights = flat.get(NDArrayIndex.interval(weights, bias)).reshape('f', inputs, description.classes());
        this.headBias = flat.get(NDArrayIndex.interval(bias, flat.length()));
        this.name = "classifier of " + description.dataName();
        this.fingerprint = fingerprint(configuration, flat, description);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String fingerprint() {
        return fingerprint;
    }

    @Override
    public ImageShape input() {
        return input;
    }

    @Override
    public Extraction extract(INDArray given) {
        INDArray images = input.checked(given);
        INDArray features = hidden.infer(images.castTo(headWeights.dataType()));
        return Extraction.of(features, features.mmul(headWeights).addiRowVector(headBias));
    }

    private static String fingerprint(
            ComputationGraphConfiguration configuration, INDArray parameters, ClassifierDescription description) {
        MessageDigest digest;
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
        digest.update(description.dataFingerprint().getBytes(StandardCharsets.UTF_8));
        // the seed that a layer was described with, the time of day, has no say in what it computes
        String architecture = configuration.toJson().replaceAll("\"seed\" : -?\\d+", "");
        digest.update(architecture.getBytes(StandardCharsets.UTF_8));
        float[] weights = parameters.toFloatVector();
        ByteBuffer bytes = ByteBuffer.allocate(weights.length * Float.BYTES);
        bytes.asFloatBuffer().put(weights);
        digest.update(bytes.array());
        return "classifier-" + HexFormat.of().formatHex(digest.digest()).substring(0, FINGERPRINT_LENGTH);
    }
}
