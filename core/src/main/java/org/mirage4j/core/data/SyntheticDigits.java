package org.mirage4j.core.data;

import java.util.Arrays;
import java.util.Locale;
import java.util.SplittableRandom;
import org.mirage4j.core.MirageException;
import org.mirage4j.core.memory.Room;
import org.mirage4j.core.random.RandomStreams;

/**
 * An endless set of handwritten-looking digits, 28 x 28, white on black like MNIST, drawn as strokes
 * when they are asked for. Image i is a function of the seed and i alone; each of the ten classes is
 * equally likely. Two seeds give two independent draws from the same distribution: train on one, test
 * on the other. Immutable and safe for concurrent use.
 *
 * @param seed chooses the sequence of images
 */
public record SyntheticDigits(long seed) implements ExampleSource {
    private static final int CLASSES = 10;

    /** As many as MNIST has, so that "an epoch" means the same on both. */
    private static final int NOMINAL_SIZE = 60_000;

    /** Enough images to tell any two seeds or versions of the drawing apart. */
    private static final int FINGERPRINTED = 256;

    @Override
    public String name() {
        return "synthetic-digits";
    }

    @Override
    public long[] exampleShape() {
        return new long[] {1, DigitPen.SIZE, DigitPen.SIZE};
    }

    /**
     * The nominal size of an epoch; the images themselves never repeat.
     *
     * @return 60,000
     */
    @Override
    public long size() {
        return NOMINAL_SIZE;
    }

    @Override
    public int classes() {
        return CLASSES;
    }

    @Override
    public long[] classCounts() {
        long[] counts = new long[CLASSES];
        Arrays.fill(counts, NOMINAL_SIZE / CLASSES);
        return counts;
    }

    @Override
    public Batch batch(long iteration, int batchSize) {
        // No wrapping around at the end of an epoch: an endless set goes on.
        int size = new Epochs(NOMINAL_SIZE, batchSize).batchSize();
        return examples(Math.multiplyExact(Epochs.checked(iteration), (long) size), size)
                .examples(0, size);
    }

    /**
     * A stretch of the sequence, kept in memory.
     *
     * @param first number of the first image, not negative
     * @param count how many, at least 1
     * @return the labelled images, in order
     * @throws MirageException if the range is empty or begins before 0
     */
    public InMemoryExamples examples(long first, int count) {
        if (first < 0 || count < 1) {
            throw new MirageException(String.format(
                    Locale.ROOT,
                    "synthetic digits are numbered from 0 and at least one is drawn, but asked for are %d from number %d",
                    count,
                    first));
        }
        Room.requireHeap(count + " synthetic digits", (double) count * DigitPen.SIZE * DigitPen.SIZE);
        RandomStreams streams = new RandomStreams(seed);
        byte[][] images = new byte[count][];
        int[] labels = new int[count];
        for (int i = 0; i < count; i++) {
            SplittableRandom random = streams.generator("synthetic-digits", first + i);
            labels[i] = random.nextInt(CLASSES);
            images[i] = DigitPen.draw(labels[i], random);
        }
        return new InMemoryExamples(name(), exampleShape(), new ByteRows(images), CLASSES, labels, streams);
    }

    @Override
    public String fingerprint() {
        return new Fingerprint()
                .text(name())
                .numbers(seed)
                .text(examples(0, FINGERPRINTED).fingerprint())
                .hex();
    }
}
