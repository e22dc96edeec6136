package org.mirage4j.core.random;

import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The random numbers of one run. A draw is keyed by the run's seed, the name of the stream it belongs
 * to ("latent", "shuffle", ...) and an iteration; the same key always gives the same numbers, on any
 * machine and in any order of asking. Immutable, safe for concurrent use.
 *
 * @param seed the run's seed
 */
public record RandomStreams(long seed) {

    /**
     * The 64-bit key of one draw, for whoever has a generator of their own to seed.
     *
     * @param stream the stream's name
     * @param iteration the iteration, epoch or index the draw belongs to
     * @return the key, uniformly distributed over all longs
     */
    public long key(String stream, long iteration) {
        long hash = 0xcbf29ce484222325L; // FNV-1a: String.hashCode has 32 bits and collides too easily
        for (int i = 0; i < stream.length(); i++) {
            hash = (hash ^ stream.charAt(i)) * 0x100000001b3L;
        }
        return mix(mix(mix(seed) ^ hash) + iteration);
    }

    /**
     * A fresh generator for one draw.
     *
     * @param stream the stream's name
     * @param iteration the iteration, epoch or index the draw belongs to
     * @return a generator that nobody else holds
     */
    public SplittableRandom generator(String stream, long iteration) {
        return new SplittableRandom(key(stream, iteration));
    }

    /**
     * A random order.
     *
     * @param stream the stream's name
     * @param iteration the iteration, epoch or index the draw belongs to
     * @param count how many things there are
     * @return the numbers from 0 to {@code count - 1}, each order as likely as any other
     */
    public int[] permutation(String stream, long iteration, int count) {
        SplittableRandom random = generator(stream, iteration);
        int[] order = IntStream.range(0, count).toArray();
        for (int i = count - 1; i > 0; i--) {
            int j = random.nextInt(i + 1);
            int held = order[i];
            order[i] = order[j];
            order[j] = held;
        }
        return order;
    }

    /**
     * Standard normal numbers, drawn on the JVM and therefore the same on every backend.
     *
     * @param stream the stream's name
     * @param iteration the iteration the draw belongs to
     * @param type element type of the result
     * @param shape shape of the result
     * @return a new array of N(0, 1) draws
     */
    public INDArray gaussian(String stream, long iteration, DataType type, long... shape) {
        SplittableRandom random = generator(stream, iteration);
        long length = 1;
        for (long size : shape) {
            length *= size;
        }
        float[] values = new float[Math.toIntExact(length)];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return Nd4j.create(values, shape, 'c').castTo(type);
    }

    /** The finaliser of SplitMix64 (Steele, Lea and Flood 2014): every input bit reaches every output bit. */
    private static long mix(long value) {
        long z = value + 0x9e3779b97f4a7c15L;
        z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return z ^ (z >>> 31);
    }
}
