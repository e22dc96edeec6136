package org.mirage4j.core.report;

import org.mirage4j.core.MirageException;

/** A file that is not the image it should be. The message names the file, what it holds and what is allowed. */
public final class ImageFormatException extends MirageException {
    private static final long serialVersionUID = 1L;

    /**
     * Creates the exception.
     *
     * @param message one sentence: the file, what was found, what is allowed
     */
    public ImageFormatException(String message) {
        super(message);
    }

    ImageFormatException(String message, Throwable cause) {
        super(message, cause);
    }
}
