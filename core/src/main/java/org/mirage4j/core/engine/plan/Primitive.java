package org.mirage4j.core.engine.plan;

import java.util.List;
import org.bytedeco.dnnl.const_dnnl_op_desc_t;
import org.bytedeco.dnnl.dnnl_memory_desc_t;
import org.bytedeco.dnnl.dnnl_post_ops;
import org.bytedeco.dnnl.dnnl_primitive;
import org.bytedeco.dnnl.dnnl_primitive_attr;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerPointer;
import org.jspecify.annotations.Nullable;

/** A oneDNN primitive: an operation compiled for fixed shapes and layouts. */
final class Primitive {
    private final Arena arena;
    private final dnnl_primitive_desc descriptor;
    private final dnnl_primitive handle;
    private final List<PostOp> postOps;

    private Primitive(Arena arena, dnnl_primitive_desc descriptor, dnnl_primitive handle, List<PostOp> postOps) {
        this.arena = arena;
        this.descriptor = descriptor;
        this.handle = handle;
        this.postOps = postOps;
    }

    /** Finds how to create a primitive descriptor; a reorder is created differently from the rest. */
    interface Source {
        int create(dnnl_primitive_desc into, dnnl_primitive_attr attributes);
    }

    static Primitive create(Arena arena, Pointer operation, List<PostOp> postOps, @Nullable Primitive forward) {
        return create(
                arena,
                postOps,
                1f,
                (into, attributes) -> dnnl.dnnl_primitive_desc_create(
                        into,
                        new const_dnnl_op_desc_t(operation),
                        attributes,
                        Dnnl.engine(),
                        forward == null ? null : forward.descriptor));
    }

    static Primitive create(Arena arena, List<PostOp> postOps, float outputScale, Source source) {
        dnnl_primitive_desc descriptor = arena.own(new dnnl_primitive_desc());
        dnnl_primitive_attr attributes = new dnnl_primitive_attr();
        dnnl_post_ops chain = new dnnl_post_ops();
        Dnnl.check(dnnl.dnnl_primitive_attr_create(attributes), "create attributes");
        Dnnl.check(dnnl.dnnl_post_ops_create(chain), "create post-operations");
        try {
            // The library's own scratchpad belongs to the creating thread; a plan may run on another one.
            Dnnl.check(
                    dnnl.dnnl_primitive_attr_set_scratchpad_mode(attributes, dnnl.dnnl_scratchpad_mode_user),
                    "set the scratchpad mode");
            if (outputScale != 1f) {
                Dnnl.check(
                        dnnl.dnnl_primitive_attr_set_output_scales(attributes, 1, 0, new float[] {outputScale}),
                        "set an output scale");
            }
            postOps.forEach(postOp -> postOp.appendTo(chain));
            Dnnl.check(dnnl.dnnl_primitive_attr_set_post_ops(attributes, chain), "set post-operations");
            Dnnl.check(source.create(descriptor, attributes), "find an implementation");
        } finally {
            dnnl.dnnl_post_ops_destroy(chain);
            dnnl.dnnl_primitive_attr_destroy(attributes);
            chain.close();
            attributes.close();
        }
        arena.onClose(() -> dnnl.dnnl_primitive_desc_destroy(descriptor));
        dnnl_primitive handle = arena.own(new dnnl_primitive());
        Dnnl.check(dnnl.dnnl_primitive_create(handle, descriptor), "compile a primitive");
        arena.onClose(() -> dnnl.dnnl_primitive_destroy(handle));
        return new Primitive(arena, descriptor, handle, List.copyOf(postOps));
    }

    dnnl_primitive handle() {
        return handle;
    }

    List<PostOp> postOps() {
        return postOps;
    }

    /** The layout chosen for an argument, one of oneDNN's {@code dnnl_query_*_md}; empty layouts have no bytes. */
    Layout layout(int query, int index) {
        dnnl_memory_desc_t chosen = dnnl.dnnl_primitive_desc_query_md(descriptor, query, index);
        dnnl_memory_desc_t copy = arena.own(new dnnl_memory_desc_t());
        Pointer.memcpy(copy, chosen, copy.sizeof());
        long[] dims = new long[copy.ndims()];
        copy.dims().get(dims);
        return new Layout(dims, copy);
    }

    Layout layout(int query) {
        return layout(query, 0);
    }

    /** The name of the implementation oneDNN chose, "ref" for the slow one. */
    String implementation() {
        try (PointerPointer<BytePointer> name = new PointerPointer<>(1)) {
            dnnl.dnnl_primitive_desc_query(descriptor, dnnl.dnnl_query_impl_info_str, 0, name);
            return name.get(BytePointer.class, 0).getString();
        }
    }
}
