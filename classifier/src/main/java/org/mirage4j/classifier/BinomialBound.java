package org.mirage4j.classifier;

import java.util.HashMap;
import java.util.Map;
import org.apache.commons.math3.special.Beta;

/**
 * The exact one-sided bound of Clopper and Pearson, read backwards: how many trials show with what level of error that
 * a rate is no larger than some limit. Not safe for concurrent use.
 */
final class BinomialBound {
    /** What is asked of nobody's data. */
    static final int NEVER = Integer.MAX_VALUE;

    private final double limit;
    private final Map<Double, Map<Integer, Integer>> known = new HashMap<>();

    /** Of a limit in [0, 1). */
    BinomialBound(double limit) {
        this.limit = limit;
    }

    /** How many trials with so many failures are enough to reject, at a level, that the rate is above the limit. */
    int trials(int failures, double level) {
        return known.computeIfAbsent(level, any -> new HashMap<>())
                .computeIfAbsent(failures, count -> search(count, level));
    }

    private int search(int failures, double level) {
        int enough = failures + 1;
        while (probability(failures, enough) > level) {
            if (enough > NEVER / 2) {
                return NEVER;
            }
            enough *= 2;
        }
        int tooFew = Math.max(failures, enough / 2 - 1);
        while (enough - tooFew > 1) {
            int middle = tooFew + (enough - tooFew) / 2;
            if (probability(failures, middle) > level) {
                tooFew = middle;
            } else {
                enough = middle;
            }
        }
        return enough;
    }

    /** Of so few failures in some trials, if the rate is the limit. */
    private double probability(int failures, int trials) {
        return Beta.regularizedBeta(1 - limit, trials - failures, failures + 1.0);
    }
}
