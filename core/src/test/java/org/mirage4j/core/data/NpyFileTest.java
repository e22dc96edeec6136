package org.mirage4j.core.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.mirage4j.core.MirageException;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class NpyFileTest {
    private final Path folder;

    NpyFileTest(@TempDir Path folder) {
        this.folder = folder;
    }

    /** A version 1 file with the header and the values 1, 2, ... in the given type. */
    private static byte[] npy(String type, boolean fortran, String shape, int count) {
        return npy(
                String.format(
                        Locale.ROOT,
                        "{'descr': '%s', 'fortran_order': %s, 'shape': (%s), }",
                        type,
                        fortran ? "True" : "False",
                        shape),
                type,
                count);
    }

    private static byte[] npy(String header, String type, int count) {
        ByteBuffer bytes = ByteBuffer.allocate(10 + header.length() + 8 * count);
        bytes.put((byte) 0x93)
                .put("NUMPY".getBytes(StandardCharsets.US_ASCII))
                .put((byte) 1)
                .put((byte) 0);
        bytes.order(ByteOrder.LITTLE_ENDIAN).putShort((short) header.length());
        bytes.put(header.getBytes(StandardCharsets.US_ASCII));
        bytes.order(type.startsWith(">") ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
        for (int i = 1; i <= count; i++) {
            switch (type.substring(1)) {
                case "f4" -> bytes.putFloat(i);
                case "f8" -> bytes.putDouble(i);
                case "i4" -> bytes.putInt(i);
                case "i8" -> bytes.putLong(i);
                default -> bytes.put((byte) i);
            }
        }
        return Arrays.copyOf(bytes.array(), bytes.position());
    }

    private Path file(byte[] content) throws IOException {
        return Files.write(folder.resolve("a.npy"), content);
    }

    static Stream<INDArray> arrays() {
        return Stream.of(
                Nd4j.rand(DataType.FLOAT, 3, 1, 5, 7),
                Nd4j.rand(DataType.FLOAT, 40_000),
                Nd4j.rand(DataType.FLOAT, 4, 6).transpose(),
                Nd4j.scalar(2.5f));
    }

    @ParameterizedTest
    @MethodSource("arrays")
    void writtenArrayIsReadBackBitForBit(INDArray array) {
        Path file = folder.resolve("samples.npy");

        NpyFile.write(file, array);

        INDArray read = NpyFile.read(file);
        assertThat(read.dataType()).isEqualTo(DataType.FLOAT);
        assertThat(read.shape()).isEqualTo(array.shape());
        assertThat(read.dup('c').data().asFloat())
                .isEqualTo(array.dup('c').data().asFloat());
    }

    @Test
    void headerIsWhatNumpyWrites() throws IOException {
        Path file = folder.resolve("a.npy");

        NpyFile.write(file, Nd4j.createFromArray(1f, 2f));

        byte[] bytes = Files.readAllBytes(file);
        assertThat(bytes).hasSize(128 + 8).startsWith(0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0, 118, 0);
        assertThat(new String(bytes, 10, 118, StandardCharsets.US_ASCII))
                .startsWith("{'descr': '<f4', 'fortran_order': False, 'shape': (2,), } ")
                .endsWith(" \n");
        assertThat(ByteBuffer.wrap(bytes, 128, 8).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer())
                .isEqualTo(
                        ByteBuffer.allocate(8).asFloatBuffer().put(1f).put(2f).flip());
    }

    @ParameterizedTest
    @ValueSource(strings = {"<f4", ">f4", "<f8", ">f8", "|u1", "<i4", ">i4", "<i8", ">i8"})
    void everyTypeIsReadInBothMemoryOrders(String type) throws IOException {
        INDArray c = NpyFile.read(file(npy(type, false, "2, 3", 6)));
        INDArray fortran = NpyFile.read(file(npy(type, true, "2, 3", 6)));

        assertThat(c.castTo(DataType.INT32).toIntMatrix()).isDeepEqualTo(new int[][] {{1, 2, 3}, {4, 5, 6}});
        assertThat(fortran.castTo(DataType.INT32).toIntMatrix()).isDeepEqualTo(new int[][] {{1, 3, 5}, {2, 4, 6}});
    }

    /** Bits of float16 after IEEE 754: the largest, the smallest normal, the smallest, a third, and what is no number. */
    @Test
    void halvesAreReadExactly() throws IOException {
        short[] bits = {0x3c00, (short) 0xc000, 0x7bff, 0x0400, 0x0001, 0x3555, (short) 0x8000, 0x7c00, (short) 0xfc00};
        for (String type : List.of("<f2", ">f2")) {
            byte[] content = npy(type, false, "9,", 18);
            ByteBuffer values = ByteBuffer.wrap(content, content.length - 18, 18)
                    .order(type.startsWith(">") ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
            for (short half : bits) {
                values.putShort(half);
            }
            INDArray read = NpyFile.read(file(content));
            assertThat(read.dataType()).isEqualTo(DataType.FLOAT);
            assertThat(read.toFloatVector())
                    .containsExactly(
                            1,
                            -2,
                            65504,
                            0x1p-14f,
                            0x1p-24f,
                            0x1.554p-2f,
                            -0f,
                            Float.POSITIVE_INFINITY,
                            Float.NEGATIVE_INFINITY);
        }
        byte[] none = npy("<f2", false, "1,", 2);
        none[none.length - 1] = 0x7e;
        assertThat(NpyFile.read(file(none)).getFloat(0)).isNaN();
    }

    @Test
    void longSizesOfPython2AreRead() throws IOException {
        assertThat(NpyFile.read(file(npy("<f4", false, "2L, 3L", 6))).shape()).containsExactly(2, 3);
        assertThat(NpyFile.read(file(npy("<f4", false, "6L,", 6))).shape()).containsExactly(6);
        assertThatThrownBy(() -> NpyFile.read(file(npy("<f4", false, "6, L", 6))))
                .isInstanceOf(NpyFormatException.class)
                .hasMessageContaining("a valid 'shape'");
    }

    @Test
    void unsignedBytesStayUnsigned() throws IOException {
        INDArray read = NpyFile.read(file(npy("|u1", false, "200,", 200)));

        assertThat(read.getInt(199)).isEqualTo(200);
    }

    static Stream<Arguments> badFiles() {
        byte[] good = npy("<f4", false, "2, 3", 6);
        return Stream.of(
                Arguments.of(
                        new byte[0],
                        " is not an NPY file: it begins with [], but an NPY file with [93 4e 55 4d 50 59]"),
                Arguments.of(
                        "PK\3\4 a zip".getBytes(StandardCharsets.US_ASCII),
                        " is not an NPY file: it begins with [50 4b"),
                Arguments.of(Arrays.copyOf(good, 40), " is cut off before the end of its header"),
                Arguments.of(
                        Arrays.copyOf(good, good.length - 1),
                        ": its header promises [2, 3] elements of 4 bytes after byte 69, but the file has 92 bytes"),
                Arguments.of(
                        Arrays.copyOf(good, good.length + 1),
                        ": its header promises [2, 3] elements of 4 bytes after byte 69, but the file has 94 bytes"),
                Arguments.of(
                        npy("<f4", false, "4000000000, 4000000000, 4000000000", 6),
                        ": its header promises [4000000000, 4000000000, 4000000000] elements of 4 bytes"),
                Arguments.of(
                        npy("<f4", false, "2, -3", 6),
                        ": its shape must have at most 32 sizes, all of them positive, but is (2, -3)"),
                Arguments.of(
                        npy("<f4", false, "0,", 6),
                        ": its shape must have at most 32 sizes, all of them positive, but is (0,)"),
                Arguments.of(
                        npy("<f4", false, "99999999999999999999", 6),
                        ": its shape must have at most 32 sizes, all of them positive, but is (99999999999999999999)"),
                Arguments.of(
                        npy("|O", false, "2", 2),
                        " holds elements of type |O, but only f2, f4, f8, u1, i1, i4 and i8 can be read"),
                Arguments.of(
                        npy("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (2,), }", "<f4", 2),
                        " holds elements of type [(a, <f4)], but only f2, f4, f8, u1, i1, i4 and i8 can be read"),
                Arguments.of(
                        npy("{'descr': '<f4'}", "<f4", 2),
                        ": its header must be a dictionary with a valid 'fortran_order', but is {"),
                Arguments.of(version(good, 9), " has NPY version 9, but only 1, 2 and 3 are known"),
                Arguments.of(version(good, 2), ": its header must have at most 10000 bytes, but claims "));
    }

    private static byte[] version(byte[] content, int version) {
        byte[] result = content.clone();
        result[6] = (byte) version;
        return result;
    }

    @ParameterizedTest(name = "{1}")
    @MethodSource("badFiles")
    void badFileGetsItsSentence(byte[] content, String sentence) throws IOException {
        Path file = file(content);

        assertThatThrownBy(() -> NpyFile.read(file))
                .isInstanceOf(NpyFormatException.class)
                .hasMessageStartingWith(file + sentence)
                .hasMessageNotContaining("\n");
    }

    @Test
    void missingFileIsNamed() {
        Path file = folder.resolve("missing.npy");

        assertThatThrownBy(() -> NpyFile.read(file))
                .isInstanceOf(MirageException.class)
                .hasMessage("%s does not exist", file);
    }
}
