package org.mirage4j.core.engine.plan;

import java.nio.FloatBuffer;
import java.util.List;
import org.bytedeco.dnnl.global.dnnl;
import org.nd4j.linalg.learning.config.Adam;

/**
 * Adam on a stretch of parameters as three chains of element-wise operations that oneDNN compiles: first
 * moment, second moment, parameters. No number passes through Java.
 */
final class AdamPass {
    /**
     * From so many parameters on, about a millisecond's work, the threads share it: below, they wait for each
     * other longer than they work.
     */
    private static final long WORTH_SHARING = 1_000_000;

    private final Adam adam;
    private final List<Call> calls;
    private final FloatBuffer firstShare;
    private final FloatBuffer secondShare;
    private final FloatBuffer negativeRate;
    private final int threads;

    /** @param arena what the pass lives in; to be sealed by the caller */
    AdamPass(Arena arena, Adam adam, long length, long parameters, long gradients, long first, long second) {
        this.adam = adam;
        threads = length < WORTH_SHARING ? 1 : Threads.most();
        Layout layout = arena.plain(length);
        Memory p = arena.memoryAt(layout, parameters);
        Memory g = arena.memoryAt(layout, gradients);
        Memory m = arena.memoryAt(layout, first);
        Memory v = arena.memoryAt(layout, second);
        Memory mShare = arena.memory(arena.plain(1));
        Memory vShare = arena.memory(arena.plain(1));
        Memory rate = arena.memory(arena.plain(1));
        Memory zero = arena.memory(arena.plain(1));
        firstShare = Arena.floats(mShare.address(), 1);
        secondShare = Arena.floats(vShare.address(), 1);
        negativeRate = Arena.floats(rate.address(), 1);
        try (Threads.Scope ignored = Threads.use(threads)) {
            calls = List.of(
                    chain(
                            arena,
                            dnnl.dnnl_binary_mul,
                            g,
                            mShare,
                            m,
                            new PostOp.Accumulate((float) adam.getBeta1()),
                            linear(Updates.NEGLIGIBLE_MOMENTUM),
                            linear(-Updates.NEGLIGIBLE_MOMENTUM)),
                    chain(
                            arena,
                            dnnl.dnnl_binary_mul,
                            g,
                            g,
                            v,
                            new PostOp.Binary(dnnl.dnnl_binary_mul, vShare),
                            new PostOp.Accumulate((float) adam.getBeta2()),
                            linear(Updates.NEGLIGIBLE),
                            linear(-Updates.NEGLIGIBLE)),
                    chain(
                            arena,
                            dnnl.dnnl_binary_add,
                            v,
                            zero,
                            p,
                            new PostOp.Eltwise(dnnl.dnnl_eltwise_sqrt, 0, 0),
                            linear((float) adam.getEpsilon()),
                            new PostOp.Eltwise(dnnl.dnnl_eltwise_pow, 1, -1),
                            new PostOp.Binary(dnnl.dnnl_binary_mul, m),
                            new PostOp.Binary(dnnl.dnnl_binary_mul, rate),
                            new PostOp.Accumulate(1)));
        }
    }

    private static PostOp linear(float added) {
        return new PostOp.Eltwise(dnnl.dnnl_eltwise_linear, 1, added);
    }

    private static Call chain(Arena arena, int algorithm, Memory first, Memory second, Memory dst, PostOp... postOps) {
        Primitive primitive =
                Primitives.binary(arena, algorithm, first.layout(), second.layout(), dst.layout(), List.of(postOps));
        return Call.of(arena, "Adam", primitive)
                .with(dnnl.DNNL_ARG_SRC_0, first)
                .with(dnnl.DNNL_ARG_SRC_1, second)
                .with(dnnl.DNNL_ARG_DST, dst)
                .build();
    }

    /**
     * One update.
     *
     * @param rate the learning rate with both bias corrections
     * @param scale what gradients are multiplied by
     */
    void apply(double rate, double scale) {
        firstShare.put(0, (float) ((1 - adam.getBeta1()) * scale));
        secondShare.put(0, (float) ((1 - adam.getBeta2()) * scale * scale));
        negativeRate.put(0, (float) -rate);
        try (Threads.Scope ignored = Threads.use(threads)) {
            for (Call call : calls) {
                call.run();
            }
        }
    }
}
