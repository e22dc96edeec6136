package org.mirage4j.classifier;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Arrays;
import java.util.List;

/** What a classifier knows about its origin, stored beside its weights. */
final class ClassifierDescription {
    private final String dataName;
    private final String dataFingerprint;
    private final long[] exampleShape;
    private final int classes;
    private final List<EpochReport> history;

    ClassifierDescription(
            @JsonProperty("dataName") String dataName,
            @JsonProperty("dataFingerprint") String dataFingerprint,
            @JsonProperty("exampleShape") long[] exampleShape,
            @JsonProperty("classes") int classes,
            @JsonProperty("history") List<EpochReport> history) {
        this.dataName = dataName;
        this.dataFingerprint = dataFingerprint;
        this.exampleShape = exampleShape.clone();
        this.classes = classes;
        this.history = history;
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
