package org.mirage4j.core.table;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * How a CSV file is written.
 *
 * @param charset how its bytes are characters
 * @param delimiter what stands between fields, or null to find out from the first lines: a comma, semicolon or tab
 * @param header whether the first line names the columns; otherwise they are called "column 1" and so on
 */
public record CsvOptions(Charset charset, @Nullable Character delimiter, boolean header) {
    /** UTF-8, the delimiter is found out, and the first line names the columns. */
    public static final CsvOptions DEFAULT = new CsvOptions(StandardCharsets.UTF_8, null, true);
}
