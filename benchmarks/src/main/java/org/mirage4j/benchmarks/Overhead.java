package org.mirage4j.benchmarks;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import org.mirage4j.core.MirageException;

/**
 * What {@code Network} costs over the same step written by hand on Deeplearning4j. A difference of a
 * percent drowns in the noise between processes, so both run in one, in short blocks that take turns
 * (ours, raw, raw, ours), and each block is compared with its neighbour only.
 */
final class Overhead {
    private static final double BLOCK_SECONDS = 0.15;
    private static final double NORMAL_95 = 1.96;

    private Overhead() {}

    /**
     * @param percent median of ours over raw, minus 1
     * @param low lower end of the 95 % confidence interval of the median
     * @param high upper end
     * @param pairs how many pairs of blocks
     */
    record Result(double percent, double low, double high, int pairs) {}

    public static void main(String[] arguments) throws IOException {
        Workload workload = Workload.named(arguments[0]);
        double seconds = Double.parseDouble(arguments[1]);
        try (Step ours = TrainingStep.create("mirage-stock", workload);
                Step raw = TrainingStep.create("dl4j", workload)) {
            new ObjectMapper().writeValue(Path.of(arguments[2]).toFile(), measure(ours, raw, seconds));
        }
    }

    static Result measure(Step ours, Step raw, double seconds) {
        long warm = System.nanoTime();
        int steps = 0;
        while (elapsed(warm) < seconds / 3) {
            ours.run();
            raw.run();
            steps++;
        }
        int block = Math.max(1, (int) Math.round(steps * BLOCK_SECONDS / (elapsed(warm) / 2)));
        double[] ratios = new double[0];
        long start = System.nanoTime();
        while (ratios.length < 4 || elapsed(start) < seconds) {
            boolean oursFirst = ratios.length % 2 == 0;
            double first = time(oursFirst ? ours : raw, block);
            double second = time(oursFirst ? raw : ours, block);
            ratios = Arrays.copyOf(ratios, ratios.length + 1);
            ratios[ratios.length - 1] = oursFirst ? first / second : second / first;
        }
        return summary(ratios);
    }

    static Result summary(double[] ratios) {
        double[] sorted = ratios.clone();
        Arrays.sort(sorted);
        int count = sorted.length;
        if (count == 0) {
            throw new MirageException("an overhead needs at least one pair of blocks");
        }
        double half = NORMAL_95 * Math.sqrt(count) / 2; // of the rank of the median, a binomial variable
        int low = Math.max(0, (int) Math.floor((count - 1) / 2.0 - half));
        int high = Math.min(count - 1, (int) Math.ceil((count - 1) / 2.0 + half));
        double median = (sorted[(count - 1) / 2] + sorted[count / 2]) / 2;
        return new Result(percent(median), percent(sorted[low]), percent(sorted[high]), count);
    }

    private static double percent(double ratio) {
        return 100 * (ratio - 1);
    }

    private static double time(Step step, int count) {
        long start = System.nanoTime();
        for (int i = 0; i < count; i++) {
            step.run();
        }
        return elapsed(start);
    }

    private static double elapsed(long start) {
        return (System.nanoTime() - start) * 1e-9;
    }
}
