package org.mirage4j.core.engine.plan;

import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.util.List;
import java.util.Optional;
import org.bytedeco.dnnl.global.dnnl;
import org.deeplearning4j.nn.conf.dropout.AlphaDropout;
import org.deeplearning4j.nn.conf.dropout.Dropout;
import org.deeplearning4j.nn.conf.dropout.GaussianDropout;
import org.deeplearning4j.nn.conf.dropout.GaussianNoise;
import org.deeplearning4j.nn.conf.dropout.IDropout;
import org.deeplearning4j.nn.conf.dropout.SpatialDropout;
import org.jspecify.annotations.Nullable;
import org.mirage4j.core.engine.Pass;
import org.nd4j.linalg.schedule.ISchedule;

/** Noise of any kind drawn for the pass: multiplies by a mask, adds one or, for alpha dropout, does both. */
final class DropUnits extends Operation {
    private final IDropout kind;
    private final int index;
    private @Nullable Memory mask;
    private @Nullable Memory shift;
    private boolean fused;

    /**
     * @param index the layer's place in the graph, which selects its random stream
     */
    DropUnits(String name, Value input, IDropout kind, int index) {
        super(name, List.of(input), false);
        this.kind = kind;
        this.index = index;
        declare(input.dims());
    }

    /** Why a kind of dropout cannot be compiled, or empty if it can. */
    static Optional<String> unsupportedReason(IDropout kind) {
        boolean known = kind.getClass() == Dropout.class
                || kind.getClass() == SpatialDropout.class
                || kind.getClass() == GaussianDropout.class
                || kind.getClass() == GaussianNoise.class
                || kind.getClass() == AlphaDropout.class;
        return known
                ? Optional.empty()
                : Optional.of("has dropout of kind " + kind.getClass().getSimpleName());
    }

    /** Whether the mask is multiplied and nothing more. */
    boolean multiplicative() {
        return !adds();
    }

    /** Whether there is a mask to multiply by. */
    boolean multiplies() {
        return !(kind instanceof GaussianNoise);
    }

    private boolean adds() {
        return kind instanceof AlphaDropout || !multiplies();
    }

    /** Whether no element of the mask is negative, so that a result keeps the sign that its gate is read from. */
    boolean nonNegative() {
        return kind instanceof Dropout || kind instanceof SpatialDropout;
    }

    void fuse() {
        fused = true;
    }

    /** The multiplied mask, in plain layout; for the consumer's gradient and for tests. */
    Memory mask() {
        Memory memory = mask;
        if (memory == null) {
            throw new IllegalStateException("dropout of layer \"" + layer() + "\" is not compiled");
        }
        return memory;
    }

    /** What is added, in plain layout; null for the kinds that only multiply. */
    @Nullable Memory shift() {
        return shift;
    }

    /** Appends the step that draws the mask; a replay has that of the recorded pass. */
    Memory compileMask(Compilation compilation) {
        if (compilation.replaying()) {
            Memory drawn = compilation.recorded(this, DropUnits.class).mask();
            mask = drawn;
            return drawn;
        }
        Memory memory = compilation.arena().memory(compilation.arena().plain(output().dims()));
        mask = memory;
        PassState state = compilation.state();
        Masks masks = state.masks();
        if (kind instanceof Dropout dropout) {
            compilation.add(drawing(state, memory, (bits, floats) -> {
                double retain = valueAt(state, dropout.getPSchedule(), dropout.getP());
                masks.bernoulli(bits, retain, (float) (1 / retain), 0f);
            }));
        } else if (kind instanceof SpatialDropout dropout) {
            int maps = Math.toIntExact(output().dim(0) * output().dim(1));
            int[] map = new int[Math.toIntExact(output().length() / maps)];
            IntBuffer perMap = IntBuffer.allocate(maps);
            compilation.add(drawing(state, memory, (bits, floats) -> {
                double retain = valueAt(state, dropout.getPSchedule(), dropout.getP());
                int drawn = bits.capacity() / map.length;
                masks.bernoulli(perMap.slice(0, drawn), retain, (float) (1 / retain), 0f);
                for (int i = 0; i < drawn; i++) {
                    java.util.Arrays.fill(map, perMap.get(i));
                    bits.put(i * map.length, map);
                }
            }));
        } else if (kind instanceof GaussianDropout dropout) {
            compilation.add(drawing(state, memory, (bits, floats) -> {
                double rate = valueAt(state, dropout.getRateSchedule(), dropout.getRate());
                masks.gaussian(floats, 1, Math.sqrt(rate / (1 - rate)));
            }));
        } else if (kind instanceof AlphaDropout dropout) {
            compilation.add(drawing(state, memory, (bits, floats) -> {
                double retain = valueAt(state, dropout.getPSchedule(), dropout.getP());
                masks.bernoulli(bits, retain, (float) dropout.a(retain), 0f);
            }));
        }
        return memory;
    }

    /** Fills a whole mask, or the mask of one row; the same memory as bits and as numbers. */
    private interface Draw {
        void into(IntBuffer bits, FloatBuffer floats);
    }

    /** A step that draws for every row, or once for all rows of each part of the batch. */
    private Step drawing(PassState state, Memory memory, Draw draw) {
        IntBuffer bits = Arena.bits(memory.address(), output().length());
        FloatBuffer floats = Arena.floats(memory.address(), output().length());
        int width = Math.toIntExact(output().length() / output().dim(0));
        return () -> {
            if (state.parts().isEmpty()) {
                state.masks().seed(state.maskKey(), index);
                draw.into(bits, floats);
                return;
            }
            int from = 0;
            for (Pass.Part part : state.parts()) {
                state.masks().seed(part.maskKey(), index);
                draw.into(bits.slice(from, width), floats.slice(from, width));
                int end = from + part.rows() * width;
                for (int row = from + width; row < end; row += width) {
                    bits.put(row, bits, from, width);
                }
                from = end;
            }
        };
    }

    @Override
    void compileForward(Compilation compilation) {
        if (fused) {
            return;
        }
        Memory src = input().data();
        Memory dst = compilation.arena().memory(src.layout());
        if (multiplies()) {
            Memory factor = compilation.convert(this, "mask", compileMask(compilation), src.layout());
            compilation.binary(layer(), dnnl.dnnl_binary_mul, src, factor, dst, List.of());
        }
        if (adds()) {
            Memory converted = compilation.convert(this, "shift", compileShift(compilation), src.layout());
            compilation.binary(layer(), dnnl.dnnl_binary_add, multiplies() ? dst : src, converted, dst, List.of());
        }
        output().setData(dst);
    }

    /** For alpha dropout from the draw of its mask: what is added to kept and to dropped units. */
    private Memory compileShift(Compilation compilation) {
        if (compilation.replaying()) {
            Memory drawn = compilation.recorded(this, DropUnits.class).shift;
            if (drawn == null) {
                throw new IllegalStateException("dropout of layer \"" + layer() + "\" was not recorded");
            }
            shift = drawn;
            return drawn;
        }
        Memory memory = compilation.arena().memory(compilation.arena().plain(output().dims()));
        shift = memory;
        PassState state = compilation.state();
        if (kind instanceof AlphaDropout dropout) {
            compilation.add(drawing(state, memory, (bits, floats) -> {
                double retain = valueAt(state, dropout.getPSchedule(), dropout.getP());
                double dropped = -dropout.getLambda() * dropout.getAlpha();
                state.masks().bernoulli(bits, retain, (float) dropout.b(retain), (float)
                        (dropout.a(retain) * dropped + dropout.b(retain)));
            }));
        } else if (kind instanceof GaussianNoise noise) {
            compilation.add(drawing(state, memory, (bits, floats) -> state.masks()
                    .gaussian(floats, 0, valueAt(state, noise.getStddevSchedule(), noise.getStddev()))));
        }
        return memory;
    }

    @Override
    void compileBackward(Backward backward) {
        if (!backward.wants(input())) {
            return;
        }
        Memory diff = backward.gradient(output());
        if (multiplies() && !backward.isApplied(this)) {
            Compilation compilation = backward.compilation();
            Memory factor = compilation.convert(this, "mask", mask(), diff.layout());
            compilation.binary(layer(), dnnl.dnnl_binary_mul, diff, factor, diff, List.of());
        }
        backward.contribute(this, input(), diff);
    }

    private static double valueAt(PassState state, @Nullable ISchedule schedule, double fixed) {
        return schedule == null ? fixed : schedule.valueAt(state.iteration(), state.epoch());
    }
}
