package org.mirage4j.core.data;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Writes one digit in a hand that the random generator chooses: the way of writing, wobble, slant,
 * rotation, size, place, thickness, pressure and softness. Only exactly rounded arithmetic and
 * {@link StrictMath} are used, so the same generator gives the same bytes on every machine.
 */
final class DigitPen {
    static final int SIZE = 28;

    /** How far from the border the control points keep the pen's edge; curves may swing out a little more. */
    private static final double MARGIN = 3;

    /** The length in pixels of the straight pieces that curves are made of. */
    private static final double PIECE = 1.4;

    private final SplittableRandom random;

    /** The distance of each pixel's centre to the edge of the nearest stroke; negative inside. */
    private final double[] distance = new double[SIZE * SIZE];

    private double radius;
    private double swell;
    private double softness;

    private DigitPen(SplittableRandom random) {
        this.random = random;
    }

    /** Draws the digit: 0 is background, 255 full ink. */
    static byte[] draw(int digit, SplittableRandom random) {
        return new DigitPen(random).draw(digit);
    }

    private byte[] draw(int digit) {
        List<Glyph> ways = Glyph.DIGITS.get(digit);
        Glyph glyph = ways.get(random.nextInt(ways.size()));
        radius = 0.8 + 0.85 * random.nextDouble();
        swell = 0.25 * random.nextDouble();
        softness = 0.55 + 0.5 * random.nextDouble();
        double[] xs = new double[glyph.points()];
        double[] ys = new double[glyph.points()];
        place(glyph, xs, ys);

        Arrays.fill(distance, Double.MAX_VALUE);
        for (int s = 0; s < glyph.strokes(); s++) {
            stroke(xs, ys, glyph.stroke(s));
        }
        return ink();
    }

    /** Wobbles the control points and carries them to pixels, inside the margin. */
    private void place(Glyph glyph, double[] xs, double[] ys) {
        double slant = 0.12 + 0.2 * bell();
        double angle = 0.12 * bell();
        double height = 18 + 1.8 * bell();
        double width = height * (0.95 + 0.15 * bell());
        double wobble = 1.6 + 1.4 * random.nextDouble();
        double sin = StrictMath.sin(angle);
        double cos = StrictMath.cos(angle);
        for (int i = 0; i < xs.length; i++) {
            double x = (glyph.x(i) + wobble * bell() - 50) / 100 * width;
            double y = (glyph.y(i) + wobble * bell() - 50) / 100 * height;
            double leaning = x - slant * y;
            xs[i] = cos * leaning - sin * y;
            ys[i] = sin * leaning + cos * y;
        }
        fit(xs, 1.7 * bell());
        fit(ys, 1.7 * bell());
    }

    /** Centres the values in the image, off by the shift, shrunk and held back where the pen would enter the margin. */
    private void fit(double[] values, double shift) {
        double min = Arrays.stream(values).min().orElseThrow();
        double max = Arrays.stream(values).max().orElseThrow();
        double room = SIZE - 2 * (MARGIN + radius);
        double scale = Math.min(1, room / (max - min));
        double slack = (room - scale * (max - min)) / 2;
        double centre = SIZE / 2.0 + Math.max(-slack, Math.min(slack, shift));
        for (int i = 0; i < values.length; i++) {
            values[i] = centre + scale * (values[i] - (min + max) / 2);
        }
    }

    private void stroke(double[] xs, double[] ys, int[] points) {
        int spans = points.length - 1;
        double phase = random.nextDouble();
        if (spans == 1) {
            bow(xs[points[0]], ys[points[0]], xs[points[1]], ys[points[1]], phase);
            return;
        }
        boolean closed = points[0] == points[spans];
        for (int i = 0; i < spans; i++) {
            int before = i > 0 ? points[i - 1] : closed ? points[spans - 1] : points[0];
            int after = i + 2 <= spans ? points[i + 2] : closed ? points[1] : points[spans];
            span(
                    xs[before],
                    ys[before],
                    xs[points[i]],
                    ys[points[i]],
                    xs[points[i + 1]],
                    ys[points[i + 1]],
                    xs[after],
                    ys[after],
                    phase + i * 0.17);
        }
    }

    /** A straight stroke, which no hand draws quite straight. */
    private void bow(double x0, double y0, double x1, double y1, double phase) {
        double bend = 0.035 * bell();
        double mx = (x0 + x1) / 2 + bend * (y1 - y0);
        double my = (y0 + y1) / 2 - bend * (x1 - x0);
        span(x0, y0, x0, y0, mx, my, x1, y1, phase);
        span(x0, y0, mx, my, x1, y1, x1, y1, phase + 0.3);
    }

    /** One span of a Catmull-Rom spline: from point 1 to point 2, with 0 and 3 giving the tangents. */
    private void span(
            double x0, double y0, double x1, double y1, double x2, double y2, double x3, double y3, double phase) {
        double length = Math.sqrt((x2 - x1) * (x2 - x1) + (y2 - y1) * (y2 - y1));
        int pieces = Math.max(1, (int) Math.ceil(length / PIECE));
        double px = x1;
        double py = y1;
        for (int i = 1; i <= pieces; i++) {
            double t = (double) i / pieces;
            double x = catmullRom(x0, x1, x2, x3, t);
            double y = catmullRom(y0, y1, y2, y3, t);
            piece(px, py, x, y, radius * (1 + swell * wave(phase + 0.2 * t)));
            px = x;
            py = y;
        }
    }

    private static double catmullRom(double a, double b, double c, double d, double t) {
        return b + t / 2 * (c - a + t * (2 * a - 5 * b + 4 * c - d + t * (3 * (b - c) + d - a)));
    }

    /** A triangle wave of period 1 in [-1, 1]. */
    private static double wave(double phase) {
        return 4 * Math.abs(phase - Math.floor(phase) - 0.5) - 1;
    }

    /** Lowers the distance of the pixels that a straight piece can reach. */
    private void piece(double x0, double y0, double x1, double y1, double thick) {
        double reach = thick + softness;
        int left = (int) Math.max(0, Math.ceil(Math.min(x0, x1) - reach - 0.5));
        int right = (int) Math.min(SIZE - 1, Math.floor(Math.max(x0, x1) + reach - 0.5));
        int top = (int) Math.max(0, Math.ceil(Math.min(y0, y1) - reach - 0.5));
        int bottom = (int) Math.min(SIZE - 1, Math.floor(Math.max(y0, y1) + reach - 0.5));
        double dx = x1 - x0;
        double dy = y1 - y0;
        double inverse = 1 / Math.max(dx * dx + dy * dy, 1e-12);
        for (int row = top; row <= bottom; row++) {
            double py = row + 0.5 - y0;
            for (int column = left; column <= right; column++) {
                double px = column + 0.5 - x0;
                double along = Math.max(0, Math.min(1, (px * dx + py * dy) * inverse));
                double ex = px - along * dx;
                double ey = py - along * dy;
                double d = Math.sqrt(ex * ex + ey * ey) - thick;
                int pixel = row * SIZE + column;
                if (d < distance[pixel]) {
                    distance[pixel] = d;
                }
            }
        }
    }

    /** Ink fades over the soft edge and is grainy where it is; the background stays exactly black. */
    private byte[] ink() {
        double full = 255 * (0.88 + 0.12 * random.nextDouble());
        double grain = 0.2 * random.nextDouble();
        byte[] pixels = new byte[distance.length];
        for (int i = 0; i < pixels.length; i++) {
            double t = (softness - distance[i]) / (2 * softness);
            if (t > 0) {
                double cover = t < 1 ? t * t * (3 - 2 * t) : 1;
                pixels[i] = (byte) Math.round(full * cover * (1 - grain * random.nextDouble()));
            }
        }
        return pixels;
    }

    /** Nearly normal, mean 0, deviation 1, but never beyond 3.5: nobody's hand slips that far. */
    private double bell() {
        double sum = random.nextDouble() + random.nextDouble() + random.nextDouble() + random.nextDouble();
        return (sum - 2) * 1.7320508075688772;
    }
}
