package org.mirage4j.core.table;

import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import java.io.File;
import java.io.IOException;
import java.io.Reader;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.mirage4j.core.MirageException;
import org.mirage4j.core.io.Printable;

/** A table of text with named columns, out of a CSV file or in hand. Immutable. */
public final class CsvTable {
    private static final char[] DELIMITERS = {',', ';', '\t'};

    /** Records that a delimiter must part alike to be the one. */
    private static final int TRIED = 20;

    private final String name;
    private final List<String> header;
    private final Map<String, Integer> places;
    private final List<List<String>> rows;
    private final List<Long> lines;
    private final char delimiter;

    private CsvTable(String name, List<String> header, List<List<String>> rows, List<Long> lines, char delimiter) {
        this.name = name;
        this.header = List.copyOf(header);
        this.places = places(name, header);
        this.rows = List.copyOf(rows);
        this.lines = List.copyOf(lines);
        this.delimiter = delimiter;
    }

    /**
     * Reads a file in UTF-8, whose delimiter is found out.
     *
     * @param file see {@link #read(Path, CsvOptions)}
     * @return the table
     * @throws CsvFormatException see {@link #read(Path, CsvOptions)}
     */
    public static CsvTable read(Path file) {
        return read(file, CsvOptions.DEFAULT);
    }

    /**
     * Reads a file.
     *
     * @param file as RFC 4180 has it, the first line naming the columns; a column without a name is called by its
     *     place, such as "column 1"
     * @param options how the file is written
     * @return the table; a blank line is a row if there is one column, and none otherwise
     * @throws CsvFormatException if the file is missing, has no rows, names a column twice, has a row of another
     *     length, or bytes that are no characters
     */
    public static CsvTable read(Path file, CsvOptions options) {
        return parse(file.toString(), CsvText.read(file, options.charset()), options);
    }

    /**
     * Reads characters from wherever they come.
     *
     * @param name what to call the table in messages
     * @param reader gives what {@link #read(Path, CsvOptions)} would find in a file; is read to its end, not closed
     * @param options how it is written; bytes have become characters already, so that the charset says nothing
     * @return the table
     * @throws CsvFormatException if the reader fails or gives no table
     */
    public static CsvTable read(String name, Reader reader, CsvOptions options) {
        StringWriter text = new StringWriter();
        try {
            reader.transferTo(text);
        } catch (IOException e) {
            throw new CsvFormatException(name + " cannot be read as CSV: " + Printable.of(e), e);
        }
        return parse(name, CsvText.withoutMark(text.toString()), options);
    }

    private static CsvTable parse(String name, String text, CsvOptions options) {
        char delimiter = Objects.requireNonNullElseGet(options.delimiter(), () -> delimiter(text));
        List<String> header = List.of();
        List<List<String>> rows = new ArrayList<>();
        List<Long> lines = new ArrayList<>();
        try (CsvReader<CsvRecord> reader = reader(text, delimiter)) {
            for (CsvRecord row : reader) {
                boolean blank = row.getFieldCount() == 1 && row.getField(0).isBlank();
                if (blank && header.size() != 1) {
                    continue; // no row: it lacks even the delimiters of one
                }
                if (header.isEmpty() && options.header()) {
                    header = header(row.getFields());
                    continue;
                }
                if (header.isEmpty()) {
                    header = header(Collections.nCopies(row.getFieldCount(), ""));
                }
                if (row.getFieldCount() != header.size()) {
                    throw new CsvFormatException(name + ", line " + row.getStartingLineNumber() + ", has "
                            + row.getFieldCount() + " fields, but the header has " + header.size());
                }
                rows.add(row.getFields().stream().map(String::strip).toList());
                lines.add(row.getStartingLineNumber());
            }
        } catch (IOException | CsvParseException e) {
            Throwable cause = Objects.requireNonNullElse(e.getCause(), e); // which says what, and not only where
            throw new CsvFormatException(name + " cannot be read as CSV: " + Printable.of(cause), e);
        }
        if (rows.isEmpty()) {
            throw new CsvFormatException(name + " must have a header and at least one row, but has no rows");
        }
        return new CsvTable(name, header, rows, lines, delimiter);
    }

    private static CsvReader<CsvRecord> reader(String text, char delimiter) {
        return CsvReader.builder()
                .fieldSeparator(delimiter)
                .skipEmptyLines(false)
                .ofCsvRecord(text);
    }

    /** The delimiter that parts the first records into the most fields, all of them into as many. */
    private static char delimiter(String text) {
        char best = DELIMITERS[0];
        int most = 1;
        for (char delimiter : DELIMITERS) {
            int fields = fields(text, delimiter);
            if (fields > most) {
                best = delimiter;
                most = fields;
            }
        }
        return best;
    }

    /** Into how many fields a delimiter parts each of the first records, 0 if not all into as many. */
    private static int fields(String text, char delimiter) {
        int fields = 0;
        int tried = 0;
        try (CsvReader<CsvRecord> reader = reader(text, delimiter)) {
            for (CsvRecord row : reader) {
                boolean blank = row.getFieldCount() == 1 && row.getField(0).isBlank();
                if (!blank && fields != 0 && row.getFieldCount() != fields) {
                    return 0;
                }
                fields = blank ? fields : row.getFieldCount();
                if (++tried == TRIED) {
                    break;
                }
            }
            return fields;
        } catch (IOException | CsvParseException e) {
            return 0; // reading for good will say why
        }
    }

    private static List<String> header(List<String> fields) {
        List<String> header = new ArrayList<>();
        for (String field : fields) {
            header.add(field.isBlank() ? "column " + (header.size() + 1) : field.strip());
        }
        return header;
    }

    private static Map<String, Integer> places(String name, List<String> header) {
        Map<String, Integer> places = new HashMap<>();
        for (String column : header) {
            if (places.put(column, places.size()) != null) {
                throw new CsvFormatException(
                        name + " must name every column once, but its header is " + Printable.of(header.toString())
                                + (isNumber(column) ? "; if it has none, say so (--no-header)" : ""));
            }
        }
        return Map.copyOf(places);
    }

    private static boolean isNumber(String text) {
        return CellFormat.PLAIN.parse(text).isPresent();
    }

    /**
     * How many names of columns are numbers: in a file without header, the first row was taken for one.
     *
     * @return at most as many as there are columns
     */
    public long numbersInHeader() {
        return header.stream().filter(CsvTable::isNumber).count();
    }

    /**
     * The number of rows.
     *
     * @return at least 1
     */
    public int size() {
        return rows.size();
    }

    /**
     * The columns.
     *
     * @return their names, in order
     */
    public List<String> header() {
        return header;
    }

    /**
     * The name to show.
     *
     * @return the file's path as given
     */
    public String name() {
        return name;
    }

    /**
     * The name without its folders, which is the same wherever the file is read from.
     *
     * @return what follows the last separator of the name
     */
    public String shortName() {
        return name.substring(name.lastIndexOf(File.separatorChar) + 1);
    }

    /**
     * What tells the content of this table from another's.
     *
     * @return SHA-256 of header and rows, in hexadecimal digits
     */
    public String fingerprint() {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(header.toString().getBytes(StandardCharsets.UTF_8));
            rows.forEach(row -> digest.update(row.toString().getBytes(StandardCharsets.UTF_8)));
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // every Java has it
        }
    }

    /**
     * What stands between fields.
     *
     * @return as given or found out
     */
    public char delimiter() {
        return delimiter;
    }

    /**
     * Whether there is a column of this name.
     *
     * @param column the name
     * @return true if the header has it
     */
    public boolean has(String column) {
        return places.containsKey(column);
    }

    /**
     * Finds a column.
     *
     * @param column its name
     * @return its place in the header, from 0
     * @throws MirageException if there is none; the message names those there are
     */
    public int column(String column) {
        Integer place = places.get(column);
        if (place == null) {
            throw new MirageException(
                    name + " has no column \"" + column + "\", only " + Printable.of(header.toString()));
        }
        return place;
    }

    /**
     * One field.
     *
     * @param row from 0
     * @param column from 0
     * @return its text without white space around it
     */
    public String value(int row, int column) {
        return rows.get(row).get(column);
    }

    /**
     * Where a row begins, for messages.
     *
     * @param row from 0
     * @return the line in words
     */
    public String line(int row) {
        return "line " + lines.get(row);
    }

    /**
     * Where a field stands, for messages.
     *
     * @param row from 0
     * @param column from 0
     * @return file, line and column in words
     */
    public String place(int row, int column) {
        return name + ", " + line(row) + ", column \"" + header.get(column) + "\"";
    }
}
