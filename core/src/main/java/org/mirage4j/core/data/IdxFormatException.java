package org.mirage4j.core.data;

import org.mirage4j.core.MirageException;

/** A file that is not the IDX file it should be. The message names the file, what it holds and what is allowed. */
public final class IdxFormatException extends MirageException {
    private static final long serialVersionUID = 1L;

    /**
     * Creates the exception.
     *
     * @param message one sentence: the file, what was found, what is allowed
     */
    public IdxFormatException(String message) {
        super(message);
    }

    /**
     * Creates the exception with the failure behind it.
     *
     * @param message one sentence: the file, what was found, what is allowed
     * @param cause what reading the file threw
     */
    public IdxFormatException(String message, Throwable cause) {
        super(message, cause);
    }
}
