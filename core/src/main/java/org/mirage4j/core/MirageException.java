package org.mirage4j.core;

/**
 * Something the caller can put right: bad input, a damaged file, a setting that does not fit, training that diverged.
 * The message is one sentence that names the file or option, what was found and what is allowed, so a main may print
 * it as it is. All exceptions of this library extend this one; those that say more have names of their own, for
 * whoever wants to tell them apart.
 *
 * <p>Mistakes in the calling program are none: an {@link IllegalStateException} answers calls that come too late, such
 * as those on something closed, or in the wrong order, and an {@link IllegalArgumentException} what no input of a user
 * could lead to.
 */
public class MirageException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /**
     * Creates the exception.
     *
     * @param message one sentence: what was looked at, what was found, what is allowed
     */
    public MirageException(String message) {
        super(message);
    }

    /**
     * Creates the exception with the failure behind it.
     *
     * @param message one sentence: what was looked at, what was found, what is allowed
     * @param cause what went wrong underneath, shown only where stack traces are asked for
     */
    public MirageException(String message, Throwable cause) {
        super(message, cause);
    }
}
