package org.mirage4j.core.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.mirage4j.core.MirageException;

class LineChartTest {
    private static final int FIRST_COLOUR = 0x0072B2;
    private static final int SECOND_COLOUR = 0xD55E00;

    @Test
    void pngShowsEveryCurveInItsColour(@TempDir Path folder) throws IOException {
        double[] x = IntStream.range(0, 100).asDoubleStream().toArray();
        Path png = folder.resolve("chart.png");

        new LineChart("Losses", "iteration", "loss")
                .series("D", x, Arrays.stream(x).map(Math::sin).toArray())
                .series("G", x, Arrays.stream(x).map(Math::cos).toArray())
                .write(png);

        BufferedImage image = ImageIO.read(png.toFile());
        assertThat(image.getWidth()).isEqualTo(LineChart.WIDTH * LineChart.RESOLUTION);
        assertThat(image.getHeight()).isEqualTo(LineChart.HEIGHT * LineChart.RESOLUTION);
        assertThat(count(image, FIRST_COLOUR)).isGreaterThan(500);
        assertThat(count(image, SECOND_COLOUR)).isGreaterThan(500);
        assertThat(count(image, 0xFFFFFF)).isGreaterThan(image.getWidth() * image.getHeight() / 2);
    }

    @Test
    void pointsThatAreNotFiniteLeaveTheOthersVisible() {
        double[] x = {0, 1, 2, 3, 4};
        double[] y = {1, Double.NaN, Double.POSITIVE_INFINITY, 2, Double.NEGATIVE_INFINITY};

        BufferedImage withHoles = new LineChart("t", "x", "y").series("a", x, y).draw();
        BufferedImage without = new LineChart("t", "x", "y")
                .series("a", new double[] {0, 3}, new double[] {1, 2})
                .draw();

        assertThat(ImageGridTest.pixels(withHoles)).isDeepEqualTo(ImageGridTest.pixels(without));
        assertThat(count(withHoles, FIRST_COLOUR)).isGreaterThan(500);
    }

    @Test
    void nothingIsNamedBetweenWholeNumbers() {
        assertThat(LineChart.tick(1.5, true, 5)).isBlank().isNotEmpty();
        assertThat(LineChart.tick(1.5, false, 5)).isEqualTo("1.5");
        assertThat(LineChart.tick(2, true, 5)).isEqualTo("2");
        assertThat(LineChart.tick(2.000001, true, 5)).isEqualTo("2");
        new LineChart("t", "epoch", "y")
                .series("a", new double[] {1, 2}, new double[] {1, 2})
                .draw();
    }

    @Test
    void longTitleOfAnAxisStaysBelowTheLegend() {
        int[][] none = ImageGridTest.pixels(withYTitle(""));
        int[][] wide = ImageGridTest.pixels(withYTitle("negative log-likelihood of the target in nats"));
        int legend = 62 * LineChart.RESOLUTION;
        for (int row = 0; row < legend; row++) {
            assertThat(wide[row]).as("row " + row).isEqualTo(none[row]);
        }
    }

    private static BufferedImage withYTitle(String title) {
        double[] x = {0.1, 0.2, 0.3};
        return new LineChart("Held-out loss", "rate", title)
                .series("mean over folds, and more words for a legend of two rows", x, x)
                .series("plus one standard error", x, x)
                .series("minus one standard error", x, x)
                .draw();
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "0.035, 0.035", "-0.5, -0.5", "2, 2", "0.30000000000000004, 0.3", "2e-7, 2E-7", "1.5e12, 1.5E12"
    })
    void numbersAlongTheAxesAreWrittenInFull(double value, String label) {
        assertThat(LineChart.label(value)).isEqualTo(label);
    }

    /** Whatever the points, round numbers stand below the axis: 30 of a share, 2,000 of a tenth of that, and three. */
    @ParameterizedTest
    @ValueSource(ints = {30, 2000})
    void labelsAreRoundForEvenlySpacedPointsToo(int count) {
        double least = 0.02;
        double most = count == 30 ? 1 : 0.1;
        double[] even = IntStream.range(0, count)
                .mapToDouble(i -> least + (most - least) * i / (count - 1))
                .toArray();
        double[] y = new double[count];
        Arrays.fill(y, 0.5);
        BufferedImage evenly = new LineChart("t", "x", "y").series("a", even, y).draw();
        BufferedImage roundly = new LineChart("t", "x", "y")
                .series("a", new double[] {least, 0.037, most}, new double[] {0.5, 0.5, 0.5})
                .draw();
        assertThat(belowTheCurve(evenly)).isDeepEqualTo(belowTheCurve(roundly));
    }

    /** XChart looks for ever smaller steps until no two labels are equal, so that they must be able to differ. */
    @ParameterizedTest
    @CsvSource({"1e9, 5", "1.7e12, 1e-3", "1, 1e-9", "1, 2.3e-16", "-3e-7, 1e-12", "1e30, 1e16", "2, 0"})
    void valuesCloseToOneAnotherAreDrawnAlongBothAxes(double place, double spread) {
        double[] near = IntStream.range(0, 12)
                .mapToDouble(i -> place + spread * i * i / 121)
                .toArray();
        double[] other = IntStream.range(0, 12).asDoubleStream().toArray();
        BufferedImage chart = assertTimeoutPreemptively(
                Duration.ofSeconds(20),
                () -> new LineChart("t", "x", "y").series("a", other, near).draw());
        assertThat(count(chart, FIRST_COLOUR)).isGreaterThan(50);
        chart = assertTimeoutPreemptively(
                Duration.ofSeconds(20),
                () -> new LineChart("t", "x", "y").series("a", near, other).draw());
        assertThat(count(chart, FIRST_COLOUR)).isGreaterThan(50);
    }

    @ParameterizedTest
    @CsvSource({
        "1000000002.5, 5, 1.0000000025E9",
        "1.0000000004, 1e-9, 1.0000000004",
        "0.3, 1, 0.3",
        "0, 5, 0",
        "1.5e12, 1e12, 1.5E12"
    })
    void labelsHaveTheDigitsInWhichTheyDiffer(double value, double span, String label) {
        assertThat(LineChart.label(value, span)).isEqualTo(label);
    }

    private static int[][] belowTheCurve(BufferedImage chart) {
        int[][] pixels = ImageGridTest.pixels(chart);
        return Arrays.copyOfRange(pixels, pixels.length * 3 / 4, pixels.length);
    }

    @Test
    void curveWithoutFinitePointsAndChartWithoutCurvesAreStillDrawn() {
        BufferedImage nan = new LineChart("t", "x", "y")
                .series("a", new double[] {0}, new double[] {Double.NaN})
                .draw();
        assertThat(count(nan, FIRST_COLOUR)).isZero();
        assertThat(ImageGridTest.pixels(new LineChart("t", "x", "y").draw())).isDeepEqualTo(ImageGridTest.pixels(nan));
    }

    @Test
    void singlePointIsADot() {
        BufferedImage image = new LineChart("t", "x", "y")
                .series("a", new double[] {5}, new double[] {2})
                .draw();
        assertThat(count(image, FIRST_COLOUR)).isGreaterThan(50);
    }

    @Test
    void thinningKeepsTheLowestAndHighestPointOfEveryStretch() {
        double[] x = IntStream.range(0, 100_000).asDoubleStream().toArray();
        double[] y = new double[x.length];
        y[12_345] = 100;
        y[77_777] = -100;

        double[][] thinned = LineChart.thin(new double[][] {x, y});

        assertThat(thinned[0]).hasSizeLessThan(2_000).isSorted().contains(12_345, 77_777);
        assertThat(thinned[1]).contains(100, -100);
        assertThat(thinned[1][Arrays.binarySearch(thinned[0], 12_345)]).isEqualTo(100);
    }

    @Test
    void curvesThatCannotBeDrawnAreRefused() {
        LineChart chart = new LineChart("Losses", "x", "y").series("a", new double[1], new double[1]);
        assertThatThrownBy(() -> chart.series("a", new double[1], new double[1]))
                .isInstanceOf(MirageException.class)
                .hasMessage("chart \"Losses\" has two curves named \"a\"");
        assertThatThrownBy(() -> chart.series("b", new double[1], new double[2]))
                .isInstanceOf(MirageException.class)
                .hasMessage("curve \"b\" of chart \"Losses\" has 1 x values, but 2 y values");
        for (int i = 1; i < 8; i++) {
            chart.series("n" + i, new double[1], new double[1]);
        }
        assertThatThrownBy(() -> chart.series("n8", new double[1], new double[1]))
                .isInstanceOf(MirageException.class)
                .hasMessageContaining("at most 8 curves");
    }

    private static long count(BufferedImage image, int colour) {
        return Arrays.stream(ImageGridTest.pixels(image))
                .flatMapToInt(Arrays::stream)
                .filter(pixel -> pixel == colour)
                .count();
    }
}
