package org.mirage4j.core.engine.plan;

import java.nio.FloatBuffer;
import java.util.List;
import org.mirage4j.core.engine.BatchDeviation;

/** Appends how much the batch varies: see {@link BatchDeviation}. */
final class Deviate extends Operation {
    private final BatchDeviation arithmetic;

    Deviate(String name, Value input) {
        super(name, List.of(input), false);
        long[] dims = input.dims();
        int count = Math.toIntExact(dims[0]);
        int features = Math.toIntExact(input.length() / count);
        arithmetic = new BatchDeviation(count, features, Math.toIntExact(features / dims[1]));
        dims[1]++;
        declare(dims);
    }

    @Override
    void compileForward(Compilation compilation) {
        Memory src = compilation.plain(this, input());
        Memory dst = compilation.arena().memory(compilation.arena().plain(output().dims()));
        compilation.add(() -> write(dst, arithmetic.append(read(src))));
        output().setData(dst);
    }

    @Override
    void compileBackward(Backward backward) {
        if (!backward.wants(input())) {
            return;
        }
        Arena arena = backward.arena();
        Memory diff = backward.gradient(this, output(), arena.plain(output().dims()));
        Memory result = backward.compilation().buffer(this, "dx", arena.plain(input().dims()));
        backward.compilation().add(() -> write(result, arithmetic.gradient(read(diff))));
        backward.contribute(this, input(), result);
    }

    private static double[] read(Memory memory) {
        float[] values = new float[Math.toIntExact(memory.layout().length())];
        Arena.floats(memory.address(), values.length).get(values);
        double[] wide = new double[values.length];
        for (int i = 0; i < values.length; i++) {
            wide[i] = values[i];
        }
        return wide;
    }

    private static void write(Memory memory, double[] wide) {
        float[] values = new float[wide.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) wide[i];
        }
        FloatBuffer target = Arena.floats(memory.address(), values.length);
        target.put(values);
    }
}
