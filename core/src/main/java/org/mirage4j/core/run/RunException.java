package org.mirage4j.core.run;

import org.mirage4j.core.MirageException;

/** Thrown when a run folder, its manifest or its configuration is missing, damaged or in the way. */
public final class RunException extends MirageException {
    private static final long serialVersionUID = 1L;

    RunException(String message) {
        super(message);
    }

    RunException(String message, Throwable cause) {
        super(message, cause);
    }
}
