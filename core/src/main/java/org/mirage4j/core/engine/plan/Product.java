package org.mirage4j.core.engine.plan;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.dnnl.global.dnnl;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.params.DefaultParamInitializer;
import org.mirage4j.core.engine.Frozen;

/**
 * A dense layer's affine map. Deeplearning4j keeps the weights [in, out] column by column, which is
 * [out, in] row by row: the product reads them where they are.
 */
final class Product extends Operation {
    private final Layer layer;
    private final long batch;
    private final long in;
    private final long out;
    private final boolean bias;

    Product(String name, Value input, Layer layer, long out, boolean bias) {
        super(name, List.of(input), !Frozen.is(layer));
        this.layer = layer;
        this.batch = input.dim(0);
        this.in = input.dim(1);
        this.out = out;
        this.bias = bias;
        declare(batch, out);
    }

    @Override
    long work() {
        return 2 * batch * in * out;
    }

    @Override
    void compileForward(Compilation compilation) {
        Arena arena = compilation.arena();
        Arrays arrays = compilation.arrays();
        Memory src = compilation.plain(this, input());
        Memory weights = arena.memoryAt(
                arena.strided(new long[] {in, out}, new long[] {1, in}),
                arrays.parameter(layer, DefaultParamInitializer.WEIGHT_KEY));
        Memory dst = arena.memory(arena.plain(batch, out));
        Epilogue epilogue = Epilogue.behind(output(), compilation);
        Layout biasLayout = bias ? arena.plain(1, out) : null;
        Primitive primitive = Primitives.matmul(
                arena, src.layout(), weights.layout(), biasLayout, dst.layout(), epilogue.compile(compilation));
        Call.Builder call = Call.of(arena, layer(), primitive)
                .with(dnnl.DNNL_ARG_SRC, src)
                .with(dnnl.DNNL_ARG_WEIGHTS, weights)
                .with(dnnl.DNNL_ARG_DST, dst);
        if (biasLayout != null) {
            call.with(
                    dnnl.DNNL_ARG_BIAS,
                    arena.memoryAt(biasLayout, arrays.parameter(layer, DefaultParamInitializer.BIAS_KEY)));
        }
        compilation.add(call.build());
        epilogue.finish(output(), dst);
    }

    @Override
    void compileBackward(Backward backward) {
        Compilation compilation = backward.compilation();
        Arena arena = backward.arena();
        Arrays arrays = compilation.arrays();
        Memory delta = backward.gradient(this, output(), arena.plain(batch, out));
        if (backward.wantsParameters(this)) {
            Memory src = compilation.plain(this, input());
            Memory deltaTransposed = arena.alias(delta, arena.strided(new long[] {out, batch}, new long[] {1, out}), 0);
            product(
                    compilation,
                    deltaTransposed,
                    src,
                    arena.memoryAt(arena.plain(out, in), arrays.gradient(layer, DefaultParamInitializer.WEIGHT_KEY)),
                    List.of());
            if (bias) {
                product(
                        compilation,
                        ones(compilation),
                        delta,
                        arena.memoryAt(arena.plain(1, out), arrays.gradient(layer, DefaultParamInitializer.BIAS_KEY)),
                        List.of());
            }
        }
        if (backward.wants(input())) {
            Memory weights =
                    arena.memoryAt(arena.plain(out, in), arrays.parameter(layer, DefaultParamInitializer.WEIGHT_KEY));
            Memory diff = compilation.buffer(this, "dx", arena.plain(batch, in));
            product(compilation, delta, weights, diff, factorsBefore(backward, diff.layout()));
            backward.contribute(this, input(), diff);
        }
    }

    /** What the gradient is multiplied by in the operations before, where nobody else adds to it. */
    private List<PostOp> factorsBefore(Backward backward, Layout layout) {
        List<PostOp> factors = new ArrayList<>();
        Value value = input();
        while (value.soleConsumer() != null && value.producer() != null) {
            Operation producer = value.producer();
            Memory factor = null;
            if (producer instanceof DropUnits dropout && dropout.multiplies()) {
                factor = dropout.mask();
            } else if (producer instanceof Activate activation && activation.scalesByKeptSlopes()) {
                factor = activation.slopes();
            }
            if (factor == null || !factor.layout().sameAs(layout)) {
                break;
            }
            factors.add(new PostOp.Binary(dnnl.dnnl_binary_mul, factor));
            backward.markApplied(producer);
            value = producer.input();
        }
        return factors;
    }

    private Memory ones(Compilation compilation) {
        Memory ones = compilation.buffer(this, "ones", compilation.arena().plain(1, batch));
        float[] values = new float[Math.toIntExact(batch)];
        java.util.Arrays.fill(values, 1f);
        Arena.floats(ones.address(), batch).put(values);
        return ones;
    }

    private void product(Compilation compilation, Memory src, Memory weights, Memory dst, List<PostOp> postOps) {
        Arena arena = compilation.arena();
        Primitive primitive = Primitives.matmul(arena, src.layout(), weights.layout(), null, dst.layout(), postOps);
        compilation.add(Call.of(arena, layer(), primitive)
                .with(dnnl.DNNL_ARG_SRC, src)
                .with(dnnl.DNNL_ARG_WEIGHTS, weights)
                .with(dnnl.DNNL_ARG_DST, dst)
                .build());
    }
}
