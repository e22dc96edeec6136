package org.mirage4j.core.run;

import org.mirage4j.core.MirageException;

/** Thrown when a metrics file cannot be written, or holds something that is not a table of numbers. */
public final class MetricsException extends MirageException {
    private static final long serialVersionUID = 1L;

    MetricsException(String message) {
        super(message);
    }

    MetricsException(String message, Throwable cause) {
        super(message, cause);
    }
}
