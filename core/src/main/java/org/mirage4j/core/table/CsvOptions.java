package org.mirage4j.core.table;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * How a CSV file is written.
 *
 * @param charset how its bytes are characters
 * @param delimiter what stands between fields, or null to find out from the first lines: a comma, semicolon or tab
 */
public record CsvOptions(Charset charset, @Nullable Character delimiter) {
    /** UTF-8, and the delimiter is found out. */
    public static final CsvOptions DEFAULT = new CsvOptions(StandardCharsets.UTF_8, null);
}
