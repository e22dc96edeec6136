package org.mirage4j.core.data;

import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;
import org.mirage4j.core.MirageException;

/** One IDX file being read from front to back, with what its header says checked before it is believed. */
final class IdxReader implements Closeable {
    private static final int UNSIGNED_BYTE = 0x08;

    /** Deflate cannot shrink anything more than this: a gzip file holds at most so many times its size. */
    private static final long MAX_COMPRESSION = 1032;

    enum Kind {
        IMAGES("image", 3),
        LABELS("label", 1);

        private final String noun;
        private final int dimensions;

        Kind(String noun, int dimensions) {
            this.noun = noun;
            this.dimensions = dimensions;
        }

        int magic() {
            return UNSIGNED_BYTE << 8 | dimensions;
        }
    }

    private final Path file;
    private final Kind kind;
    private final InputStream in;
    private final boolean compressed;
    private long read;
    private long[] sizes = {};

    private IdxReader(Path file, Kind kind, InputStream in, boolean compressed) {
        this.file = file;
        this.kind = kind;
        this.in = in;
        this.compressed = compressed;
    }

    /** Opens the file and reads its header. */
    static IdxReader open(Path file, Kind kind) {
        if (Files.isDirectory(file)) {
            throw new MirageException(String.format(Locale.ROOT, "%s is a folder, but a file is wanted", file));
        }
        InputStream raw = null;
        try {
            raw = new BufferedInputStream(Files.newInputStream(file), 1 << 16);
            boolean compressed = startsLikeGzip(raw);
            InputStream in = compressed ? new BufferedInputStream(new GZIPInputStream(raw, 1 << 16), 1 << 16) : raw;
            IdxReader reader = new IdxReader(file, kind, in, compressed);
            reader.readHeader();
            return reader;
        } catch (IOException | RuntimeException e) {
            closeAfter(e, raw);
            throw e instanceof IOException io ? unreadable(file, io) : (RuntimeException) e;
        }
    }

    int count() {
        return (int) sizes[0];
    }

    long[] imageShape() {
        return new long[] {1, sizes[1], sizes[2]};
    }

    byte[][] images() {
        int length = (int) (sizes[1] * sizes[2]);
        // A list, so that a header that promises too much costs nothing before the data run out.
        List<byte[]> images = new ArrayList<>();
        int largest = 0;
        for (int i = 0; i < count(); i++) {
            byte[] image = new byte[length];
            readFully(image, i);
            images.add(image);
            for (byte pixel : image) {
                largest = Math.max(largest, pixel & 0xff);
            }
        }
        requireEnd();
        if (Inputs.isScaledAlready(largest)) {
            throw new IdxFormatException(Inputs.scaledAlready(file.toString()));
        }
        return images.toArray(byte[][]::new);
    }

    int[] labels(int classes) {
        int[] labels = new int[Math.min(count(), 1 << 16)];
        byte[] one = new byte[1];
        for (int i = 0; i < count(); i++) {
            readFully(one, i);
            if (i == labels.length) {
                labels = Arrays.copyOf(labels, (int) Math.min(count(), 2L * labels.length));
            }
            labels[i] = one[0] & 0xff;
            if (labels[i] >= classes) {
                throw new IdxFormatException(String.format(
                        Locale.ROOT, "%s: labels must be in [0, %d), but label %d is %d", file, classes, i, labels[i]));
            }
        }
        requireEnd();
        return labels;
    }

    @Override
    public void close() {
        try {
            in.close();
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }

    private void readHeader() throws IOException {
        byte[] magic = in.readNBytes(4);
        if (magic.length < 4 || magic[0] != 0 || magic[1] != 0) {
            throw new IdxFormatException(String.format(
                    Locale.ROOT,
                    "%s is not an IDX file: it begins with [%s], but an IDX file of %ss with [%s]",
                    file,
                    hex(magic),
                    kind.noun,
                    hex(bigEndian(kind.magic()))));
        }
        if (magic[2] != UNSIGNED_BYTE) {
            throw new IdxFormatException(String.format(
                    Locale.ROOT,
                    "%s holds elements of type 0x%02x, but only 0x08 (unsigned byte) is allowed",
                    file,
                    magic[2]));
        }
        if (magic[3] != kind.dimensions) {
            throw new IdxFormatException(String.format(
                    Locale.ROOT,
                    "%s is not %s file: it has %d dimension(s), but %ss have %d",
                    file,
                    kind == Kind.IMAGES ? "an image" : "a label",
                    magic[3],
                    kind.noun,
                    kind.dimensions));
        }
        byte[] header = in.readNBytes(4 * kind.dimensions);
        if (header.length < 4 * kind.dimensions) {
            throw new IdxFormatException(String.format(
                    Locale.ROOT,
                    "%s is cut off within its header: %d bytes of %d are there",
                    file,
                    4 + header.length,
                    4 + 4 * kind.dimensions));
        }
        read = 4L + header.length;
        sizes = new long[kind.dimensions];
        for (int i = 0; i < sizes.length; i++) {
            sizes[i] = Integer.toUnsignedLong(ByteBuffer.wrap(header).getInt(4 * i));
        }
        checkSizes();
    }

    private void checkSizes() throws IOException {
        for (long size : sizes) {
            if (size < 1 || size > Integer.MAX_VALUE) {
                throw new IdxFormatException(String.format(
                        Locale.ROOT,
                        "%s: its sizes must be in [1, 2147483647], but its header says %s",
                        file,
                        Arrays.toString(sizes)));
            }
        }
        long onDisk = Files.size(file);
        long possible = compressed ? onDisk * MAX_COMPRESSION : onDisk;
        long promised;
        try {
            promised = Math.addExact(read, Arrays32.product(sizes));
        } catch (ArithmeticException e) {
            promised = Long.MAX_VALUE;
        }
        if (promised > possible) {
            throw new IdxFormatException(String.format(
                    Locale.ROOT,
                    "%s is cut off: its header promises %s %ss (%s bytes), but its %d bytes hold %s%d",
                    file,
                    join(sizes),
                    kind.noun,
                    promised == Long.MAX_VALUE ? "over 2^63" : promised,
                    onDisk,
                    compressed ? "at most " : "",
                    possible));
        }
        if (!compressed && promised < onDisk) {
            throw trailing();
        }
        long heap = Runtime.getRuntime().maxMemory();
        if (promised > heap || promised / sizes[0] > Integer.MAX_VALUE) {
            throw new MirageException(String.format(
                    Locale.ROOT,
                    "%s holds %d bytes, more than the %d bytes of memory this process may use",
                    file,
                    promised,
                    heap));
        }
    }

    private void readFully(byte[] target, int index) {
        int got;
        try {
            got = in.readNBytes(target, 0, target.length);
        } catch (EOFException e) {
            got = 0; // the compressed stream itself is cut off
        } catch (IOException e) {
            throw unreadable(file, e);
        }
        read += got;
        if (got < target.length) {
            throw new IdxFormatException(String.format(
                    Locale.ROOT,
                    "%s is cut off: its header promises %s %ss, but the data end within number %d",
                    file,
                    join(sizes),
                    kind.noun,
                    index));
        }
    }

    private void requireEnd() {
        try {
            if (in.read() >= 0) {
                throw trailing();
            }
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }

    private IdxFormatException trailing() {
        return new IdxFormatException(String.format(
                Locale.ROOT,
                "%s: there is data after the %s %ss its header promises, where the file should end",
                file,
                join(sizes),
                kind.noun));
    }

    private static boolean startsLikeGzip(InputStream in) throws IOException {
        in.mark(2);
        byte[] start = in.readNBytes(2);
        in.reset();
        return start.length == 2 && start[0] == 0x1f && start[1] == (byte) 0x8b;
    }

    private static MirageException unreadable(Path file, IOException e) {
        if (e instanceof NoSuchFileException) {
            return new MirageException(String.format(Locale.ROOT, "%s does not exist", file), e);
        }
        if (e instanceof AccessDeniedException) {
            return new MirageException(String.format(Locale.ROOT, "%s cannot be read: permission denied", file), e);
        }
        if (e instanceof ZipException || e instanceof EOFException) {
            String damage = e.getMessage() == null ? "it ends too early" : e.getMessage();
            return new IdxFormatException(String.format(Locale.ROOT, "%s is a damaged gzip file: %s", file, damage), e);
        }
        return new MirageException(String.format(Locale.ROOT, "%s cannot be read: %s", file, e.getMessage()), e);
    }

    private static void closeAfter(Exception failure, @Nullable InputStream in) {
        if (in != null) {
            try {
                in.close();
            } catch (IOException e) {
                failure.addSuppressed(e);
            }
        }
    }

    private static String join(long[] sizes) {
        return sizes.length == 1
                ? Long.toString(sizes[0])
                : String.format(Locale.ROOT, "%d x %d x %d", sizes[0], sizes[1], sizes[2]);
    }

    private static byte[] bigEndian(int value) {
        return ByteBuffer.allocate(4).putInt(value).array();
    }

    private static String hex(byte[] bytes) {
        return HexFormat.ofDelimiter(" ").formatHex(bytes);
    }
}
