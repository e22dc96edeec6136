package org.mirage4j.core.data;

import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.mirage4j.core.MirageException;
import org.mirage4j.core.memory.NativeMemory;
import org.mirage4j.core.memory.Room;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;

/**
 * The examples of a Deeplearning4j iterator, copied as they come: the iterator's arrays are never
 * changed and never handed on. The order is the iterator's own, the batch size is whatever is asked
 * for, and each epoch begins with a reset.
 *
 * <p>An iterator can only walk forward. Asking for iterations in order costs nothing extra; going back
 * resets it and walks from the start, jumping ahead walks over what lies between. Batches are a
 * function of the iteration as long as the iterator repeats itself after a reset; one that shuffles
 * anew each time does not.
 *
 * <p>Nobody else may move the iterator while it is in use here. Safe for concurrent use otherwise.
 */
public final class IteratorExamples implements ExampleSource {
    private final String name;
    private final DataSetIterator iterator;
    private final long size;
    private final long[] shape;
    private final int classes;
    private final boolean labelled;
    private final long[] classCounts;
    private final String fingerprint;

    /** What the iterator gave last, and how much of it and of the epoch has been dealt. */
    private Chunk chunk = Chunk.EMPTY;

    private int dealtOfChunk;
    private long dealtOfEpoch;

    /**
     * Walks the iterator once, to learn how many examples it has and what they look like.
     *
     * @param name what to call the examples
     * @param iterator gives features of shape [N, ...] and, if there are any, one-hot labels of shape [N,
     *     classes]; must support reset and end
     * @throws MirageException if it cannot be reset, is empty, changes shape on the way, has masks, gives values that
     *     {@link Inputs#checked} refuses, or labels that are not one-hot, which {@link #unlabelled} leaves out
     */
    public IteratorExamples(String name, DataSetIterator iterator) {
        this(name, iterator, true);
    }

    /**
     * The features of an iterator, without its labels, whatever those are.
     *
     * @param name what to call the examples
     * @param iterator gives features of shape [N, ...]; must support reset and end
     * @return the examples, of 0 classes
     * @throws MirageException if it cannot be reset, is empty, changes shape on the way or has masks
     */
    public static IteratorExamples unlabelled(String name, DataSetIterator iterator) {
        return new IteratorExamples(name, iterator, false);
    }

    private IteratorExamples(String name, DataSetIterator iterator, boolean labelled) {
        if (!iterator.resetSupported()) {
            throw new MirageException(String.format(
                    Locale.ROOT,
                    "%s: an iterator must support reset to be used for more than one epoch, but this one does not",
                    name));
        }
        this.name = name;
        this.iterator = iterator;
        this.labelled = labelled;
        iterator.reset();
        Chunk first = next(0);
        shape = first.shape;
        classes = first.classes;
        classCounts = new long[classes];
        Fingerprint sum = new Fingerprint().numbers(shape).numbers(classes);
        long count = 0;
        for (Chunk next = first; next.count > 0; next = next(count)) {
            for (int label : labels(next, count)) {
                classCounts[label]++;
            }
            next.addTo(sum);
            count += next.count;
        }
        if (count == 0) {
            throw new MirageException(
                    String.format(Locale.ROOT, "%s: the iterator must have at least one example, but is empty", name));
        }
        size = count;
        fingerprint = sum.numbers(count).hex();
        reset();
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public long[] exampleShape() {
        return shape.clone();
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public int classes() {
        return classes;
    }

    @Override
    public long[] classCounts() {
        return classCounts.clone();
    }

    @Override
    public String fingerprint() {
        return fingerprint;
    }

    @Override
    public synchronized Batch batch(long iteration, int batchSize) {
        long offset = new Epochs(size, batchSize).offset(iteration);
        if (offset < dealtOfEpoch) {
            reset();
        }
        while (dealtOfEpoch < offset) {
            advance(Math.min(available(), offset - dealtOfEpoch));
        }
        int width = Math.toIntExact(Arrays32.product(shape));
        float[] features = new float[Room.elements("values of a batch", batchSize, width)];
        float[] labels = new float[Room.elements("labels of a batch", batchSize, classes)];
        for (int filled = 0; filled < batchSize; ) {
            int part = Math.min(available(), batchSize - filled);
            System.arraycopy(chunk.features, dealtOfChunk * width, features, filled * width, part * width);
            System.arraycopy(chunk.labels, dealtOfChunk * classes, labels, filled * classes, part * classes);
            advance(part);
            filled += part;
        }
        INDArray x = Arrays32.batch(features, batchSize, shape);
        return classes == 0 ? Batch.of(x) : Batch.of(x, Arrays32.batch(labels, batchSize, new long[] {classes}));
    }

    private void reset() {
        iterator.reset();
        chunk = Chunk.EMPTY;
        dealtOfChunk = 0;
        dealtOfEpoch = 0;
    }

    private void advance(long examples) {
        dealtOfChunk += (int) examples;
        dealtOfEpoch += examples;
    }

    /** How many examples of the current chunk are left, after fetching the next one if there are none. */
    private int available() {
        if (dealtOfChunk == chunk.count) {
            chunk = next(dealtOfEpoch);
            dealtOfChunk = 0;
            if (chunk.count == 0) {
                throw new MirageException(String.format(
                        Locale.ROOT,
                        "%s: the iterator gave %d examples at first, but only %d after a reset",
                        name,
                        size,
                        dealtOfEpoch));
            }
            labels(chunk, dealtOfEpoch);
        }
        return chunk.count - dealtOfChunk;
    }

    private Chunk next(long at) {
        return iterator.hasNext() ? Chunk.copyOf(name, iterator.next(), at, labelled) : Chunk.EMPTY;
    }

    /** The classes of a chunk that begins at an example; refuses one that does not fit the others. */
    private int[] labels(Chunk next, long at) {
        requireSameShape(next, at);
        return classes == 0 ? new int[0] : OneHot.read(name, next.labels, classes, at);
    }

    private void requireSameShape(Chunk next, long at) {
        if (!Arrays.equals(next.shape, shape) || next.classes != classes) {
            throw new MirageException(String.format(
                    Locale.ROOT,
                    "%s: all examples must have shape %s and %d classes, but those from number %d have %s and %d",
                    name,
                    Arrays.toString(shape),
                    classes,
                    at,
                    Arrays.toString(next.shape),
                    next.classes));
        }
    }

    private static final class Chunk {
        static final Chunk EMPTY = new Chunk(0, new long[0], 0, new float[0], new float[0]);

        private final int count;
        private final long[] shape;
        private final int classes;
        private final float[] features;
        private final float[] labels;

        private Chunk(int count, long[] shape, int classes, float[] features, float[] labels) {
            this.count = count;
            this.shape = shape;
            this.classes = classes;
            this.features = features;
            this.labels = labels;
        }

        /** Example by example, so that the sum does not depend on how the iterator cuts its batches. */
        void addTo(Fingerprint sum) {
            int width = features.length / count;
            for (int i = 0; i < count; i++) {
                sum.floats(features, i * width, (i + 1) * width).floats(labels, i * classes, (i + 1) * classes);
            }
        }

        static Chunk copyOf(String name, DataSet data, long at, boolean labelled) {
            if (data.hasMaskArrays()) {
                throw new MirageException(
                        String.format(Locale.ROOT, "%s: examples with mask arrays cannot be used", name));
            }
            INDArray features = data.getFeatures();
            @Nullable INDArray labels = labelled ? data.getLabels() : null;
            if (features.rank() < 2 || (labels != null && (labels.rank() != 2 || labels.size(0) != features.size(0)))) {
                throw new MirageException(String.format(
                        Locale.ROOT,
                        "%s: features must have shape [N, ...] and labels [N, classes], but have %s and %s",
                        name,
                        Arrays.toString(features.shape()),
                        labels == null ? "none" : Arrays.toString(labels.shape())));
            }
            return new Chunk(
                    (int) features.size(0),
                    Arrays.copyOfRange(features.shape(), 1, features.rank()),
                    labels == null ? 0 : (int) labels.size(1),
                    Inputs.values(name, features, at),
                    labels == null ? new float[0] : NativeMemory.floats(labels));
        }
    }
}
