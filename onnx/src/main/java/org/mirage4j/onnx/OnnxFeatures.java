package org.mirage4j.onnx;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.mirage4j.core.MirageException;
import org.mirage4j.core.features.Extraction;
import org.mirage4j.core.features.FeatureExtractor;
import org.mirage4j.core.features.ImageShape;
import org.mirage4j.core.features.OnnxModel;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** An ONNX file as an extractor. Its session lives as long as the process. Safe for concurrent use. */
public final class OnnxFeatures implements FeatureExtractor {
    private static final int FINGERPRINT_LENGTH = 16;
    private static final int COLOURS = 3;

    private final OnnxModel model;
    private final OrtSession session;
    private final String input;
    private final int channels;
    private final String fingerprint;

    /** How the core finds this module. */
    public static final class Provider implements OnnxModel.Opener {
        /** For the service loader. */
        public Provider() {}

        @Override
        public FeatureExtractor open(OnnxModel model) {
            try {
                return new OnnxFeatures(model);
            } catch (OrtException e) {
                throw new MirageException(model.file() + " cannot be opened as an ONNX file: " + firstLine(e), e);
            }
        }
    }

    private OnnxFeatures(OnnxModel model) throws OrtException {
        this.model = model;
        this.session = session(model);
        requireOutputs();
        Map<String, NodeInfo> inputs = session.getInputInfo();
        if (inputs.size() != 1) {
            throw new MirageException(
                    model.file() + " must have one input, but has " + String.join(", ", inputs.keySet()));
        }
        Map.Entry<String, NodeInfo> only = inputs.entrySet().iterator().next();
        this.input = only.getKey();
        this.channels = requireInput(only.getValue());
        this.fingerprint = fingerprint(model);
    }

    private static OrtSession session(OnnxModel model) throws OrtException {
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            String threads = System.getenv("OMP_NUM_THREADS"); // which all other native code here obeys too
            if (threads != null && threads.matches("[1-9][0-9]{0,2}")) {
                options.setIntraOpNumThreads(Integer.parseInt(threads));
            }
            return OrtEnvironment.getEnvironment().createSession(model.file().toString(), options);
        }
    }

    private void requireOutputs() {
        for (String output : outputs()) {
            if (!session.getOutputNames().contains(output)) {
                throw new MirageException(model.file() + " has no output \"" + output + "\", but "
                        + String.join(", ", session.getOutputNames()));
            }
        }
    }

    private Set<String> outputs() {
        Set<String> outputs = new LinkedHashSet<>(Set.of(model.features()));
        model.logits().ifPresent(outputs::add);
        return outputs;
    }

    /** Returns how many channels the network wants; dimensions it leaves open are those of the images. */
    private int requireInput(NodeInfo info) {
        if (!(info.getInfo() instanceof TensorInfo tensor) || tensor.getShape().length != 4) {
            throw new MirageException(model.file() + " must take images, 4 dimensions, but its input \"" + input
                    + "\" is " + info.getInfo());
        }
        long[] shape = tensor.getShape();
        boolean first = model.layout() == OnnxModel.Layout.NCHW;
        long wanted = shape[first ? 1 : 3];
        int given = model.images().channels();
        boolean fits = fits(shape[first ? 2 : 1], model.height())
                && fits(shape[first ? 3 : 2], model.width())
                && (fits(wanted, given) || (given == 1 && wanted == COLOURS));
        if (!fits) {
            throw new MirageException(model.file() + " takes input of shape " + Arrays.toString(shape) + ", where -1 is"
                    + " any, but is given images of " + given + " channels as " + model.layout() + ", resized to "
                    + model.height() + " x " + model.width());
        }
        return wanted > 0 ? (int) wanted : given;
    }

    private static boolean fits(long wanted, int given) {
        return wanted < 0 || wanted == given;
    }

    @Override
    public String name() {
        return model.inception() ? "inception" : String.valueOf(model.file().getFileName());
    }

    @Override
    public String fingerprint() {
        return fingerprint;
    }

    @Override
    public ImageShape input() {
        return model.images();
    }

    @Override
    public boolean inception() {
        return model.inception();
    }

    @Override
    public Extraction extract(INDArray given) {
        INDArray images = model.images().checked(given);
        int count = (int) images.size(0);
        long[] shape = model.layout() == OnnxModel.Layout.NCHW
                ? new long[] {count, channels, model.height(), model.width()}
                : new long[] {count, model.height(), model.width(), channels};
        try (OnnxTensor tensor =
                        OnnxTensor.createTensor(OrtEnvironment.getEnvironment(), values(images, count), shape);
                OrtSession.Result result = session.run(Map.of(input, tensor), outputs())) {
            INDArray features = matrix(result, model.features(), count);
            return model.logits().isPresent()
                    ? Extraction.of(features, matrix(result, model.logits().orElseThrow(), count))
                    : Extraction.of(features);
        } catch (OrtException e) {
            throw new MirageException(model.file() + " failed on images of " + input() + ": " + firstLine(e), e);
        }
    }

    private FloatBuffer values(INDArray images, int count) {
        float[] pixels = images.castTo(DataType.FLOAT).dup('c').data().asFloat();
        int plane = model.height() * model.width();
        FloatBuffer values = ByteBuffer.allocateDirect(Math.multiplyExact(count * channels, plane) * Float.BYTES)
                .order(ByteOrder.nativeOrder())
                .asFloatBuffer();
        boolean first = model.layout() == OnnxModel.Layout.NCHW;
        Resize resize = new Resize(input().height(), input().width(), model.height(), model.width());
        float[] resized = new float[plane];
        int size = input().height() * input().width();
        for (int image = 0; image < count; image++) {
            for (int channel = 0; channel < channels; channel++) {
                int from = input().channels() == 1 ? 0 : channel;
                resize.apply(pixels, (image * input().channels() + from) * size, resized);
                for (int i = 0; i < plane; i++) {
                    float value = (float) (model.low() + (model.high() - model.low()) * resized[i]);
                    int at =
                            first ? (image * channels + channel) * plane + i : (image * plane + i) * channels + channel;
                    values.put(at, value);
                }
            }
        }
        return values;
    }

    private INDArray matrix(OrtSession.Result result, String output, int count) {
        if (!(result.get(output).orElseThrow() instanceof OnnxTensor tensor)) {
            throw new MirageException(model.file() + ": output \"" + output + "\" must be a tensor");
        }
        FloatBuffer buffer = tensor.getFloatBuffer();
        if (buffer == null) {
            throw new MirageException(
                    model.file() + ": output \"" + output + "\" must hold floats, but holds " + tensor.getInfo().type);
        }
        float[] values = new float[buffer.remaining()];
        buffer.get(values);
        if (tensor.getInfo().getShape()[0] != count) {
            throw new MirageException(model.file() + ": output \"" + output + "\" must have one row for each of "
                    + count + " images, but has shape "
                    + Arrays.toString(tensor.getInfo().getShape()));
        }
        return Nd4j.createFromArray(values).reshape('c', count, values.length / count);
    }

    private static String fingerprint(OnnxModel model) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            try (InputStream in = new DigestInputStream(Files.newInputStream(model.file()), digest)) {
                in.transferTo(OutputStream.nullOutputStream());
            }
            String use = String.join(
                    "|",
                    model.images().toString(),
                    model.height() + "x" + model.width(),
                    model.layout().name(),
                    model.low() + ".." + model.high(),
                    model.features(),
                    model.logits().orElse(""));
            digest.update(use.getBytes(StandardCharsets.UTF_8));
            return "onnx-" + HexFormat.of().formatHex(digest.digest()).substring(0, FINGERPRINT_LENGTH);
        } catch (IOException e) {
            throw new MirageException(model.file() + " cannot be read: " + e.getMessage(), e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    private static String firstLine(OrtException e) {
        return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    }
}
