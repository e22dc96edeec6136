package org.mirage4j.core.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.mirage4j.core.MirageException;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

class ImageGridTest {
    private static final int LINE = ImageGrid.BACKGROUND;

    @Test
    void greyImagesLandRowByRowBetweenLines() {
        INDArray images = grey(3, 1, 2, 0f, 1f, 0.5f, 0.2f, 0.4f, 0.6f);

        int[][] pixels = pixels(new ImageGrid(2, 2, 1, 1).draw(images));

        assertThat(pixels).isDeepEqualTo(new int[][] {
            {LINE, LINE, LINE, LINE, LINE, LINE, LINE},
            {LINE, 0x000000, 0xFFFFFF, LINE, 0x808080, 0x333333, LINE},
            {LINE, LINE, LINE, LINE, LINE, LINE, LINE},
            {LINE, 0x666666, 0x999999, LINE, LINE, LINE, LINE},
            {LINE, LINE, LINE, LINE, LINE, LINE, LINE},
        });
    }

    @Test
    void valuesBeyondTheRangeAreClampedAndNotANumberIsMagenta() {
        INDArray images = grey(1, 1, 5, -3f, 7f, Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY);

        assertThat(pixels(new ImageGrid(1, 1, 0, 1).draw(images)))
                .isDeepEqualTo(new int[][] {{0x000000, 0xFFFFFF, 0xFF00FF, 0xFFFFFF, 0x000000}});
    }

    @Test
    void threeChannelsAreRedGreenBlue() {
        INDArray images = Nd4j.createFromArray(1f, 0f, 0f, 1f, 0.2f, 0.4f).reshape(1, 3, 1, 2);

        assertThat(pixels(new ImageGrid(1, 1, 0, 1).draw(images))).isDeepEqualTo(new int[][] {{0xFF0033, 0x00FF66}});
    }

    @Test
    void scaleRepeatsPixelsButNotLines() {
        INDArray images = grey(1, 1, 2, 0f, 1f);

        assertThat(pixels(new ImageGrid(1, 1, 1, 2).draw(images))).isDeepEqualTo(new int[][] {
            {LINE, LINE, LINE, LINE, LINE, LINE},
            {LINE, 0, 0, 0xFFFFFF, 0xFFFFFF, LINE},
            {LINE, 0, 0, 0xFFFFFF, 0xFFFFFF, LINE},
            {LINE, LINE, LINE, LINE, LINE, LINE},
        });
    }

    @Test
    void viewsInOtherOrdersAndDoublesAreReadByIndexNotByBuffer() {
        INDArray images = grey(2, 2, 2, 0f, 0.2f, 0.4f, 0.6f, 1f, 0.8f, 0.6f, 0.4f);
        INDArray view =
                images.castTo(DataType.DOUBLE).dup('f').permute(0, 1, 3, 2).get(NDArrayIndex.interval(1, 2));

        assertThat(pixels(new ImageGrid(1, 1, 0, 1).draw(view)))
                .isDeepEqualTo(new int[][] {{0xFFFFFF, 0x999999}, {0xCCCCCC, 0x666666}});
    }

    @Test
    void pngHoldsThePictureExactly(@TempDir Path folder) throws IOException {
        INDArray images = Nd4j.rand(DataType.FLOAT, 4, 3, 5, 7);
        ImageGrid grid = new ImageGrid(2, 2, 2, 3);

        grid.write(images, folder.resolve("grid.png"));

        assertThat(pixels(ImageIO.read(folder.resolve("grid.png").toFile()))).isDeepEqualTo(pixels(grid.draw(images)));
    }

    @ParameterizedTest
    @CsvSource({"0,1,0,1,rows", "1,0,0,1,columns", "1,1,-1,1,padding", "1,1,0,0,scale"})
    void valuesOutOfRangeAreNamed(int rows, int columns, int padding, int scale, String named) {
        assertThatThrownBy(() -> new ImageGrid(rows, columns, padding, scale))
                .isInstanceOf(MirageException.class)
                .hasMessageStartingWith("image grid " + named + " must be in [");
    }

    @Test
    void imagesThatDoNotFitAreRefused() {
        ImageGrid grid = new ImageGrid(1, 2);
        assertThatThrownBy(() -> grid.draw(Nd4j.zeros(1, 4, 4)))
                .isInstanceOf(MirageException.class)
                .hasMessage("images for a grid must have shape [N, C, H, W], but have [1, 4, 4]");
        assertThatThrownBy(() -> grid.draw(Nd4j.zeros(3, 1, 4, 4)))
                .isInstanceOf(MirageException.class)
                .hasMessage("a grid of 1 x 2 holds no more images than that, but 3 were given");
        assertThatThrownBy(() -> new ImageGrid(1, 1, 0, 20_000).draw(Nd4j.zeros(1, 1, 4, 4)))
                .isInstanceOf(MirageException.class)
                .hasMessage("image grid would be 80000 x 80000 pixels, allowed are 20000 x 20000");
    }

    @Test
    void otherChannelsAreGreyAndSideBySide() {
        INDArray images =
                Nd4j.createFromArray(0f, 1f, 0.2f, 0.4f, 0.6f, 0f, 1f, 0f).reshape(2, 2, 1, 2);

        assertThat(pixels(new ImageGrid(1, 2, 1, 1).draw(images))).isDeepEqualTo(new int[][] {
            {LINE, LINE, LINE, LINE, LINE, LINE, LINE, LINE, LINE, LINE, LINE},
            {LINE, 0x000000, 0xFFFFFF, 0x333333, 0x666666, LINE, 0x999999, 0x000000, 0xFFFFFF, 0x000000, LINE},
            {LINE, LINE, LINE, LINE, LINE, LINE, LINE, LINE, LINE, LINE, LINE},
        });
        INDArray five = Nd4j.linspace(0, 1, 5, DataType.FLOAT).reshape(1, 5, 1, 1);
        assertThat(pixels(new ImageGrid(1, 1, 0, 1).draw(five)))
                .isDeepEqualTo(new int[][] {{0x000000, 0x404040, 0x808080, 0xBFBFBF, 0xFFFFFF}});
    }

    @ParameterizedTest
    @CsvSource({
        "1, 1000, 10, false",
        "3, 10, 1000, false",
        "1, 998, 998, true",
        "3, 998, 998, true",
        "5, 10, 300, false"
    })
    void roomIsKnownBeforeThereAreImages(long channels, long height, long width, boolean fits) {
        ImageGrid grid = new ImageGrid(10, 10, 2, 2);
        if (fits) {
            assertThatCode(() -> grid.requireRoom(channels, height, width)).doesNotThrowAnyException();
        } else {
            assertThatThrownBy(() -> grid.requireRoom(channels, height, width))
                    .isInstanceOf(MirageException.class)
                    .hasMessageContaining("allowed are 20000 x 20000");
        }
    }

    private static INDArray grey(int count, int height, int width, float... values) {
        return Nd4j.createFromArray(values).reshape(count, 1, height, width);
    }

    static int[][] pixels(BufferedImage image) {
        int[][] pixels = new int[image.getHeight()][image.getWidth()];
        for (int y = 0; y < image.getHeight(); y++) {
            for (int x = 0; x < image.getWidth(); x++) {
                pixels[y][x] = image.getRGB(x, y) & 0xFFFFFF;
            }
        }
        return pixels;
    }
}
