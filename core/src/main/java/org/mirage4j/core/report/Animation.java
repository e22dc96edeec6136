package org.mirage4j.core.report;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.function.Function;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageTypeSpecifier;
import javax.imageio.ImageWriter;
import javax.imageio.metadata.IIOMetadata;
import javax.imageio.metadata.IIOMetadataNode;
import javax.imageio.stream.MemoryCacheImageOutputStream;
import org.mirage4j.core.MirageException;
import org.mirage4j.core.io.AtomicFile;

/** Writes animated GIFs that repeat without end. Safe for concurrent use. */
public final class Animation {
    private static final Duration LEAST_DELAY = Duration.ofMillis(20);
    private static final Duration LONGEST_DELAY = Duration.ofMinutes(10);
    /** So that one sees where the training ended before it begins again. */
    private static final Duration LAST_FRAME = Duration.ofSeconds(2);

    private Animation() {}

    /**
     * Writes frames held in memory.
     *
     * @param file the GIF, written whole or not at all
     * @param frames at least one, all of the same size
     * @param delay how long each is shown, from 20 ms to 10 minutes, rounded to 10 ms; the last is shown
     *     for 2 seconds if that is longer
     * @throws MirageException if an argument is not as described or the file cannot be written
     */
    public static void write(Path file, List<BufferedImage> frames, Duration delay) {
        write(file, frames, Function.identity(), delay);
    }

    /**
     * Writes frames that are image files; one at a time is held in memory.
     *
     * @param file the GIF, written whole or not at all
     * @param images at least one, all of the same size
     * @param delay how long each is shown, from 20 ms to 10 minutes, rounded to 10 ms; the last is shown
     *     for 2 seconds if that is longer
     * @throws MirageException if an argument is not as described, an image cannot be read or the file
     *     cannot be written
     */
    public static void writeFiles(Path file, List<Path> images, Duration delay) {
        writeFiles(file, images, delay, 1);
    }

    /**
     * Writes frames that are image files, made smaller; one at a time is held in memory.
     *
     * @param file the GIF, written whole or not at all
     * @param images at least one, all of the same size
     * @param delay how long each is shown, as above
     * @param step keep every step-th pixel of every step-th row: undoes the scale of an {@link ImageGrid}, at a
     *     fraction of the bytes
     * @throws MirageException if an argument is not as described, an image cannot be read or the file cannot be written
     */
    public static void writeFiles(Path file, List<Path> images, Duration delay, int step) {
        if (step < 1) {
            throw new MirageException("step of animation " + file + " must be at least 1, but is " + step);
        }
        write(file, images, image -> every(step, Pictures.decode(Pictures.bytes(image), image)), delay);
    }

    private static BufferedImage every(int step, BufferedImage image) {
        if (step == 1) {
            return image;
        }
        BufferedImage smaller = new BufferedImage(
                (image.getWidth() + step - 1) / step, (image.getHeight() + step - 1) / step, image.getType());
        for (int y = 0; y < smaller.getHeight(); y++) {
            for (int x = 0; x < smaller.getWidth(); x++) {
                smaller.getRaster().setDataElements(x, y, image.getRaster().getDataElements(x * step, y * step, null));
            }
        }
        return smaller;
    }

    private static <T> void write(Path file, List<T> frames, Function<T, BufferedImage> read, Duration delay) {
        if (frames.isEmpty()) {
            throw new MirageException("animation " + file + " needs at least one frame, but has none");
        }
        if (delay.compareTo(LEAST_DELAY) < 0 || delay.compareTo(LONGEST_DELAY) > 0) {
            throw new MirageException("delay of animation " + file + " must be from " + LEAST_DELAY.toMillis()
                    + " ms to " + LONGEST_DELAY.toMinutes() + " minutes, but is " + delay.toMillis() + " ms");
        }
        AtomicFile.write(file, out -> {
            ImageWriter writer = writer();
            try (var stream = new MemoryCacheImageOutputStream(out)) {
                writer.setOutput(stream);
                writer.prepareWriteSequence(null);
                int width = 0;
                int height = 0;
                for (int i = 0; i < frames.size(); i++) {
                    BufferedImage frame = read.apply(frames.get(i));
                    if (i == 0) {
                        width = frame.getWidth();
                        height = frame.getHeight();
                    } else if (frame.getWidth() != width || frame.getHeight() != height) {
                        throw new MirageException("frame " + (i + 1) + " of animation " + file + " has "
                                + frame.getWidth() + " x " + frame.getHeight() + " pixels, but the first has " + width
                                + " x " + height);
                    }
                    boolean last = i == frames.size() - 1;
                    Duration shown = last && delay.compareTo(LAST_FRAME) < 0 ? LAST_FRAME : delay;
                    writer.writeToSequence(new IIOImage(frame, null, metadata(writer, frame, shown, i == 0)), null);
                }
                writer.endWriteSequence();
            } finally {
                writer.dispose();
            }
        });
    }

    private static ImageWriter writer() throws IOException {
        Iterator<ImageWriter> writers = ImageIO.getImageWritersByFormatName("gif");
        if (!writers.hasNext()) {
            throw new IOException("this Java runtime cannot write GIF");
        }
        return writers.next();
    }

    private static IIOMetadata metadata(ImageWriter writer, BufferedImage frame, Duration shown, boolean first)
            throws IOException {
        IIOMetadata metadata = writer.getDefaultImageMetadata(new ImageTypeSpecifier(frame), null);
        String format = metadata.getNativeMetadataFormatName();
        IIOMetadataNode root = new IIOMetadataNode(format);
        IIOMetadataNode control = new IIOMetadataNode("GraphicControlExtension");
        control.setAttribute("disposalMethod", "none");
        control.setAttribute("userInputFlag", "FALSE");
        control.setAttribute("transparentColorFlag", "FALSE");
        control.setAttribute("transparentColorIndex", "0");
        control.setAttribute("delayTime", Long.toString(Math.round(shown.toMillis() / 10.0)));
        root.appendChild(control);
        if (first) {
            IIOMetadataNode loop = new IIOMetadataNode("ApplicationExtension");
            loop.setAttribute("applicationID", "NETSCAPE");
            loop.setAttribute("authenticationCode", "2.0");
            loop.setUserObject(new byte[] {1, 0, 0});
            IIOMetadataNode extensions = new IIOMetadataNode("ApplicationExtensions");
            extensions.appendChild(loop);
            root.appendChild(extensions);
        }
        metadata.mergeTree(format, root);
        return metadata;
    }
}
