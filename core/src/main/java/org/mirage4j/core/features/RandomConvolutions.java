package org.mirage4j.core.features;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import org.mirage4j.core.random.RandomStreams;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Conv2DConfig;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.PaddingMode;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.ops.transforms.Transforms;

/**
 * A convolutional network whose weights are drawn once and never trained: three 3x3 convolutions of
 * stride 2 with 32, 64 and 128 filters and leaky rectifiers; the features are the filters' means over
 * the image, 224 in all. It tells texture and layout apart without any training, which is enough to
 * compare one run with another and says nothing beside published figures. Safe for concurrent use.
 */
public final class RandomConvolutions implements FeatureExtractor {
    private static final int[] FILTERS = {32, 64, 128};
    private static final int KERNEL = 3;
    private static final int STRIDE = 2;
    private static final double LEAK = 0.2;

    private final ImageShape input;
    private final List<INDArray> kernels;
    private final String fingerprint;

    /**
     * Draws the weights.
     *
     * @param input the shape of one image
     * @param streams where the weights are drawn from; equal seeds give equal extractors
     */
    public RandomConvolutions(ImageShape input, RandomStreams streams) {
        this.input = input;
        this.kernels = new ArrayList<>();
        MessageDigest digest = sha256();
        digest.update(input.toString().getBytes(StandardCharsets.UTF_8));
        int channels = input.channels();
        for (int layer = 0; layer < FILTERS.length; layer++) {
            float[] weights =
                    weights(streams.generator("random-convolutions", layer), channels, FILTERS[layer], digest);
            kernels.add(Nd4j.createFromArray(weights).reshape(KERNEL, KERNEL, channels, FILTERS[layer]));
            channels = FILTERS[layer];
        }
        this.fingerprint = "random-convolutions-"
                + HexFormat.of().formatHex(digest.digest()).substring(0, 16);
    }

    @Override
    public String name() {
        return "random convolutions";
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
        List<INDArray> means = new ArrayList<>();
        INDArray map = images.castTo(DataType.FLOAT);
        for (INDArray kernel : kernels) {
            map = Transforms.leakyRelu(Nd4j.cnn().conv2d(map, kernel, convolution()), LEAK, false);
            means.add(map.mean(2, 3));
        }
        return Extraction.of(Nd4j.concat(1, means.toArray(INDArray[]::new)));
    }

    /** He initialisation: without training, the scale of the weights decides whether deep maps still vary. */
    private static float[] weights(SplittableRandom random, int channels, int filters, MessageDigest digest) {
        float[] weights = new float[KERNEL * KERNEL * channels * filters];
        double scale = Math.sqrt(2.0 / (KERNEL * KERNEL * channels));
        ByteBuffer bytes = ByteBuffer.allocate(weights.length * Float.BYTES);
        for (int i = 0; i < weights.length; i++) {
            weights[i] = (float) (scale * random.nextGaussian());
            bytes.putFloat(weights[i]);
        }
        digest.update(bytes.array());
        return weights;
    }

    private static Conv2DConfig convolution() {
        return Conv2DConfig.builder()
                .kH(KERNEL)
                .kW(KERNEL)
                .sH(STRIDE)
                .sW(STRIDE)
                .paddingMode(PaddingMode.SAME)
                .dataFormat("NCHW")
                .build();
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java platform has SHA-256", impossible);
        }
    }
}
