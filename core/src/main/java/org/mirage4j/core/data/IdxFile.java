package org.mirage4j.core.data;

import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.mirage4j.core.MirageException;
import org.mirage4j.core.io.AtomicFile;
import org.mirage4j.core.memory.NativeMemory;
import org.mirage4j.core.random.RandomStreams;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Images and labels in the IDX format of MNIST, Fashion-MNIST, KMNIST and EMNIST: big-endian header,
 * then unsigned bytes. Files may be gzip-compressed, which is told by their content, not by their
 * name. Nothing is allocated on the word of a header alone.
 */
public final class IdxFile {
    private static final List<String> IMAGE_SUFFIXES = suffixes("images", "idx3-ubyte");
    private static final List<String> LABEL_SUFFIXES = suffixes("labels", "idx1-ubyte");

    /** How far outside [0, 1] rounding may have carried a pixel. */
    private static final float ROUNDING = 1e-3f;

    /** The two parts such data sets come in. */
    public enum Part {
        /** For training; its files begin with "train". */
        TRAINING("train"),
        /** For evaluation; its files begin with "t10k". */
        TEST("t10k");

        private final String prefix;

        Part(String prefix) {
            this.prefix = prefix;
        }
    }

    private IdxFile() {}

    /**
     * Reads one part of a data set from a folder that holds it under the usual names:
     * "train-images-idx3-ubyte" and "train-labels-idx1-ubyte", "t10k-..." for the test part, also with
     * a dot before "idx", each plain or with ".gz".
     *
     * @param folder the folder
     * @param part which part
     * @param classes how many classes there are, 10 for MNIST
     * @return the labelled images, shape [1, rows, columns]
     * @throws IdxFormatException if a file is not what it should be
     * @throws MirageException if the folder or one of the files is missing or cannot be read
     */
    public static InMemoryExamples readFolder(Path folder, Part part, int classes) {
        if (!Files.isDirectory(folder)) {
            throw new MirageException(String.format(
                    Locale.ROOT,
                    "the data folder %s %s",
                    folder,
                    Files.exists(folder) ? "is a file, not a folder" : "does not exist"));
        }
        Path images = find(folder, part, IMAGE_SUFFIXES);
        Path labels = find(folder, part, LABEL_SUFFIXES);
        Path named = folder.toAbsolutePath().normalize().getFileName();
        return read((named == null ? "idx" : named) + "-" + part.prefix, images, labels, classes);
    }

    /**
     * Reads a file of images and the file of their labels.
     *
     * @param name what to call the examples
     * @param images the image file
     * @param labels the label file
     * @param classes how many classes there are; labels must be in [0, classes)
     * @return the labelled images, shape [1, rows, columns]
     * @throws IdxFormatException if a file is not what it should be, or the counts differ
     * @throws MirageException if a file is missing or cannot be read
     */
    public static InMemoryExamples read(String name, Path images, Path labels, int classes) {
        if (classes < 1) {
            throw new MirageException(String.format(
                    Locale.ROOT, "%s: the number of classes must be at least 1, but is %d", name, classes));
        }
        try (IdxReader imageReader = IdxReader.open(images, IdxReader.Kind.IMAGES);
                IdxReader labelReader = IdxReader.open(labels, IdxReader.Kind.LABELS)) {
            if (imageReader.count() != labelReader.count()) {
                throw new IdxFormatException(String.format(
                        Locale.ROOT,
                        "%s holds %d images, but %s holds %d labels: the two must be equal",
                        images,
                        imageReader.count(),
                        labels,
                        labelReader.count()));
            }
            int[] classOf = labelReader.labels(classes); // first, being much the smaller file
            return new InMemoryExamples(
                    name,
                    imageReader.imageShape(),
                    new ByteRows(imageReader.images()),
                    classes,
                    classOf,
                    new RandomStreams(0));
        }
    }

    /**
     * Reads images without labels.
     *
     * @param name what to call the examples
     * @param images the image file
     * @return the unlabelled images, shape [1, rows, columns]
     * @throws IdxFormatException if the file is not what it should be
     * @throws MirageException if the file is missing or cannot be read
     */
    public static InMemoryExamples readImages(String name, Path images) {
        try (IdxReader reader = IdxReader.open(images, IdxReader.Kind.IMAGES)) {
            return new InMemoryExamples(
                    name, reader.imageShape(), new ByteRows(reader.images()), 0, new int[0], new RandomStreams(0));
        }
    }

    /**
     * Writes grey images, whole or not at all; compressed if the name ends in ".gz".
     *
     * @param target the file, replaced if it exists
     * @param images shape [N, 1, rows, columns] or [N, rows, columns], values in [0, 1], rounded to
     *     bytes
     * @throws MirageException if the shape or a value does not fit, or the file cannot be written
     */
    public static void writeImages(Path target, INDArray images) {
        int rank = images.rank();
        if (images.isEmpty() || !(rank == 3 || (rank == 4 && images.size(1) == 1))) {
            throw new MirageException(String.format(
                    Locale.ROOT,
                    "%s: IDX images must have shape [N, 1, rows, columns], but have %s",
                    target,
                    Arrays.toString(images.shape())));
        }
        byte[] pixels = toBytes(target, NativeMemory.floats(images));
        AtomicFile.write(target, out -> {
            boolean compressed = target.toString().endsWith(".gz");
            try (DataOutputStream data = new DataOutputStream(compressed ? new GZIPOutputStream(out, 1 << 16) : out)) {
                data.writeInt(IdxReader.Kind.IMAGES.magic());
                data.writeInt(Math.toIntExact(images.size(0)));
                data.writeInt(Math.toIntExact(images.size(rank - 2)));
                data.writeInt(Math.toIntExact(images.size(rank - 1)));
                data.write(pixels);
            }
        });
    }

    private static byte[] toBytes(Path target, float[] values) {
        byte[] pixels = new byte[values.length];
        for (int i = 0; i < pixels.length; i++) {
            if (!(values[i] >= -ROUNDING && values[i] <= 1 + ROUNDING)) {
                throw new MirageException(String.format(
                        Locale.ROOT, "%s: pixel values must be in [0, 1], but one is %s", target, values[i]));
            }
            pixels[i] = (byte) Math.round(255 * Math.min(1, Math.max(0, values[i])));
        }
        return pixels;
    }

    private static Path find(Path folder, Part part, List<String> suffixes) {
        List<String> names =
                suffixes.stream().map(suffix -> part.prefix + suffix).toList();
        return names.stream()
                .map(folder::resolve)
                .filter(Files::exists)
                .findFirst()
                .orElseThrow(() -> new MirageException(String.format(
                        Locale.ROOT,
                        "the data folder %s holds no file %s, but %s",
                        folder,
                        String.join(" or ", names),
                        listing(folder))));
    }

    private static String listing(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            List<String> names =
                    files.map(file -> file.getFileName().toString()).sorted().toList();
            if (names.isEmpty()) {
                return "is empty";
            }
            String shown = names.stream().limit(6).collect(Collectors.joining(", "));
            return names.size() > 6 ? String.format(Locale.ROOT, "%s and %d more", shown, names.size() - 6) : shown;
        } catch (IOException e) {
            throw new MirageException(
                    String.format(Locale.ROOT, "cannot list the data folder %s: %s", folder, e.getMessage()), e);
        }
    }

    private static List<String> suffixes(String content, String type) {
        return Stream.of("-", ".")
                .map(separator -> "-" + content + separator + type)
                .flatMap(plain -> Stream.of(plain, plain + ".gz"))
                .toList();
    }
}
