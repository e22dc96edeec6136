package org.mirage4j.core.engine.plan;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What flows between operations: an activation of fixed shape, batch first. */
final class Value {
    private final String name;
    private final long[] dims;
    private final List<Operation> consumers = new ArrayList<>();
    private final @Nullable Operation producer;
    private @Nullable Memory data;
    private boolean visible;

    Value(String name, @Nullable Operation producer, long... dims) {
        this.name = name;
        this.producer = producer;
        this.dims = dims.clone();
    }

    String name() {
        return name;
    }

    long[] dims() {
        return dims.clone();
    }

    long dim(int axis) {
        return dims[axis];
    }

    int rank() {
        return dims.length;
    }

    long length() {
        long length = 1;
        for (long dim : dims) {
            length *= dim;
        }
        return length;
    }

    @Nullable Operation producer() {
        return producer;
    }

    List<Operation> consumers() {
        return consumers;
    }

    /** Marks a value that somebody outside the plan reads, so that it must exist. */
    void show() {
        visible = true;
    }

    /** The only reader of this value, null if there are several or the caller reads it. */
    @Nullable Operation soleConsumer() {
        return visible || consumers.size() != 1 ? null : consumers.get(0);
    }

    void setData(Memory memory) {
        data = memory;
    }

    Memory data() {
        Memory memory = data;
        if (memory == null) {
            throw new IllegalStateException("value \"" + name + "\" is read before it is computed");
        }
        return memory;
    }

    /** Whether a gradient in this value leads to some parameter. */
    boolean reachesParameters() {
        return producer != null && producer.reachesParameters();
    }

    /** Whether a gradient in this value leads to some network input. */
    boolean reachesInput() {
        return producer == null || producer.reachesInput();
    }
}
