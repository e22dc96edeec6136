package org.mirage4j.gan.metrics;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.mirage4j.core.MirageException;
import org.mirage4j.core.features.ExtractorId;
import org.mirage4j.core.features.FeatureExtractor;
import org.mirage4j.core.memory.Rows;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Features, logits or points of a set of samples, one sample per row, in double and free of NaN and
 * infinities, with the extractor they came from. Immutable, safe for concurrent use.
 */
public final class FeatureMatrix {
    private static final int BLOCK = 1024; // rows converted at a time, or the set would be in memory thrice

    private final double[] values; // row by row; on the heap, because a call into ND4J per element costs 25 ns
    private final int rows;
    private final int columns;
    private final ExtractorId extractor;

    private FeatureMatrix(double[] values, int rows, int columns, ExtractorId extractor) {
        this.values = values;
        this.rows = rows;
        this.columns = columns;
        this.extractor = extractor;
    }

    /**
     * Copies a matrix.
     *
     * @param matrix [N, D], of any floating type
     * @param extractor where it came from
     * @return the same numbers in double
     * @throws MirageException if it is not a matrix, or holds a NaN or an infinity
     */
    public static FeatureMatrix of(INDArray matrix, ExtractorId extractor) {
        return of(List.of(matrix), extractor);
    }

    /**
     * Copies batches into one matrix.
     *
     * @param batches at least one array [n, D], of any floating type
     * @param extractor where they came from
     * @return the batches' rows in order, in double
     * @throws MirageException if there is no batch, one is not a matrix of D columns, or one holds a
     *     NaN or an infinity
     */
    public static FeatureMatrix of(List<INDArray> batches, ExtractorId extractor) {
        if (batches.isEmpty()) {
            throw new MirageException("a feature matrix needs at least 1 sample, but there is none");
        }
        long rows = 0;
        for (INDArray batch : batches) {
            if (batch.rank() != 2) {
                throw new MirageException(
                        "features must be a matrix [N, D], but have shape " + Arrays.toString(batch.shape()));
            }
            Extractors.requireSameWidth((int) batches.get(0).size(1), (int) batch.size(1));
            rows += batch.size(0);
        }
        int columns = (int) batches.get(0).size(1);
        if (rows * columns > Integer.MAX_VALUE - 8) {
            throw new MirageException("a feature matrix holds at most " + (Integer.MAX_VALUE - 8)
                    + " numbers, but this one has " + rows + " x " + columns);
        }
        double[] values = new double[(int) (rows * columns)];
        int filled = 0;
        for (INDArray batch : batches) {
            for (long from = 0; from < batch.size(0); from += BLOCK) {
                long to = Math.min(from + BLOCK, batch.size(0));
                double[] block = RowMajor.of(Rows.of(batch, from, to));
                System.arraycopy(block, 0, values, filled, block.length);
                filled += block.length;
            }
        }
        for (int i = 0; i < values.length; i++) {
            if (!Double.isFinite(values[i])) {
                throw new MirageException("features must be finite, but row " + i / columns + " has " + values[i]
                        + " in column " + i % columns);
            }
        }
        return new FeatureMatrix(values, (int) rows, columns, extractor);
    }

    /**
     * Runs an extractor over batches of images.
     *
     * @param extractor what makes the features
     * @param images batches [N, C, H, W] in [0, 1]; each is let go before the next is asked for
     * @return one row of features per image
     * @throws MirageException if a batch does not fit the extractor, or its features are not finite
     */
    public static FeatureMatrix extract(FeatureExtractor extractor, Iterable<INDArray> images) {
        List<INDArray> features = new ArrayList<>();
        images.forEach(batch -> features.add(extractor.extract(batch).features()));
        return of(features, extractor.id());
    }

    /**
     * How many samples.
     *
     * @return N
     */
    public int rows() {
        return rows;
    }

    /**
     * How many numbers a sample has.
     *
     * @return D
     */
    public int columns() {
        return columns;
    }

    /**
     * Where the numbers came from.
     *
     * @return the extractor
     */
    public ExtractorId extractor() {
        return extractor;
    }

    /**
     * Identifies the numbers and their order.
     *
     * @return SHA-256 over shape and values, in lower-case hexadecimal
     */
    public String fingerprint() {
        MessageDigest digest;
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
        digest.update(ByteBuffer.allocate(2 * Integer.BYTES)
                .putInt(rows)
                .putInt(columns)
                .array());
        ByteBuffer buffer = ByteBuffer.allocate(columns * Double.BYTES);
        for (int row = 0; row < rows; row++) {
            buffer.asDoubleBuffer().put(values, row * columns, columns);
            digest.update(buffer.array());
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    /**
     * Some of the rows, in the order given.
     *
     * @param indices row numbers; one may occur more than once
     * @return a matrix of those rows
     */
    public FeatureMatrix select(int[] indices) {
        double[] selected = new double[Math.multiplyExact(indices.length, columns)];
        for (int i = 0; i < indices.length; i++) {
            System.arraycopy(values, indices[i] * columns, selected, i * columns, columns);
        }
        return new FeatureMatrix(selected, indices.length, columns, extractor);
    }

    /**
     * The column of each row's largest number: with logits, the class that each sample is taken for.
     *
     * @return one column number per row; of equals the first
     */
    public int[] largestColumns() {
        int[] largest = new int[rows];
        for (int row = 0; row < rows; row++) {
            for (int column = 1; column < columns; column++) {
                largest[row] = get(row, column) > get(row, largest[row]) ? column : largest[row];
            }
        }
        return largest;
    }

    /** All rows less one. */
    FeatureMatrix minus(double[] row) {
        double[] differences = new double[values.length];
        for (int from = 0; from < values.length; from += columns) {
            for (int k = 0; k < columns; k++) {
                differences[from + k] = values[from + k] - row[k];
            }
        }
        return new FeatureMatrix(differences, rows, columns, extractor);
    }

    double get(int row, int column) {
        return values[row * columns + column];
    }

    /** Row by row, shared, not to be written to. */
    double[] values() {
        return values;
    }

    /** The rows from..to-1 as a new double array [to - from, D]. */
    INDArray block(int from, int to) {
        return Nd4j.create(
                Arrays.copyOfRange(values, from * columns, to * columns), new long[] {to - from, columns}, 'c');
    }

    /** For metrics that cannot say anything about fewer samples. */
    void requireRows(int least, String metric) {
        if (rows < least) {
            throw new MirageException("the " + metric + " needs at least " + least + " samples, but a set has " + rows);
        }
    }
}
