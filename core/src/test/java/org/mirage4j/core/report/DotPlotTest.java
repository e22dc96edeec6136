package org.mirage4j.core.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.mirage4j.core.MirageException;

class DotPlotTest {
    private static final int MEAN = 0xD55E00;

    private static int firstColumnOf(BufferedImage picture, int row, int colour) {
        int y = (int) ((DotPlot.TOP + (row + 0.5) * DotPlot.ROW) * DotPlot.RESOLUTION);
        return IntStream.range(0, picture.getWidth())
                .filter(x -> (picture.getRGB(x, y) & 0xFFFFFF) == colour)
                .findFirst()
                .orElse(-1);
    }

    @Test
    void meansStandInOrderOfTheirValues(@TempDir Path folder) throws IOException {
        Path png = folder.resolve("dots.png");
        new DotPlot("Methods", List.of("low", "high", "nothing finite"))
                .panel("modes", List.of(new double[] {1, 3}, new double[] {8, 8}, new double[] {Double.NaN}))
                .write(png);
        BufferedImage picture = ImageIO.read(png.toFile());
        int low = firstColumnOf(picture, 0, MEAN);
        int high = firstColumnOf(picture, 1, MEAN);
        // the panel spans 0.65 to 8.35, in which 2 and 8 are 78 % apart
        assertThat(high - low).isBetween(150 * DotPlot.RESOLUTION, 160 * DotPlot.RESOLUTION);
        assertThat(firstColumnOf(picture, 2, MEAN)).isEqualTo(-1);
    }

    @Test
    void equalValuesAndNoPanelsAreStillDrawn() {
        BufferedImage equal = new DotPlot("t", List.of("a"))
                .panel("p", List.of(new double[] {8, 8}))
                .draw();
        assertThat(firstColumnOf(equal, 0, MEAN)).isPositive();
        assertThat(new DotPlot("t", List.of()).draw().getHeight()).isPositive();
    }

    @Test
    void panelNeedsValuesForEveryRow() {
        assertThatThrownBy(() -> new DotPlot("t", List.of("a", "b")).panel("p", List.of(new double[1])))
                .isInstanceOf(MirageException.class)
                .hasMessageContaining("panel \"p\" of dot plot \"t\" has 1 rows of values, but the plot has 2 rows");
    }
}
