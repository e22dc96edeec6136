package org.mirage4j.gan.metrics;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/** Random row numbers. */
final class Draws {
    private Draws() {}

    /** Distinct numbers below n, by the first steps of a Fisher-Yates shuffle. */
    static int[] without(int n, int size, SplittableRandom random) {
        int[] indices = IntStream.range(0, n).toArray();
        for (int i = 0; i < size; i++) {
            int j = random.nextInt(i, n);
            int drawn = indices[j];
            indices[j] = indices[i];
            indices[i] = drawn;
        }
        return Arrays.copyOf(indices, size);
    }

    /** Numbers below n, any of them more than once. */
    static int[] with(int n, int size, SplittableRandom random) {
        return random.ints(size, 0, n).toArray();
    }
}
