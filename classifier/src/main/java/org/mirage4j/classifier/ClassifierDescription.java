package org.mirage4j.classifier;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.mirage4j.core.MirageException;

/** What a classifier knows about its origin, stored beside its weights. */
final class ClassifierDescription {
    private static final long LARGEST_EXAMPLE = 1 << 26;

    private final String dataName;
    private final String dataFingerprint;
    private final long[] exampleShape;
    private final int classes;
    private final List<EpochReport> history;

    ClassifierDescription(
            @JsonProperty("dataName") @Nullable String dataName,
            @JsonProperty("dataFingerprint") @Nullable String dataFingerprint,
            @JsonProperty("exampleShape") long @Nullable [] exampleShape,
            @JsonProperty("classes") int classes,
            @JsonProperty("history") @Nullable List<EpochReport> history) {
        if (dataName == null || dataFingerprint == null || exampleShape == null || history == null) {
            throw new MirageException(
                    "data name, fingerprint, example shape and history must be there, but one is not");
        }
        if (classes < 2 || !isShape(exampleShape)) {
            throw new MirageException("there must be at least 2 classes, and examples of a shape with up to "
                    + LARGEST_EXAMPLE + " values, but there are " + classes + " classes and the shape "
                    + Arrays.toString(exampleShape));
        }
        this.dataName = dataName;
        this.dataFingerprint = dataFingerprint;
        this.exampleShape = exampleShape.clone();
        this.classes = classes;
        this.history = history;
    }

    private static boolean isShape(long[] shape) {
        long values = 1;
        for (long size : shape) {
            if (size < 1 || size > LARGEST_EXAMPLE / values) {
                return false;
            }
            values *= size;
        }
        return shape.length > 0;
    }

    @JsonProperty
    String dataName() {
        return dataName;
    }

    @JsonProperty
    String dataFingerprint() {
        return dataFingerprint;
    }

    @JsonProperty
    long[] exampleShape() {
        return exampleShape.clone();
    }

    @JsonProperty
    int classes() {
        return classes;
    }

    @JsonProperty
    List<EpochReport> history() {
        return history;
    }

    boolean fits(long[] batchShape) {
        return batchShape.length == exampleShape.length + 1
                && Arrays.equals(Arrays.copyOfRange(batchShape, 1, batchShape.length), exampleShape);
    }
}
