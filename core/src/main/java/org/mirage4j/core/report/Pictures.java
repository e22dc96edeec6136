package org.mirage4j.core.report;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import javax.imageio.stream.MemoryCacheImageInputStream;
import javax.imageio.stream.MemoryCacheImageOutputStream;
import org.mirage4j.core.MirageException;
import org.mirage4j.core.io.AtomicFile;

/** Image files by way of memory: ImageIO's own streams would leave files in the system's temporary folder. */
final class Pictures {
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

    static byte[] bytes(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            String reason = Files.exists(file) ? e.getMessage() : "it does not exist";
            throw new MirageException("cannot read the image " + file + ": " + reason, e);
        }
    }

    static BufferedImage decode(byte[] content, Path file) {
        try (var stream = new MemoryCacheImageInputStream(new ByteArrayInputStream(content))) {
            BufferedImage image = ImageIO.read(stream);
            if (image == null) {
                throw new MirageException("file " + file + " is not an image that Java can read");
            }
            return image;
        } catch (IOException | RuntimeException e) {
            if (e instanceof MirageException known) {
                throw known;
            }
            throw new MirageException("image " + file + " is damaged: " + e.getMessage(), e);
        }
    }
}
