package org.mirage4j.core.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.mirage4j.core.MirageException;

class ScatterPlotTest {
    private static final double[] NONE = {};

    /** Dense in the upper right quarter only. */
    private static ScatterPlot plot() {
        return new ScatterPlot(0, 0, 1, (x, y) -> x > 0 && y > 0 ? 1 : 0);
    }

    private static Color at(BufferedImage picture, double x, double y) {
        int column = (int) (ScatterPlot.LEFT + ScatterPlot.SIDE * (x + 1) / 2);
        int row = (int) (ScatterPlot.TOP + ScatterPlot.SIDE * (1 - y) / 2);
        return new Color(picture.getRGB(column, row));
    }

    private static boolean isDot(Color colour) {
        return colour.getRed() > colour.getBlue() + 40;
    }

    @Test
    void densityShadesWhereItIsHigh() {
        BufferedImage picture = plot().draw("t", NONE, NONE);
        assertThat(at(picture, 0.5, 0.5)).isEqualTo(ScatterPlot.SHADE);
        assertThat(at(picture, -0.5, 0.5)).isEqualTo(Color.WHITE);
        assertThat(at(picture, 0.5, -0.5)).isEqualTo(Color.WHITE);
    }

    @Test
    void peakNarrowerThanAPixelIsStillShaded() {
        double width = 0.0008; // a pixel is 0.004 wide
        ScatterPlot narrow = new ScatterPlot(0, 0, 1, (x, y) -> Math.abs(x - 0.5) < width ? 1 : 0);
        BufferedImage picture = narrow.draw("t", NONE, NONE);
        boolean shaded = false;
        for (int i = -2; i <= 2; i++) {
            shaded |= at(picture, 0.5 + 0.004 * i, 0).equals(ScatterPlot.SHADE);
        }
        assertThat(shaded).isTrue();
    }

    @Test
    void pointsAreDotsAtTheirPlaces(@TempDir Path folder) throws IOException {
        Path png = folder.resolve("plot.png");
        plot().write("Points", new double[] {-0.5, 0.25}, new double[] {0.5, -0.75}, png);
        BufferedImage picture = ImageIO.read(png.toFile());
        assertThat(picture.getWidth()).isEqualTo(ScatterPlot.WIDTH);
        assertThat(picture.getHeight()).isEqualTo(ScatterPlot.HEIGHT);
        assertThat(isDot(at(picture, -0.5, 0.5))).isTrue();
        assertThat(isDot(at(picture, 0.25, -0.75))).isTrue();
        assertThat(isDot(at(picture, 0.5, -0.5))).isFalse();
    }

    @Test
    void pointsOutsideAndPointsThatAreNoNumbersAreNotDrawn() {
        BufferedImage without = plot().draw("t", NONE, NONE);
        BufferedImage with = plot().draw(
                        "t", new double[] {3, Double.NaN, 0, -9}, new double[] {0, 0, Double.POSITIVE_INFINITY, -9});
        assertThat(ImageGridTest.pixels(with)).isDeepEqualTo(ImageGridTest.pixels(without));
    }

    @Test
    void whatCannotBeDrawnIsRefused() {
        assertThatThrownBy(() -> new ScatterPlot(0, 0, 0, (x, y) -> 0))
                .isInstanceOf(MirageException.class)
                .hasMessageContaining("a finite middle and a positive size, but has (0.0, 0.0) and 0.0");
        assertThatThrownBy(() -> plot().draw("Ring", new double[2], new double[3]))
                .hasMessageContaining("\"Ring\" have 2 first coordinates, but 3 second ones");
    }
}
