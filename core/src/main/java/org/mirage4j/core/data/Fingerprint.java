package org.mirage4j.core.data;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** SHA-256 over values of several kinds, all of them big-endian. */
final class Fingerprint {
    private final MessageDigest digest;

    Fingerprint() {
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    Fingerprint bytes(byte... values) {
        digest.update(values);
        return this;
    }

    Fingerprint floats(float[] values, int from, int to) {
        ByteBuffer buffer = ByteBuffer.allocate((to - from) * Float.BYTES);
        buffer.asFloatBuffer().put(values, from, to - from);
        return bytes(buffer.array());
    }

    Fingerprint numbers(long... values) {
        ByteBuffer buffer = ByteBuffer.allocate((values.length + 1) * Long.BYTES);
        buffer.asLongBuffer().put(values.length).put(values);
        return bytes(buffer.array());
    }

    Fingerprint number(double value) {
        return numbers(Double.doubleToLongBits(value));
    }

    Fingerprint text(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return numbers(bytes.length).bytes(bytes);
    }

    String hex() {
        return HexFormat.of().formatHex(digest.digest());
    }
}
