package org.mirage4j.core.io;

import java.io.IOException;

/**
 * Does something with a stream or another thing that may fail with an {@link IOException}.
 *
 * @param <T> what is handed over
 */
@FunctionalInterface
public interface IoConsumer<T> {

    /**
     * Uses the value.
     *
     * @param value what is handed over, owned by the caller
     * @throws IOException if reading or writing fails
     */
    void accept(T value) throws IOException;
}
