package org.mirage4j.core.run;

import org.mirage4j.core.MirageException;

/** Thrown when a run folder, its manifest or its configuration is missing, damaged or in the way. */
public final class RunException extends MirageException {
    private static final long serialVersionUID = 1L;

    /**
     * Creates the exception; for whoever reads a run's configuration.
     *
     * @param message one sentence: the run, what was found, what is allowed
     */
    public RunException(String message) {
        super(message);
    }

    /**
     * Creates the exception; for whoever reads a run's configuration.
     *
     * @param message one sentence: the run, what was found, what is allowed
     * @param cause what went wrong underneath
     */
    public RunException(String message, Throwable cause) {
        super(message, cause);
    }
}
