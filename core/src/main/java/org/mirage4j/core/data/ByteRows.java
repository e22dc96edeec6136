package org.mirage4j.core.data;

/** Grey values 0 to 255, delivered as 0 to 1. */
final class ByteRows implements Rows {
    private static final float[] UNIT = new float[256];

    static {
        for (int i = 0; i < UNIT.length; i++) {
            UNIT[i] = i / 255f;
        }
    }

    private final byte[][] rows;

    ByteRows(byte[][] rows) {
        this.rows = rows;
    }

    @Override
    public int count() {
        return rows.length;
    }

    @Override
    public void copyTo(int row, float[] target, int offset) {
        byte[] source = rows[row];
        for (int i = 0; i < source.length; i++) {
            target[offset + i] = UNIT[source[i] & 0xff];
        }
    }

    @Override
    public Rows select(int[] selected) {
        byte[][] result = new byte[selected.length][];
        for (int i = 0; i < result.length; i++) {
            result[i] = rows[selected[i]];
        }
        return new ByteRows(result);
    }

    @Override
    public void addTo(Fingerprint fingerprint) {
        fingerprint.text("uint8");
        for (byte[] row : rows) {
            fingerprint.bytes(row);
        }
    }
}
