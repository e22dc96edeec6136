package org.mirage4j.core.engine.plan;

import org.bytedeco.dnnl.dnnl_memory_desc_t;
import org.bytedeco.dnnl.global.dnnl;

/** Dimensions of a tensor and where each element lies: a oneDNN memory descriptor, float32 only. */
final class Layout {
    private final long[] dims;
    private final dnnl_memory_desc_t descriptor;

    Layout(long[] dims, dnnl_memory_desc_t descriptor) {
        this.dims = dims.clone();
        this.descriptor = descriptor;
    }

    dnnl_memory_desc_t descriptor() {
        return descriptor;
    }

    long[] dims() {
        return dims.clone();
    }

    long dim(int axis) {
        return dims[axis];
    }

    int rank() {
        return dims.length;
    }

    /** Elements, without padding. */
    long length() {
        long length = 1;
        for (long dim : dims) {
            length *= dim;
        }
        return length;
    }

    /** Bytes, with the padding that blocked layouts add. */
    long bytes() {
        return dnnl.dnnl_memory_desc_get_size(descriptor);
    }

    boolean sameAs(Layout other) {
        return dnnl.dnnl_memory_desc_equal(descriptor, other.descriptor) == 1;
    }

    /** The strides of the plain row-major layout. */
    static long[] rowMajor(long... dims) {
        long[] strides = new long[dims.length];
        long stride = 1;
        for (int i = dims.length - 1; i >= 0; i--) {
            strides[i] = stride;
            stride *= dims[i];
        }
        return strides;
    }
}
