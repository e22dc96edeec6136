package org.mirage4j.gan.train;

import org.jspecify.annotations.Nullable;
import org.mirage4j.core.MirageException;
import org.mirage4j.core.data.Batch;
import org.mirage4j.core.memory.NativeMemory;
import org.mirage4j.core.random.RandomStreams;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** What discriminators see of a batch: packs of examples, under instance noise. */
final class Sight {
    private final GameOptions game;
    private final RandomStreams streams;

    Sight(GameOptions game, RandomStreams streams) {
        this.game = game;
        this.streams = streams;
    }

    /**
     * A batch as discriminators see it.
     *
     * @param examples packs [N / packing, ...]
     * @param labels what they are said to be, if anything is said
     * @param own whether the examples are a copy
     */
    record Seen(INDArray examples, @Nullable INDArray labels, boolean own) implements AutoCloseable {
        long size() {
            return examples.size(0);
        }

        /** The labels, in the type of the arrays that they go with. */
        INDArray requireLabels(DataType type) {
            if (labels == null) {
                throw new MirageException("the discriminator learns of labels, but the data have none");
            }
            return labels.castTo(type);
        }

        @Override
        public void close() {
            if (own) {
                NativeMemory.release(examples);
            }
        }
    }

    /**
     * Looks at a batch.
     *
     * @param batch examples [N, ...]; left as they are
     * @param iteration iterations of the game done, for the decay of the noise
     * @param stream name of the noise's random stream
     * @param step the draw within the stream
     */
    Seen of(Batch batch, long iteration, String stream, long step) {
        Seen clear = clear(batch);
        double deviation = game.instanceNoise().deviation(iteration);
        if (deviation == 0) {
            return clear;
        }
        INDArray packs = clear.examples();
        INDArray noisy = streams.gaussian(stream, step, packs.dataType(), packs.shape())
                .muli(deviation)
                .addi(packs);
        return new Seen(noisy, clear.labels(), true);
    }

    /** Looks at a batch without noise. */
    Seen clear(Batch batch) {
        return new Seen(
                packed(batch.features()), batch.labels().map(this::packed).orElse(null), false);
    }

    /** Neighbours in the batch, joined along their first dimension: in row-major order the same memory. */
    private INDArray packed(INDArray examples) {
        if (game.packing() == 1) {
            return examples;
        }
        long[] shape = examples.shape().clone(); // the array itself hands out its own
        shape[0] /= game.packing();
        shape[1] *= game.packing();
        return examples.reshape('c', shape);
    }
}
