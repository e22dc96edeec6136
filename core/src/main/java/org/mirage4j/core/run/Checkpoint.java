package org.mirage4j.core.run;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.mirage4j.core.io.AtomicFile;
import org.mirage4j.core.io.IoConsumer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * What a run needs to go on: named entries in one file, checked against the SHA-256 stored with them.
 * Immutable, safe for concurrent use. A file from a stranger is safe to read: entries are data only, and
 * memory stays within a small multiple of the file's size.
 *
 * <p>The file is, in big-endian order: the eight letters {@code mirage4j}, the format version (int), the
 * iteration (long), the score (double, NaN for none); then for each entry the length of its name (byte),
 * the name, the length of its content (long) and the content; then a zero byte, and the SHA-256 of all
 * that comes before it. An array is the bytes per element (byte, 4 or 8), the rank (byte), the shape
 * (longs) and the elements in C order, little-endian.
 */
public final class Checkpoint {
    static final int MAX_ENTRIES = 10_000;
    static final long MAX_ENTRY_BYTES = Integer.MAX_VALUE - 8;

    private static final byte[] MAGIC = "mirage4j".getBytes(StandardCharsets.US_ASCII);
    private static final int VERSION = 1;
    private static final int MAX_RANK = 8;

    private final Path file;
    private final Header header;
    private final Map<String, byte[]> entries;

    private Checkpoint(Path file, Header header, Map<String, byte[]> entries) {
        this.file = file;
        this.header = header;
        this.entries = entries;
    }

    /** Which moment of a run a file holds. */
    record Header(long iteration, double score) {}

    /**
     * Reads and verifies a checkpoint.
     *
     * @param file a file written by {@link CheckpointStore}
     * @return its content
     * @throws CheckpointException if the file cannot be read, is not a checkpoint, or is not what was
     *     written
     */
    public static Checkpoint read(Path file) {
        try (DigestInputStream digested =
                new DigestInputStream(new BufferedInputStream(Files.newInputStream(file), 1 << 16), sha256())) {
            DataInputStream in = new DataInputStream(digested);
            Header header = header(in);
            Map<String, byte[]> entries = entries(in, Files.size(file));
            byte[] actual = digested.getMessageDigest().digest();
            digested.on(false);
            byte[] stored = in.readNBytes(actual.length);
            if (stored.length < actual.length) {
                throw new EOFException();
            }
            if (!MessageDigest.isEqual(stored, actual)) {
                throw new IOException("its content does not match its SHA-256");
            }
            if (in.read() >= 0) {
                throw new IOException("bytes follow its end");
            }
            return new Checkpoint(file, header, entries);
        } catch (EOFException e) {
            throw new CheckpointException("checkpoint " + file + " is damaged: it is cut short", e);
        } catch (FileSystemException e) {
            throw new CheckpointException("cannot read the checkpoint " + file + ": " + Reason.of(e), e);
        } catch (IOException e) {
            throw new CheckpointException("checkpoint " + file + " is damaged: " + Reason.of(e), e);
        }
    }

    /** Reads only which moment a file holds; nothing is verified. */
    static Header header(Path file) throws IOException {
        try (DataInputStream in = new DataInputStream(Files.newInputStream(file))) {
            return header(in);
        }
    }

    static void write(Path file, Header header, IoConsumer<CheckpointWriter> content) {
        AtomicFile.write(file, target -> {
            DigestOutputStream digested = new DigestOutputStream(target, sha256());
            DataOutputStream out = new DataOutputStream(new BufferedOutputStream(digested, 1 << 16));
            out.write(MAGIC);
            out.writeInt(VERSION);
            out.writeLong(header.iteration());
            out.writeDouble(header.score());
            content.accept(new CheckpointWriter(out));
            out.writeByte(0);
            out.flush();
            target.write(digested.getMessageDigest().digest());
        });
    }

    static long arrayBytes(DataType type, long[] shape) {
        long bytes = type == DataType.FLOAT ? Float.BYTES : Double.BYTES;
        for (long size : shape) {
            bytes = Math.multiplyExact(bytes, size);
        }
        return Math.addExact(bytes, 2 + (long) Long.BYTES * shape.length);
    }

    /**
     * How far the run was.
     *
     * @return number of iterations done
     */
    public long iteration() {
        return header.iteration();
    }

    /**
     * How good the run was at that point; less is better.
     *
     * @return the score, NaN if none was given
     */
    public double score() {
        return header.score();
    }

    /**
     * Which entries there are.
     *
     * @return the names, in the order of writing
     */
    public Set<String> names() {
        return entries.keySet();
    }

    /**
     * An entry as it is.
     *
     * @param name the entry's name
     * @return a copy of its content
     * @throws CheckpointException if there is no such entry
     */
    public byte[] bytes(String name) {
        return entry(name).clone();
    }

    /**
     * An entry that is a JSON object.
     *
     * @param name the entry's name
     * @return its content, unmodifiable
     * @throws CheckpointException if there is no such entry, or it is something else
     */
    public Map<String, Object> json(String name) {
        try {
            return Json.map(Json.parse(entry(name)));
        } catch (IOException e) {
            throw new CheckpointException("checkpoint " + file + ", entry \"" + name + "\": " + Reason.of(e), e);
        }
    }

    /**
     * An entry that is an array.
     *
     * @param name the entry's name
     * @return a new array with the type and shape that were written
     * @throws CheckpointException if there is no such entry, or it is something else
     */
    public INDArray array(String name) {
        ByteBuffer in = ByteBuffer.wrap(entry(name));
        if (in.remaining() < 2) {
            throw notAnArray(name);
        }
        int elementBytes = in.get();
        int rank = in.get();
        if ((elementBytes != Float.BYTES && elementBytes != Double.BYTES)
                || rank < 0
                || rank > MAX_RANK
                || in.remaining() < rank * Long.BYTES) {
            throw notAnArray(name);
        }
        DataType type = elementBytes == Float.BYTES ? DataType.FLOAT : DataType.DOUBLE;
        long[] shape = new long[rank];
        for (int i = 0; i < rank; i++) {
            shape[i] = in.getLong();
        }
        if (!holds(in.capacity(), type, shape)) {
            throw notAnArray(name);
        }
        in.order(ByteOrder.LITTLE_ENDIAN);
        if (type == DataType.FLOAT) {
            float[] values = new float[in.remaining() / Float.BYTES];
            in.asFloatBuffer().get(values);
            return Nd4j.createFromArray(values).reshape('c', shape);
        }
        double[] values = new double[in.remaining() / Double.BYTES];
        in.asDoubleBuffer().get(values);
        return Nd4j.createFromArray(values).reshape('c', shape);
    }

    /**
     * Puts an entry that is an array into an existing one, bit for bit.
     *
     * @param name the entry's name
     * @param target an array of the type and number of elements that were written; its shape may differ in
     *     dimensions of size 1
     * @throws CheckpointException if there is no such entry, or it does not fit the target
     */
    public void into(String name, INDArray target) {
        try (INDArray content = array(name)) {
            if (content.length() != target.length() || content.dataType() != target.dataType()) {
                throw new CheckpointException("checkpoint " + file + ", entry \"" + name + "\" holds "
                        + content.length() + " numbers of type " + content.dataType() + ", but the run has "
                        + target.length() + " of type " + target.dataType());
            }
            target.assign(content.reshape(target.shape()));
        }
    }

    /** Whether an entry can be read as an array. */
    boolean isArray(String name) {
        try (INDArray content = array(name)) {
            return content.length() > 0;
        } catch (CheckpointException e) {
            return false;
        }
    }

    private static boolean holds(long bytes, DataType type, long[] shape) {
        try {
            return Arrays.stream(shape).allMatch(size -> size > 0) && arrayBytes(type, shape) == bytes;
        } catch (ArithmeticException e) {
            return false;
        }
    }

    private CheckpointException notAnArray(String name) {
        return new CheckpointException("checkpoint " + file + ", entry \"" + name + "\" is not an array");
    }

    private byte[] entry(String name) {
        byte[] content = entries.get(name);
        if (content == null) {
            throw new CheckpointException("checkpoint " + file + " has no entry \"" + name + "\", but "
                    + (entries.isEmpty() ? "none at all" : String.join(", ", entries.keySet())));
        }
        return content;
    }

    private static Header header(DataInputStream in) throws IOException {
        byte[] magic = in.readNBytes(MAGIC.length);
        if (!Arrays.equals(magic, MAGIC)) {
            if (magic.length < MAGIC.length) {
                throw new EOFException();
            }
            throw new IOException("it does not begin with the word mirage4j, so it is no checkpoint");
        }
        int version = in.readInt();
        if (version != VERSION) {
            throw new IOException("format version " + version + ", but this version of mirage4j reads " + VERSION);
        }
        Header header = new Header(in.readLong(), in.readDouble());
        if (header.iteration() < 0) {
            throw new IOException("its iteration is " + header.iteration() + ", but must not be negative");
        }
        return header;
    }

    private static Map<String, byte[]> entries(DataInputStream in, long fileBytes) throws IOException {
        Map<String, byte[]> entries = new LinkedHashMap<>();
        for (int nameLength = in.readUnsignedByte(); nameLength > 0; nameLength = in.readUnsignedByte()) {
            byte[] nameBytes = new byte[nameLength];
            in.readFully(nameBytes);
            String name = new String(nameBytes, StandardCharsets.ISO_8859_1);
            if (!FlatName.isValid(name)) {
                throw new IOException("an entry has a name that is not allowed");
            }
            long length = in.readLong();
            // Before anything of that length is allocated: a file cannot hold more than its own size.
            if (length < 0 || length > Math.min(fileBytes, MAX_ENTRY_BYTES)) {
                throw new IOException("entry \"" + name + "\" claims " + length + " bytes in a file of " + fileBytes);
            }
            byte[] content = in.readNBytes((int) length);
            if (content.length < length) {
                throw new EOFException();
            }
            if (entries.put(name, content) != null) {
                throw new IOException("entry \"" + name + "\" is there twice");
            }
            if (entries.size() > MAX_ENTRIES) {
                throw new IOException("more than the " + MAX_ENTRIES + " entries allowed");
            }
        }
        return Collections.unmodifiableMap(entries);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
