package org.mirage4j.benchmarks;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.LongSupplier;

/**
 * What {@code Network} costs over the same step written by hand on Deeplearning4j. A difference of a
 * percent drowns in the noise between processes, so both run in one, in short blocks that take turns
 * (ours, raw, raw, ours), and each block is compared with its neighbour only.
 */
final class Overhead {
    private static final double BLOCK_SECONDS = 0.15;
    private static final double NORMAL_95 = 1.96;

    private final LongSupplier wallClock;
    private final LongSupplier processorClock;

    /**
     * @param wallClock nanoseconds that have passed
     * @param processorClock nanoseconds that the calling thread has run
     */
    Overhead(LongSupplier wallClock, LongSupplier processorClock) {
        this.wallClock = wallClock;
        this.processorClock = processorClock;
    }

    /**
     * Ours over raw, by two clocks. The calling thread's processor time leaves out what others do on the
     * machine meanwhile; with one OpenMP thread it is nearly all of the work.
     *
     * @param wall by elapsed time
     * @param processor by processor time of the calling thread
     * @param pairs how many pairs of blocks
     */
    record Result(Interval wall, Interval processor, int pairs) {}

    /**
     * @param percent median of ours over raw, minus 1
     * @param low lower end of the 95 % confidence interval of the median
     * @param high upper end
     */
    record Interval(double percent, double low, double high) {
        @Override
        public String toString() {
            return String.format(Locale.ROOT, "%.2f %% (95 %%: %.2f to %.2f)", percent, low, high);
        }
    }

    public static void main(String[] arguments) throws IOException {
        Workload workload = Workload.named(arguments[0]);
        double seconds = Double.parseDouble(arguments[1]);
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        Overhead overhead = new Overhead(System::nanoTime, threads::getCurrentThreadCpuTime);
        try (Step ours = TrainingStep.create("mirage-stock", workload);
                Step raw = TrainingStep.create("dl4j", workload)) {
            new ObjectMapper().writeValue(Path.of(arguments[2]).toFile(), overhead.measure(ours, raw, seconds));
        }
    }

    Result measure(Step ours, Step raw, double seconds) {
        long warm = wallClock.getAsLong();
        int steps = 0;
        while (elapsed(warm) < seconds / 3) {
            ours.run();
            raw.run();
            steps++;
        }
        int block = Math.max(1, (int) Math.round(steps * BLOCK_SECONDS / (elapsed(warm) / 2)));
        List<Double> wall = new ArrayList<>();
        List<Double> processor = new ArrayList<>();
        long start = wallClock.getAsLong();
        while (wall.size() < 4 || elapsed(start) < seconds) {
            boolean oursFirst = wall.size() % 2 == 0;
            Time first = time(oursFirst ? ours : raw, block);
            Time second = time(oursFirst ? raw : ours, block);
            Time mine = oursFirst ? first : second;
            Time other = oursFirst ? second : first;
            wall.add(mine.wall() / other.wall());
            processor.add(mine.processor() / other.processor());
        }
        return new Result(interval(wall), interval(processor), wall.size());
    }

    /** Nanoseconds by the two clocks. */
    private record Time(double wall, double processor) {}

    static Interval interval(List<Double> ratios) {
        if (ratios.isEmpty()) {
            throw new IllegalArgumentException("an interval needs at least one ratio");
        }
        List<Double> sorted = ratios.stream().sorted().toList();
        int last = sorted.size() - 1;
        double half = NORMAL_95 * Math.sqrt(sorted.size()) / 2; // of the rank of the median, a binomial variable
        double low = sorted.get(Math.max(0, (int) Math.floor(last / 2.0 - half)));
        double high = sorted.get(Math.min(last, (int) Math.ceil(last / 2.0 + half)));
        double median = (sorted.get(last / 2) + sorted.get((last + 1) / 2)) / 2;
        return new Interval(percent(median), percent(low), percent(high));
    }

    private static double percent(double ratio) {
        return 100 * (ratio - 1);
    }

    private Time time(Step step, int count) {
        long processor = processorClock.getAsLong();
        long wall = wallClock.getAsLong();
        for (int i = 0; i < count; i++) {
            step.run();
        }
        return new Time(wallClock.getAsLong() - wall, processorClock.getAsLong() - processor);
    }

    private double elapsed(long start) {
        return (wallClock.getAsLong() - start) * 1e-9;
    }
}
