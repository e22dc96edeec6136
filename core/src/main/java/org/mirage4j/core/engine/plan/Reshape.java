package org.mirage4j.core.engine.plan;

import java.util.List;

/** Reads the same row-major numbers under another shape; copies only out of blocked layouts. */
final class Reshape extends Operation {
    Reshape(String name, Value input, long... dims) {
        super(name, List.of(input), false);
        declare(dims);
    }

    @Override
    boolean replaysInput() {
        return output().consumers().stream().anyMatch(Operation::replaysInput);
    }

    @Override
    void compileForward(Compilation compilation) {
        Memory src = compilation.plain(this, input());
        Arena arena = compilation.arena();
        output().setData(arena.alias(src, arena.plain(output().dims()), 0));
    }

    @Override
    void compileBackward(Backward backward) {
        if (!backward.wants(input())) {
            return;
        }
        Arena arena = backward.arena();
        Memory diff = backward.gradient(this, output(), arena.plain(output().dims()));
        backward.contribute(this, input(), arena.alias(diff, arena.plain(input().dims()), 0));
    }
}
