package org.mirage4j.core.data;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.mirage4j.core.MirageException;
import org.mirage4j.core.io.AtomicFile;
import org.mirage4j.core.io.Printable;
import org.mirage4j.core.memory.NativeMemory;
import org.mirage4j.core.memory.Room;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Single arrays in NumPy's NPY format. Written are float32 arrays in C order; read are float16, float32,
 * float64, uint8, int8, int32 and int64 in either byte order and either memory order, from NumPy under Python 3
 * or 2. Nothing is allocated before the size the header promises has been held against the size of the file.
 */
public final class NpyFile {
    private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
    private static final int ALIGNMENT = 64;

    /** NumPy's own limit on headers it trusts. */
    private static final int MAX_HEADER = 10_000;

    private static final int MAX_RANK = 32;
    private static final int BUFFER = 1 << 16;

    private static final Pattern DESCRIPTION = Pattern.compile("'descr'\\s*:\\s*('[^']*'|\\[.*?])");
    private static final Pattern ORDER = Pattern.compile("'fortran_order'\\s*:\\s*(True|False)");

    /** Python 2 writes an L behind sizes. */
    private static final Pattern SHAPE = Pattern.compile("'shape'\\s*:\\s*\\(((?:[-0-9, ]|(?<=[0-9])L)*)\\)");

    /** Of a float16: bits of the fraction, the exponent of the smallest number, and the exponent of what is none. */
    private static final int HALF_FRACTION = 10;

    private static final int HALF_SMALLEST = -24;
    private static final int HALF_SPECIAL = 31;

    private NpyFile() {}

    /**
     * Writes an array as float32 in C order, whole or not at all.
     *
     * @param target the file, replaced if it exists
     * @param array any shape but an empty one, any element type, converted to float32
     * @throws MirageException if the array is empty or the file cannot be written
     */
    public static void write(Path target, INDArray array) {
        if (array.isEmpty()) {
            throw new MirageException(String.format(
                    Locale.ROOT,
                    "%s: an array to write must have at least one element, but has shape %s",
                    target,
                    Arrays.toString(array.shape())));
        }
        Room.elements("values to write", array.shape());
        float[] values = NativeMemory.floats(array);
        AtomicFile.write(target, out -> {
            out.write(header(array.shape()));
            ByteBuffer buffer = ByteBuffer.allocate(BUFFER).order(ByteOrder.LITTLE_ENDIAN);
            int perBuffer = BUFFER / Float.BYTES;
            for (int from = 0; from < values.length; from += perBuffer) {
                int count = Math.min(perBuffer, values.length - from);
                buffer.asFloatBuffer().put(values, from, count);
                out.write(buffer.array(), 0, count * Float.BYTES);
            }
        });
    }

    /**
     * Reads an array.
     *
     * @param file the file
     * @return a new array in C order; its element type is the file's: FLOAT (for float16 too, which it holds exactly),
     *     DOUBLE, UINT8, INT8, INT32 or INT64
     * @throws NpyFormatException if the file is not a whole NPY file of one of these types
     * @throws MirageException if the file is missing or cannot be read
     */
    public static INDArray read(Path file) {
        try (InputStream raw = Files.newInputStream(file);
                DataInputStream in = new DataInputStream(new BufferedInputStream(raw, BUFFER))) {
            byte[] start = in.readNBytes(8);
            if (start.length < 8 || !Arrays.equals(Arrays.copyOf(start, MAGIC.length), MAGIC)) {
                throw new NpyFormatException(String.format(
                        Locale.ROOT,
                        "%s is not an NPY file: it begins with [%s], but an NPY file with [%s]",
                        file,
                        hex(start),
                        hex(MAGIC)));
            }
            int major = start[6];
            if (major < 1 || major > 3) {
                throw new NpyFormatException(String.format(
                        Locale.ROOT, "%s has NPY version %d, but only 1, 2 and 3 are known", file, major));
            }
            long length = major == 1
                    ? Short.toUnsignedInt(Short.reverseBytes(in.readShort()))
                    : Integer.toUnsignedLong(Integer.reverseBytes(in.readInt()));
            if (length > MAX_HEADER) {
                throw new NpyFormatException(String.format(
                        Locale.ROOT,
                        "%s: its header must have at most %d bytes, but claims %d",
                        file,
                        MAX_HEADER,
                        length));
            }
            byte[] header = new byte[(int) length];
            in.readFully(header);
            return readArray(
                    file, in, new String(header, StandardCharsets.ISO_8859_1), (major == 1 ? 10 : 12) + length);
        } catch (EOFException e) {
            throw new NpyFormatException(
                    String.format(Locale.ROOT, "%s is cut off before the end of its header", file));
        } catch (NoSuchFileException e) {
            throw new MirageException(String.format(Locale.ROOT, "%s does not exist", file), e);
        } catch (IOException e) {
            throw new MirageException(String.format(Locale.ROOT, "%s cannot be read: %s", file, e.getMessage()), e);
        }
    }

    private static byte[] header(long[] shape) {
        String sizes = LongStream.of(shape).mapToObj(Long::toString).collect(Collectors.joining(", "));
        String text = String.format(
                Locale.ROOT,
                "{'descr': '<f4', 'fortran_order': False, 'shape': (%s%s), }",
                sizes,
                shape.length == 1 ? "," : "");
        int prefix = MAGIC.length + 4;
        int padded = (prefix + text.length() + 1 + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
        byte[] header = new byte[padded];
        Arrays.fill(header, (byte) ' ');
        ByteBuffer.wrap(header)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put(MAGIC)
                .put((byte) 1)
                .put((byte) 0)
                .putShort((short) (padded - prefix))
                .put(text.getBytes(StandardCharsets.US_ASCII));
        header[padded - 1] = '\n';
        return header;
    }

    private static INDArray readArray(Path file, DataInputStream in, String header, long headerEnd) throws IOException {
        String type = field(file, header, "descr", DESCRIPTION).replace("'", "");
        boolean fortran = field(file, header, "fortran_order", ORDER).equals("True");
        long[] shape = shape(file, field(file, header, "shape", SHAPE));
        Element element = Element.of(file, type);

        long count = checkedCount(file, shape, element, headerEnd);
        ByteOrder order = type.startsWith(">") ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
        INDArray array = Nd4j.createUninitialized(element.type, new long[] {count}, 'c');
        byte[] bytes = new byte[BUFFER];
        for (long done = 0; done < count; ) {
            int part = (int) Math.min(BUFFER / element.bytes, count - done);
            in.readFully(bytes, 0, part * element.bytes);
            ByteBuffer buffer = ByteBuffer.wrap(bytes).order(order);
            for (int i = 0; i < part; i++) {
                element.put(array, done + i, buffer);
            }
            done += part;
        }
        if (shape.length == 0) {
            return array.reshape(new long[0]);
        }
        return fortran ? array.reshape('f', shape).dup('c') : array.reshape('c', shape);
    }

    private static String field(Path file, String header, String name, Pattern pattern) {
        Matcher matcher = pattern.matcher(header);
        if (!matcher.find()) {
            throw new NpyFormatException(String.format(
                    Locale.ROOT,
                    "%s: its header must be a dictionary with a valid '%s', but is %s",
                    file,
                    name,
                    Printable.of(header)));
        }
        return matcher.group(1);
    }

    private static long[] shape(Path file, String text) {
        String[] parts =
                text.isBlank() ? new String[0] : text.replace("L", "").strip().split("\\s*,\\s*");
        try {
            long[] shape = Arrays.stream(parts).mapToLong(Long::parseLong).toArray();
            if (shape.length <= MAX_RANK && LongStream.of(shape).allMatch(size -> size > 0)) {
                return shape;
            }
        } catch (NumberFormatException e) {
            // Told below, like any other shape that cannot be.
        }
        throw new NpyFormatException(String.format(
                Locale.ROOT,
                "%s: its shape must have at most %d sizes, all of them positive, but is (%s)",
                file,
                MAX_RANK,
                text));
    }

    private static long checkedCount(Path file, long[] shape, Element element, long headerEnd) throws IOException {
        long onDisk = Files.size(file);
        long count;
        try {
            count = Arrays32.product(shape);
            if (Math.addExact(headerEnd, Math.multiplyExact(count, (long) element.bytes)) == onDisk) {
                return count;
            }
        } catch (ArithmeticException e) {
            // More than any file holds.
        }
        throw new NpyFormatException(String.format(
                Locale.ROOT,
                "%s: its header promises %s elements of %d bytes after byte %d, but the file has %d bytes",
                file,
                Arrays.toString(shape),
                element.bytes,
                headerEnd,
                onDisk));
    }

    private static String hex(byte[] bytes) {
        return HexFormat.ofDelimiter(" ").formatHex(bytes);
    }

    private enum Element {
        FLOAT16("f2", DataType.FLOAT, Short.BYTES),
        FLOAT32("f4", DataType.FLOAT, Float.BYTES),
        FLOAT64("f8", DataType.DOUBLE, Double.BYTES),
        UINT8("u1", DataType.UINT8, Byte.BYTES),
        INT8("i1", DataType.INT8, Byte.BYTES),
        INT32("i4", DataType.INT32, Integer.BYTES),
        INT64("i8", DataType.INT64, Long.BYTES);

        private final String code;
        private final DataType type;
        private final int bytes;

        Element(String code, DataType type, int bytes) {
            this.code = code;
            this.type = type;
            this.bytes = bytes;
        }

        static Element of(Path file, String description) {
            for (Element element : values()) {
                boolean order = description.startsWith("<")
                        || description.startsWith(">")
                        || (element.bytes == 1 && description.startsWith("|"));
                if (order && description.substring(1).equals(element.code)) {
                    return element;
                }
            }
            throw new NpyFormatException(String.format(
                    Locale.ROOT,
                    "%s holds elements of type %s, but only f2, f4, f8, u1, i1, i4 and i8 can be read",
                    file,
                    Printable.of(description)));
        }

        void put(INDArray array, long index, ByteBuffer from) {
            switch (this) {
                case FLOAT16 -> array.data().put(index, half(from.getShort()));
                case FLOAT32 -> array.data().put(index, from.getFloat());
                case FLOAT64 -> array.data().put(index, from.getDouble());
                case UINT8 -> array.data().put(index, from.get() & 0xff);
                case INT8 -> array.data().put(index, from.get());
                case INT32 -> array.data().put(index, from.getInt());
                case INT64 -> array.data().put(index, from.getLong());
            }
        }

        private static float half(short bits) {
            int exponent = bits >>> HALF_FRACTION & HALF_SPECIAL;
            int fraction = bits & ((1 << HALF_FRACTION) - 1);
            float size;
            if (exponent == HALF_SPECIAL) {
                size = fraction == 0 ? Float.POSITIVE_INFINITY : Float.NaN;
            } else if (exponent == 0) {
                size = Math.scalb((float) fraction, HALF_SMALLEST);
            } else {
                size = Math.scalb((float) (fraction | 1 << HALF_FRACTION), exponent - 1 + HALF_SMALLEST);
            }
            return bits < 0 ? -size : size;
        }
    }
}
