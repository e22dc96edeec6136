package org.mirage4j.core.engine.plan;

import java.util.List;
import org.bytedeco.dnnl.global.dnnl;
import org.jspecify.annotations.Nullable;

/** Repeats every pixel of an image a whole number of times in each direction. */
final class Upsample extends Operation {
    private @Nullable Primitive forward;

    Upsample(String name, Value input, long vertically, long horizontally) {
        super(name, List.of(input), false);
        declare(input.dim(0), input.dim(1), input.dim(2) * vertically, input.dim(3) * horizontally);
    }

    @Override
    void compileForward(Compilation compilation) {
        Arena arena = compilation.arena();
        Memory src = input().data();
        Primitive primitive = Primitives.repetition(arena, src.layout(), arena.any(output().dims()));
        Memory dst = arena.memory(primitive.layout(dnnl.dnnl_query_dst_md));
        compilation.add(Call.of(arena, layer(), primitive)
                .with(dnnl.DNNL_ARG_SRC, src)
                .with(dnnl.DNNL_ARG_DST, dst)
                .build());
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
        Memory diff = backward.gradient(this, output(), output().data().layout());
        Memory result = backward.compilation().buffer(this, "dx", input().data().layout());
        Primitive primitive = Primitives.repetitionBackward(arena, result.layout(), diff.layout(), hint);
        backward.compilation()
                .add(Call.of(arena, layer(), primitive)
                        .with(dnnl.DNNL_ARG_DIFF_DST, diff)
                        .with(dnnl.DNNL_ARG_DIFF_SRC, result)
                        .build());
        backward.contribute(this, input(), result);
    }
}
