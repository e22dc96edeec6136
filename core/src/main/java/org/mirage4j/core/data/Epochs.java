package org.mirage4j.core.data;

import org.mirage4j.core.MirageException;

/** How iterations map to epochs when the remainder of each epoch is dropped. */
record Epochs(long size, int batchSize) {
    Epochs {
        if (batchSize < 1 || batchSize > size) {
            throw new MirageException(
                    "batch size must be in [1, %d] (the number of examples), but is %d".formatted(size, batchSize));
        }
    }

    long batches() {
        return size / batchSize;
    }

    long epoch(long iteration) {
        return checked(iteration) / batches();
    }

    /** The position within the epoch at which the batch starts. */
    long offset(long iteration) {
        return checked(iteration) % batches() * batchSize;
    }

    static long checked(long iteration) {
        if (iteration < 0) {
            throw new MirageException("iteration must not be negative, but is %d".formatted(iteration));
        }
        return iteration;
    }
}
