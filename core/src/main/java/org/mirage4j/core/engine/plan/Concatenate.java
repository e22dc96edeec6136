package org.mirage4j.core.engine.plan;

import java.util.List;

/** Several values side by side, along features or channels. */
final class Concatenate extends Operation {
    Concatenate(String name, List<Value> inputs) {
        super(name, inputs, false);
        long[] dims = inputs.get(0).dims();
        dims[1] = inputs.stream().mapToLong(input -> input.dim(1)).sum();
        declare(dims);
    }

    /** The part of a plain memory that belongs to one input. */
    private Memory part(Arena arena, Memory whole, Value input, long firstFeature) {
        long[] strides = Layout.rowMajor(output().dims());
        return arena.alias(whole, arena.strided(input.dims(), strides), firstFeature * strides[1]);
    }

    @Override
    void compileForward(Compilation compilation) {
        Arena arena = compilation.arena();
        Memory dst = arena.memory(arena.plain(output().dims()));
        long feature = 0;
        for (Value input : inputs()) {
            compilation.reorder(layer(), input.data(), part(arena, dst, input, feature));
            feature += input.dim(1);
        }
        output().setData(dst);
    }

    @Override
    void compileBackward(Backward backward) {
        Arena arena = backward.arena();
        Memory diff = backward.gradient(this, output(), arena.plain(output().dims()));
        long feature = 0;
        for (int i = 0; i < inputs().size(); i++) {
            Value input = inputs().get(i);
            if (backward.wants(input)) {
                Memory result = backward.compilation().buffer(this, "dx " + i, arena.plain(input.dims()));
                backward.compilation().reorder(layer(), part(arena, diff, input, feature), result);
                backward.contribute(this, input, result);
            }
            feature += input.dim(1);
        }
    }
}
