package org.mirage4j.core.data;

import java.awt.Dimension;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.mirage4j.core.MirageException;
import org.mirage4j.core.memory.Room;
import org.mirage4j.core.report.ImageFormatException;
import org.mirage4j.core.report.Pictures;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The PNG files of a folder as images, in the order of their names and read when asked for. All must have one size;
 * they are grey if the first is, and a set is one or the other as a whole. Values are the file's samples divided by
 * their maximum, without any change of colour space. Immutable, safe for concurrent use.
 */
public final class PngFolder implements ImageSet {
    private static final int COLOURS = 3;

    private final Path folder;
    private final List<Path> files;
    private final int channels;
    private final Dimension size;

    private volatile @Nullable String fingerprint;

    private PngFolder(Path folder, List<Path> files, int channels, Dimension size) {
        this.folder = folder;
        this.files = files;
        this.channels = channels;
        this.size = size;
    }

    /**
     * Finds the files, except those that macOS lays beside others (._NAME), and reads the first; the sizes of all are compared before any other is decoded.
     *
     * @param folder the folder; its subfolders are not looked at
     * @return the images
     * @throws ImageFormatException if one is no PNG file, or two have different sizes
     * @throws MirageException if there is no PNG file, or one cannot be read
     */
    public static PngFolder open(Path folder) {
        List<Path> files = list(folder);
        if (files.isEmpty()) {
            throw new MirageException("the folder " + folder + " holds no .png file");
        }
        Path first = files.get(0);
        Dimension size = Pictures.size(Pictures.bytes(first), first);
        for (Path file : files) {
            Dimension other = Pictures.size(Pictures.bytes(file), file);
            if (!other.equals(size)) {
                throw new ImageFormatException("the images of a folder must have one size, but " + first + " has "
                        + text(size) + " and " + file + " has " + text(other) + " pixels");
            }
        }
        int channels = channels(Pictures.decode(Pictures.bytes(first), first));
        return new PngFolder(folder, files, channels, size);
    }

    private static String text(Dimension size) {
        return size.width + " x " + size.height;
    }

    private static List<Path> list(Path folder) {
        try (Stream<Path> content = Files.list(folder)) {
            return content.filter(
                            file -> file.toString().toLowerCase(Locale.ROOT).endsWith(".png"))
                    .filter(file -> !isAppleDouble(file))
                    .filter(Files::isRegularFile)
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new MirageException("cannot list the folder " + folder + ": " + e.getMessage(), e);
        }
    }

    /** What macOS lays beside each file on disks and in archives of other systems: its attributes. */
    private static boolean isAppleDouble(Path file) {
        return String.valueOf(file.getFileName()).startsWith("._");
    }

    @Override
    public String name() {
        return String.valueOf(folder.toAbsolutePath().normalize().getFileName());
    }

    @Override
    public long[] exampleShape() {
        return new long[] {channels, size.height, size.width};
    }

    @Override
    public long size() {
        return files.size();
    }

    @Override
    public String fingerprint() {
        String known = fingerprint;
        if (known == null) {
            Fingerprint sum = new Fingerprint();
            files.forEach(file -> sum.bytes(Pictures.bytes(file)));
            known = sum.hex();
            fingerprint = known;
        }
        return known;
    }

    @Override
    public INDArray images(int... indices) {
        int plane = size.height * size.width;
        float[] values =
                new float[Room.elements("samples of images", indices.length, channels, size.height, size.width)];
        for (int i = 0; i < indices.length; i++) {
            read(files.get(indices[i]), values, i * channels * plane);
        }
        return Arrays32.batch(values, indices.length, exampleShape());
    }

    private void read(Path file, float[] values, int from) {
        BufferedImage image = Pictures.decode(Pictures.bytes(file), file);
        if (image.getWidth() != size.width || image.getHeight() != size.height || channels(image) != channels) {
            throw new ImageFormatException("the images of a folder must all be of one kind, but " + file + " is "
                    + (channels(image) == 1 ? "grey" : "in colour") + " with " + image.getWidth() + " x "
                    + image.getHeight() + " pixels and " + files.get(0) + " " + (channels == 1 ? "grey" : "in colour")
                    + " with " + text(size));
        }
        requireOpaque(image, file);
        ColorModel model = image.getColorModel();
        Raster raster = image.getRaster();
        int plane = size.height * size.width;
        for (int y = 0; y < size.height; y++) {
            for (int x = 0; x < size.width; x++) {
                int at = from + y * size.width + x;
                for (int c = 0; c < channels; c++) {
                    // getRGB of a grey image would brighten it: Java takes its samples for linear light
                    values[at + c * plane] = model instanceof IndexColorModel
                            ? ((image.getRGB(x, y) >> (8 * (COLOURS - 1 - c))) & 0xff) / 255f
                            : raster.getSample(x, y, c) / (float) ((1 << model.getComponentSize(c)) - 1);
                }
            }
        }
    }

    /** A palette of greys counts as grey, as writers choose palettes on their own. */
    private static int channels(BufferedImage image) {
        ColorModel model = image.getColorModel();
        if (model instanceof IndexColorModel palette) {
            for (int i = 0; i < palette.getMapSize(); i++) {
                if (palette.getRed(i) != palette.getGreen(i) || palette.getRed(i) != palette.getBlue(i)) {
                    return COLOURS;
                }
            }
            return 1;
        }
        return model.getNumColorComponents();
    }

    private static void requireOpaque(BufferedImage image, Path file) {
        if (image.getColorModel().hasAlpha()) {
            for (int y = 0; y < image.getHeight(); y++) {
                for (int x = 0; x < image.getWidth(); x++) {
                    if (image.getRGB(x, y) >>> 24 != 0xff) {
                        throw new ImageFormatException(
                                "images must be opaque, but " + file + " is not at column " + x + ", row " + y);
                    }
                }
            }
        }
    }
}
