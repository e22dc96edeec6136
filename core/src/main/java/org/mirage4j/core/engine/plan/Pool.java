package org.mirage4j.core.engine.plan;

import java.util.List;
import org.bytedeco.dnnl.global.dnnl;
import org.jspecify.annotations.Nullable;

/** The largest or mean value under a window. */
final class Pool extends Operation {
    private final Window window;
    private final int algorithm;
    private @Nullable Primitive forward;
    private @Nullable Memory workspace;

    Pool(String name, Value input, Window window, int algorithm, long[] size) {
        super(name, List.of(input), false);
        this.window = window;
        this.algorithm = algorithm;
        declare(input.dim(0), input.dim(1), size[0], size[1]);
    }

    @Override
    void compileForward(Compilation compilation) {
        Arena arena = compilation.arena();
        Memory src = input().data();
        Primitive primitive = Primitives.pooling(
                arena, compilation.training(), algorithm, window, src.layout(), arena.any(output().dims()));
        Memory dst = arena.memory(primitive.layout(dnnl.dnnl_query_dst_md));
        Call.Builder call =
                Call.of(arena, layer(), primitive).with(dnnl.DNNL_ARG_SRC, src).with(dnnl.DNNL_ARG_DST, dst);
        Layout needed = primitive.layout(dnnl.dnnl_query_workspace_md);
        if (needed.bytes() > 0) {
            Memory memory = arena.memory(needed);
            call.with(dnnl.DNNL_ARG_WORKSPACE, memory);
            workspace = memory;
        }
        compilation.add(call.build());
        output().setData(dst);
        forward = primitive;
    }

    @Override
    void compileBackward(Backward backward) {
        Primitive hint = forward;
        if (hint == null || !backward.wants(input())) {
            return;
        }
        Arena arena = backward.arena();
        Compilation compilation = backward.compilation();
        Memory diff = backward.gradient(this, output(), output().data().layout());
        Memory result = compilation.buffer(this, "dx", input().data().layout());
        Primitive primitive =
                Primitives.poolingBackward(arena, algorithm, window, result.layout(), diff.layout(), hint);
        Call.Builder call = Call.of(arena, layer(), primitive)
                .with(dnnl.DNNL_ARG_DIFF_DST, diff)
                .with(dnnl.DNNL_ARG_DIFF_SRC, result);
        if (workspace != null) {
            call.with(dnnl.DNNL_ARG_WORKSPACE, workspace);
        }
        compilation.add(call.build());
        backward.contribute(this, input(), result);
    }
}
