package org.mirage4j.core.report;

import java.awt.Dimension;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.MemoryCacheImageInputStream;
import javax.imageio.stream.MemoryCacheImageOutputStream;
import org.mirage4j.core.MirageException;
import org.mirage4j.core.io.AtomicFile;
import org.mirage4j.core.io.Printable;

/**
 * Image files by way of memory: ImageIO's own streams would leave files in the system's temporary folder. Safe for
 * concurrent use.
 */
public final class Pictures {
    private static final long MAX_PIXELS = 1 << 24;

    /** An image of one colour compresses a thousandfold, any other far less. */
    private static final long MAX_PIXELS_PER_BYTE = 1032;

    private Pictures() {}

    static void writePng(BufferedImage image, Path file) {
        AtomicFile.write(file, out -> {
            try (var stream = new MemoryCacheImageOutputStream(out)) {
                if (!ImageIO.write(image, "png", stream)) {
                    throw new IOException("this Java runtime cannot write PNG");
                }
            }
        });
    }

    /**
     * Reads a file whole.
     *
     * @param file the file
     * @return its content
     * @throws MirageException if it is missing or cannot be read
     */
    public static byte[] bytes(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            String reason = Files.exists(file) ? e.getMessage() : "it does not exist";
            throw new MirageException("cannot read the image " + file + ": " + reason, e);
        }
    }

    /**
     * Width and height, from the header alone.
     *
     * @param content an image file's bytes
     * @param file where they are from, for messages
     * @return the size in pixels
     * @throws ImageFormatException if this is no PNG or GIF image
     */
    public static Dimension size(byte[] content, Path file) {
        return withReader(content, file, Pictures::size);
    }

    /**
     * Decodes an image of at most 16 million pixels.
     *
     * @param content an image file's bytes
     * @param file where they are from, for messages
     * @return the image
     * @throws ImageFormatException if this is no PNG or GIF image, or it is too large, at all or for its file
     */
    public static BufferedImage decode(byte[] content, Path file) {
        return withReader(content, file, reader -> {
            Dimension size = size(reader);
            long allowed = Math.min(MAX_PIXELS, content.length * MAX_PIXELS_PER_BYTE);
            if ((long) size.width * size.height > allowed) {
                throw new IOException("it claims " + size.width + " x " + size.height + " pixels, allowed are "
                        + allowed + " in a file of " + content.length + " bytes");
            }
            return reader.read(0);
        });
    }

    private static Dimension size(ImageReader reader) throws IOException {
        return new Dimension(reader.getWidth(0), reader.getHeight(0));
    }

    private static <T> T withReader(byte[] content, Path file, Decoder<T> decoder) {
        try (var stream = new MemoryCacheImageInputStream(new ByteArrayInputStream(content))) {
            // By name, because Java has readers for a dozen other formats, none of which anybody asked for.
            Iterator<ImageReader> readers = ImageIO.getImageReadersByFormatName(format(content));
            if (!readers.hasNext()) {
                throw new IOException("this Java runtime cannot read " + format(content));
            }
            ImageReader reader = readers.next();
            try {
                reader.setInput(stream, true, true);
                return decoder.decode(reader);
            } finally {
                reader.dispose();
            }
        } catch (IOException | RuntimeException e) {
            // The readers of the JDK answer damaged files with runtime exceptions of many kinds.
            throw new ImageFormatException("cannot read the image " + file + ": " + Printable.of(e), e);
        }
    }

    private static String format(byte[] content) throws IOException {
        String start = new String(content, 0, Math.min(4, content.length), StandardCharsets.ISO_8859_1);
        if (start.equals("\u0089PNG")) {
            return "png";
        }
        if (start.startsWith("GIF")) {
            return "gif";
        }
        throw new IOException("it is neither PNG nor GIF");
    }

    private interface Decoder<T> {
        T decode(ImageReader reader) throws IOException;
    }
}
