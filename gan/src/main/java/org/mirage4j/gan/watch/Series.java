package org.mirage4j.gan.watch;

import java.util.ArrayList;
import java.util.List;

/**
 * A series of numbers as means of consecutive blocks, of which the newest {@link #BLOCKS} are kept: what a test over
 * a moving window needs, in little memory. Not safe for concurrent use.
 */
final class Series {
    static final int BLOCKS = 20;

    /** One-sided 95 % quantile of Student's t with BLOCKS - 2 degrees of freedom. */
    private static final double QUANTILE = 1.734;

    private final long block;
    private State state = new State(List.of(), 0, 0, 0);

    /**
     * What is kept.
     *
     * @param means the newest means, oldest first
     * @param largest the largest absolute mean of any block so far
     * @param count numbers in the block that is not full yet
     * @param sum their sum
     */
    record State(List<Double> means, double largest, long count, double sum) {
        State {
            means = List.copyOf(means);
        }
    }

    Series(long block) {
        this.block = block;
    }

    void add(double value) {
        long count = state.count + 1;
        double sum = state.sum + value;
        if (count < block) {
            state = new State(state.means, state.largest, count, sum);
            return;
        }
        double mean = sum / block;
        state = new State(append(state.means, mean, BLOCKS), Math.max(state.largest, Math.abs(mean)), 0, 0);
    }

    /** The list with one value more, of which the newest are kept. */
    static List<Double> append(List<Double> values, double value, int most) {
        List<Double> longer = new ArrayList<>(values);
        longer.add(value);
        return List.copyOf(longer.subList(Math.max(0, longer.size() - most), longer.size()));
    }

    boolean isFull() {
        return state.means.size() == BLOCKS;
    }

    double largest() {
        return state.largest;
    }

    double mean() {
        return state.means.stream().mapToDouble(Double::doubleValue).average().orElse(Double.NaN);
    }

    /**
     * The largest change over a full window that the data do not rule out: the absolute change along the
     * least-squares line plus its one-sided 95 % error. Below a tolerance it shows that there is no trend worth
     * speaking of (Schuirmann 1987), whereas the mere absence of a significant trend would show nothing.
     */
    double largestChange() {
        double middle = (BLOCKS - 1) / 2.0;
        double mean = mean();
        double xx = 0;
        double xy = 0;
        for (int i = 0; i < BLOCKS; i++) {
            xx += (i - middle) * (i - middle);
            xy += (i - middle) * (state.means.get(i) - mean);
        }
        double slope = xy / xx;
        double squares = 0;
        for (int i = 0; i < BLOCKS; i++) {
            double residual = state.means.get(i) - mean - slope * (i - middle);
            squares += residual * residual;
        }
        double error = Math.sqrt(squares / (BLOCKS - 2) / xx);
        return (BLOCKS - 1) * (Math.abs(slope) + QUANTILE * error);
    }

    State state() {
        return state;
    }

    void restore(State saved) {
        state = saved;
    }
}
