package org.mirage4j.onnx;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Writes a network of two dense layers, the first rectified, as ONNX: just enough of protocol buffers for that. */
final class OnnxFile {
    private static final int FLOAT = 1;

    private OnnxFile() {}

    /**
     * Input "images" of any number of samples; outputs "features" and "logits".
     *
     * @param input the dimensions after the first
     * @param hidden weights [inputs][features]
     * @param head weights [features][classes]
     */
    static void write(Path file, long[] input, float[][] hidden, float[][] head) throws IOException {
        Message graph = new Message()
                .add(1, node("Flatten", "flat", "images"))
                .add(1, node("MatMul", "hidden", "flat", "w1"))
                .add(1, node("Relu", "features", "hidden"))
                .add(1, node("MatMul", "logits", "features", "w2"))
                .text(2, "two layers")
                .add(5, tensor("w1", hidden))
                .add(5, tensor("w2", head))
                .add(11, value("images", input))
                .add(12, value("features", hidden[0].length))
                .add(12, value("logits", head[0].length));
        Message model = new Message()
                .number(1, 8) // version of the format
                .add(7, graph)
                .add(8, new Message().text(1, "").number(2, 13)); // version of the operators
        Files.write(file, model.bytes.toByteArray());
    }

    private static Message node(String operator, String output, String... inputs) {
        Message node = new Message();
        for (String input : inputs) {
            node.text(1, input);
        }
        return node.text(2, output).text(4, operator);
    }

    private static Message tensor(String name, float[][] values) {
        ByteBuffer raw = ByteBuffer.allocate(values.length * values[0].length * Float.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN);
        for (float[] row : values) {
            for (float value : row) {
                raw.putFloat(value);
            }
        }
        return new Message()
                .number(1, values.length)
                .number(1, values[0].length)
                .number(2, FLOAT)
                .text(8, name)
                .bytes(9, raw.array());
    }

    private static Message value(String name, long... dimensions) {
        Message shape = new Message().add(1, new Message().text(2, "N"));
        for (long dimension : dimensions) {
            shape.add(1, new Message().number(1, dimension));
        }
        Message tensor = new Message().number(1, FLOAT).add(2, shape);
        return new Message().text(1, name).add(2, new Message().add(1, tensor));
    }

    /** A protocol buffer: fields with a number and a wire type, 0 for numbers and 2 for everything with a length. */
    private static final class Message {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

        Message number(int field, long value) {
            varint(field << 3);
            varint(value);
            return this;
        }

        Message text(int field, String value) {
            return bytes(field, value.getBytes(StandardCharsets.UTF_8));
        }

        Message add(int field, Message message) {
            return bytes(field, message.bytes.toByteArray());
        }

        Message bytes(int field, byte[] value) {
            varint((field << 3) | 2);
            varint(value.length);
            bytes.writeBytes(value);
            return this;
        }

        private void varint(long value) {
            long left = value;
            while (left > 0x7f) {
                bytes.write((int) (left & 0x7f) | 0x80);
                left >>>= 7;
            }
            bytes.write((int) left);
        }
    }
}
