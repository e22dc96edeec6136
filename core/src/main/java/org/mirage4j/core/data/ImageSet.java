package org.mirage4j.core.data;

import java.util.Optional;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Images in a fixed order, asked for by number, so that a set need not be in memory as a whole. Delivered are
 * float32 arrays [n, channels, height, width] in [0, 1].
 */
public interface ImageSet {

    /**
     * What the set is called in results.
     *
     * @return a short name
     */
    String name();

    /**
     * The shape of one image.
     *
     * @return a copy, [channels, height, width]
     */
    long[] exampleShape();

    /**
     * How many images there are.
     *
     * @return at least 1
     */
    long size();

    /**
     * Identifies the content and its order, not the name.
     *
     * @return SHA-256 in lower-case hexadecimal
     */
    String fingerprint();

    /**
     * Some of the images.
     *
     * @param indices their numbers, from 0; one may occur more than once
     * @return a new array [n, channels, height, width], in the order asked for
     * @throws org.mirage4j.core.MirageException if an image cannot be read
     */
    INDArray images(int... indices);

    /**
     * The classes of all images, if they are known.
     *
     * @return one label per image
     */
    default Optional<int[]> labels() {
        return Optional.empty();
    }

    /**
     * A part of this set.
     *
     * @param indices numbers of the images that are in the part, in the part's order; one may occur more than once
     * @return a view of this set
     */
    default ImageSet select(int... indices) {
        return new SelectedImages(this, indices.clone());
    }

    /**
     * Images from one to another, in order.
     *
     * @param from the first
     * @param to one after the last
     * @return a new array [to - from, channels, height, width]
     */
    default INDArray range(int from, int to) {
        return images(IntStream.range(from, to).toArray());
    }
}
