package org.mirage4j.core.data;

import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.mirage4j.core.MirageException;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Some examples and, where there are any, their labels. The arrays belong to whoever got the batch. */
public final class Batch {
    private final INDArray features;
    private final @Nullable INDArray labels;

    private Batch(INDArray features, @Nullable INDArray labels) {
        this.features = features;
        this.labels = labels;
    }

    /**
     * An unlabelled batch.
     *
     * @param features shape [N, ...]
     * @return the batch, around the array itself
     */
    public static Batch of(INDArray features) {
        return new Batch(features, null);
    }

    /**
     * A labelled batch.
     *
     * @param features shape [N, ...]
     * @param labels one-hot, shape [N, classes], or the numbers to predict, shape [N, 1]
     * @return the batch, around the arrays themselves
     * @throws MirageException if the two differ in N
     */
    public static Batch of(INDArray features, INDArray labels) {
        if (features.size(0) != labels.size(0)) {
            throw new MirageException(String.format(
                    Locale.ROOT,
                    "a batch needs a label for every example, but has %d examples and %d labels",
                    features.size(0),
                    labels.size(0)));
        }
        return new Batch(features, labels);
    }

    /**
     * The examples.
     *
     * @return shape [N, ...]
     */
    public INDArray features() {
        return features;
    }

    /**
     * The labels.
     *
     * @return one-hot, shape [N, classes], or the numbers to predict, shape [N, 1]; empty if unlabelled
     */
    public Optional<INDArray> labels() {
        return Optional.ofNullable(labels);
    }

    /**
     * How many examples there are.
     *
     * @return N
     */
    public int size() {
        return (int) features.size(0);
    }
}
