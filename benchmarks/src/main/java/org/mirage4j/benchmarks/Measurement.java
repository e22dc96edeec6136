package org.mirage4j.benchmarks;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * The rates of one contestant on one workload, over all forks.
 *
 * @param contestant who
 * @param workload on what
 * @param threads with how many threads
 * @param rates units of work per second, one per iteration
 */
record Measurement(Contestant contestant, String workload, int threads, List<Double> rates) {
    Measurement {
        rates = List.copyOf(rates);
    }

    double median() {
        return quantile(0.5);
    }

    /** Half the distance between the quartiles, as a share of the median. */
    double spread() {
        return (quantile(0.75) - quantile(0.25)) / 2 / median();
    }

    private double quantile(double share) {
        List<Double> sorted = new ArrayList<>(rates);
        Collections.sort(sorted);
        double place = share * (sorted.size() - 1);
        int below = (int) place;
        int above = Math.min(below + 1, sorted.size() - 1);
        return sorted.get(below) + (place - below) * (sorted.get(above) - sorted.get(below));
    }
}
