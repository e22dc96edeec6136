package org.mirage4j.core.data;

import java.util.Optional;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A part of a set. */
@SuppressWarnings("ArrayRecordComponent") // never compared
record SelectedImages(ImageSet all, int[] indices) implements ImageSet {

    @Override
    public String name() {
        return all.name();
    }

    @Override
    public long[] exampleShape() {
        return all.exampleShape();
    }

    @Override
    public long size() {
        return indices.length;
    }

    @Override
    public String fingerprint() {
        Fingerprint sum = new Fingerprint().text(all.fingerprint());
        for (int index : indices) {
            sum.numbers(index);
        }
        return sum.hex();
    }

    @Override
    public INDArray images(int... selected) {
        return all.images(IntStream.of(selected).map(i -> indices[i]).toArray());
    }

    @Override
    public Optional<int[]> labels() {
        return all.labels()
                .map(labels -> IntStream.of(indices).map(i -> labels[i]).toArray());
    }
}
