package org.mirage4j.core.engine.plan;

import java.util.List;
import org.bytedeco.dnnl.global.dnnl;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.params.DeconvolutionParamInitializer;
import org.jspecify.annotations.Nullable;
import org.mirage4j.core.engine.Frozen;

/**
 * A transposed convolution, [N, C, H, W] to [N, O, H', W']: the data gradient of the convolution that
 * goes the other way. That is how it is run, because oneDNN's own transposed convolution adds the bias
 * in a slow loop that doubles its time; the bias and the activation follow as one pass.
 */
final class Deconvolve extends Operation {
    private final Layer layer;
    private final Window window;
    private final boolean bias;
    private @Nullable Primitive mirrored;
    private @Nullable Memory source;

    /** @param window of the convolution that goes the other way */
    Deconvolve(String name, Value input, Layer layer, Window window, long channels, long[] size, boolean bias) {
        super(name, List.of(input), !Frozen.is(layer));
        this.layer = layer;
        this.window = window;
        this.bias = bias;
        declare(input.dim(0), channels, size[0], size[1]);
    }

    /** The weights [in, out, height, width], which the mirrored convolution knows as [out, in, height, width]. */
    private Memory weights(Compilation compilation) {
        Arena arena = compilation.arena();
        return arena.memoryAt(
                arena.plain(input().dim(1), output().dim(1), window.kernel()[0], window.kernel()[1]),
                compilation.arrays().parameter(layer, DeconvolutionParamInitializer.WEIGHT_KEY));
    }

    @Override
    long work() {
        return 2 * input().length() * output().dim(1) * window.kernel()[0] * window.kernel()[1];
    }

    @Override
    void compileForward(Compilation compilation) {
        Arena arena = compilation.arena();
        Memory plainWeights = weights(compilation);
        Layout small = arena.images(input().dims());
        // Blocks with padding channels would spoil the bias: oneDNN's broadcast miscounts them.
        boolean wholeBlocks = output().dim(1) % Arena.BLOCK == 0;
        Layout large = wholeBlocks ? arena.images(output().dims()) : arena.plain(output().dims());
        Layout anyWeights = arena.any(plainWeights.layout().dims());
        Primitive convolution = Primitives.convolution(arena, window, large, anyWeights, null, small, List.of());
        Primitive primitive = Primitives.convolutionBackwardData(arena, window, large, anyWeights, small, convolution);
        Memory src = compilation.convert(this, "src", input().data(), primitive.layout(dnnl.dnnl_query_diff_dst_md));
        Memory weights =
                compilation.convert(this, "weights", plainWeights, primitive.layout(dnnl.dnnl_query_weights_md));
        Memory dst = arena.memory(primitive.layout(dnnl.dnnl_query_diff_src_md));
        compilation.add(Call.of(arena, layer(), primitive)
                .with(dnnl.DNNL_ARG_DIFF_DST, src)
                .with(dnnl.DNNL_ARG_WEIGHTS, weights)
                .with(dnnl.DNNL_ARG_DIFF_SRC, dst)
                .build());
        if (bias) {
            Epilogue epilogue = Epilogue.behindImages(output(), compilation);
            Memory biases = arena.memoryAt(
                    arena.plain(1, output().dim(1), 1, 1),
                    compilation.arrays().parameter(layer, DeconvolutionParamInitializer.BIAS_KEY));
            Memory alike = compilation.convert(this, "biases", biases, arena.perChannel(dst.layout()));
            compilation.binary(layer(), dnnl.dnnl_binary_add, dst, alike, dst, epilogue.compile(compilation));
            epilogue.finish(output(), dst);
        } else {
            output().setData(dst);
        }
        mirrored = convolution;
        source = src;
    }

    @Override
    void compileBackward(Backward backward) {
        Primitive convolution = mirrored;
        Memory src = source;
        if (convolution == null || src == null) {
            throw new IllegalStateException("transposed convolution \"" + layer() + "\" is not compiled");
        }
        if (backward.wantsParameters(this)) {
            compileWeightGradient(backward, src);
        }
        if (backward.wants(input())) {
            Compilation compilation = backward.compilation();
            Memory diff = compilation.convert(
                    this, "delta for data", backward.gradient(output()), convolution.layout(dnnl.dnnl_query_src_md));
            Memory weights = compilation.convert(
                    this, "weights for data", weights(compilation), convolution.layout(dnnl.dnnl_query_weights_md));
            Memory result = compilation.buffer(this, "dx", convolution.layout(dnnl.dnnl_query_dst_md));
            compilation.add(Call.of(backward.arena(), layer(), convolution)
                    .with(dnnl.DNNL_ARG_SRC, diff)
                    .with(dnnl.DNNL_ARG_WEIGHTS, weights)
                    .with(dnnl.DNNL_ARG_DST, result)
                    .build());
            backward.contribute(this, input(), result);
        }
    }

    private void compileWeightGradient(Backward backward, Memory src) {
        Arena arena = backward.arena();
        Compilation compilation = backward.compilation();
        Arrays arrays = compilation.arrays();
        long in = input().dim(1);
        long out = output().dim(1);
        long height = window.kernel()[0];
        long width = window.kernel()[1];
        long[] dims = {out, in, height, width};
        Memory result = arena.memoryAt(
                arena.strided(dims, new long[] {height * width, out * height * width, width, 1}),
                arrays.gradient(layer, DeconvolutionParamInitializer.WEIGHT_KEY));
        Window transposed = window.transpose();
        Layout small = arena.images(input().dims());
        Layout large = arena.images(output().dims());
        Layout biases = bias ? arena.plain(out) : null;
        Primitive hint = Primitives.convolution(arena, transposed, small, arena.any(dims), biases, large, List.of());
        Primitive primitive =
                Primitives.convolutionBackwardWeights(arena, transposed, small, arena.any(dims), biases, large, hint);
        Memory converted = compilation.convert(this, "src for weights", src, primitive.layout(dnnl.dnnl_query_src_md));
        Memory diff = compilation.convert(
                this, "delta for weights", backward.gradient(output()), primitive.layout(dnnl.dnnl_query_diff_dst_md));
        Memory diffWeights =
                compilation.buffer(this, "weight gradient", primitive.layout(dnnl.dnnl_query_diff_weights_md));
        Call.Builder call = Call.of(arena, layer(), primitive)
                .with(dnnl.DNNL_ARG_SRC, converted)
                .with(dnnl.DNNL_ARG_DIFF_DST, diff)
                .with(dnnl.DNNL_ARG_DIFF_WEIGHTS, diffWeights);
        if (biases != null) {
            call.with(
                    dnnl.DNNL_ARG_DIFF_BIAS,
                    arena.memoryAt(biases, arrays.gradient(layer, DeconvolutionParamInitializer.BIAS_KEY)));
        }
        compilation.add(call.build());
        compilation.reorder(layer(), diffWeights, result);
    }
}
