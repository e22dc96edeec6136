package org.mirage4j.core.engine.plan;

import java.nio.FloatBuffer;
import java.util.List;
import org.bytedeco.dnnl.global.dnnl;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.params.BatchNormalizationParamInitializer;
import org.jspecify.annotations.Nullable;
import org.mirage4j.core.engine.Frozen;

/**
 * Batch normalisation of [N, C] or [N, C, H, W]. Gamma and beta lie next to each other in the graph's
 * arrays, as oneDNN wants them. A ReLU after it is part of it. The change of the running statistics is a "gradient" that
 * the updater subtracts as it is, as Deeplearning4j does it. A frozen one has its running statistics in training too,
 * and is then an affine map.
 */
final class Normalize extends Operation {
    private static final double HALF_LOG10_E = 1 / (2 * Math.log(10));

    private final Layer layer;
    private final BatchNormalization configuration;
    private final int channels;
    private @Nullable Primitive forward;
    private @Nullable Memory source;
    private @Nullable Memory mean;
    private @Nullable Memory variance;
    private @Nullable Memory workspace;
    private int flags;

    Normalize(String name, Value input, Layer layer, BatchNormalization configuration) {
        super(name, List.of(input), !Frozen.is(layer));
        this.layer = layer;
        this.configuration = configuration;
        this.channels = Math.toIntExact(input.dim(1));
        declare(input.dims());
    }

    private String spreadKey() {
        return configuration.isUseLogStd()
                ? BatchNormalizationParamInitializer.GLOBAL_LOG_STD
                : BatchNormalizationParamInitializer.GLOBAL_VAR;
    }

    private boolean scaled() {
        return !configuration.isLockGammaBeta();
    }

    /** oneDNN normalises images; a matrix is one of single pixels, channels last. */
    private Memory asImage(Arena arena, Memory memory) {
        if (input().rank() == 4) {
            return memory;
        }
        long[] dims = {input().dim(0), channels, 1, 1};
        return arena.alias(memory, arena.channelsLast(dims), 0);
    }

    @Override
    void compileForward(Compilation compilation) {
        Arena arena = compilation.arena();
        Memory data = input().rank() == 2
                ? compilation.plain(this, input())
                : compilation.convert(this, "src", input().data(), imageLayout(arena));
        Memory src = asImage(arena, data);
        Memory dst = arena.memory(data.layout());
        Memory means = arena.memory(arena.plain(channels));
        Memory variances = arena.memory(arena.plain(channels));
        // a replayed ReLU has slopes of its own
        Activate relu = !compilation.replaying()
                        && output().soleConsumer() instanceof Activate next
                        && next.kind().isRelu()
                ? next
                : null;
        flags = (scaled() ? dnnl.dnnl_use_scaleshift : 0) | (relu == null ? 0 : dnnl.dnnl_fuse_norm_relu);
        if (!compilation.training() || !trained()) {
            flags |= dnnl.dnnl_use_global_stats;
            compilation.add(readRunningStatistics(compilation.arrays(), means, variances));
        }
        Primitive primitive = Primitives.batchNormalization(
                arena, compilation.training(), src.layout(), (float) configuration.getEps(), flags);
        Call.Builder call = Call.of(arena, layer(), primitive)
                .with(dnnl.DNNL_ARG_SRC, src)
                .with(dnnl.DNNL_ARG_DST, asImage(arena, dst))
                .with(dnnl.DNNL_ARG_MEAN, means)
                .with(dnnl.DNNL_ARG_VARIANCE, variances);
        if (scaled()) {
            call.with(
                    dnnl.DNNL_ARG_SCALE_SHIFT,
                    scaleShift(arena, compilation.arrays().parameter(layer, BatchNormalizationParamInitializer.GAMMA)));
        }
        Layout needed = primitive.layout(dnnl.dnnl_query_workspace_md);
        if (needed.bytes() > 0) {
            Memory signs = arena.memory(needed);
            call.with(dnnl.DNNL_ARG_WORKSPACE, signs);
            workspace = signs;
        }
        compilation.add(call.build());
        output().setData(dst);
        if (relu != null) {
            relu.fuseWithGradient();
            relu.output().setData(dst);
        }
        forward = primitive;
        source = src;
        mean = means;
        variance = variances;
    }

    /** Plain images are slow to normalise, and most convolutions after it want blocks anyway. */
    private Layout imageLayout(Arena arena) {
        Layout given = input().data().layout();
        boolean plain = given.sameAs(arena.plain(input().dims()));
        return plain && channels % Arena.BLOCK == 0 ? arena.blocked(input().dims()) : given;
    }

    private Memory scaleShift(Arena arena, long gamma) {
        return arena.memoryAt(arena.plain(2, channels), gamma);
    }

    private Step readRunningStatistics(Arrays arrays, Memory means, Memory variances) {
        FloatBuffer runningMean =
                Arena.floats(arrays.parameter(layer, BatchNormalizationParamInitializer.GLOBAL_MEAN), channels);
        FloatBuffer runningSpread = Arena.floats(arrays.parameter(layer, spreadKey()), channels);
        FloatBuffer toMean = Arena.floats(means.address(), channels);
        FloatBuffer toVariance = Arena.floats(variances.address(), channels);
        boolean logarithmic = configuration.isUseLogStd();
        return () -> {
            for (int i = 0; i < channels; i++) {
                float spread = runningSpread.get(i);
                toMean.put(i, runningMean.get(i));
                toVariance.put(i, logarithmic ? (float) Math.pow(10, 2.0 * spread) : spread);
            }
        };
    }

    @Override
    void compileBackward(Backward backward) {
        Primitive hint = forward;
        Memory src = source;
        Memory means = mean;
        Memory variances = variance;
        if (hint == null || src == null || means == null || variances == null) {
            throw new IllegalStateException("batch normalisation \"" + layer() + "\" is not compiled");
        }
        if (!backward.wantsParameters(this) && !backward.wants(input())) {
            return;
        }
        Arena arena = backward.arena();
        Compilation compilation = backward.compilation();
        Memory diff = backward.gradient(this, output(), output().data().layout());
        Memory result = compilation.buffer(this, "dx", output().data().layout());
        Primitive primitive = Primitives.batchNormalizationBackward(
                arena, scaled(), src.layout(), (float) configuration.getEps(), flags, hint);
        Call.Builder call = Call.of(arena, layer(), primitive)
                .with(dnnl.DNNL_ARG_SRC, src)
                .with(dnnl.DNNL_ARG_MEAN, means)
                .with(dnnl.DNNL_ARG_VARIANCE, variances)
                .with(dnnl.DNNL_ARG_DIFF_DST, asImage(arena, diff))
                .with(dnnl.DNNL_ARG_DIFF_SRC, asImage(arena, result));
        if (scaled()) {
            String gamma = BatchNormalizationParamInitializer.GAMMA;
            call.with(
                    dnnl.DNNL_ARG_SCALE_SHIFT,
                    scaleShift(arena, compilation.arrays().parameter(layer, gamma)));
            // The data gradient alone is not implemented once there is a scale.
            call.with(
                    dnnl.DNNL_ARG_DIFF_SCALE_SHIFT,
                    backward.wantsParameters(this)
                            ? scaleShift(arena, compilation.arrays().gradient(layer, gamma))
                            : compilation.buffer(this, "unused", arena.plain(2, channels)));
        }
        if (workspace != null) {
            call.with(dnnl.DNNL_ARG_WORKSPACE, workspace);
        }
        compilation.add(call.build());
        if (backward.wantsParameters(this)) {
            compilation.add(moveRunningStatistics(compilation.arrays(), means, variances));
        }
        if (backward.wants(input())) {
            backward.contribute(this, input(), result);
        }
    }

    private Step moveRunningStatistics(Arrays arrays, Memory means, Memory variances) {
        String meanKey = BatchNormalizationParamInitializer.GLOBAL_MEAN;
        FloatBuffer runningMean = Arena.floats(arrays.parameter(layer, meanKey), channels);
        FloatBuffer runningSpread = Arena.floats(arrays.parameter(layer, spreadKey()), channels);
        FloatBuffer meanChange = Arena.floats(arrays.gradient(layer, meanKey), channels);
        FloatBuffer spreadChange = Arena.floats(arrays.gradient(layer, spreadKey()), channels);
        FloatBuffer batchMean = Arena.floats(means.address(), channels);
        FloatBuffer batchVariance = Arena.floats(variances.address(), channels);
        double decay = configuration.getDecay();
        boolean logarithmic = configuration.isUseLogStd();
        return () -> {
            for (int i = 0; i < channels; i++) {
                meanChange.put(i, (float) ((1 - decay) * (runningMean.get(i) - batchMean.get(i))));
                double spread = runningSpread.get(i);
                if (logarithmic) {
                    double before = Math.pow(10, 2 * spread);
                    double after = decay * before + (1 - decay) * batchVariance.get(i);
                    spreadChange.put(i, (float) (HALF_LOG10_E * Math.log(before / after)));
                } else {
                    spreadChange.put(i, (float) ((1 - decay) * (spread - batchVariance.get(i))));
                }
            }
        };
    }
}
