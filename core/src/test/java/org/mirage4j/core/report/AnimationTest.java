package org.mirage4j.core.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.metadata.IIOMetadataNode;
import javax.imageio.stream.ImageInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.mirage4j.core.MirageException;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class AnimationTest {
    private final Path folder;

    AnimationTest(@TempDir Path folder) {
        this.folder = folder;
    }

    @Test
    void everyFrameComesBackWithItsPixelsAndDelayAndTheLastStays() throws IOException {
        List<BufferedImage> frames = List.of(frame(1, 16), frame(2, 16), frame(3, 16));
        Path gif = folder.resolve("a.gif");

        Animation.write(gif, frames, Duration.ofMillis(120));

        List<Integer> delays = new ArrayList<>();
        try (ImageInputStream in = ImageIO.createImageInputStream(gif.toFile())) {
            ImageReader reader = ImageIO.getImageReadersByFormatName("gif").next();
            reader.setInput(in);
            assertThat(reader.getNumImages(true)).isEqualTo(3);
            for (int i = 0; i < 3; i++) {
                assertThat(ImageGridTest.pixels(reader.read(i))).isDeepEqualTo(ImageGridTest.pixels(frames.get(i)));
                IIOMetadataNode root =
                        (IIOMetadataNode) reader.getImageMetadata(i).getAsTree("javax_imageio_gif_image_1.0");
                IIOMetadataNode control = (IIOMetadataNode)
                        root.getElementsByTagName("GraphicControlExtension").item(0);
                delays.add(Integer.parseInt(control.getAttribute("delayTime")));
            }
        }
        assertThat(delays).containsExactly(12, 12, 200);
        // The application extension that makes browsers repeat: sub-block of 3 bytes, id 1, count 0 for ever.
        assertThat(new String(Files.readAllBytes(gif), StandardCharsets.ISO_8859_1))
                .contains("NETSCAPE2.0\u0003\u0001\u0000\u0000");
    }

    @Test
    void framesMayBeFiles() {
        new ImageGrid(1, 1).write(Nd4j.zeros(1, 1, 4, 4), folder.resolve("a.png"));
        new ImageGrid(1, 1).write(Nd4j.ones(1, 1, 4, 4), folder.resolve("b.png"));
        Path fromFiles = folder.resolve("files.gif");
        Path fromMemory = folder.resolve("memory.gif");

        Animation.writeFiles(
                fromFiles, List.of(folder.resolve("a.png"), folder.resolve("b.png")), Duration.ofSeconds(1));
        Animation.write(
                fromMemory,
                List.of(
                        new ImageGrid(1, 1).draw(Nd4j.zeros(1, 1, 4, 4)),
                        new ImageGrid(1, 1).draw(Nd4j.ones(1, 1, 4, 4))),
                Duration.ofSeconds(1));

        assertThat(fromFiles).hasSameBinaryContentAs(fromMemory);
    }

    @Test
    void stepUndoesTheScaleOfAGrid() {
        INDArray images = Nd4j.linspace(DataType.FLOAT, 0, 1.0 / 63, 64).reshape(4, 1, 4, 4);
        Path large = folder.resolve("large.png");
        Path small = folder.resolve("small.png");
        new ImageGrid(2, 2, 2, 2).write(images, large);
        new ImageGrid(2, 2, 1, 1).write(images, small);
        Path stepped = folder.resolve("stepped.gif");
        Path plain = folder.resolve("plain.gif");
        Animation.writeFiles(stepped, List.of(large, large), Duration.ofSeconds(1), 2);
        Animation.writeFiles(plain, List.of(small, small), Duration.ofSeconds(1));
        assertThat(stepped).hasSameBinaryContentAs(plain);
        assertThatThrownBy(() -> Animation.writeFiles(plain, List.of(small), Duration.ofSeconds(1), 0))
                .isInstanceOf(MirageException.class)
                .hasMessageContaining("must be at least 1, but is 0");
    }

    @Test
    void badArgumentsAreRefusedAndLeaveNoFile() throws IOException {
        Path gif = folder.resolve("a.gif");
        Path notAnImage = Files.writeString(folder.resolve("x.png"), "no image");

        assertThatThrownBy(() -> Animation.write(gif, List.of(), Duration.ofSeconds(1)))
                .isInstanceOf(MirageException.class)
                .hasMessageContaining("needs at least one frame");
        assertThatThrownBy(() -> Animation.write(gif, List.of(frame(1, 8)), Duration.ZERO))
                .isInstanceOf(MirageException.class)
                .hasMessageContaining("but is 0 ms");
        assertThatThrownBy(() -> Animation.write(gif, List.of(frame(1, 8), frame(1, 9)), Duration.ofSeconds(1)))
                .isInstanceOf(MirageException.class)
                .hasMessageContaining("frame 2 of animation");
        assertThatThrownBy(() -> Animation.writeFiles(gif, List.of(notAnImage), Duration.ofSeconds(1)))
                .isInstanceOf(MirageException.class)
                .hasMessageContaining("cannot read the image " + notAnImage);
        assertThatThrownBy(() -> Animation.writeFiles(gif, List.of(folder.resolve("none.png")), Duration.ofSeconds(1)))
                .isInstanceOf(MirageException.class)
                .hasMessageEndingWith("none.png: it does not exist");

        assertThat(folder.toFile().list()).containsExactly("x.png");
    }

    @Test
    void imageThatClaimsToBeHugeIsRefusedBeforeItIsDecoded() throws IOException {
        Path png = folder.resolve("huge.png");
        new ImageGrid(1, 1).write(Nd4j.zeros(1, 1, 4, 4), png);
        byte[] bytes = Files.readAllBytes(png);
        ByteBuffer.wrap(bytes).putInt(16, 40_000).putInt(20, 40_000);
        CRC32 crc = new CRC32();
        crc.update(bytes, 12, 17);
        ByteBuffer.wrap(bytes).putInt(29, (int) crc.getValue());
        Files.write(png, bytes);

        assertThatThrownBy(() -> Animation.writeFiles(folder.resolve("a.gif"), List.of(png), Duration.ofSeconds(1)))
                .isInstanceOf(MirageException.class)
                .hasMessageContaining("it claims 40000 x 40000 pixels");
    }

    /** All 256 levels of grey and the lines between: what a GIF can just hold without loss. */
    private static BufferedImage frame(int seed, int side) {
        float[] values = new float[side * side];
        for (int i = 0; i < values.length; i++) {
            values[i] = (i * 7 + seed) % 256 / 255f;
        }
        INDArray image = Nd4j.createFromArray(values).reshape(1, 1, side, side);
        return new ImageGrid(1, 1).draw(image);
    }
}
