package org.mirage4j.core.features;

import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.mirage4j.core.MirageException;
import org.nd4j.linalg.api.ndarray.INDArray;

/** What an extractor makes of one batch of images in a single pass: features, and logits if it classifies. */
public final class Extraction {
    private final INDArray features;
    private final @Nullable INDArray logits;

    private Extraction(INDArray features, @Nullable INDArray logits) {
        requireMatrix("features", features);
        if (logits != null) {
            requireMatrix("logits", logits);
            if (logits.size(0) != features.size(0)) {
                throw new MirageException("an extractor must give one row of logits per row of features, but gave "
                        + logits.size(0) + " and " + features.size(0));
            }
        }
        this.features = features;
        this.logits = logits;
    }

    /**
     * The result of an extractor that does not classify.
     *
     * @param features [N, D]
     * @return features without logits
     */
    public static Extraction of(INDArray features) {
        return new Extraction(features, null);
    }

    /**
     * The result of an extractor that also classifies.
     *
     * @param features [N, D]
     * @param logits [N, K], before any softmax
     * @return features with logits
     */
    public static Extraction of(INDArray features, INDArray logits) {
        return new Extraction(features, logits);
    }

    /**
     * The features.
     *
     * @return [N, D]
     */
    public INDArray features() {
        return features;
    }

    /**
     * The logits, if the extractor classifies.
     *
     * @return [N, K], before any softmax
     */
    public Optional<INDArray> logits() {
        return Optional.ofNullable(logits);
    }

    private static void requireMatrix(String what, INDArray array) {
        if (array.rank() != 2) {
            throw new MirageException(
                    "an extractor's " + what + " must be a matrix, but have shape " + Arrays.toString(array.shape()));
        }
    }
}
