package org.mirage4j.core.memory;

import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The elements of an array in row-major order, read and written in bulk as doubles: for arithmetic on arrays so small
 * that an ND4J operation costs more than what it computes. A live view: the array must stay open. Not safe for
 * concurrent use.
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
        // ND4J hands out the memory of the whole array that a view is of, positioned where the view begins
        this.floats = single ? array.data().asNioFloat().slice() : FloatBuffer.allocate(0);
        this.doubles =
                single ? DoubleBuffer.allocate(0) : array.data().asNioDouble().slice();
    }

    /**
     * Looks at an array.
     *
     * @param array of type FLOAT or DOUBLE, possibly a view, whose elements lie in row-major order without gaps
     * @return the view
     * @throws IllegalArgumentException if it has another type, order or gaps
     */
    public static FlatArray of(INDArray array) {
        boolean known = array.dataType() == DataType.FLOAT || array.dataType() == DataType.DOUBLE;
        if (!known || !isRowMajor(array)) {
            throw new IllegalArgumentException("a flat view needs an array of type FLOAT or DOUBLE in row-major order"
                    + " without gaps, but was given " + array.shapeInfoToString());
        }
        return new FlatArray(array);
    }

    /**
     * Looks at an array for reading only.
     *
     * @param array of type FLOAT or DOUBLE, in any order, possibly a view
     * @return a view of the array, or of a copy if its elements do not lie in row-major order
     */
    public static FlatArray reading(INDArray array) {
        return of(isRowMajor(array) ? array : array.dup('c'));
    }

    /**
     * Whether an array's elements lie in row-major order without gaps. Its order as ND4J tells it says less: that of
     * some columns of a larger array is 'c' too.
     *
     * @param array of any type, possibly a view
     * @return true if elements that follow each other in row-major order do so in memory
     */
    public static boolean isRowMajor(INDArray array) {
        long expected = 1;
        for (int axis = array.rank() - 1; axis >= 0; axis--) {
            long size = array.size(axis);
            if (size != 1) { // along an axis of one element no step is taken
                if (array.stride(axis) != expected) {
                    return false;
                }
                expected *= size;
            }
        }
        return true;
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
