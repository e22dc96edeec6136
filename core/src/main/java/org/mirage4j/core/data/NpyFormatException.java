package org.mirage4j.core.data;

import org.mirage4j.core.MirageException;

/** A file that is not the NPY file it should be. The message names the file, what it holds and what is allowed. */
public final class NpyFormatException extends MirageException {
    private static final long serialVersionUID = 1L;

    /**
     * Creates the exception.
     *
     * @param message one sentence: the file, what was found, what is allowed
     */
    public NpyFormatException(String message) {
        super(message);
    }
}
