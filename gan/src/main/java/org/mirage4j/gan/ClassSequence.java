package org.mirage4j.gan;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * The classes of a sample whose shares are those of some counts, as nearly as whole numbers allow, in every one of its
 * beginnings: the next is always the one that is furthest behind its share. With equal counts these are all classes in
 * turn.
 */
final class ClassSequence {
    private ClassSequence() {}

    /**
     * Lists classes.
     *
     * @param counts how often each class is to come, relative to the others; none of them negative, not all 0
     * @param length how many to list
     * @return classes, of a longer list the beginning
     */
    static int[] of(long[] counts, int length) {
        long total = Arrays.stream(counts).sum();
        long[] given = new long[counts.length];
        int[] sequence = new int[length];
        for (int i = 0; i < length; i++) {
            long next = i + 1L;
            sequence[i] = IntStream.range(0, counts.length)
                    .reduce((best, c) ->
                            counts[c] * next - given[c] * total > counts[best] * next - given[best] * total ? c : best)
                    .orElseThrow();
            given[sequence[i]]++;
        }
        return sequence;
    }

    /**
     * All classes alike often, in turn.
     *
     * @param classes number of classes, at least 1
     * @param length how many to list
     */
    static int[] inTurn(int classes, int length) {
        return IntStream.range(0, length).map(i -> i % classes).toArray();
    }
}
