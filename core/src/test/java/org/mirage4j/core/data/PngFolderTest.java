package org.mirage4j.core.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.mirage4j.core.MirageException;

class PngFolderTest {
    @TempDir
    private Path folder;

    private void write(String name, int type, int... pixels) throws IOException {
        BufferedImage image = new BufferedImage(pixels.length, 1, type);
        for (int x = 0; x < pixels.length; x++) {
            if (type == BufferedImage.TYPE_BYTE_GRAY || type == BufferedImage.TYPE_USHORT_GRAY) {
                image.getRaster().setSample(x, 0, 0, pixels[x]);
            } else {
                image.setRGB(x, 0, pixels[x]);
            }
        }
        ImageIO.write(image, "png", folder.resolve(name).toFile());
    }

    @Test
    void greysAreTheirSamplesInTheOrderOfNames() throws IOException {
        write("b.png", BufferedImage.TYPE_BYTE_GRAY, 0, 51, 255);
        write("a.PNG", BufferedImage.TYPE_BYTE_GRAY, 102, 204, 0);
        Files.writeString(folder.resolve("notes.txt"), "not an image");
        Files.writeString(folder.resolve("._b.png"), "\0\5\26\7 attributes that macOS keeps");
        PngFolder images = PngFolder.open(folder);

        assertThat(images.size()).isEqualTo(2);
        assertThat(images.exampleShape()).containsExactly(1, 1, 3);
        assertThat(images.images(0, 1).ravel().toFloatVector()).containsExactly(0.4f, 0.8f, 0, 0, 0.2f, 1);
        assertThat(images.select(1).images(0).ravel().toFloatVector()).containsExactly(0, 0.2f, 1);
    }

    @Test
    void sixteenBitsAreDividedByTheirMaximum() throws IOException {
        write("a.png", BufferedImage.TYPE_USHORT_GRAY, 0, 13107, 65535);
        assertThat(PngFolder.open(folder).images(0).ravel().toFloatVector()).containsExactly(0, 0.2f, 1);
    }

    @Test
    void coloursAreChannelsFirst() throws IOException {
        write("a.png", BufferedImage.TYPE_INT_RGB, 0xff3300, 0x0066cc);
        PngFolder images = PngFolder.open(folder);
        assertThat(images.exampleShape()).containsExactly(3, 1, 2);
        assertThat(images.images(0).ravel().toFloatVector()).containsExactly(1, 0, 0.2f, 0.4f, 0, 0.8f);
    }

    @Test
    void palettesAreResolved() throws IOException {
        write("a.png", BufferedImage.TYPE_BYTE_INDEXED, 0xff0000, 0x00ff00);
        assertThat(PngFolder.open(folder).images(0).ravel().toFloatVector()).containsExactly(1, 0, 0, 1, 0, 0);
    }

    @Test
    void fingerprintsTellContentApartAndNotNames(@TempDir Path other) throws IOException {
        write("a.png", BufferedImage.TYPE_BYTE_GRAY, 1, 2);
        String first = PngFolder.open(folder).fingerprint();
        Files.copy(folder.resolve("a.png"), other.resolve("renamed.png"));
        assertThat(PngFolder.open(other).fingerprint()).isEqualTo(first);
        write("a.png", BufferedImage.TYPE_BYTE_GRAY, 1, 3);
        assertThat(PngFolder.open(folder).fingerprint()).isNotEqualTo(first);
    }

    @Test
    void transparencyIsRefused() throws IOException {
        write("a.png", BufferedImage.TYPE_INT_ARGB, 0xff112233, 0x80112233);
        assertThatThrownBy(() -> PngFolder.open(folder).images(0))
                .isInstanceOf(MirageException.class)
                .hasMessageContainingAll("a.png", "column 1");
    }

    @Test
    void mixedKindsAndNoImagesAndDamageAreRefused() throws IOException {
        assertThatThrownBy(() -> PngFolder.open(folder)).hasMessageContaining("no .png file");
        write("a.png", BufferedImage.TYPE_BYTE_GRAY, 1, 2);
        write("b.png", BufferedImage.TYPE_INT_RGB, 1, 2);
        assertThatThrownBy(() -> PngFolder.open(folder).images(1))
                .hasMessageContainingAll("b.png", "in colour", "grey");
        Files.writeString(folder.resolve("c.png"), "junk");
        assertThatThrownBy(() -> PngFolder.open(folder)).hasMessageContaining("c.png");
    }
}
