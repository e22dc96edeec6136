package org.mirage4j.core.data;

import java.util.Arrays;
import java.util.List;

/**
 * One way of writing a digit: control points in a box of 100 x 100 (x to the right, y down), and the
 * strokes that the pen draws smoothly through them. A corner is where one stroke ends and the next
 * begins.
 */
final class Glyph {
    /** By digit, the ways of writing it. */
    static final List<List<Glyph>> DIGITS = List.of(
            List.of(
                    of("50,2 26,16 17,50 26,84 50,98 74,84 83,50 74,16", "abcdefgha"),
                    of("62,6 36,4 18,38 24,82 50,98 76,84 84,46 70,12 46,8", "abcdefghi")),
            List.of(
                    of("50,0 50,100", "ab"),
                    of("26,26 52,0 52,100", "ab bc"),
                    of("28,24 52,0 52,99 24,99 80,99", "ab bc de")),
            List.of(
                    of("18,26 32,6 56,0 78,14 76,38 50,66 16,98 86,97", "abcdefg gh"),
                    of("18,24 36,4 62,2 78,22 68,48 44,74 24,94 12,84 26,74 46,86 64,96 90,88", "abcdefghijkl")),
            List.of(
                    of("18,14 42,0 72,8 74,32 42,47 68,51 82,70 70,93 42,100 14,86", "abcde efghij"),
                    of("18,4 78,4 42,42 70,46 83,69 70,94 42,100 14,88", "ab bc cdefgh")),
            List.of(
                    of("26,4 14,58 88,56 66,22 62,100", "ab bc de"),
                    of("62,0 10,66 92,66 62,100", "ab bc ad"),
                    of("22,6 16,36 28,54 54,54 78,42 80,2 74,50 66,100", "abcde fgh")),
            List.of(
                    of("80,2 28,2 24,44 52,36 80,54 78,82 52,100 14,90", "ab bc cdefgh"),
                    of("82,4 32,4 28,42 56,42 78,64 68,92 40,100 14,90", "ab bcdefgh"),
                    of("28,6 24,44 54,38 82,60 74,88 46,100 14,90 84,0", "ab bcdefg ah")),
            List.of(
                    of("68,0 36,24 19,60 26,90 52,100 76,86 76,62 52,52 28,62 20,76", "abcdefghij"),
                    of("54,0 28,44 20,76 38,99 64,97 78,76 62,58 38,62 22,80", "abcdefghi")),
            List.of(
                    of("14,4 84,4 56,48 44,100", "ab bcd"),
                    of("14,4 84,4 40,100 32,52 78,50", "ab bc de"),
                    of("16,24 18,5 84,4 58,48 48,100", "ab bc cde")),
            List.of(
                    of("50,48 27,29 29,8 51,0 73,8 73,28 22,72 27,93 50,100 73,93 78,72", "abcdefaghijka"),
                    of("50,0 28,11 30,35 50,46 70,35 72,11 24,60 22,86 50,100 78,86 76,60", "abcdefa dghijkd")),
            List.of(
                    of("77,16 52,0 27,11 24,36 46,50 72,36 78,14 74,58 66,100", "abcdefg ghi"),
                    of("78,18 52,0 25,13 24,38 48,50 74,34 80,52 68,90 42,100 22,90", "abcdefa aghij"),
                    of("74,28 54,4 28,10 24,34 46,44 70,30 64,66 54,100", "abcdefa agh")));

    private final double[] xs;
    private final double[] ys;
    private final int[][] strokes;

    private Glyph(double[] xs, double[] ys, int[][] strokes) {
        this.xs = xs;
        this.ys = ys;
        this.strokes = strokes;
    }

    /** Points as "x,y x,y ...", strokes as words over them: a is the first point, b the second. */
    private static Glyph of(String points, String strokes) {
        String[] pairs = points.split(" ");
        return new Glyph(
                Arrays.stream(pairs)
                        .mapToDouble(p -> Integer.parseInt(p.split(",")[0]))
                        .toArray(),
                Arrays.stream(pairs)
                        .mapToDouble(p -> Integer.parseInt(p.split(",")[1]))
                        .toArray(),
                Arrays.stream(strokes.split(" "))
                        .map(word -> word.chars().map(letter -> letter - 'a').toArray())
                        .toArray(int[][]::new));
    }

    int points() {
        return xs.length;
    }

    double x(int point) {
        return xs[point];
    }

    double y(int point) {
        return ys[point];
    }

    int strokes() {
        return strokes.length;
    }

    int[] stroke(int index) {
        return strokes[index];
    }
}
