package org.mirage4j.core.table;

import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.mirage4j.core.MirageException;
import org.mirage4j.core.io.Printable;

/** A CSV file with a header, in UTF-8, as text. Immutable. */
public final class CsvTable {
    private static final Set<String> MISSING = Set.of("", "?", "na", "n/a", "nan", "null");

    private final String name;
    private final List<String> header;
    private final List<List<String>> rows;
    private final List<Long> lines;

    private CsvTable(String name, List<String> header, List<List<String>> rows, List<Long> lines) {
        this.name = name;
        this.header = header;
        this.rows = rows;
        this.lines = lines;
    }

    /**
     * Reads a file.
     *
     * @param file comma-separated (RFC 4180), the first line naming the columns
     * @return the table
     * @throws CsvFormatException if the file is missing, has no rows, names a column twice or not at all, or has
     *     a row of another length
     */
    public static CsvTable read(Path file) {
        if (!Files.isRegularFile(file)) {
            throw new CsvFormatException(file + " is no file");
        }
        List<String> header = List.of();
        List<List<String>> rows = new ArrayList<>();
        List<Long> lines = new ArrayList<>();
        try (CsvReader<CsvRecord> reader =
                CsvReader.builder().detectBomHeader(true).ofCsvRecord(file)) {
            for (CsvRecord row : reader) {
                if (header.isEmpty()) {
                    header = header(file, row.getFields());
                } else if (row.getFieldCount() != header.size()) {
                    throw new CsvFormatException(file + ", line " + row.getStartingLineNumber() + ", has "
                            + row.getFieldCount() + " fields, but the header has " + header.size());
                } else {
                    rows.add(row.getFields().stream().map(String::strip).toList());
                    lines.add(row.getStartingLineNumber());
                }
            }
        } catch (IOException | CsvParseException e) {
            throw new CsvFormatException(file + " cannot be read as CSV: " + Printable.of(e), e);
        }
        if (rows.isEmpty()) {
            throw new CsvFormatException(file + " must have a header and at least one row, but has no rows");
        }
        return new CsvTable(file.toString(), header, List.copyOf(rows), List.copyOf(lines));
    }

    private static List<String> header(Path file, List<String> fields) {
        List<String> header = fields.stream().map(String::strip).toList();
        Set<String> seen = new HashSet<>();
        for (String column : header) {
            if (column.isEmpty() || !seen.add(column)) {
                throw new CsvFormatException(
                        file + " must name every column once, but its header is " + Printable.of(header.toString()));
            }
        }
        return header;
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
     * Whether there is a column of this name.
     *
     * @param column the name
     * @return true if the header has it
     */
    public boolean has(String column) {
        return header.contains(column);
    }

    /**
     * Finds a column.
     *
     * @param column its name
     * @return its place in the header, from 0
     * @throws MirageException if there is none; the message names those there are
     */
    public int column(String column) {
        int index = header.indexOf(column);
        if (index < 0) {
            throw new MirageException(name + " has no column \"" + column + "\", only " + header);
        }
        return index;
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
     * Where a field stands, for messages.
     *
     * @param row from 0
     * @param column from 0
     * @return file, line and column in words
     */
    public String place(int row, int column) {
        return name + ", line " + lines.get(row) + ", column \"" + header.get(column) + "\"";
    }

    /**
     * Whether a text says that there is no value.
     *
     * @param value the text of a field
     * @return true if it is empty or one of the usual marks
     */
    public static boolean isMissing(String value) {
        return MISSING.contains(value.toLowerCase(Locale.ROOT));
    }
}
