package org.mirage4j.core.engine.plan;

import java.util.List;
import org.bytedeco.dnnl.global.dnnl;
import org.jspecify.annotations.Nullable;
import org.mirage4j.core.engine.MaxPositions;

/** The largest or mean value under a window. */
final class Pool extends Operation {
    private final Window window;
    private final int algorithm;
    private @Nullable Primitive forward;
    private @Nullable Memory workspace;
    private @Nullable Selection picked;

    Pool(String name, Value input, Window window, int algorithm, long[] size) {
        super(name, List.of(input), false);
        this.window = window;
        this.algorithm = algorithm;
        declare(input.dim(0), input.dim(1), size[0], size[1]);
    }

    private boolean picks() {
        return algorithm == dnnl.dnnl_pooling_max;
    }

    @Override
    boolean replaysInput() {
        return picks();
    }

    /** Passes on the values at the positions that were the largest in the recorded pass. */
    private void compileReplay(Compilation compilation) {
        Value recorded = compilation.recorded(this, Pool.class).input();
        Memory src = compilation.plain(this, input());
        Memory dst = compilation.arena().memory(compilation.arena().plain(output().dims()));
        Selection selection = new Selection(
                new float[Math.toIntExact(input().length())], new float[Math.toIntExact(output().length())]);
        compilation.prepare(() -> {
            Memory images = compilation.convert(
                    this, "recorded", recorded.data(), compilation.arena().plain(recorded.dims()));
            compilation.add(() -> selection.find(images, input().dims(), output().dims(), window));
        });
        compilation.add(() -> selection.pick(src, dst));
        output().setData(dst);
        picked = selection;
    }

    /** Positions of the largest values, and the room to move them between native arrays. */
    private static final class Selection {
        private final float[] images;
        private final float[] pixels;
        private int[] positions = {};

        Selection(float[] images, float[] pixels) {
            this.images = images;
            this.pixels = pixels;
        }

        void find(Memory recorded, long[] in, long[] out, Window window) {
            Arena.floats(recorded.address(), images.length).get(images);
            positions = MaxPositions.find(i -> images[i], in, out, axis(window.vertical()), axis(window.horizontal()));
        }

        private static MaxPositions.Axis axis(Window.Axis axis) {
            return new MaxPositions.Axis(
                    Math.toIntExact(axis.kernel()),
                    Math.toIntExact(axis.stride()),
                    Math.toIntExact(axis.before()),
                    Math.toIntExact(axis.dilation()));
        }

        void pick(Memory src, Memory dst) {
            Arena.floats(src.address(), images.length).get(images);
            for (int i = 0; i < pixels.length; i++) {
                pixels[i] = images[positions[i]];
            }
            Arena.floats(dst.address(), pixels.length).put(pixels);
        }

        void spread(Memory diff, Memory result) {
            Arena.floats(diff.address(), pixels.length).get(pixels);
            java.util.Arrays.fill(images, 0f);
            for (int i = 0; i < pixels.length; i++) {
                images[positions[i]] += pixels[i];
            }
            Arena.floats(result.address(), images.length).put(images);
        }
    }

    @Override
    void compileForward(Compilation compilation) {
        if (compilation.replaying() && picks()) {
            compileReplay(compilation);
            return;
        }
        Arena arena = compilation.arena();
        Memory src = input().data();
        Primitive primitive = Primitives.pooling(
                arena, compilation.training(), algorithm, window, src.layout(), arena.any(output().dims()));
        Memory dst = arena.memory(primitive.layout(dnnl.dnnl_query_dst_md));
        Call.Builder call =
                Call.of(arena, layer(), primitive).with(dnnl.DNNL_ARG_SRC, src).with(dnnl.DNNL_ARG_DST, dst);
        Layout needed = primitive.layout(dnnl.dnnl_query_workspace_md);
        if (needed.bytes() > 0) {
            Memory memory = arena.memory(needed);
            call.with(dnnl.DNNL_ARG_WORKSPACE, memory);
            workspace = memory;
        }
        compilation.add(call.build());
        output().setData(dst);
        forward = primitive;
    }

    @Override
    void compileBackward(Backward backward) {
        Selection selection = picked;
        if (selection != null && backward.wants(input())) {
            Arena plain = backward.arena();
            Memory diff = backward.gradient(this, output(), plain.plain(output().dims()));
            Memory result = backward.compilation().buffer(this, "dx", plain.plain(input().dims()));
            backward.compilation().add(() -> selection.spread(diff, result));
            backward.contribute(this, input(), result);
            return;
        }
        Primitive hint = forward;
        if (hint == null || !backward.wants(input())) {
            return;
        }
        Arena arena = backward.arena();
        Compilation compilation = backward.compilation();
        Memory diff = backward.gradient(this, output(), output().data().layout());
        Memory result = compilation.buffer(this, "dx", input().data().layout());
        Primitive primitive =
                Primitives.poolingBackward(arena, algorithm, window, result.layout(), diff.layout(), hint);
        Call.Builder call = Call.of(arena, layer(), primitive)
                .with(dnnl.DNNL_ARG_DIFF_DST, diff)
                .with(dnnl.DNNL_ARG_DIFF_SRC, result);
        if (workspace != null) {
            call.with(dnnl.DNNL_ARG_WORKSPACE, workspace);
        }
        compilation.add(call.build());
        backward.contribute(this, input(), result);
    }
}
