package org.mirage4j.gan.train;

import java.util.SplittableRandom;
import org.mirage4j.core.memory.Room;
import org.mirage4j.core.random.RandomStreams;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** What latent vectors are drawn from. */
public enum Latents {
    /** The standard normal distribution. */
    NORMAL {
        @Override
        INDArray draw(RandomStreams streams, String stream, long index, DataType type, long count, long size) {
            return streams.gaussian(stream, index, type, count, size);
        }
    },
    /**
     * The corners of a cube: every coordinate is -1 or 1. A continuous generator maps a connected latent space onto a
     * connected set, so that modes which are apart stay joined by bridges of bad examples; corners are apart
     * themselves.
     */
    BINARY {
        @Override
        INDArray draw(RandomStreams streams, String stream, long index, DataType type, long count, long size) {
            SplittableRandom random = streams.generator(stream, index);
            float[] values = new float[Room.elements("coordinates of latent vectors", count, size)];
            for (int i = 0; i < values.length; i++) {
                values[i] = random.nextBoolean() ? 1 : -1;
            }
            return Nd4j.createFromArray(values).reshape(count, size).castTo(type);
        }
    };

    /**
     * Draws latent vectors.
     *
     * @param streams the run's random streams
     * @param stream name of the random stream
     * @param index the draw within the stream
     * @param type element type of the result
     * @param count number of vectors
     * @param size length of a vector
     * @return latent vectors [count, size]
     */
    abstract INDArray draw(RandomStreams streams, String stream, long index, DataType type, long count, long size);
}
