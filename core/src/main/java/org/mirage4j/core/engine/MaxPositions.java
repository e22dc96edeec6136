package org.mirage4j.core.engine;

import java.util.function.IntToDoubleFunction;

/** Where in a plane of pixels the largest value under each position of a sliding window lies. */
public final class MaxPositions {
    private MaxPositions() {}

    /**
     * One direction of a window.
     *
     * @param kernel number of taps
     * @param stride step from window to window
     * @param before padding at the beginning, which is never the largest
     * @param dilation distance of neighbouring taps, 1 if they touch
     */
    public record Axis(int kernel, int stride, int before, int dilation) {}

    /**
     * Finds the first largest value under every window, row by row.
     *
     * @param values images [N, C, H, W] by position in row-major order
     * @param in shape of the images
     * @param out shape [N, C, H', W'] of the windows' results
     * @param vertical the windows' geometry downwards
     * @param horizontal the windows' geometry to the right
     * @return for each result in row-major order, the position of its value
     */
    public static int[] find(IntToDoubleFunction values, long[] in, long[] out, Axis vertical, Axis horizontal) {
        int height = Math.toIntExact(in[2]);
        int width = Math.toIntExact(in[3]);
        int[] positions = new int[Math.toIntExact(out[0] * out[1] * out[2] * out[3])];
        int next = 0;
        for (int plane = 0; plane < out[0] * out[1]; plane++) {
            for (int row = 0; row < out[2]; row++) {
                for (int column = 0; column < out[3]; column++) {
                    int best = -1;
                    double largest = Double.NEGATIVE_INFINITY;
                    for (int i = 0; i < vertical.kernel; i++) {
                        int y = row * vertical.stride - vertical.before + i * vertical.dilation;
                        for (int j = 0; j < horizontal.kernel; j++) {
                            int x = column * horizontal.stride - horizontal.before + j * horizontal.dilation;
                            if (y < 0 || y >= height || x < 0 || x >= width) {
                                continue;
                            }
                            int position = (plane * height + y) * width + x;
                            double value = values.applyAsDouble(position);
                            if (best < 0 || value > largest) {
                                best = position;
                                largest = value;
                            }
                        }
                    }
                    positions[next++] = best;
                }
            }
        }
        return positions;
    }
}
