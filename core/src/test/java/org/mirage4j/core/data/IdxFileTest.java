package org.mirage4j.core.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.mirage4j.core.MirageException;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class IdxFileTest {
    private final Path folder;

    IdxFileTest(@TempDir Path folder) {
        this.folder = folder;
    }

    private static byte[] idx(int magic, int[] sizes, byte... content) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeInt(magic);
            for (int size : sizes) {
                out.writeInt(size);
            }
            out.write(content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private static byte[] images(int count, int rows, int columns) {
        byte[] pixels = new byte[count * rows * columns];
        new Random(1).nextBytes(pixels);
        return idx(0x803, new int[] {count, rows, columns}, pixels);
    }

    private static byte[] labels(int... labels) {
        byte[] content = new byte[labels.length];
        for (int i = 0; i < labels.length; i++) {
            content[i] = (byte) labels[i];
        }
        return idx(0x801, new int[] {labels.length}, content);
    }

    private static byte[] gzip(byte[] content) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
            out.write(content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private static byte[] cut(byte[] content, int bytes) {
        return Arrays.copyOf(content, content.length - bytes);
    }

    private static byte[] extended(byte[] content) {
        return Arrays.copyOf(content, content.length + 1);
    }

    private Path file(String name, byte[] content) throws IOException {
        return Files.write(folder.resolve(name), content);
    }

    @ParameterizedTest
    @CsvSource({
        "train-images-idx3-ubyte, train-labels-idx1-ubyte, TRAINING",
        "train-images-idx3-ubyte.gz, train-labels-idx1-ubyte.gz, TRAINING",
        "t10k-images-idx3-ubyte.gz, t10k-labels-idx1-ubyte, TEST",
        "t10k-images.idx3-ubyte, t10k-labels.idx1-ubyte.gz, TEST"
    })
    void folderIsReadUnderTheUsualNames(String imageName, String labelName, IdxFile.Part part) throws IOException {
        byte[] images = images(3, 2, 4);
        file(imageName, imageName.endsWith(".gz") ? gzip(images) : images);
        file(labelName, labelName.endsWith(".gz") ? gzip(labels(2, 0, 9)) : labels(2, 0, 9));

        InMemoryExamples examples = IdxFile.readFolder(folder, part, 10);

        assertThat(examples.exampleShape()).containsExactly(1, 2, 4);
        assertThat(examples.name()).endsWith(part == IdxFile.Part.TEST ? "-t10k" : "-train");
        Batch all = examples.examples(0, 3);
        assertThat(all.labels().orElseThrow().argMax(1).toIntVector()).containsExactly(2, 0, 9);
        assertThat(all.features().dataType()).isEqualTo(DataType.FLOAT);
        for (int i = 0; i < 24; i++) {
            float expected = (images[16 + i] & 0xff) / 255f;
            assertThat(all.features().getFloat(i / 8, 0, i / 4 % 2, i % 4)).isEqualTo(expected);
        }
    }

    @Test
    void compressionIsToldByContentNotByName() throws IOException {
        Path plain = file("plain.gz", images(2, 3, 3));
        Path packed = file("packed", gzip(images(2, 3, 3)));

        assertThat(IdxFile.readImages("a", plain).fingerprint())
                .isEqualTo(IdxFile.readImages("b", packed).fingerprint());
    }

    @ParameterizedTest
    @CsvSource({"samples-images-idx3-ubyte", "samples-images-idx3-ubyte.gz"})
    void writtenImagesAreReadBack(String name) {
        INDArray images = Nd4j.rand(DataType.FLOAT, 5, 1, 7, 3);
        Path target = folder.resolve(name);

        IdxFile.writeImages(target, images);

        InMemoryExamples read = IdxFile.readImages("samples", target);
        assertThat(read.classes()).isZero();
        assertThat(read.examples(0, 5).labels()).isEmpty();
        INDArray difference = read.examples(0, 5).features().sub(images);
        assertThat(difference.amaxNumber().doubleValue()).isLessThanOrEqualTo(0.5 / 255 + 1e-6);
        // Bytes written again are the same bytes: the rounding happens once.
        Path again = folder.resolve("again");
        IdxFile.writeImages(again, read.examples(0, 5).features());
        assertThat(IdxFile.readImages("again", again).fingerprint()).isEqualTo(read.fingerprint());
    }

    @Test
    void imagesOutsideTheUnitRangeAreRefusedBeforeAnythingIsWritten() {
        Path target = folder.resolve("x-images-idx3-ubyte");

        assertThatThrownBy(() -> IdxFile.writeImages(
                        target, Nd4j.ones(DataType.FLOAT, 1, 1, 2, 2).neg()))
                .isInstanceOf(MirageException.class)
                .hasMessage("%s: pixel values must be in [0, 1], but one is -1.0", target);
        assertThatThrownBy(() -> IdxFile.writeImages(target, Nd4j.ones(DataType.FLOAT, 1, 3, 2, 2)))
                .isInstanceOf(MirageException.class)
                .hasMessage("%s: IDX images must have shape [N, 1, rows, columns], but have [1, 3, 2, 2]", target);
        assertThat(folder).isEmptyDirectory();
    }

    static Stream<Arguments> badImageFiles() {
        byte[] good = images(3, 2, 2);
        return Stream.of(
                Arguments.of(
                        "empty",
                        new byte[0],
                        " is not an IDX file: it begins with [], but an IDX file of images with [00 00 08 03]"),
                Arguments.of(
                        "png",
                        new byte[] {(byte) 0x89, 'P', 'N', 'G', 0},
                        " is not an IDX file: it begins with [89 50 4e 47], but an IDX file of images with [00 00 08 03]"),
                Arguments.of(
                        "floats",
                        idx(0xd03, new int[] {1, 1, 1}, new byte[4]),
                        " holds elements of type 0x0d, but only 0x08 (unsigned byte) is allowed"),
                Arguments.of("labels", labels(1, 2), " is not an image file: it has 1 dimension(s), but images have 3"),
                Arguments.of("header", cut(good, 14), " is cut off within its header: 14 bytes of 16 are there"),
                Arguments.of(
                        "no images",
                        idx(0x803, new int[] {0, 28, 28}),
                        ": its sizes must be in [1, 2147483647], but its header says [0, 28, 28]"),
                Arguments.of(
                        "no rows",
                        idx(0x803, new int[] {2, 0, 28}),
                        ": its sizes must be in [1, 2147483647], but its header says [2, 0, 28]"),
                Arguments.of(
                        "negative",
                        idx(0x803, new int[] {-1, 28, 28}),
                        ": its sizes must be in [1, 2147483647], but its header says [4294967295, 28, 28]"),
                Arguments.of(
                        "huge",
                        idx(0x803, new int[] {Integer.MAX_VALUE, Integer.MAX_VALUE, Integer.MAX_VALUE}),
                        " is cut off: its header promises 2147483647 x 2147483647 x 2147483647 images (over 2^63 bytes), but its 16 bytes hold 16"),
                Arguments.of(
                        "truncated",
                        cut(good, 1),
                        " is cut off: its header promises 3 x 2 x 2 images (28 bytes), but its 27 bytes hold 27"),
                Arguments.of(
                        "trailing",
                        extended(good),
                        ": there is data after the 3 x 2 x 2 images its header promises, where the file should end"),
                Arguments.of(
                        "truncated inside gzip",
                        gzip(cut(good, 5)),
                        " is cut off: its header promises 3 x 2 x 2 images, but the data end within number 1"),
                Arguments.of(
                        "truncated gzip",
                        cut(gzip(images(300, 9, 9)), 9000),
                        " is cut off: its header promises 300 x 9 x 9 images, but the data end within number "),
                Arguments.of(
                        "trailing inside gzip",
                        gzip(extended(good)),
                        ": there is data after the 3 x 2 x 2 images its header promises, where the file should end"),
                Arguments.of(
                        "huge in gzip",
                        gzip(idx(0x803, new int[] {60000, 28000, 28000})),
                        " is cut off: its header promises 60000 x 28000 x 28000 images (47040000000016 bytes), but its "),
                Arguments.of(
                        "gzip header only", Arrays.copyOf(gzip(good), 5), " is a damaged gzip file: it ends too early"),
                Arguments.of("damaged gzip", damaged(gzip(images(300, 9, 9))), " is a damaged gzip file: "));
    }

    private static byte[] damaged(byte[] content) {
        byte[] result = content.clone();
        result[result.length - 5] ^= 1; // the checksum
        return result;
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("badImageFiles")
    void badImageFileGetsItsSentence(String name, byte[] content, String sentence) throws IOException {
        Path images = file("images", content);

        assertThatThrownBy(() -> IdxFile.readImages("bad", images))
                .isInstanceOf(IdxFormatException.class)
                .hasMessageStartingWith(images + sentence)
                .hasMessageNotContaining("\n");
    }

    static Stream<Arguments> badLabelFiles() {
        return Stream.of(
                Arguments.of("range", labels(0, 10, 1), " labels must be in [0, 10), but label 1 is 10"),
                Arguments.of("unsigned", labels(0, 1, 200), " labels must be in [0, 10), but label 2 is 200"),
                Arguments.of("images", images(3, 2, 2), "it has 3 dimension(s), but labels have 1"),
                Arguments.of(
                        "truncated", cut(labels(1, 2, 3), 1), "promises 3 labels (11 bytes), but its 10 bytes hold 10"),
                Arguments.of(
                        "trailing", gzip(extended(labels(1, 2, 3))), "data after the 3 labels its header promises"),
                Arguments.of("count", labels(1, 2), "holds 3 images, but "));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("badLabelFiles")
    void badLabelFileGetsItsSentence(String name, byte[] content, String sentence) throws IOException {
        Path images = file("images", images(3, 2, 2));
        Path labels = file("labels", content);

        assertThatThrownBy(() -> IdxFile.read("bad", images, labels, 10))
                .isInstanceOf(IdxFormatException.class)
                .hasMessageContaining(labels.toString())
                .hasMessageContaining(sentence);
    }

    @Test
    void missingFolderAndFilesAreNamed() throws IOException {
        Path missing = folder.resolve("missing");
        assertThatThrownBy(() -> IdxFile.readFolder(missing, IdxFile.Part.TRAINING, 10))
                .isInstanceOf(MirageException.class)
                .hasMessage("the data folder %s does not exist", missing);
        Path file = file("notes.txt", new byte[1]);
        assertThatThrownBy(() -> IdxFile.readFolder(file, IdxFile.Part.TRAINING, 10))
                .hasMessage("the data folder %s is a file, not a folder", file);
        assertThatThrownBy(() -> IdxFile.readFolder(folder, IdxFile.Part.TEST, 10))
                .isInstanceOf(MirageException.class)
                .hasMessage(
                        "the data folder %s holds no file t10k-images-idx3-ubyte or t10k-images-idx3-ubyte.gz"
                                + " or t10k-images.idx3-ubyte or t10k-images.idx3-ubyte.gz, but notes.txt",
                        folder);
        assertThatThrownBy(() -> IdxFile.readImages("x", missing)).hasMessage("%s does not exist", missing);
        assertThatThrownBy(() -> IdxFile.readImages("x", folder))
                .hasMessage("%s is a folder, but a file is wanted", folder);
    }
}
