package org.mirage4j.core.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The numbers of a run, read back from its metrics log. Immutable, safe for concurrent use. */
public final class MetricsTable {
    private static final Logger LOG = LoggerFactory.getLogger(MetricsTable.class);
    private static final long MAX_BYTES = 512L << 20;
    /** Narrower than Double.parseDouble, which also takes hexadecimal, suffixes and spaces. */
    private static final Pattern NUMBER =
            Pattern.compile("NaN|-?Infinity|[+-]?[0-9]{1,400}(\\.[0-9]{0,400})?([eE][+-]?[0-9]{1,9})?");

    private final Path file;
    private final List<String> columns;
    private final double[][] values;

    private MetricsTable(Path file, List<String> columns, double[][] values) {
        this.file = file;
        this.columns = columns;
        this.values = values;
    }

    /**
     * Reads a metrics log, also that of a run still under way: a last row without a line end may be cut
     * short and is left out, with a warning in the log.
     *
     * @param file a file written by {@link MetricsLog}
     * @return its numbers
     * @throws MetricsException if the file cannot be read or a line is not what it must be; the message
     *     names the line
     */
    public static MetricsTable read(Path file) {
        return Text.read(file).parse();
    }

    /**
     * The column names.
     *
     * @return the header, from left to right
     */
    public List<String> columns() {
        return columns;
    }

    /**
     * How many rows there are.
     *
     * @return number of rows without the header
     */
    public int rows() {
        return values[0].length;
    }

    /**
     * One column.
     *
     * @param name a name out of {@link #columns()}
     * @return a copy of its numbers, one per row
     * @throws MetricsException if there is no such column
     */
    public double[] column(String name) {
        int index = columns.indexOf(name);
        if (index < 0) {
            throw new MetricsException(
                    "metrics file " + file + " has no column \"" + name + "\", but " + String.join(", ", columns));
        }
        return values[index].clone();
    }

    /** The complete lines of a log. */
    record Text(Path file, List<String> lines) {

        static Text read(Path file) {
            String text;
            try {
                long size = Files.size(file);
                if (size > MAX_BYTES) {
                    throw new MetricsException(
                            "metrics file " + file + " has " + size + " bytes, allowed are " + MAX_BYTES);
                }
                text = Files.readString(file);
            } catch (IOException e) {
                throw new MetricsException("cannot read the metrics file " + file + ": " + Reason.of(e), e);
            }
            int end = text.lastIndexOf('\n') + 1;
            if (end < text.length()) {
                LOG.warn("{}: the last line has no line end and may be cut short; it is left out", file);
            }
            return new Text(file, text.substring(0, end).lines().toList());
        }

        MetricsTable parse() {
            if (lines.isEmpty()) {
                throw new MetricsException("metrics file " + file + " has no header line");
            }
            List<String> columns = List.of(lines.get(0).split(",", -1));
            if (columns.contains("") || new HashSet<>(columns).size() < columns.size()) {
                throw new MetricsException(
                        "metrics file " + file + ", line 1: column names must be different and not empty");
            }
            double[][] values = new double[columns.size()][lines.size() - 1];
            for (int line = 1; line < lines.size(); line++) {
                String[] cells = lines.get(line).split(",", -1);
                if (cells.length != columns.size()) {
                    throw new MetricsException("metrics file " + file + ", line " + (line + 1) + ": found "
                            + cells.length + " values, but the header has " + columns.size() + " columns");
                }
                for (int i = 0; i < cells.length; i++) {
                    values[i][line - 1] = number(cells[i], line + 1, columns.get(i));
                }
            }
            return new MetricsTable(file, columns, values);
        }

        private double number(String cell, int line, String column) {
            if (!NUMBER.matcher(cell).matches()) {
                String shown = cell.length() > 40 ? cell.substring(0, 40) + "..." : cell;
                throw new MetricsException("metrics file " + file + ", line " + line + ": column " + column
                        + " holds \"" + shown + "\", allowed are numbers, NaN, Infinity and -Infinity");
            }
            return Double.parseDouble(cell);
        }
    }
}
