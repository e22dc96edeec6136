package org.mirage4j.core.engine.plan;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.dnnl.global.dnnl;
import org.mirage4j.core.engine.Pass.Mode;

/** What operations see while a plan is compiled: the arena, the graph's arrays and the list of steps. */
final class Compilation {
    private record Key(Operation operation, String role) {}

    private final Arena arena;
    private final Arrays arrays;
    private final Mode mode;
    private final PassState state;
    private final Map<Operation, Operation> recorded;
    private final List<Step> preparation = new ArrayList<>();
    private List<Step> steps = new ArrayList<>();
    private final Map<Key, Memory> buffers = new HashMap<>();

    /** @param recorded for each operation of a replay, its counterpart in the pass that is replayed; else empty */
    Compilation(Arena arena, Arrays arrays, Mode mode, PassState state, Map<Operation, Operation> recorded) {
        this.arena = arena;
        this.arrays = arrays;
        this.mode = mode;
        this.state = state;
        this.recorded = recorded;
    }

    Arena arena() {
        return arena;
    }

    /** The graph's parameters and gradients. */
    Arrays arrays() {
        return arrays;
    }

    /** What changes from pass to pass. */
    PassState state() {
        return state;
    }

    boolean training() {
        return mode.differentiable();
    }

    /** Whether operations keep what replays of this pass need; a piecewise linear plan has it anyway. */
    boolean recording() {
        return mode == Mode.RECORD;
    }

    boolean replaying() {
        return mode == Mode.REPLAY;
    }

    /** The same operation in the pass that is replayed. */
    <O extends Operation> O recorded(O operation, Class<O> kind) {
        Operation counterpart = recorded.get(operation);
        if (counterpart == null) {
            throw new IllegalStateException("layer \"" + operation.layer() + "\" was not recorded");
        }
        return kind.cast(counterpart);
    }

    /** Compiles steps that are run once for all replays of a pass. */
    void prepare(Runnable compiling) {
        List<Step> outer = steps;
        steps = new ArrayList<>();
        compiling.run();
        preparation.addAll(steps);
        steps = outer;
    }

    List<Step> preparation() {
        return preparation;
    }

    void add(Step step) {
        steps.add(step);
    }

    /** The steps added so far; the list starts anew. */
    List<Step> takeSteps() {
        List<Step> taken = List.copyOf(steps);
        steps.clear();
        return taken;
    }

    /** A buffer of an operation, shared by all programs of the plan that ask for the same role and layout. */
    Memory buffer(Operation operation, String role, Layout layout) {
        Memory known = buffers.get(new Key(operation, role));
        if (known == null || !known.layout().sameAs(layout)) {
            known = arena.memory(layout);
            buffers.put(new Key(operation, role), known);
        }
        return known;
    }

    /** The same numbers in another layout: the memory itself, or a copy that a step keeps up to date. */
    Memory convert(Operation operation, String role, Memory memory, Layout wanted) {
        if (memory.layout().sameAs(wanted)) {
            return memory;
        }
        Memory converted = buffer(operation, role, wanted);
        reorder(operation.layer(), memory, converted);
        return converted;
    }

    void reorder(String layer, Memory from, Memory to) {
        Primitive reorder = Primitives.reorder(arena, from.layout(), to.layout());
        add(Call.of(arena, layer, reorder)
                .with(dnnl.DNNL_ARG_FROM, from)
                .with(dnnl.DNNL_ARG_TO, to)
                .build());
    }

    /** The value's data in plain row-major layout. */
    Memory plain(Operation reader, Value value) {
        return convert(reader, "plain " + value.name(), value.data(), arena.plain(value.dims()));
    }

    /** dst = first (algorithm) second, element by element; all three in one layout, dst may be first. */
    void binary(String layer, int algorithm, Memory first, Memory second, Memory dst, List<PostOp> postOps) {
        Primitive primitive =
                Primitives.binary(arena, algorithm, first.layout(), second.layout(), dst.layout(), postOps);
        add(Call.of(arena, layer, primitive)
                .with(dnnl.DNNL_ARG_SRC_0, first)
                .with(dnnl.DNNL_ARG_SRC_1, second)
                .with(dnnl.DNNL_ARG_DST, dst)
                .build());
    }
}
