package org.mirage4j.core.engine.plan;

/**
 * The geometry of a sliding window over images.
 *
 * @param vertical its extent downwards
 * @param horizontal its extent to the right
 * @param transposed whether the window is that of a transposed convolution
 */
record Window(Axis vertical, Axis horizontal, boolean transposed) {

    /**
     * One direction of a window.
     *
     * @param kernel number of taps
     * @param stride step from window to window
     * @param before zero padding (or, transposed, what is cut off) at the beginning
     * @param after the same at the end
     * @param dilation distance of neighbouring taps, 1 if they touch
     */
    record Axis(long kernel, long stride, long before, long after, long dilation) {

        /** How many windows fit into so many pixels. */
        long count(long pixels) {
            return (pixels + before + after - (kernel - 1) * dilation - 1) / stride + 1;
        }
    }

    long[] kernel() {
        return new long[] {vertical.kernel, horizontal.kernel};
    }

    long[] stride() {
        return new long[] {vertical.stride, horizontal.stride};
    }

    long[] before() {
        return new long[] {vertical.before, horizontal.before};
    }

    long[] after() {
        return new long[] {vertical.after, horizontal.after};
    }

    /** In oneDNN's count, which starts at 0. */
    long[] dilation() {
        return new long[] {vertical.dilation - 1, horizontal.dilation - 1};
    }

    /** Height and width of what comes out, for a window that is not transposed. */
    long[] outputSize(long height, long width) {
        return new long[] {vertical.count(height), horizontal.count(width)};
    }

    /** The same window, used the other way round. */
    Window transpose() {
        return new Window(vertical, horizontal, !transposed);
    }
}
