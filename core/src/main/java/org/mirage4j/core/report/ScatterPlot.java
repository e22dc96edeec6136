package org.mirage4j.core.report;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.FontMetrics;
import java.awt.Graphics2D;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Line2D;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.DoubleBinaryOperator;
import org.mirage4j.core.MirageException;

/**
 * Points in the plane over a density: where they should be is shaded, where they are is dotted. Both axes have one
 * scale. The density is evaluated once, so that one plot can show many sets of points quickly. Immutable, safe for
 * concurrent use.
 */
public final class ScatterPlot {
    /** Pixels of the picture each way; the plot itself is square. */
    static final int WIDTH = 560;

    static final int HEIGHT = 580;

    static final int LEFT = 44;
    static final int TOP = 40;
    static final int SIDE = 500;
    private static final int STEPS = 8;
    private static final double DOT = 2.2;

    /** Points looked at each way within a pixel, so that a mode narrower than a pixel is still seen. */
    private static final int SUBPIXELS = 3;

    private static final Color POINT = new Color(213, 94, 0, 150);
    static final Color SHADE = new Color(0x56B4E9);

    private final double centreX;
    private final double centreY;
    private final double halfSide;
    private final int[] shades;

    /**
     * Shades a stretch of the plane.
     *
     * @param centreX first coordinate of the middle
     * @param centreY second coordinate of the middle
     * @param halfSide how far the plot reaches from its middle, above 0
     * @param density density at (x, y), not negative, in any unit; its largest value here gets the darkest shade
     * @throws MirageException if a number is not finite or the plot has no size
     */
    public ScatterPlot(double centreX, double centreY, double halfSide, DoubleBinaryOperator density) {
        if (!Double.isFinite(centreX) || !Double.isFinite(centreY) || !(halfSide > 0 && Double.isFinite(halfSide))) {
            throw new MirageException("a scatter plot needs a finite middle and a positive size, but has (" + centreX
                    + ", " + centreY + ") and " + halfSide);
        }
        this.centreX = centreX;
        this.centreY = centreY;
        this.halfSide = halfSide;
        this.shades = shades(density);
    }

    /**
     * Draws points over the density. Those outside the plot, or not finite, are not drawn.
     *
     * @param title what is shown
     * @param x first coordinates
     * @param y second coordinates, as many
     * @return a picture of 560 x 580 pixels
     * @throws MirageException if the lengths differ or this machine has no fonts
     */
    public BufferedImage draw(String title, double[] x, double[] y) {
        if (x.length != y.length) {
            throw new MirageException("points of scatter plot \"" + title + "\" have " + x.length
                    + " first coordinates, but " + y.length + " second ones");
        }
        return Lettering.draw(() -> picture(title, x, y));
    }

    private BufferedImage picture(String title, double[] x, double[] y) {
        BufferedImage picture = new BufferedImage(WIDTH, HEIGHT, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = picture.createGraphics();
        try {
            graphics.setColor(Color.WHITE);
            graphics.fillRect(0, 0, WIDTH, HEIGHT);
            picture.setRGB(LEFT, TOP, SIDE, SIDE, shades, 0, SIDE);
            Lettering.smooth(graphics);
            axes(graphics, title);
            dots(graphics, x, y);
        } finally {
            graphics.dispose();
        }
        return picture;
    }

    /**
     * Draws points over the density into a PNG file.
     *
     * @param title what is shown
     * @param x first coordinates
     * @param y second coordinates, as many
     * @param file the file, written whole or not at all
     * @throws MirageException if the lengths differ, this machine has no fonts or the file cannot be written
     */
    public void write(String title, double[] x, double[] y, Path file) {
        Pictures.writePng(draw(title, x, y), file);
    }

    private int[] shades(DoubleBinaryOperator density) {
        double[] values = new double[SIDE * SIDE];
        double most = 0;
        for (int i = 0; i < values.length; i++) {
            values[i] = largestWithin(density, i % SIDE, i / SIDE);
            most = Math.max(most, values[i]);
        }
        double largest = most;
        // the root shows the flanks, which would be white otherwise
        return Arrays.stream(values)
                .mapToInt(value -> blend(largest > 0 ? Math.sqrt(value / largest) : 0))
                .toArray();
    }

    private double largestWithin(DoubleBinaryOperator value, int column, int row) {
        double most = 0;
        for (int i = 0; i < SUBPIXELS; i++) {
            for (int j = 0; j < SUBPIXELS; j++) {
                double here =
                        value.applyAsDouble(unitX(column + (i + 0.5) / SUBPIXELS), unitY(row + (j + 0.5) / SUBPIXELS));
                most = Math.max(most, here);
            }
        }
        return most;
    }

    private double unitX(double pixel) {
        return centreX + halfSide * (2 * pixel / SIDE - 1);
    }

    private double unitY(double pixel) {
        return centreY - halfSide * (2 * pixel / SIDE - 1);
    }

    private double pixelX(double value) {
        return LEFT + SIDE * ((value - centreX) / halfSide + 1) / 2;
    }

    private double pixelY(double value) {
        return TOP + SIDE * (1 - (value - centreY) / halfSide) / 2;
    }

    private static int blend(double share) {
        int red = (int) Math.round(255 + share * (SHADE.getRed() - 255));
        int green = (int) Math.round(255 + share * (SHADE.getGreen() - 255));
        int blue = (int) Math.round(255 + share * (SHADE.getBlue() - 255));
        return red << 16 | green << 8 | blue;
    }

    private void dots(Graphics2D graphics, double[] x, double[] y) {
        graphics.clipRect(LEFT, TOP, SIDE, SIDE);
        graphics.setColor(POINT);
        for (int i = 0; i < x.length; i++) {
            if (Double.isFinite(x[i]) && Double.isFinite(y[i])) {
                graphics.fill(new Ellipse2D.Double(pixelX(x[i]) - DOT / 2, pixelY(y[i]) - DOT / 2, DOT, DOT));
            }
        }
    }

    private void axes(Graphics2D graphics, String title) {
        graphics.setFont(Lettering.bold(15));
        graphics.setColor(Lettering.TITLE);
        graphics.drawString(title, 16, 26);
        graphics.setFont(Lettering.plain(11));
        FontMetrics metrics = graphics.getFontMetrics();
        graphics.setStroke(new BasicStroke(1f));
        Ticks across = Ticks.between(centreX - halfSide, centreX + halfSide, STEPS);
        for (double value : across.values()) {
            double at = pixelX(value);
            tick(graphics, new Line2D.Double(at, TOP + (double) SIDE, at, TOP + SIDE + 4.0));
            String label = across.label(value);
            graphics.drawString(label, (float) (at - metrics.stringWidth(label) / 2.0), TOP + SIDE + 18);
        }
        Ticks up = Ticks.between(centreY - halfSide, centreY + halfSide, STEPS);
        for (double value : up.values()) {
            double at = pixelY(value);
            tick(graphics, new Line2D.Double(LEFT - 4.0, at, LEFT, at));
            String label = up.label(value);
            graphics.drawString(label, LEFT - 8 - metrics.stringWidth(label), (float) (at + 4));
        }
        graphics.setColor(Lettering.GRID);
        graphics.drawRect(LEFT, TOP, SIDE, SIDE);
    }

    private static void tick(Graphics2D graphics, Line2D line) {
        graphics.setColor(Lettering.GRID);
        graphics.draw(line);
        graphics.setColor(Lettering.TEXT);
    }
}
