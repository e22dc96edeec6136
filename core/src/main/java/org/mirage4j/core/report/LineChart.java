package org.mirage4j.core.report;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.FontMetrics;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.XYStyler;
import org.knowm.xchart.style.markers.SeriesMarkers;
import org.mirage4j.core.MirageException;

/**
 * A chart of named curves over a common axis. Points that are not finite are left out; long curves are
 * thinned in a way that keeps their peaks. Not safe for concurrent use.
 */
public final class LineChart {
    /** Size on a page; the picture has twice as many pixels each way, to be sharp on any screen. */
    static final int WIDTH = 560;

    static final int HEIGHT = 340;
    static final int RESOLUTION = 2;

    private static final int MARGIN = 16;
    private static final int SWATCH = 16;
    private static final double SMALLEST_PLAIN = 1e-4;
    private static final double LARGEST_PLAIN = 1e9;
    private static final int MAX_BUCKETS = 600;
    /** The power of ten that an x axis is long as XChart gets it. */
    private static final int LONG_AXIS = 6;

    private static final double NEARLY = 1e-4;

    /** What margins, the numbers and the title below the plot take of the height. */
    private static final int BELOW = 70;

    private static final int AXIS_TITLE = 12;
    private static final int SMALLEST_AXIS_TITLE = 9;

    /** What is closer together than this share of its size is one value, rounded. */
    private static final double ROUNDING = 1e-12;

    private static final int MOST_POWER = 300;
    private static final int MOST_DIGITS = 16;
    private static final int MAX_SERIES = 8;
    /** Okabe and Ito's palette, which colour-blind readers can tell apart, without its yellow. */
    private static final Color[] PALETTE = {
        new Color(0x0072B2),
        new Color(0xD55E00),
        new Color(0x009E73),
        new Color(0xCC79A7),
        new Color(0xE69F00),
        new Color(0x56B4E9),
        new Color(0x52525B),
        new Color(0x882255)
    };

    private final String title;
    private final String xTitle;
    private final String yTitle;
    private final Map<String, double[][]> series = new LinkedHashMap<>();

    /**
     * Creates a chart without curves.
     *
     * @param title what the chart shows
     * @param xTitle what runs along the x axis, with its unit if it has one
     * @param yTitle what runs along the y axis, with its unit if it has one
     */
    public LineChart(String title, String xTitle, String yTitle) {
        this.title = title;
        this.xTitle = xTitle;
        this.yTitle = yTitle;
    }

    /**
     * Adds a curve.
     *
     * @param name name for the legend, different from the others
     * @param x where the points are along the x axis, in ascending order
     * @param y their values, as many as {@code x}
     * @return this chart
     * @throws MirageException if the name is taken, the lengths differ or there are eight curves already
     */
    public LineChart series(String name, double[] x, double[] y) {
        if (x.length != y.length) {
            throw new MirageException("curve \"" + name + "\" of chart \"" + title + "\" has " + x.length
                    + " x values, but " + y.length + " y values");
        }
        if (series.size() == MAX_SERIES) {
            throw new MirageException("chart \"" + title + "\" shows at most " + MAX_SERIES + " curves, but \"" + name
                    + "\" would be one more");
        }
        if (series.putIfAbsent(name, thin(finite(x, y))) != null) {
            throw new MirageException("chart \"" + title + "\" has two curves named \"" + name + "\"");
        }
        return this;
    }

    /**
     * Draws the chart.
     *
     * @return a picture of 1120 x 680 pixels
     * @throws MirageException if this machine has no fonts
     */
    public BufferedImage draw() {
        return Lettering.draw(this::picture);
    }

    private BufferedImage picture() {
        BufferedImage picture = new BufferedImage(WIDTH * RESOLUTION, HEIGHT * RESOLUTION, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = picture.createGraphics();
        try {
            graphics.scale(RESOLUTION, RESOLUTION);
            graphics.setColor(Color.WHITE);
            graphics.fillRect(0, 0, WIDTH, HEIGHT);
            Lettering.smooth(graphics);
            int top = heading(graphics);
            if (series.values().stream().allMatch(points -> points[0].length == 0)) {
                graphics.setFont(Lettering.plain(12));
                graphics.setColor(Lettering.TEXT);
                graphics.drawString("No finite values to show.", MARGIN, top + 24);
            } else {
                // Short of the right edge, which the last label would otherwise run into.
                int width = WIDTH - 10;
                graphics.translate(0, top);
                curves(width, HEIGHT - top).paint(graphics, width, HEIGHT - top);
            }
        } finally {
            graphics.dispose();
        }
        return picture;
    }

    /**
     * Draws the chart into a PNG file.
     *
     * @param file the file, written whole or not at all
     * @throws MirageException if this machine has no fonts or the file cannot be written
     */
    public void write(Path file) {
        Pictures.writePng(draw(), file);
    }

    /** Title and legend, flush left; XChart's own legend neither wraps nor keeps a common base line. */
    private int heading(Graphics2D graphics) {
        graphics.setFont(Lettering.bold(15));
        graphics.setColor(Lettering.TITLE);
        graphics.drawString(title, MARGIN, 28);
        if (series.size() < 2) {
            return 34;
        }
        graphics.setFont(Lettering.plain(12));
        FontMetrics metrics = graphics.getFontMetrics();
        int x = MARGIN;
        int baseline = 50;
        int colour = 0;
        for (String name : series.keySet()) {
            int width = SWATCH + 6 + metrics.stringWidth(name);
            if (x > MARGIN && x + width > WIDTH - MARGIN) {
                x = MARGIN;
                baseline += 18;
            }
            graphics.setColor(PALETTE[colour++]);
            graphics.fillRoundRect(x, baseline - 6, SWATCH, 3, 3, 3);
            graphics.setColor(Lettering.TEXT);
            graphics.drawString(name, x + SWATCH + 6, baseline);
            x += width + 18;
        }
        return baseline + 4;
    }

    private XYChart curves(int width, int height) {
        XYChart chart = new XYChart(width, height);
        chart.setXAxisTitle(xTitle);
        chart.setYAxisTitle(yTitle);
        style(chart.getStyler());
        chart.getStyler().setAxisTitleFont(Lettering.plain(yTitleSize(height - BELOW)));
        double[] acrossX = ends(0);
        double[] acrossY = ends(1);
        double spanX = span(acrossX);
        double spanY = span(acrossY);
        double unit = unit(spanX);
        boolean whole = hasWholeNumbersOnly();
        chart.getStyler().setxAxisTickLabelsFormattingFunction(value -> tick(value / unit, whole, spanX));
        // XChart labels the points themselves where there is one of each curve.
        boolean points = series.values().stream().allMatch(curve -> curve[0].length <= 1);
        chart.getStyler()
                .setyAxisTickLabelsFormattingFunction(points ? Wording::figure : (Double value) -> label(value, spanY));
        int colour = 0;
        for (Map.Entry<String, double[][]> entry : series.entrySet()) {
            Color here = PALETTE[colour++];
            double[] x = flat(entry.getValue()[0], acrossX[0], spanX);
            double[] y = flat(entry.getValue()[1], acrossY[0], spanY);
            if (x.length == 0) {
                continue;
            }
            XYSeries curve = chart.addSeries(entry.getKey(), unevenly(x, unit), y);
            curve.setLineColor(here);
            curve.setMarkerColor(here);
            curve.setLineStyle(new BasicStroke(1.3f, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND));
            // One point makes no line.
            curve.setMarker(x.length == 1 ? SeriesMarkers.CIRCLE : SeriesMarkers.NONE);
        }
        return chart;
    }

    /** Between epochs 1 and 2 there is none to be named. XChart draws a blank, but no empty text. */
    private boolean hasWholeNumbersOnly() {
        return series.values().stream()
                .allMatch(points -> Arrays.stream(points[0]).allMatch(x -> x == Math.rint(x)));
    }

    static String tick(double value, boolean whole, double span) {
        if (!whole) {
            return label(value, span);
        }
        double nearest = Math.rint(value);
        return Math.abs(value - nearest) > NEARLY ? " " : label(nearest, span);
    }

    /** A power of ten that makes the x axis millions long: what XChart takes for evenly spaced, it measures absolutely. */
    private static double unit(double span) {
        return span > 0
                ? Math.pow(10, Math.max(-MOST_POWER, Math.min(MOST_POWER, LONG_AXIS - Math.floor(Math.log10(span)))))
                : 1;
    }

    /** The least and the greatest value along an axis. */
    private double[] ends(int axis) {
        double least = Double.POSITIVE_INFINITY;
        double most = Double.NEGATIVE_INFINITY;
        for (double[][] points : series.values()) {
            for (double value : points[axis]) {
                least = Math.min(least, value);
                most = Math.max(most, value);
            }
        }
        return new double[] {least, most};
    }

    /** How long an axis is; 0 if nothing but rounding is on it, between which there is no room for labels. */
    private static double span(double[] ends) {
        double largest = Math.max(Math.abs(ends[0]), Math.abs(ends[1]));
        return ends[1] - ends[0] > ROUNDING * largest ? ends[1] - ends[0] : 0;
    }

    private static double[] flat(double[] values, double level, double span) {
        if (span > 0) {
            return values;
        }
        double[] same = new double[values.length];
        Arrays.fill(same, level);
        return same;
    }

    /** XChart labels evenly spaced points themselves (220, 440, ...) and only others with round numbers. */
    private static double[] unevenly(double[] x, double unit) {
        double[] moved = Arrays.stream(x).map(value -> value * unit).toArray();
        int last = x.length - 1;
        moved[last] += (moved[last] - moved[0]) * 1e-6;
        return moved;
    }

    /** So small that the title fits beside the plot, and does not run into the legend. */
    private int yTitleSize(int space) {
        BufferedImage any = new BufferedImage(1, 1, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = any.createGraphics();
        try {
            int size = AXIS_TITLE;
            while (size > SMALLEST_AXIS_TITLE
                    && graphics.getFontMetrics(Lettering.plain(size)).stringWidth(yTitle) > space) {
                size--;
            }
            return size;
        } finally {
            graphics.dispose();
        }
    }

    private static void style(XYStyler style) {
        style.setLocale(Locale.ROOT);
        style.setChartBackgroundColor(Color.WHITE);
        style.setPlotBackgroundColor(Color.WHITE);
        style.setPlotBorderVisible(false);
        style.setChartPadding(12);
        style.setPlotMargin(4);
        style.setPlotContentSize(0.97);

        style.setChartTitleVisible(false);
        style.setLegendVisible(false);
        style.setXAxisTitleColor(Lettering.TEXT);
        style.setYAxisTitleColor(Lettering.TEXT);
        style.setAxisTitlePadding(6);
        style.setAxisTickLabelsFont(Lettering.plain(11));
        style.setAxisTickLabelsColor(Lettering.TEXT);
        style.setAxisTicksLineVisible(false);
        style.setAxisTicksMarksVisible(false);
        style.setPlotTicksMarksVisible(false);
        style.setXAxisTickMarkSpacingHint(80);
        style.setYAxisTickMarkSpacingHint(40);
        style.setPlotGridVerticalLinesVisible(false);
        style.setPlotGridLinesColor(Lettering.GRID);
        style.setPlotGridLinesStroke(new BasicStroke(1f));

        style.setMarkerSize(7);
    }

    /** A number that stands by itself. */
    static String label(double value) {
        return label(value, Double.POSITIVE_INFINITY);
    }

    /**
     * A number along an axis, in as many digits as tell it from its neighbours: while two labels are equal, XChart
     * takes smaller and smaller steps. By itself it would write .035 for 0.035.
     */
    static String label(double value, double span) {
        boolean plain = value == 0 || (Math.abs(value) >= SMALLEST_PLAIN && Math.abs(value) < LARGEST_PLAIN);
        double below = span > 0 ? 3 - Math.floor(Math.log10(span)) : 0;
        String pattern = plain
                ? "#,##0." + digits(6, below)
                : "0." + digits(3, below + Math.floor(Math.log10(Math.abs(value)))) + "E0";
        return new DecimalFormat(pattern, DecimalFormatSymbols.getInstance(Locale.ROOT)).format(value);
    }

    private static String digits(int least, double wanted) {
        return "#".repeat((int) Math.max(least, Math.min(MOST_DIGITS, wanted)));
    }

    private static double[][] finite(double[] x, double[] y) {
        double[] keptX = new double[x.length];
        double[] keptY = new double[x.length];
        int count = 0;
        for (int i = 0; i < x.length; i++) {
            if (Double.isFinite(x[i]) && Double.isFinite(y[i])) {
                keptX[count] = x[i];
                keptY[count++] = y[i];
            }
        }
        return new double[][] {Arrays.copyOf(keptX, count), Arrays.copyOf(keptY, count)};
    }

    /** Keeps the lowest and the highest point of each bucket, in their order: the outline stays as it was. */
    static double[][] thin(double[][] points) {
        double[] x = points[0];
        double[] y = points[1];
        if (x.length <= 2 * MAX_BUCKETS) {
            return points;
        }
        double[][] thinned = new double[2][2 * MAX_BUCKETS];
        for (int bucket = 0; bucket < MAX_BUCKETS; bucket++) {
            int from = (int) ((long) bucket * x.length / MAX_BUCKETS);
            int to = (int) ((bucket + 1L) * x.length / MAX_BUCKETS);
            int lowest = from;
            int highest = from;
            for (int i = from + 1; i < to; i++) {
                lowest = y[i] < y[lowest] ? i : lowest;
                highest = y[i] >= y[highest] ? i : highest;
            }
            int first = Math.min(lowest, highest);
            int second = Math.max(lowest, highest);
            thinned[0][2 * bucket] = x[first];
            thinned[1][2 * bucket] = y[first];
            thinned[0][2 * bucket + 1] = x[second];
            thinned[1][2 * bucket + 1] = y[second];
        }
        return thinned;
    }
}
