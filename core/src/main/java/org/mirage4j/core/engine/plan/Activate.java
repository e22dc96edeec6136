package org.mirage4j.core.engine.plan;

import java.nio.FloatBuffer;
import java.util.List;
import java.util.Objects;
import java.util.function.DoubleUnaryOperator;
import org.bytedeco.dnnl.global.dnnl;
import org.jspecify.annotations.Nullable;

/** A scalar function of every element; runs on its own or fused behind the operation before it. */
final class Activate extends Operation {
    private final Nonlinearity kind;
    private boolean fused;
    private boolean gradientFused;
    private @Nullable Memory slopes;
    /** In a recorded pass with a curved function, the gradient that came back to the output. */
    private @Nullable Memory arrived;
    /** In a replay of such a pass, how far the input is from the recorded one, and what that adds to the gradient. */
    private @Nullable Memory moved;

    private @Nullable Memory bend;

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

    /** Tells that the operation before does this one's work in both directions. */
    void fuseWithGradient() {
        fused = true;
        gradientFused = true;
    }

    /** Whether this is curved and its pass recorded or replayed, so that its input must not be lost in a fusion. */
    boolean followsTangent(Compilation compilation) {
        return (compilation.recording() || compilation.replaying()) && kind.curvature() != null;
    }

    /** Whether its gradient is a product with the slopes of a recorded pass; from {@link #compileSlopes} on. */
    boolean scalesByKeptSlopes() {
        return slopes != null && kind.curvature() == null;
    }

    /** The recorded slopes. */
    Memory slopes() {
        Memory memory = slopes;
        if (memory == null) {
            throw new IllegalStateException("activation \"" + layer() + "\" replays nothing");
        }
        return memory;
    }

    @Override
    boolean replaysInput() {
        return (kind.piecewiseLinear() && !kind.fromOutput()) || kind.curvature() != null;
    }

    /** What the derivative is computed from. */
    private Memory reference() {
        return kind.fromOutput() ? output().data() : input().data();
    }

    /** Prepares the slopes that the activation had in the recorded pass, as the gradient of its sum. */
    Memory compileSlopes(Compilation compilation) {
        Arena arena = compilation.arena();
        Memory reference = compilation.recorded(this, Activate.class).reference();
        Memory result = arena.memory(reference.layout());
        compilation.prepare(() -> {
            Memory ones = arena.memory(reference.layout());
            arena.fill(ones, 1f);
            compileGradient(compilation, reference, ones, result);
        });
        slopes = result;
        return result;
    }

    /** Prepares what a clipping function adds to slope times input. */
    private Memory compileOffsets(Compilation compilation, Memory slope) {
        Arena arena = compilation.arena();
        Activate recorded = compilation.recorded(this, Activate.class);
        Memory before = recorded.input().data();
        Memory result = arena.memory(before.layout());
        compilation.prepare(() -> {
            compilation.binary(layer(), dnnl.dnnl_binary_mul, before, slope, result, List.of());
            Memory after =
                    compilation.convert(this, "recorded", recorded.output().data(), result.layout());
            compilation.binary(layer(), dnnl.dnnl_binary_sub, after, result, result, List.of());
        });
        return result;
    }

    private void compileReplay(Compilation compilation) {
        Memory slope = compileSlopes(compilation);
        Memory src = compilation.convert(this, "src", input().data(), slope.layout());
        Memory dst = compilation.arena().memory(slope.layout());
        compilation.binary(layer(), dnnl.dnnl_binary_mul, src, slope, dst, List.of());
        if (kind.clips() || kind.curvature() != null) {
            compilation.binary(layer(), dnnl.dnnl_binary_add, dst, compileOffsets(compilation, slope), dst, List.of());
        }
        output().setData(dst);
        if (kind.curvature() != null) {
            compileBend(compilation, src);
        }
    }

    /** Prepares the slope's own slope, times the gradient that the recorded pass brought back. */
    private void compileBend(Compilation compilation, Memory src) {
        DoubleUnaryOperator curvature = Objects.requireNonNull(kind.curvature());
        Activate recorded = compilation.recorded(this, Activate.class);
        Memory before = recorded.input().data();
        Memory gradient = recorded.arrived;
        if (gradient == null) {
            throw new IllegalStateException("a replay needs a recorded pass that went back");
        }
        Memory result = compilation.arena().memory(before.layout());
        FloatBuffer x = Arena.floats(before.address(), before.layout().bytes() / Float.BYTES);
        FloatBuffer from = Arena.floats(gradient.address(), x.capacity());
        FloatBuffer to = Arena.floats(result.address(), x.capacity());
        compilation.prepare(() -> compilation.add(() -> {
            for (int i = 0; i < x.capacity(); i++) {
                to.put(i, (float) (from.get(i) * curvature.applyAsDouble(x.get(i))));
            }
        }));
        bend = result;
        Memory way = compilation.arena().memory(before.layout());
        compilation.binary(layer(), dnnl.dnnl_binary_sub, src, before, way, List.of());
        moved = way;
    }

    @Override
    void compileForward(Compilation compilation) {
        if (fused) {
            return;
        }
        if (compilation.replaying() && (kind.piecewiseLinear() || kind.curvature() != null)) {
            compileReplay(compilation);
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
        if (gradientFused || backward.isApplied(this)) {
            backward.contribute(this, input(), backward.gradient(output()));
            return;
        }
        Compilation compilation = backward.compilation();
        Memory reference = slopes == null ? reference() : slopes;
        Memory diff = backward.gradient(this, output(), reference.layout());
        if (compilation.recording() && kind.curvature() != null) {
            arrived = compilation.buffer(this, "arrived", diff.layout());
            compilation.reorder(layer(), diff, arrived);
        }
        if (slopes == null) {
            compileGradient(compilation, reference, diff, diff);
        } else {
            compilation.binary(layer(), dnnl.dnnl_binary_mul, diff, reference, diff, List.of());
        }
        if (bend != null && moved != null) {
            Memory turned = compilation.buffer(this, "turned", diff.layout());
            compilation.binary(layer(), dnnl.dnnl_binary_mul, moved, bend, turned, List.of());
            compilation.binary(layer(), dnnl.dnnl_binary_add, diff, turned, diff, List.of());
        }
        backward.contribute(this, input(), diff);
    }

    private void compileGradient(Compilation compilation, Memory reference, Memory diff, Memory result) {
        Arena arena = compilation.arena();
        Layout layout = reference.layout();
        float alpha = kind.alphaOfSlope();
        Primitive hint = Primitives.eltwise(arena, true, kind.algorithm(), layout, alpha, kind.beta());
        Primitive primitive =
                Primitives.eltwiseBackward(arena, kind.algorithm(), layout, layout, alpha, kind.beta(), hint);
        compilation.add(Call.of(arena, layer(), primitive)
                .with(kind.fromOutput() ? dnnl.DNNL_ARG_DST : dnnl.DNNL_ARG_SRC, reference)
                .with(dnnl.DNNL_ARG_DIFF_DST, diff)
                .with(dnnl.DNNL_ARG_DIFF_SRC, result)
                .build());
    }
}
