package org.mirage4j.core.memory;

import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Gives the native memory of arrays back. Safe for concurrent use on different arrays. */
public final class NativeMemory {
    private NativeMemory() {}

    /**
     * Frees arrays now. An array left to the garbage collector keeps its memory until a collection, so that a
     * training loop runs through ever new pages: on small networks faulting them in costs more than the step.
     *
     * @param arrays arrays that nobody uses any more; a view, or one in a workspace, is left as it is
     */
    public static void release(INDArray... arrays) {
        for (INDArray array : arrays) {
            if (array.closeable()) {
                array.close();
            }
        }
    }

    /**
     * Copies an array to the heap, and leaves nothing behind outside it.
     *
     * @param array of any type, possibly a view
     * @return its elements in row-major order, as floats
     */
    public static float[] floats(INDArray array) {
        INDArray single = array.castTo(DataType.FLOAT);
        INDArray plain = single.dup('c');
        float[] values = plain.data().asFloat();
        release(plain);
        if (single != array) {
            release(single);
        }
        return values;
    }
}
