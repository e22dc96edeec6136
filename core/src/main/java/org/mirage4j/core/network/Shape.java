package org.mirage4j.core.network;

import java.util.Arrays;

/**
 * The shape of one example: a vector [size], an image [channels, height, width], or unknown because an
 * earlier layer is in error and has been reported.
 */
final class Shape {
    static final Shape UNKNOWN = new Shape();

    private final long[] sizes;

    private Shape(long... sizes) {
        this.sizes = sizes;
    }

    static Shape vector(long size) {
        return new Shape(size);
    }

    static Shape image(long channels, long height, long width) {
        return new Shape(channels, height, width);
    }

    static Shape of(long... sizes) {
        return new Shape(sizes.clone());
    }

    boolean isKnown() {
        return sizes.length > 0;
    }

    boolean isImage() {
        return sizes.length == 3;
    }

    /** Units of a vector, channels of an image. */
    long features() {
        return sizes[0];
    }

    long height() {
        return sizes[1];
    }

    long width() {
        return sizes[2];
    }

    long count() {
        return Arrays.stream(sizes).reduce(1, (a, b) -> a * b);
    }

    Shape withFeatures(long features) {
        long[] changed = sizes.clone();
        changed[0] = features;
        return new Shape(changed);
    }

    /** Whether the two can be joined along units or channels. */
    boolean joins(Shape other) {
        return sizes.length == other.sizes.length && withFeatures(1).equals(other.withFeatures(1));
    }

    long[] toArray() {
        return sizes.clone();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Shape shape && Arrays.equals(sizes, shape.sizes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(sizes);
    }

    @Override
    public String toString() {
        return Arrays.toString(sizes);
    }
}
