package org.mirage4j.core.memory;

import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The elements of an array in the order of its memory, read and written in bulk as doubles: for arithmetic on arrays
 * so small that an ND4J operation costs more than what it computes. A live view: the array must stay open. Not safe
 * for concurrent use.
 */
public final class FlatArray {
    private final INDArray array;
    private final FloatBuffer floats;
    private final DoubleBuffer doubles;
    private final boolean single;
    private float[] block = new float[0];

    private FlatArray(INDArray array) {
        this.array = array;
        this.single = array.dataType() == DataType.FLOAT;
        this.floats = single ? array.data().asNioFloat() : FloatBuffer.allocate(0);
        this.doubles = single ? DoubleBuffer.allocate(0) : array.data().asNioDouble();
    }

    /**
     * Looks at an array.
     *
     * @param array of type FLOAT or DOUBLE, whole and dense: no view with gaps
     * @return the view
     * @throws IllegalArgumentException if it has another type or gaps
     */
    public static FlatArray of(INDArray array) {
        boolean known = array.dataType() == DataType.FLOAT || array.dataType() == DataType.DOUBLE;
        if (!known || array.elementWiseStride() > 1 || array.data().length() < array.length()) {
            throw new IllegalArgumentException("a flat view needs a dense array of type FLOAT or DOUBLE, but was given "
                    + array.shapeInfoToString());
        }
        return new FlatArray(array);
    }

    /**
     * How many elements there are.
     *
     * @return the length
     */
    public int length() {
        return Math.toIntExact(array.length());
    }

    /**
     * Reads.
     *
     * @param offset the first element
     * @param into where to put them, from 0
     * @param count how many
     */
    public void get(int offset, double[] into, int count) {
        if (single) {
            float[] values = block(count);
            floats.get(offset, values, 0, count);
            for (int i = 0; i < count; i++) {
                into[i] = values[i];
            }
        } else {
            doubles.get(offset, into, 0, count);
        }
    }

    /**
     * Writes, rounding to the array's type.
     *
     * @param offset the first element
     * @param from what to write, from 0
     * @param count how many
     */
    public void put(int offset, double[] from, int count) {
        if (single) {
            float[] values = block(count);
            for (int i = 0; i < count; i++) {
                values[i] = (float) from[i];
            }
            floats.put(offset, values, 0, count);
        } else {
            doubles.put(offset, from, 0, count);
        }
    }

    /**
     * Writes all elements of another array of the same type.
     *
     * @param offset where its first element goes
     * @param from the other array
     */
    public void put(int offset, FlatArray from) {
        if (single) {
            floats.put(offset, from.floats, 0, from.length());
        } else {
            doubles.put(offset, from.doubles, 0, from.length());
        }
    }

    /**
     * Reads everything.
     *
     * @return a new array
     */
    public double[] toArray() {
        double[] values = new double[length()];
        get(0, values, values.length);
        return values;
    }

    private float[] block(int count) {
        if (block.length < count) {
            block = new float[count];
        }
        return block;
    }
}
