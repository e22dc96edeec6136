package org.mirage4j.core.report;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.FontMetrics;
import java.awt.Graphics2D;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Line2D;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.DoubleStream;
import org.mirage4j.core.MirageException;

/**
 * Repeated measurements side by side: a row for each method, a panel for each quantity, a dot for each repetition and
 * a line at their mean. Not safe for concurrent use.
 */
public final class DotPlot {
    static final int RESOLUTION = 2;
    static final int ROW = 22;
    static final int PANEL = 200;

    static final int TOP = 66;
    private static final int BOTTOM = 30;
    private static final int MARGIN = 16;
    private static final int GAP = 28;
    private static final double DOT = 6;
    private static final Color REPETITION = new Color(0x00, 0x72, 0xB2, 90);
    private static final Color MEAN = new Color(0xD55E00);

    private final String title;
    private final List<String> rows;
    private final List<Panel> panels = new ArrayList<>();

    /**
     * Creates a plot without panels.
     *
     * @param title what it shows
     * @param rows names of the rows, from the top
     */
    public DotPlot(String title, List<String> rows) {
        this.title = title;
        this.rows = List.copyOf(rows);
    }

    private record Panel(String title, double least, double most, List<double[]> values) {}

    /**
     * Adds a panel.
     *
     * @param name what is measured, with its unit if it has one
     * @param values the repetitions of each row, as many as there are rows; values that are not finite are left out
     * @return this plot
     * @throws MirageException if there are more or fewer rows
     */
    public DotPlot panel(String name, List<double[]> values) {
        if (values.size() != rows.size()) {
            throw new MirageException("panel \"" + name + "\" of dot plot \"" + title + "\" has " + values.size()
                    + " rows of values, but the plot has " + rows.size() + " rows");
        }
        double[] finite = values.stream()
                .flatMapToDouble(Arrays::stream)
                .filter(Double::isFinite)
                .toArray();
        double least = DoubleStream.of(finite).min().orElse(0);
        double most = DoubleStream.of(finite).max().orElse(1);
        double room = least == most ? 0.5 : 0.05 * (most - least);
        panels.add(new Panel(name, least - room, most + room, List.copyOf(values)));
        return this;
    }

    /**
     * Draws the plot.
     *
     * @return the picture
     * @throws MirageException if this machine has no fonts
     */
    public BufferedImage draw() {
        return Lettering.draw(this::picture);
    }

    private BufferedImage picture() {
        int labels = labelWidth();
        int width = MARGIN + labels + panels.size() * (GAP + PANEL) + MARGIN;
        int height = TOP + rows.size() * ROW + BOTTOM;
        BufferedImage picture = new BufferedImage(width * RESOLUTION, height * RESOLUTION, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = picture.createGraphics();
        try {
            graphics.scale(RESOLUTION, RESOLUTION);
            graphics.setColor(Color.WHITE);
            graphics.fillRect(0, 0, width, height);
            Lettering.smooth(graphics);
            graphics.setFont(Lettering.bold(15));
            graphics.setColor(Lettering.TITLE);
            graphics.drawString(title, MARGIN, 28);
            graphics.setFont(Lettering.plain(12));
            graphics.setColor(Lettering.TEXT);
            for (int row = 0; row < rows.size(); row++) {
                graphics.drawString(rows.get(row), MARGIN, (float) middle(row) + 4);
            }
            for (int i = 0; i < panels.size(); i++) {
                draw(graphics, panels.get(i), MARGIN + labels + GAP + i * (GAP + PANEL));
            }
        } finally {
            graphics.dispose();
        }
        return picture;
    }

    /**
     * Draws the plot into a PNG file.
     *
     * @param file the file, written whole or not at all
     * @throws MirageException if this machine has no fonts or the file cannot be written
     */
    public void write(Path file) {
        Pictures.writePng(draw(), file);
    }

    private void draw(Graphics2D graphics, Panel panel, int left) {
        graphics.setFont(Lettering.plain(12));
        graphics.setColor(Lettering.TEXT);
        graphics.drawString(panel.title(), left, 56);
        graphics.setStroke(new BasicStroke(1f));
        for (int row = 0; row < rows.size(); row++) {
            graphics.setColor(Lettering.GRID);
            graphics.draw(new Line2D.Double(left, middle(row), left + (double) PANEL, middle(row)));
            double[] finite = Arrays.stream(panel.values().get(row))
                    .filter(Double::isFinite)
                    .toArray();
            graphics.setColor(REPETITION);
            for (double value : finite) {
                graphics.fill(
                        new Ellipse2D.Double(left + across(panel, value) - DOT / 2, middle(row) - DOT / 2, DOT, DOT));
            }
            if (finite.length > 0) {
                double at = left + across(panel, Arrays.stream(finite).average().orElseThrow());
                graphics.setColor(MEAN);
                graphics.setStroke(new BasicStroke(2f));
                graphics.draw(new Line2D.Double(at, middle(row) - 7, at, middle(row) + 7));
                graphics.setStroke(new BasicStroke(1f));
            }
        }
        scale(graphics, panel, left);
    }

    private void scale(Graphics2D graphics, Panel panel, int left) {
        graphics.setFont(Lettering.plain(11));
        graphics.setColor(Lettering.TEXT);
        FontMetrics metrics = graphics.getFontMetrics();
        Ticks ticks = Ticks.between(panel.least(), panel.most(), 4);
        for (double value : ticks.values()) {
            String label = ticks.label(value);
            graphics.drawString(
                    label,
                    (float) (left + across(panel, value) - metrics.stringWidth(label) / 2.0),
                    TOP + rows.size() * ROW + 16);
        }
    }

    private static double across(Panel panel, double value) {
        return PANEL * (value - panel.least()) / (panel.most() - panel.least());
    }

    private static double middle(int row) {
        return TOP + (row + 0.5) * ROW;
    }

    private int labelWidth() {
        BufferedImage scratch = new BufferedImage(1, 1, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = scratch.createGraphics();
        try {
            graphics.setFont(Lettering.plain(12));
            FontMetrics metrics = graphics.getFontMetrics();
            return rows.stream().mapToInt(metrics::stringWidth).max().orElse(0);
        } finally {
            graphics.dispose();
        }
    }
}
