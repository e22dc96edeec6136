package org.mirage4j.core.data;

import java.util.Locale;
import org.mirage4j.core.MirageException;

/** How iterations map to epochs when the remainder of each epoch is dropped. */
record Epochs(long size, int batchSize) {
    Epochs {
        if (batchSize < 1 || batchSize > size) {
            throw new MirageException(String.format(
                    Locale.ROOT, "batch size must be in [1, %d] (the number of examples), but is %d", size, batchSize));
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
            throw new MirageException(
                    String.format(Locale.ROOT, "iteration must not be negative, but is %d", iteration));
        }
        return iteration;
    }
}
