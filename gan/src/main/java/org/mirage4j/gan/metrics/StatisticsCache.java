package org.mirage4j.gan.metrics;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.zip.CRC32;
import org.mirage4j.core.MirageException;
import org.mirage4j.core.features.ExtractorId;
import org.mirage4j.core.io.AtomicFile;

/**
 * Statistics of real sets on disk, one file per set and extractor, so that a set is read once. Files
 * are written aside and renamed; several processes may share a directory.
 */
public final class StatisticsCache {
    private static final long MAGIC = 0x4d49524147455331L; // "MIRAGES1"

    private final Path directory;

    /**
     * A cache in a directory, which is created when the first file is written.
     *
     * @param directory where the files are
     */
    public StatisticsCache(Path directory) {
        this.directory = directory;
    }

    /**
     * The statistics of a set, from its file if there is one.
     *
     * @param setFingerprint identifies the set's contents
     * @param extractor what makes the features
     * @param compute makes the statistics if there is no file
     * @return the statistics, bit for bit what was computed
     * @throws MirageException if the file is damaged or cannot be read or written, or what was computed
     *     is of another extractor
     */
    public FeatureStatistics get(String setFingerprint, ExtractorId extractor, Supplier<FeatureStatistics> compute) {
        Path file = file(setFingerprint, extractor);
        try {
            if (Files.exists(file)) {
                return read(file, setFingerprint, extractor);
            }
            FeatureStatistics statistics = compute.get();
            Extractors.requireSame(extractor, statistics.extractor());
            write(file, setFingerprint, statistics);
            return statistics;
        } catch (IOException failure) {
            throw new MirageException(
                    "the statistics in " + file + " cannot be read or written: " + failure.getMessage(), failure);
        }
    }

    /** A name made of both fingerprints; what they are in full is in the file. */
    private Path file(String setFingerprint, ExtractorId extractor) {
        byte[] key = (setFingerprint + "\n" + extractor.fingerprint()).getBytes(StandardCharsets.UTF_8);
        return directory.resolve(UUID.nameUUIDFromBytes(key) + ".statistics");
    }

    private static FeatureStatistics read(Path file, String setFingerprint, ExtractorId extractor) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        int body = bytes.length - Long.BYTES;
        if (body < Long.BYTES || crc(bytes, body) != ByteBuffer.wrap(bytes).getLong(body)) {
            throw new MirageException("the statistics in " + file
                    + " are damaged: the checksum does not fit the contents; delete the file to compute them again");
        }
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes, 0, body))) {
            boolean mine = in.readLong() == MAGIC
                    && in.readUTF().equals(setFingerprint)
                    && in.readUTF().equals(extractor.fingerprint());
            if (!mine) {
                throw new MirageException("the file " + file + " holds no statistics of set " + setFingerprint
                        + " and extractor " + extractor.fingerprint() + "; delete the file to compute them again");
            }
            long count = in.readLong();
            int dimension = in.readInt();
            double[] mean = doubles(in, dimension);
            return new FeatureStatistics(count, mean, doubles(in, dimension * dimension), extractor);
        }
    }

    private void write(Path file, String setFingerprint, FeatureStatistics statistics) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.writeLong(MAGIC);
        out.writeUTF(setFingerprint);
        out.writeUTF(statistics.extractor().fingerprint());
        out.writeLong(statistics.count());
        out.writeInt(statistics.dimension());
        out.write(toBytes(statistics.mean()));
        out.write(toBytes(statistics.covariance()));
        byte[] body = bytes.toByteArray();
        Files.createDirectories(directory);
        AtomicFile.write(file, target -> {
            target.write(body);
            target.write(ByteBuffer.allocate(Long.BYTES)
                    .putLong(crc(body, body.length))
                    .array());
        });
    }

    private static double[] doubles(DataInputStream in, int count) throws IOException {
        double[] values = new double[count];
        ByteBuffer.wrap(in.readNBytes(count * Double.BYTES)).asDoubleBuffer().get(values);
        return values;
    }

    private static byte[] toBytes(double[] values) {
        ByteBuffer buffer = ByteBuffer.allocate(values.length * Double.BYTES);
        buffer.asDoubleBuffer().put(values);
        return buffer.array();
    }

    private static long crc(byte[] bytes, int length) {
        CRC32 crc = new CRC32();
        crc.update(bytes, 0, length);
        return crc.getValue();
    }
}
