package org.mirage4j.core.engine.plan;

import java.util.List;
import org.bytedeco.dnnl.global.dnnl;

/** The sum of several values of one shape: a residual connection. */
final class AddUp extends Operation {
    AddUp(String name, List<Value> inputs) {
        super(name, inputs, false);
        declare(inputs.get(0).dims());
    }

    @Override
    void compileForward(Compilation compilation) {
        Memory first = inputs().get(0).data();
        Memory dst = compilation.arena().memory(first.layout());
        Memory sum = first;
        for (int i = 1; i < inputs().size(); i++) {
            Memory next =
                    compilation.convert(this, "input " + i, inputs().get(i).data(), first.layout());
            compilation.binary(layer(), dnnl.dnnl_binary_add, sum, next, dst, List.of());
            sum = dst;
        }
        output().setData(dst);
    }

    @Override
    void compileBackward(Backward backward) {
        Memory diff = backward.gradient(output());
        for (int i = inputs().size() - 1; i >= 0; i--) {
            Value input = inputs().get(i);
            if (!backward.wants(input)) {
                continue;
            }
            if (i == 0) {
                backward.contribute(this, input, diff);
            } else {
                // A gradient may be overwritten by whoever receives it, so each input needs its own.
                Memory copy = backward.compilation().buffer(this, "dx " + i, diff.layout());
                backward.compilation().reorder(layer(), diff, copy);
                backward.contribute(this, input, copy);
            }
        }
    }
}
