package org.mirage4j.benchmarks;

import java.util.SplittableRandom;

/**
 * The rotating batches: random but the same for every contestant, and enough of them that no network
 * learns them by heart and falls into denormal gradients. Values are row-major, batch first.
 */
public final class Batches {
    /** How many different batches take turns. */
    public static final int COUNT = 64;

    private Batches() {}

    /**
     * Uniform values in [low, high).
     *
     * @param index which batch, from 0
     * @param length how many values
     * @param low the smallest value
     * @param high the limit above
     * @return the values
     */
    public static float[] uniform(int index, int length, double low, double high) {
        SplittableRandom random = random("uniform", index);
        float[] values = new float[length];
        for (int i = 0; i < length; i++) {
            values[i] = (float) random.nextDouble(low, high);
        }
        return values;
    }

    /**
     * Standard normal values.
     *
     * @param index which batch, from 0
     * @param length how many values
     * @return the values
     */
    public static float[] gaussian(int index, int length) {
        SplittableRandom random = random("gaussian", index);
        float[] values = new float[length];
        for (int i = 0; i < length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }

    /**
     * One-hot rows of random classes.
     *
     * @param index which batch, from 0
     * @param rows how many rows
     * @param classes how many classes
     * @return the rows, one after the other
     */
    public static float[] oneHot(int index, int rows, int classes) {
        SplittableRandom random = random("labels", index);
        float[] values = new float[rows * classes];
        for (int row = 0; row < rows; row++) {
            values[row * classes + random.nextInt(classes)] = 1;
        }
        return values;
    }

    private static SplittableRandom random(String stream, int index) {
        return new SplittableRandom(31L * stream.hashCode() + index);
    }
}
