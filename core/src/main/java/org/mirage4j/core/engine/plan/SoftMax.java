package org.mirage4j.core.engine.plan;

import java.util.List;
import org.bytedeco.dnnl.global.dnnl;

/** Softmax over the features of each example, [N, C]. */
final class SoftMax extends Operation {
    SoftMax(String name, Value input) {
        super(name, List.of(input), false);
        declare(input.dims());
    }

    @Override
    void compileForward(Compilation compilation) {
        Arena arena = compilation.arena();
        Memory src = compilation.plain(this, input());
        Memory dst = arena.memory(src.layout());
        compilation.add(Call.of(arena, layer(), Primitives.softmax(arena, src.layout()))
                .with(dnnl.DNNL_ARG_SRC, src)
                .with(dnnl.DNNL_ARG_DST, dst)
                .build());
        output().setData(dst);
    }

    @Override
    void compileBackward(Backward backward) {
        if (!backward.wants(input())) {
            return;
        }
        Arena arena = backward.arena();
        Memory dst = output().data();
        Memory diff = backward.gradient(this, output(), dst.layout());
        Memory result = backward.compilation().buffer(this, "dx", dst.layout());
        Primitive hint = Primitives.softmax(arena, dst.layout());
        backward.compilation()
                .add(Call.of(arena, layer(), Primitives.softmaxBackward(arena, dst.layout(), hint))
                        .with(dnnl.DNNL_ARG_DST, dst)
                        .with(dnnl.DNNL_ARG_DIFF_DST, diff)
                        .with(dnnl.DNNL_ARG_DIFF_SRC, result)
                        .build());
        backward.contribute(this, input(), result);
    }
}
