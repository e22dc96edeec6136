package org.mirage4j.core.engine.plan;

import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import org.bytedeco.dnnl.dnnl_memory;
import org.bytedeco.dnnl.dnnl_memory_desc_t;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.Pointer;

/**
 * Owner of everything native that one plan needs. Nothing here waits for the garbage collector: {@link
 * #close()} frees all of it, newest first.
 */
final class Arena implements AutoCloseable {
    /** The largest number of channels that oneDNN puts into one block. */
    static final int BLOCK = 16;

    private static final int ALIGNMENT = 64;
    private static final int FEW_CHANNELS = 4;

    private final Deque<Runnable> releases = new ArrayDeque<>();
    private final List<Memory> scratchpads = new ArrayList<>();
    private long bytes;

    /** Bytes of buffers allocated so far. */
    long bytes() {
        return bytes;
    }

    <P extends Pointer> P own(P pointer) {
        releases.push(pointer::close);
        return pointer;
    }

    void onClose(Runnable release) {
        releases.push(release);
    }

    /** The address of fresh zeroed memory, aligned to a cache line. */
    long allocate(long size) {
        BytePointer block = own(new BytePointer(size + ALIGNMENT));
        Pointer.memset(block, 0, size + ALIGNMENT);
        bytes += size + ALIGNMENT;
        return (block.address() + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    }

    /** The plain row-major layout. */
    Layout plain(long... dims) {
        return strided(dims, Layout.rowMajor(dims));
    }

    Layout strided(long[] dims, long[] strides) {
        dnnl_memory_desc_t descriptor = own(new dnnl_memory_desc_t());
        Dnnl.check(
                dnnl.dnnl_memory_desc_init_by_strides(descriptor, dims.length, dims, dnnl.dnnl_f32, strides),
                "describe a tensor of shape " + Arrays.toString(dims));
        return new Layout(dims, descriptor);
    }

    /** The layout [N, C, H, W] with the channels of a pixel next to each other. */
    Layout channelsLast(long... dims) {
        return tagged(dnnl.dnnl_nhwc, dims);
    }

    /** The layout of images [N, C, H, W] in the blocks of channels that this processor's primitives want. */
    Layout blocked(long... dims) {
        int isa = dnnl.dnnl_get_effective_cpu_isa();
        boolean wide =
                (isa & (dnnl.dnnl_cpu_isa_avx512_core | dnnl.dnnl_cpu_isa_avx512_mic) & ~dnnl.dnnl_cpu_isa_avx2) != 0;
        if (!wide && (isa & dnnl.dnnl_cpu_isa_avx2) != dnnl.dnnl_cpu_isa_avx2) {
            return plain(dims);
        }
        return tagged(wide ? dnnl.dnnl_nChw16c : dnnl.dnnl_nChw8c, dims);
    }

    /** The layout that lets a primitive choose. */
    Layout any(long... dims) {
        return tagged(dnnl.dnnl_format_tag_any, dims);
    }

    /** Images [N, C, H, W] as a convolution wants them: blocked, or plain where blocks would be mostly padding. */
    Layout images(long... dims) {
        return dims[1] <= FEW_CHANNELS ? plain(dims) : any(dims);
    }

    /**
     * The layout of one number per channel, [1, C, 1, 1], that goes with images of a given layout: a
     * broadcast against blocked images is fast only if it is blocked alike.
     */
    Layout perChannel(Layout images) {
        for (int tag : new int[] {dnnl.dnnl_nChw16c, dnnl.dnnl_nChw8c}) {
            if (images.sameAs(tagged(tag, images.dims()))) {
                return tagged(tag, 1, images.dim(1), 1, 1);
            }
        }
        return plain(1, images.dim(1), 1, 1);
    }

    private Layout tagged(int tag, long... dims) {
        dnnl_memory_desc_t descriptor = own(new dnnl_memory_desc_t());
        Dnnl.check(
                dnnl.dnnl_memory_desc_init_by_tag(descriptor, dims.length, dims, dnnl.dnnl_f32, tag),
                "describe a tensor of shape " + Arrays.toString(dims));
        return new Layout(dims, descriptor);
    }

    /** Memory with a buffer of its own. */
    Memory memory(Layout layout) {
        return memoryAt(layout, allocate(layout.bytes()));
    }

    /** Memory over a buffer that somebody else owns. */
    Memory memoryAt(Layout layout, long address) {
        dnnl_memory handle = own(new dnnl_memory());
        Dnnl.check(
                dnnl.dnnl_memory_create(handle, layout.descriptor(), Dnnl.engine(), new Dnnl.Address(address)),
                "create a memory object");
        onClose(() -> dnnl.dnnl_memory_destroy(handle));
        return new Memory(layout, handle, address);
    }

    /** Sets every element, padding included. */
    void fill(Memory memory, float value) {
        float[] values = new float[Math.toIntExact(memory.layout().bytes() / Float.BYTES)];
        Arrays.fill(values, value);
        floats(memory.address(), values.length).put(values);
    }

    /** The buffer of other memory under another layout, from an offset in floats. */
    Memory alias(Memory base, Layout layout, long offset) {
        Memory memory = memoryAt(layout, base.address() + offset * Float.BYTES);
        base.addAlias(memory, offset * Float.BYTES);
        return memory;
    }

    /** Memory for a primitive's workings; all primitives of the arena share one buffer, see {@link #seal()}. */
    Memory scratchpad(Layout layout) {
        Memory scratchpad = memoryAt(layout, 0);
        scratchpads.add(scratchpad);
        return scratchpad;
    }

    /** Gives the scratchpads their shared buffer; to be called once, when all primitives exist. */
    void seal() {
        long size = 0;
        for (Memory scratchpad : scratchpads) {
            size = Math.max(size, scratchpad.layout().bytes());
        }
        if (size > 0) {
            long address = allocate(size);
            scratchpads.forEach(scratchpad -> scratchpad.pointTo(address));
        }
        scratchpads.clear();
    }

    /** A view of native floats for Java loops, which copy block by block into arrays: only those vectorise. */
    static FloatBuffer floats(long address, long length) {
        return new FloatPointer(new Dnnl.Address(address)).capacity(length).asBuffer();
    }

    /** The same memory as raw bits. */
    static IntBuffer bits(long address, long length) {
        return new IntPointer(new Dnnl.Address(address)).capacity(length).asBuffer();
    }

    @Override
    public void close() {
        while (!releases.isEmpty()) {
            releases.pop().run();
        }
    }
}
