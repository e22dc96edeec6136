package org.mirage4j.core.engine.plan;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import org.bytedeco.dnnl.global.dnnl;
import org.mirage4j.core.engine.Wanted;

/**
 * Compiles one backward program: gradients of values are collected from their consumers, in reverse
 * order. A gradient's memory belongs to whoever it was contributed to, who may overwrite it.
 */
final class Backward {
    private final Compilation compilation;
    private final Wanted wanted;
    private final IdentityHashMap<Value, Memory> gradients = new IdentityHashMap<>();
    private final Set<Operation> applied = Collections.newSetFromMap(new IdentityHashMap<>());

    Backward(Compilation compilation, Wanted wanted) {
        this.compilation = compilation;
        this.wanted = wanted;
    }

    Compilation compilation() {
        return compilation;
    }

    Arena arena() {
        return compilation.arena();
    }

    /** Whether the gradient in the operation's own parameters is asked for. */
    boolean wantsParameters(Operation operation) {
        return wanted.parameters() && operation.trained();
    }

    boolean wants(Value value) {
        return (wanted.parameters() && value.reachesParameters()) || (wanted.input() && value.reachesInput());
    }

    boolean reached(Value value) {
        return gradients.containsKey(value);
    }

    /** The sum of all contributions, to be read once all consumers are compiled. */
    Memory gradient(Value value) {
        Memory gradient = gradients.get(value);
        if (gradient == null) {
            throw new IllegalStateException("no gradient reaches \"" + value.name() + "\"");
        }
        return gradient;
    }

    Memory gradient(Operation reader, Value value, Layout layout) {
        return compilation.convert(reader, "gradient", gradient(value), layout);
    }

    /** Adds to a value's gradient. The memory may be overwritten from here on. */
    void contribute(Operation from, Value value, Memory gradient) {
        Memory sum = gradients.get(value);
        if (sum == null) {
            gradients.put(value, gradient);
            return;
        }
        Memory term = compilation.convert(from, "term " + value.name(), gradient, sum.layout());
        compilation.binary(from.layer(), dnnl.dnnl_binary_add, sum, term, sum, List.of());
    }

    /** Notes that an operation's own gradient has been fused into its consumer's. */
    void markApplied(Operation operation) {
        applied.add(operation);
    }

    boolean isApplied(Operation operation) {
        return applied.contains(operation);
    }
}
