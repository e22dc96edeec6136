package org.mirage4j.core.features;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.ServiceLoader;
import org.mirage4j.core.MirageException;

/**
 * A network in an ONNX file and how images go in and features come out.
 *
 * @param file the file
 * @param images the images that are looked at, with 1 or 3 channels; grey ones are repeated for a network that wants
 *     three channels
 * @param height height of the network's input, to which images are resized by linear interpolation
 * @param width width of the network's input
 * @param layout how the network's input is ordered
 * @param low what a pixel of 0 becomes
 * @param high what a pixel of 1 becomes, above {@code low}
 * @param features name of the output with the features; further dimensions than the first are flattened
 * @param logits name of the output with the logits, if the network classifies
 * @param inception whether this is the Inception network of the literature with its preprocessing
 */
public record OnnxModel(
        Path file,
        ImageShape images,
        int height,
        int width,
        Layout layout,
        double low,
        double high,
        String features,
        Optional<String> logits,
        boolean inception) {

    /** The order of a batch's dimensions. */
    public enum Layout {
        /** Samples, channels, rows, columns: PyTorch. */
        NCHW,
        /** Samples, rows, columns, channels: TensorFlow. */
        NHWC
    }

    /** What opens such files; found on the class path, because it is large and not part of this library. */
    public interface Opener {
        /**
         * Opens a file.
         *
         * @param model what to open
         * @return an extractor
         * @throws MirageException if it is no ONNX file, has not the named outputs or takes no such images
         */
        FeatureExtractor open(OnnxModel model);
    }

    /**
     * Checks the sizes and the range.
     *
     * @param file the file
     * @param images with 1 or 3 channels
     * @param height at least 1
     * @param width at least 1
     * @param layout any
     * @param low finite
     * @param high finite, above {@code low}
     * @param features not blank
     * @param logits any
     * @param inception true only for the network of the literature
     */
    public OnnxModel {
        if (height < 1 || width < 1) {
            throw new MirageException("a network's input must be at least 1 x 1, but is " + height + " x " + width);
        }
        if (!(low < high && Double.isFinite(low) && Double.isFinite(high))) {
            throw new MirageException(
                    "the values of a network's input must range from a lower to a higher number, but from " + low
                            + " to " + high);
        }
        if (features.isBlank()) {
            throw new MirageException("the output with the features must have a name");
        }
    }

    /**
     * Opens the file with the runtime on the class path.
     *
     * @return an extractor
     * @throws MirageException if there is no runtime, or it refuses the file
     */
    public FeatureExtractor open() {
        if (!Files.isRegularFile(file)) {
            throw new MirageException(file + (Files.exists(file) ? " is not a file" : " does not exist"));
        }
        return ServiceLoader.load(Opener.class)
                .findFirst()
                .orElseThrow(() -> new MirageException("reading " + file + " needs ONNX Runtime (93 MB), which this"
                        + " build is without; build once with mvn -Ponnx -DskipTests -pl examples -am package, or add"
                        + " org.mirage4j:mirage4j-onnx to a project of your own"))
                .open(this);
    }
}
