package org.mirage4j.core.engine.plan;

import java.util.List;
import org.bytedeco.dnnl.global.dnnl;

/** A scalar function of every element; runs on its own or fused behind the operation before it. */
final class Activate extends Operation {
    private final Nonlinearity kind;
    private boolean fused;

    Activate(String name, Value input, Nonlinearity kind) {
        super(name, List.of(input), false);
        this.kind = kind;
        declare(input.dims());
    }

    Nonlinearity kind() {
        return kind;
    }

    void fuse() {
        fused = true;
    }

    @Override
    void compileForward(Compilation compilation) {
        if (fused) {
            return;
        }
        Arena arena = compilation.arena();
        Memory src = input().data();
        Memory dst = arena.memory(src.layout());
        Primitive primitive =
                Primitives.eltwise(arena, false, kind.forwardAlgorithm(), src.layout(), kind.alpha(), kind.beta());
        compilation.add(Call.of(arena, layer(), primitive)
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
        Memory reference = kind.fromOutput() ? output().data() : input().data();
        Layout layout = reference.layout();
        Memory diff = backward.gradient(this, output(), layout);
        Primitive hint = Primitives.eltwise(arena, true, kind.algorithm(), layout, kind.alpha(), kind.beta());
        Primitive primitive =
                Primitives.eltwiseBackward(arena, kind.algorithm(), layout, layout, kind.alpha(), kind.beta(), hint);
        backward.compilation()
                .add(Call.of(arena, layer(), primitive)
                        .with(kind.fromOutput() ? dnnl.DNNL_ARG_DST : dnnl.DNNL_ARG_SRC, reference)
                        .with(dnnl.DNNL_ARG_DIFF_DST, diff)
                        .with(dnnl.DNNL_ARG_DIFF_SRC, diff)
                        .build());
        backward.contribute(this, input(), diff);
    }
}
