package org.mirage4j.core.engine.plan;

import java.nio.FloatBuffer;
import java.nio.IntBuffer;

/**
 * Counter-based random numbers for dropout: number i of a mask depends on (pass key, layer, i) and on
 * nothing else, so a mask is the same on any number of threads and may be drawn twice. The mixer is
 * two rounds of a 32-bit finaliser with half of the key before each; its loop over {@code int[]} is one
 * that C2 vectorises, which a loop over native memory is not.
 */
final class Masks {
    private static final int BLOCK = 4096;
    private static final int GOLDEN = 0x9e3779b1;
    private static final int[] COUNTERS = new int[BLOCK];

    static {
        for (int i = 0; i < BLOCK; i++) {
            COUNTERS[i] = i * GOLDEN;
        }
    }

    private final int[] words = new int[BLOCK];
    private final float[] values = new float[BLOCK];
    private int first;
    private int second;

    /** Chooses the stream of one layer in one pass. */
    void seed(long passKey, int layer) {
        long key = mix(mix(passKey) + layer);
        first = (int) key;
        second = (int) (key >>> 32);
    }

    /** Fills with the bits of {@code kept} with the given probability, else of {@code dropped}. */
    void bernoulli(IntBuffer mask, double retain, float kept, float dropped) {
        int threshold = (int) Math.min(Integer.MAX_VALUE, Math.round(retain * 0x1p31));
        int keptBits = Float.floatToRawIntBits(kept);
        int droppedBits = Float.floatToRawIntBits(dropped);
        int length = mask.capacity();
        for (int start = 0; start < length; start += BLOCK) {
            int count = Math.min(BLOCK, length - start);
            draw(start, count);
            select(count, threshold, keptBits, droppedBits);
            mask.put(start, words, 0, count);
        }
    }

    /** Fills with normal numbers, by the method of Box and Muller on pairs of neighbours. */
    void gaussian(FloatBuffer mask, double mean, double deviation) {
        int length = mask.capacity();
        for (int start = 0; start < length; start += BLOCK) {
            int count = Math.min(BLOCK, length - start);
            int even = count + (count & 1);
            draw(start, even);
            for (int i = 0; i < even; i += 2) {
                double radius = deviation * Math.sqrt(-2 * Math.log(((words[i] >>> 1) + 0.5) * 0x1p-31));
                double angle = (words[i + 1] >>> 1) * (2 * Math.PI * 0x1p-31);
                values[i] = (float) (mean + radius * Math.cos(angle));
                values[i + 1] = (float) (mean + radius * Math.sin(angle));
            }
            mask.put(start, values, 0, count);
        }
    }

    private void draw(int start, int count) {
        int offset = first + start * GOLDEN;
        int between = second;
        for (int i = 0; i < count; i++) {
            int x = COUNTERS[i] + offset;
            x ^= x >>> 16;
            x *= 0x21f0aaad;
            x ^= x >>> 15;
            x *= 0x735a2d97;
            x ^= x >>> 15;
            x += between;
            x ^= x >>> 16;
            x *= 0x7feb352d;
            x ^= x >>> 15;
            x *= 0x846ca68b;
            x ^= x >>> 16;
            words[i] = x;
        }
    }

    private void select(int count, int threshold, int kept, int dropped) {
        int difference = kept ^ dropped;
        for (int i = 0; i < count; i++) {
            words[i] = ((((words[i] >>> 1) - threshold) >> 31) & difference) ^ dropped;
        }
    }

    private static long mix(long value) {
        long z = value + 0x9e3779b97f4a7c15L;
        z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return z ^ (z >>> 31);
    }
}
