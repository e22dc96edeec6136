package org.mirage4j.core.data;

/** Values of any range, delivered as they are. */
final class FloatRows implements Rows {
    private final float[][] rows;

    FloatRows(float[][] rows) {
        this.rows = rows;
    }

    @Override
    public int count() {
        return rows.length;
    }

    @Override
    public void copyTo(int row, float[] target, int offset) {
        System.arraycopy(rows[row], 0, target, offset, rows[row].length);
    }

    @Override
    public Rows select(int[] selected) {
        float[][] result = new float[selected.length][];
        for (int i = 0; i < result.length; i++) {
            result[i] = rows[selected[i]];
        }
        return new FloatRows(result);
    }

    @Override
    public void addTo(Fingerprint fingerprint) {
        fingerprint.text("float32");
        for (float[] row : rows) {
            fingerprint.floats(row, 0, row.length);
        }
    }
}
