package org.mirage4j.core.table;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.Charset;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.mirage4j.core.io.Printable;

/** The characters of a file, every one of which was one in the file. */
final class CsvText {
    private static final char MARK = '\ufeff';

    private CsvText() {}

    /**
     * Reads a file. A byte order mark says more than the caller can know, so it decides.
     *
     * @throws CsvFormatException if there is no file, or some bytes are no characters; the message names their line
     */
    static String read(Path file, Charset charset) {
        if (!Files.isRegularFile(file)) {
            throw new CsvFormatException(file + " is no file");
        }
        byte[] bytes;
        try {
            bytes = Files.readAllBytes(file);
        } catch (IOException e) {
            throw new CsvFormatException(file + " cannot be read as CSV: " + Printable.of(e), e);
        }
        Charset marked = marked(bytes, charset);
        CharsetDecoder decoder = marked.newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT);
        ByteBuffer in = ByteBuffer.wrap(bytes);
        CharBuffer out = CharBuffer.allocate((int) Math.ceil(bytes.length * (double) decoder.maxCharsPerByte()) + 1);
        CoderResult end = decoder.decode(in, out, true);
        if (!end.isError()) {
            end = decoder.flush(out);
        }
        out.flip();
        if (end.isError()) {
            long line = 1 + out.chars().filter(c -> c == '\n').count();
            throw new CsvFormatException(String.format(
                    Locale.ROOT,
                    "%s, line %d, is not %s (byte 0x%02X); name how the file is written, such as --charset %s",
                    file,
                    line,
                    marked,
                    bytes[in.position()],
                    marked.equals(StandardCharsets.UTF_8) ? "windows-1252" : "UTF-8"));
        }
        return withoutMark(out.toString());
    }

    static String withoutMark(String text) {
        return !text.isEmpty() && text.charAt(0) == MARK ? text.substring(1) : text;
    }

    private static Charset marked(byte[] bytes, Charset otherwise) {
        if (startsWith(bytes, 0xEF, 0xBB, 0xBF)) {
            return StandardCharsets.UTF_8;
        }
        if (startsWith(bytes, 0xFE, 0xFF)) {
            return StandardCharsets.UTF_16BE;
        }
        return startsWith(bytes, 0xFF, 0xFE) ? StandardCharsets.UTF_16LE : otherwise;
    }

    private static boolean startsWith(byte[] bytes, int... start) {
        if (bytes.length < start.length) {
            return false;
        }
        for (int i = 0; i < start.length; i++) {
            if (Byte.toUnsignedInt(bytes[i]) != start[i]) {
                return false;
            }
        }
        return true;
    }
}
