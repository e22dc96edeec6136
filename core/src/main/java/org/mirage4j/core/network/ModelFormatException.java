package org.mirage4j.core.network;

import org.mirage4j.core.MirageException;

/** A file that is not the model it should be. The message names the file, what it holds and what is allowed. */
public final class ModelFormatException extends MirageException {
    private static final long serialVersionUID = 1L;

    /**
     * Creates the exception; for readers of the files that lie beside a model, too.
     *
     * @param message one sentence: the file, what was found, what is allowed
     */
    public ModelFormatException(String message) {
        super(message);
    }

    /**
     * Creates the exception with the failure behind it.
     *
     * @param message one sentence: the file, what was found, what is allowed
     * @param cause what went wrong underneath
     */
    public ModelFormatException(String message, Throwable cause) {
        super(message, cause);
    }
}
