package org.mirage4j.core.run;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import org.mirage4j.core.io.AtomicFile;
import org.mirage4j.core.memory.Openness;

/**
 * Writes the numbers of a run as CSV: one header, one row per logging step, handed to the operating
 * system row by row, so that other programs can follow a run and a killed one keeps its rows. Every
 * number reads back to the same bits; NaN and infinities are written as Java names them.
 *
 * <p>Not safe for concurrent use. An interrupted thread writes as any other.
 */
public final class MetricsLog implements AutoCloseable {
    private static final double LARGEST_EXACT_INTEGER = 0x1p53;

    private final Path file;
    private final int width;
    private final Openness openness;
    private final FileOutputStream out; // no channel, which an interrupt would close

    private MetricsLog(Path file, int width, FileOutputStream out) {
        this.file = file;
        this.width = width;
        this.out = out;
        this.openness = new Openness("metrics log " + file);
    }

    /**
     * Begins a new log.
     *
     * @param file the file, which must not exist yet
     * @param columns names of the columns, all different, without commas, quotes and line breaks
     * @return the log, with its header written
     * @throws MetricsException if a name cannot be used, or the file exists or cannot be written
     */
    public static MetricsLog create(Path file, List<String> columns) {
        checkNames(columns);
        if (Files.exists(file)) {
            throw new MetricsException("metrics file " + file + " exists already, but a new log needs a new file");
        }
        // Whole or not at all, so that even a run killed right here can be resumed.
        AtomicFile.write(file, out -> out.write((String.join(",", columns) + "\n").getBytes(UTF_8)));
        return append(file, columns.size());
    }

    /**
     * Goes on with the log of a run that was stopped. Rows beyond the point from which the run goes on
     * are dropped, and so is a last row cut short by a kill; the rows kept are not touched.
     *
     * @param file an existing log
     * @param columns the columns the log must have
     * @param column the column by which rows are kept ("iteration")
     * @param last the largest value of that column to keep
     * @return the log, ready for the row after {@code last}
     * @throws MetricsException if the file is missing or damaged or has other columns
     */
    public static MetricsLog resume(Path file, List<String> columns, String column, double last) {
        MetricsTable.Text text = MetricsTable.Text.read(file);
        MetricsTable table = text.parse();
        if (!table.columns().equals(columns)) {
            throw new MetricsException("metrics file " + file + " has the columns " + String.join(", ", table.columns())
                    + ", but this run writes " + String.join(", ", columns));
        }
        double[] values = table.column(column);
        StringBuilder kept = new StringBuilder(text.lines().get(0)).append('\n');
        for (int row = 0; row < values.length; row++) {
            if (values[row] <= last) {
                kept.append(text.lines().get(row + 1)).append('\n');
            }
        }
        AtomicFile.write(file, out -> out.write(kept.toString().getBytes(UTF_8)));
        return append(file, columns.size());
    }

    /**
     * Appends a row.
     *
     * @param values one number per column
     * @throws MetricsException if there are more or fewer numbers than columns, or the row cannot be
     *     written
     */
    public void row(double... values) {
        openness.require();
        if (values.length != width) {
            throw new MetricsException(
                    "a row of metrics file " + file + " must have " + width + " values, but has " + values.length);
        }
        StringBuilder row = new StringBuilder();
        for (int i = 0; i < width; i++) {
            row.append(i == 0 ? "" : ",").append(format(values[i]));
        }
        try {
            out.write(row.append('\n').toString().getBytes(UTF_8));
        } catch (IOException e) {
            throw cannotWrite(file, e);
        }
    }

    /**
     * Makes the rows written so far survive a power cut, so that a checkpoint never knows more than the log.
     *
     * @throws MetricsException if the file cannot be written
     */
    public void sync() {
        openness.require();
        try {
            out.getFD().sync();
        } catch (IOException e) {
            throw cannotWrite(file, e);
        }
    }

    @Override
    public void close() {
        openness.end();
        try {
            out.close();
        } catch (IOException e) {
            throw cannotWrite(file, e);
        }
    }

    private static MetricsLog append(Path file, int width) {
        try {
            if (!Files.isWritable(file)) {
                throw new AccessDeniedException(file.toString());
            }
            return new MetricsLog(file, width, new FileOutputStream(file.toFile(), true));
        } catch (IOException e) {
            throw cannotWrite(file, e);
        }
    }

    private static MetricsException cannotWrite(Path file, IOException e) {
        return new MetricsException("cannot write the metrics file " + file + ": " + Reason.of(e), e);
    }

    /** Whole numbers without a point, so that counters look like counters; bits survive either way. */
    private static String format(double value) {
        boolean whole = value == Math.rint(value) && Math.abs(value) < LARGEST_EXACT_INTEGER;
        boolean negativeZero = value == 0 && 1 / value < 0;
        return whole && !negativeZero ? Long.toString((long) value) : Double.toString(value);
    }

    private static void checkNames(List<String> columns) {
        if (columns.isEmpty()) {
            throw new MetricsException("metrics need at least one column, but none was given");
        }
        for (String name : columns) {
            if (name.isBlank() || name.chars().anyMatch(c -> c == ',' || c == '"' || Character.isISOControl(c))) {
                throw new MetricsException(
                        "metrics column \"" + name + "\" must be a name without commas, quotes and line breaks");
            }
        }
        if (new HashSet<>(columns).size() < columns.size()) {
            throw new MetricsException(
                    "metrics columns must have different names, but are " + String.join(", ", columns));
        }
    }
}
