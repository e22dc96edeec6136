package org.mirage4j.core.data;

import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.mirage4j.core.MirageException;
import org.mirage4j.core.memory.NativeMemory;
import org.mirage4j.core.memory.Openness;
import org.mirage4j.core.memory.Room;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The batches of {@link InMemoryExamples} in arrays that serve again and again, for loops over networks so small that
 * creating an array takes longer than a step. Not safe for concurrent use.
 */
public final class SharedBatches implements AutoCloseable {
    private final Openness openness = new Openness("the source of batches");
    private final InMemoryExamples examples;
    private final int batchSize;
    private final long perEpoch;
    private final List<Slot> slots = new ArrayList<>();
    private final float[] features;
    private final float[] labels;

    /** Arrays for batches of one size. */
    private record Slot(Batch batch, FloatBuffer features, @Nullable FloatBuffer labels) {
        static Slot create(int count, long[] shape, int labelWidth) {
            long[] dims = LongStream.concat(LongStream.of(count), LongStream.of(shape))
                    .toArray();
            INDArray features = Nd4j.createUninitialized(DataType.FLOAT, dims, 'c');
            FloatBuffer buffer = features.data().asNioFloat();
            if (labelWidth == 0) {
                return new Slot(Batch.of(features), buffer, null);
            }
            INDArray labels = Nd4j.createUninitialized(DataType.FLOAT, new long[] {count, labelWidth}, 'c');
            return new Slot(Batch.of(features, labels), buffer, labels.data().asNioFloat());
        }
    }

    private SharedBatches(InMemoryExamples examples, int batchSize, int remainder, long perEpoch) {
        this.examples = examples;
        this.batchSize = batchSize;
        this.perEpoch = perEpoch;
        long[] shape = examples.exampleShape();
        int width = Math.toIntExact(Arrays32.product(shape));
        this.features = new float[Room.elements("values of a batch", batchSize, width)];
        this.labels = new float[Room.elements("labels of a batch", batchSize, examples.labelWidth())];
        slots.add(Slot.create(batchSize, shape, examples.labelWidth()));
        if (remainder > 0) {
            slots.add(Slot.create(remainder, shape, examples.labelWidth()));
        }
    }

    /**
     * Batches of one size, those of {@link InMemoryExamples#batch}: what is left over at the end of an epoch is dropped.
     *
     * @param examples what to deal
     * @param batchSize number of examples, in [1, size]
     * @return the batches, to be closed
     */
    public static SharedBatches whole(InMemoryExamples examples, int batchSize) {
        return new SharedBatches(examples, batchSize, 0, examples.batchesPerEpoch(batchSize));
    }

    /**
     * Batches that hold every example once an epoch: what is left over at its end makes a smaller one.
     *
     * @param examples what to deal
     * @param batchSize number of examples, at least 1; with fewer examples there is one batch of all
     * @return the batches, to be closed
     * @throws MirageException if the batch size is below 1
     */
    public static SharedBatches all(InMemoryExamples examples, int batchSize) {
        if (batchSize < 1) {
            throw new MirageException("batch size must be at least 1, but is " + batchSize);
        }
        int size = Math.toIntExact(examples.size());
        int most = Math.min(size, batchSize);
        return new SharedBatches(examples, most, size % most, (size + most - 1L) / most);
    }

    /**
     * How many batches make an epoch.
     *
     * @return at least 1
     */
    public long perEpoch() {
        return perEpoch;
    }

    /**
     * The batch of one iteration, a function of the examples, their order and the iteration.
     *
     * @param iteration counted from 0 over all epochs
     * @return a batch whose arrays stay these batches' own: the next call overwrites them
     * @throws MirageException if the iteration is negative
     */
    public Batch batch(long iteration) {
        openness.require();
        int[] order = examples.epochOrder(Epochs.checked(iteration) / perEpoch);
        int from = Math.toIntExact(iteration % perEpoch * batchSize);
        int count = Math.min(batchSize, order.length - from);
        Slot slot = slots.get(count == batchSize ? 0 : 1);
        examples.copyTo(order, from, count, features, labels);
        slot.features().put(0, features, 0, count * (features.length / batchSize));
        if (slot.labels() != null) {
            slot.labels().put(0, labels, 0, count * (labels.length / batchSize));
        }
        return slot.batch();
    }

    /** Frees the arrays. */
    @Override
    public void close() {
        openness.end();
        for (Slot slot : slots) {
            NativeMemory.release(slot.batch().features());
            slot.batch().labels().ifPresent(NativeMemory::release);
        }
        slots.clear();
    }
}
