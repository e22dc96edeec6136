package org.mirage4j.core.table;

import org.mirage4j.core.MirageException;

/** A file that is not the table it should be. The message names the file, what it holds and what is allowed. */
public final class CsvFormatException extends MirageException {
    private static final long serialVersionUID = 1L;

    CsvFormatException(String message) {
        super(message);
    }

    CsvFormatException(String message, Throwable cause) {
        super(message, cause);
    }
}
