package org.mirage4j.core.run;

import java.io.IOException;

/**
 * A part of a run whose state travels in its checkpoints: networks, moving averages, windows of monitors.
 * What can be derived from the options, the seed and the iteration is no state.
 */
public interface Resumable {

    /**
     * Writes the state under names of its own.
     *
     * @param to the checkpoint being written
     * @throws IOException if the file cannot be written
     */
    void save(CheckpointWriter to) throws IOException;

    /**
     * Puts the state back, bit for bit what {@link #save} wrote.
     *
     * @param from the checkpoint to go on from
     * @throws CheckpointException if it lacks an entry, or holds one that does not fit
     */
    void restore(Checkpoint from);
}
