package org.mirage4j.core.run;

import org.mirage4j.core.MirageException;

/** Thrown when a checkpoint cannot be written, or is damaged, cut short or not a checkpoint at all. */
public final class CheckpointException extends MirageException {
    private static final long serialVersionUID = 1L;

    /**
     * Creates the exception; for a {@link Resumable} that is given a state it cannot have.
     *
     * @param message one sentence: what was found, what is allowed
     */
    public CheckpointException(String message) {
        super(message);
    }

    CheckpointException(String message, Throwable cause) {
        super(message, cause);
    }
}
