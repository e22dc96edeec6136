package org.mirage4j.core.run;

import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Takes the entries of a checkpoint that is being written. Valid only while it is. */
public final class CheckpointWriter {
    private static final int CHUNK = 1 << 16;

    private final DataOutputStream out;
    private final Set<String> names = new HashSet<>();

    CheckpointWriter(DataOutputStream out) {
        this.out = out;
    }

    /**
     * Writes an entry as it is.
     *
     * @param name a new name: 1 to 100 letters, digits, dots, dashes and underscores
     * @param content what it holds
     * @throws IOException if the file cannot be written
     * @throws CheckpointException if the name is taken or not allowed
     */
    public void bytes(String name, byte[] content) throws IOException {
        begin(name, content.length);
        out.write(content);
    }

    /**
     * Writes a JSON object, for counters, flags and text. Read back, whole numbers are Integer or Long by
     * size, and numbers that are not finite are text: those belong into an array.
     *
     * @param name a new name: 1 to 100 letters, digits, dots, dashes and underscores
     * @param content what JSON can hold
     * @throws IOException if the file cannot be written
     * @throws CheckpointException if the name is taken or not allowed
     */
    public void json(String name, Map<String, ?> content) throws IOException {
        // in an order of its own, because equal states should be equal bytes and some maps change theirs with every JVM
        bytes(name, Json.bytes(new TreeMap<>(content)));
    }

    /**
     * Writes an array with its type and shape, bit for bit.
     *
     * @param name a new name: 1 to 100 letters, digits, dots, dashes and underscores
     * @param content an array of type FLOAT or DOUBLE
     * @throws IOException if the file cannot be written
     * @throws CheckpointException if the name is taken or not allowed, or the array has another type
     */
    public void array(String name, INDArray content) throws IOException {
        DataType type = content.dataType();
        if (type != DataType.FLOAT && type != DataType.DOUBLE) {
            throw new CheckpointException(
                    "checkpoint entry \"" + name + "\" has type " + type + ", allowed are FLOAT and DOUBLE");
        }
        if (content.isEmpty()) {
            throw new CheckpointException("checkpoint entry \"" + name + "\" is an array without elements");
        }
        long[] shape = content.shape();
        begin(name, Checkpoint.arrayBytes(type, shape));
        out.writeByte(type == DataType.FLOAT ? Float.BYTES : Double.BYTES);
        out.writeByte(shape.length);
        for (long size : shape) {
            out.writeLong(size);
        }
        // A copy in C order, because a view's buffer has other elements too.
        INDArray copy = content.dup('c');
        ByteBuffer chunk = ByteBuffer.allocate(CHUNK).order(ByteOrder.LITTLE_ENDIAN);
        if (type == DataType.FLOAT) {
            float[] values = copy.data().asFloat();
            for (int i = 0; i < values.length; i += CHUNK / Float.BYTES) {
                int count = Math.min(CHUNK / Float.BYTES, values.length - i);
                chunk.asFloatBuffer().put(values, i, count);
                out.write(chunk.array(), 0, count * Float.BYTES);
            }
        } else {
            double[] values = copy.data().asDouble();
            for (int i = 0; i < values.length; i += CHUNK / Double.BYTES) {
                int count = Math.min(CHUNK / Double.BYTES, values.length - i);
                chunk.asDoubleBuffer().put(values, i, count);
                out.write(chunk.array(), 0, count * Double.BYTES);
            }
        }
        copy.close();
    }

    private void begin(String name, long length) throws IOException {
        if (!FlatName.isValid(name)) {
            throw new CheckpointException("checkpoint entry name \"" + name + "\" is not allowed: " + FlatName.ALLOWED);
        }
        if (!names.add(name)) {
            throw new CheckpointException("checkpoint entry \"" + name + "\" was written twice");
        }
        if (names.size() > Checkpoint.MAX_ENTRIES || length > Checkpoint.MAX_ENTRY_BYTES) {
            throw new CheckpointException("checkpoint entry \"" + name + "\" is number " + names.size() + " and has "
                    + length + " bytes, allowed are " + Checkpoint.MAX_ENTRIES + " entries of up to "
                    + Checkpoint.MAX_ENTRY_BYTES + " bytes");
        }
        out.writeByte(name.length());
        out.write(name.getBytes(StandardCharsets.US_ASCII));
        out.writeLong(length);
    }
}
