package org.mirage4j.core.engine.plan;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.dnnl.dnnl_exec_arg_t;
import org.bytedeco.dnnl.dnnl_primitive;
import org.bytedeco.dnnl.dnnl_stream;
import org.bytedeco.dnnl.global.dnnl;

/** A primitive bound to its arguments. */
final class Call implements Step {
    private static final int POST_OP_BASE = 16384;

    private final String name;
    private final dnnl_primitive primitive;
    private final dnnl_stream stream;
    private final dnnl_exec_arg_t arguments;
    private final int count;

    private Call(String name, dnnl_primitive primitive, dnnl_exec_arg_t arguments, int count) {
        this.name = name;
        this.primitive = primitive;
        this.stream = Dnnl.stream();
        this.arguments = arguments;
        this.count = count;
    }

    @Override
    public void run() {
        int status = dnnl.dnnl_primitive_execute(primitive, stream, count, arguments);
        if (status != dnnl.dnnl_success) {
            Dnnl.check(status, "run layer \"" + name + "\"");
        }
    }

    @Override
    public String toString() {
        return name;
    }

    /** Starts binding; {@code name} is the layer's, for messages. */
    static Builder of(Arena arena, String name, Primitive primitive) {
        return new Builder(arena, name, primitive);
    }

    static final class Builder {
        private record Argument(int index, Memory memory) {}

        private final Arena arena;
        private final String name;
        private final Primitive primitive;
        private final List<Argument> arguments = new ArrayList<>();

        private Builder(Arena arena, String name, Primitive primitive) {
            this.arena = arena;
            this.name = name;
            this.primitive = primitive;
        }

        Builder with(int index, Memory memory) {
            arguments.add(new Argument(index, memory));
            return this;
        }

        Call build() {
            List<PostOp> postOps = primitive.postOps();
            for (int i = 0; i < postOps.size(); i++) {
                if (postOps.get(i) instanceof PostOp.Binary binary) {
                    with(POST_OP_BASE * (i + 1) | dnnl.DNNL_ARG_SRC_1, binary.operand());
                }
            }
            Layout scratchpad = primitive.layout(dnnl.dnnl_query_scratchpad_md);
            if (scratchpad.bytes() > 0) {
                with(dnnl.DNNL_ARG_SCRATCHPAD, arena.scratchpad(scratchpad));
            }
            dnnl_exec_arg_t array = arena.own(new dnnl_exec_arg_t(arguments.size()));
            for (int i = 0; i < arguments.size(); i++) {
                array.getPointer(i)
                        .arg(arguments.get(i).index())
                        .memory(arguments.get(i).memory().handle());
            }
            return new Call(name, primitive.handle(), array, arguments.size());
        }
    }
}
