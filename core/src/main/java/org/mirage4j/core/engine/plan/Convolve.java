package org.mirage4j.core.engine.plan;

import java.util.List;
import org.bytedeco.dnnl.global.dnnl;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.params.ConvolutionParamInitializer;
import org.jspecify.annotations.Nullable;
import org.mirage4j.core.engine.Frozen;

/**
 * A convolution, [N, C, H, W] to [N, O, H', W']. oneDNN chooses blocked layouts, which run two to three
 * times as fast as plain ones, except on sides of very few channels, where blocks would be mostly
 * padding: there images stay plain.
 */
final class Convolve extends Operation {
    private final Layer layer;
    private final Window window;
    private final boolean bias;
    private @Nullable Primitive forward;
    private @Nullable Memory source;

    Convolve(String name, Value input, Layer layer, Window window, long channels, long[] size, boolean bias) {
        super(name, List.of(input), !Frozen.is(layer));
        this.layer = layer;
        this.window = window;
        this.bias = bias;
        declare(input.dim(0), channels, size[0], size[1]);
    }

    private Memory weights(Arena arena, long address) {
        return arena.memoryAt(
                arena.plain(output().dim(1), input().dim(1), window.kernel()[0], window.kernel()[1]), address);
    }

    private Memory biases(Arena arena, long address) {
        return arena.memoryAt(arena.plain(output().dim(1)), address);
    }

    @Override
    long work() {
        return 2 * output().length() * input().dim(1) * window.kernel()[0] * window.kernel()[1];
    }

    @Override
    void compileForward(Compilation compilation) {
        Arena arena = compilation.arena();
        Arrays arrays = compilation.arrays();
        Memory plainWeights = weights(arena, arrays.parameter(layer, ConvolutionParamInitializer.WEIGHT_KEY));
        Epilogue epilogue = Epilogue.behindImages(output(), compilation);
        Primitive primitive = Primitives.convolution(
                arena,
                window,
                arena.images(input().dims()),
                arena.any(plainWeights.layout().dims()),
                bias ? arena.plain(output().dim(1)) : null,
                arena.images(output().dims()),
                epilogue.compile(compilation));
        Memory src = compilation.convert(this, "src", input().data(), primitive.layout(dnnl.dnnl_query_src_md));
        Memory weights =
                compilation.convert(this, "weights", plainWeights, primitive.layout(dnnl.dnnl_query_weights_md));
        Memory dst = arena.memory(primitive.layout(dnnl.dnnl_query_dst_md));
        Call.Builder call = Call.of(arena, layer(), primitive)
                .with(dnnl.DNNL_ARG_SRC, src)
                .with(dnnl.DNNL_ARG_WEIGHTS, weights)
                .with(dnnl.DNNL_ARG_DST, dst);
        if (bias) {
            call.with(dnnl.DNNL_ARG_BIAS, biases(arena, arrays.parameter(layer, ConvolutionParamInitializer.BIAS_KEY)));
        }
        compilation.add(call.build());
        epilogue.finish(output(), dst);
        forward = primitive;
        source = src;
    }

    @Override
    void compileBackward(Backward backward) {
        Primitive hint = forward;
        Memory src = source;
        if (hint == null || src == null) {
            throw new IllegalStateException("convolution \"" + layer() + "\" is not compiled");
        }
        if (backward.wantsParameters(this)) {
            compileWeightGradient(backward, hint, src);
        }
        if (backward.wants(input())) {
            compileDataGradient(backward, hint);
        }
    }

    private void compileWeightGradient(Backward backward, Primitive hint, Memory src) {
        Arena arena = backward.arena();
        Compilation compilation = backward.compilation();
        Arrays arrays = compilation.arrays();
        Memory result = weights(arena, arrays.gradient(layer, ConvolutionParamInitializer.WEIGHT_KEY));
        Primitive primitive = Primitives.convolutionBackwardWeights(
                arena,
                window,
                arena.images(input().dims()),
                arena.any(result.layout().dims()),
                bias ? arena.plain(output().dim(1)) : null,
                arena.images(output().dims()),
                hint);
        Memory converted = compilation.convert(this, "src for weights", src, primitive.layout(dnnl.dnnl_query_src_md));
        Memory diff = compilation.convert(
                this, "delta for weights", backward.gradient(output()), primitive.layout(dnnl.dnnl_query_diff_dst_md));
        Layout chosen = primitive.layout(dnnl.dnnl_query_diff_weights_md);
        Memory diffWeights =
                chosen.sameAs(result.layout()) ? result : compilation.buffer(this, "weight gradient", chosen);
        Call.Builder call = Call.of(arena, layer(), primitive)
                .with(dnnl.DNNL_ARG_SRC, converted)
                .with(dnnl.DNNL_ARG_DIFF_DST, diff)
                .with(dnnl.DNNL_ARG_DIFF_WEIGHTS, diffWeights);
        if (bias) {
            call.with(
                    dnnl.DNNL_ARG_DIFF_BIAS,
                    biases(arena, arrays.gradient(layer, ConvolutionParamInitializer.BIAS_KEY)));
        }
        compilation.add(call.build());
        if (diffWeights != result) {
            compilation.reorder(layer(), diffWeights, result);
        }
    }

    private void compileDataGradient(Backward backward, Primitive hint) {
        Arena arena = backward.arena();
        Compilation compilation = backward.compilation();
        Memory plainWeights =
                weights(arena, compilation.arrays().parameter(layer, ConvolutionParamInitializer.WEIGHT_KEY));
        Primitive primitive = Primitives.convolutionBackwardData(
                arena,
                window,
                arena.images(input().dims()),
                arena.any(plainWeights.layout().dims()),
                arena.images(output().dims()),
                hint);
        Memory converted = compilation.convert(
                this, "weights for data", plainWeights, primitive.layout(dnnl.dnnl_query_weights_md));
        Memory diff = compilation.convert(
                this, "delta for data", backward.gradient(output()), primitive.layout(dnnl.dnnl_query_diff_dst_md));
        Memory result = compilation.buffer(this, "dx", primitive.layout(dnnl.dnnl_query_diff_src_md));
        compilation.add(Call.of(arena, layer(), primitive)
                .with(dnnl.DNNL_ARG_DIFF_DST, diff)
                .with(dnnl.DNNL_ARG_WEIGHTS, converted)
                .with(dnnl.DNNL_ARG_DIFF_SRC, result)
                .build());
        backward.contribute(this, input(), result);
    }
}
