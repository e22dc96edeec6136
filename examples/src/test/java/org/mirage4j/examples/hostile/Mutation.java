package org.mirage4j.examples.hostile;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/** Small damage to good files: what a bad disk, a broken program or a stranger might do. */
final class Mutation {
    /** Where sizes overflow, wrap around or mean nothing. */
    private static final List<Long> NASTY = List.of(
            0L,
            1L,
            -1L,
            (long) Integer.MAX_VALUE,
            (long) Integer.MIN_VALUE,
            1L << 31,
            1L << 32,
            Long.MAX_VALUE,
            Long.MIN_VALUE,
            0x7fffffff_fffffff8L);

    private Mutation() {}

    static byte[] of(byte[] whole, SplittableRandom random) {
        byte[] bytes = whole.clone();
        for (int changes = 1 + random.nextInt(4); changes > 0; changes--) {
            bytes = change(bytes, random);
        }
        return bytes;
    }

    private static byte[] change(byte[] bytes, SplittableRandom random) {
        if (bytes.length == 0) {
            return new byte[] {(byte) random.nextInt(256)};
        }
        int at = random.nextInt(bytes.length);
        switch (random.nextInt(8)) {
            case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
            case 1 -> bytes[at] = (byte) random.nextInt(256);
            case 2 -> {
                return Arrays.copyOf(bytes, at);
            }
            case 3 -> System.arraycopy(bytes, 0, bytes, at, Math.min(at, bytes.length - at));
            case 4 -> number(bytes, at, random);
            case 5 -> digit(bytes, at, random);
            case 6 -> {
                return repeated(bytes, at, random);
            }
            default -> Arrays.fill(bytes, at, Math.min(bytes.length, at + 8), (byte) (random.nextBoolean() ? -1 : 0));
        }
        return bytes;
    }

    /** A size that is none, as wide as there is room. */
    private static void number(byte[] bytes, int at, SplittableRandom random) {
        byte[] number = ByteBuffer.allocate(Long.BYTES)
                .putLong(NASTY.get(random.nextInt(NASTY.size())))
                .array();
        int width = random.nextBoolean() ? Long.BYTES : Integer.BYTES;
        int length = Math.min(width, bytes.length - at);
        System.arraycopy(number, Long.BYTES - width, bytes, at, length);
    }

    /** Text formats: another digit where one stands. */
    private static void digit(byte[] bytes, int at, SplittableRandom random) {
        for (int i = at; i < bytes.length; i++) {
            if (bytes[i] >= '0' && bytes[i] <= '9') {
                bytes[i] = (byte) "-0179e.\"".charAt(random.nextInt(8));
                return;
            }
        }
    }

    private static byte[] repeated(byte[] bytes, int at, SplittableRandom random) {
        int length = Math.min(bytes.length - at, 1 + random.nextInt(64));
        byte[] longer = Arrays.copyOf(bytes, bytes.length + length);
        System.arraycopy(bytes, at, longer, at + length, bytes.length - at);
        return longer;
    }
}
