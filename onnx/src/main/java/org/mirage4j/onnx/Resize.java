package org.mirage4j.onnx;

/**
 * Linear interpolation between pixel centres, without a low-pass filter: what TensorFlow and PyTorch do by default with
 * half-pixel centres. An image of the right size passes unchanged.
 */
final class Resize {
    private final int width;
    private final Axis rows;
    private final Axis columns;

    Resize(int height, int width, int newHeight, int newWidth) {
        this.width = width;
        this.rows = new Axis(height, newHeight);
        this.columns = new Axis(width, newWidth);
    }

    /** Reads one plane from {@code from} on. */
    void apply(float[] source, int from, float[] target) {
        for (int y = 0; y < rows.before.length; y++) {
            int upper = from + rows.before[y] * width;
            int lower = from + rows.after[y] * width;
            for (int x = 0; x < columns.before.length; x++) {
                float top = mix(source[upper + columns.before[x]], source[upper + columns.after[x]], columns.share[x]);
                float bottom =
                        mix(source[lower + columns.before[x]], source[lower + columns.after[x]], columns.share[x]);
                target[y * columns.before.length + x] = mix(top, bottom, rows.share[y]);
            }
        }
    }

    private static float mix(float first, float second, float share) {
        return first + share * (second - first);
    }

    /** For each new position, its two neighbours among the old and the share of the second. */
    private static final class Axis {
        private final int[] before;
        private final int[] after;
        private final float[] share;

        Axis(int size, int newSize) {
            before = new int[newSize];
            after = new int[newSize];
            share = new float[newSize];
            for (int i = 0; i < newSize; i++) {
                double position = Math.max(0, (i + 0.5) * size / newSize - 0.5);
                before[i] = Math.min(size - 1, (int) position);
                after[i] = Math.min(size - 1, before[i] + 1);
                share[i] = (float) (position - before[i]);
            }
        }
    }
}
