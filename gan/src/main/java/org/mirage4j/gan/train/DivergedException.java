package org.mirage4j.gan.train;

import org.mirage4j.core.MirageException;

/** Training has come to numbers that are not finite; the message names the layer where that began. */
public final class DivergedException extends MirageException {
    private static final long serialVersionUID = 1L;

    DivergedException(String message) {
        super(message);
    }
}
