package org.mirage4j.core.engine.plan;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One node of the plan: what a layer or vertex does, or a part of it. Operations are compiled in
 * topological order, their gradients in reverse.
 */
abstract class Operation {
    private final String layer;
    private final List<Value> inputs;
    private final boolean trained;
    private final boolean reachesParameters;
    private final boolean reachesInput;
    private @Nullable Value output;

    /**
     * @param layer the layer's or vertex' name, for messages
     * @param inputs what is read
     * @param trained whether the operation has parameters of its own, and not frozen ones
     */
    Operation(String layer, List<Value> inputs, boolean trained) {
        this.layer = layer;
        this.inputs = List.copyOf(inputs);
        inputs.forEach(input -> input.consumers().add(this));
        this.trained = trained;
        reachesParameters = trained || inputs.stream().anyMatch(Value::reachesParameters);
        reachesInput = inputs.stream().anyMatch(Value::reachesInput);
    }

    /** Declares the result; called once, by the constructor of each kind. */
    final void declare(long... dims) {
        output = new Value(layer, this, dims);
    }

    final String layer() {
        return layer;
    }

    final Value input() {
        return inputs.get(0);
    }

    final List<Value> inputs() {
        return inputs;
    }

    final Value output() {
        Value value = output;
        if (value == null) {
            throw new IllegalStateException("operation of layer \"" + layer + "\" has no result");
        }
        return value;
    }

    /** Whether the operation has parameters that steps change. */
    final boolean trained() {
        return trained;
    }

    final boolean reachesParameters() {
        return reachesParameters;
    }

    final boolean reachesInput() {
        return reachesInput;
    }

    /** Whether a replay of this operation looks at what its input was in the recorded pass. */
    boolean replaysInput() {
        return false;
    }

    /** Multiplications and additions of one forward pass, where they are what takes the time. */
    long work() {
        return 0;
    }

    /** Appends the steps that compute the output and sets its data. */
    abstract void compileForward(Compilation compilation);

    /** Appends the steps that turn the output's gradient into those of inputs and parameters, where wanted. */
    abstract void compileBackward(Backward backward);
}
