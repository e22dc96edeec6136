package org.mirage4j.classifier.calibration;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.mirage4j.core.MirageException;

/** The area under the receiver operating characteristic: how well a score tells two groups apart. */
public final class Auroc {
    private Auroc() {}

    /**
     * A threshold's two sides: an input counts as outside if its score is at least the threshold.
     *
     * @param falseAlarms share of the first group that counts as outside
     * @param detected share of the second group that does
     */
    public record Point(double falseAlarms, double detected) {}

    /**
     * The probability that a score of the second group is larger than one of the first, ties counting half
     * (the Mann-Whitney statistic).
     *
     * @param inside scores of what should have small ones: uncertainties on inputs like the training data
     * @param outside scores of what should have large ones
     * @return 1 if the groups are apart, 0.5 if the score knows nothing
     */
    public static double of(double[] inside, double[] outside) {
        if (inside.length == 0 || outside.length == 0) {
            throw new MirageException(
                    "AUROC needs scores of both groups, but there are " + inside.length + " and " + outside.length);
        }
        double[] low = inside.clone();
        double[] high = outside.clone();
        Arrays.sort(low);
        Arrays.sort(high);
        if (Double.isNaN(low[low.length - 1]) || Double.isNaN(high[high.length - 1])) {
            throw new MirageException("AUROC needs scores that are numbers, but some are NaN");
        }
        double wins = 0;
        int below = 0;
        int upTo = 0;
        for (double score : high) {
            while (below < low.length && low[below] < score) {
                below++;
            }
            while (upTo < low.length && low[upTo] <= score) {
                upTo++;
            }
            wins += (below + upTo) / 2.0;
        }
        return wins / low.length / high.length;
    }

    /**
     * The curve itself: one point per threshold, from none outside to all.
     *
     * @param inside scores of what should have small ones
     * @param outside scores of what should have large ones
     * @return points from (0, 0) to (1, 1)
     */
    public static List<Point> curve(double[] inside, double[] outside) {
        of(inside, outside); // for its checks
        double[] low = inside.clone();
        double[] high = outside.clone();
        Arrays.sort(low);
        Arrays.sort(high);
        List<Point> points = new ArrayList<>(List.of(new Point(0, 0)));
        int in = low.length;
        int out = high.length;
        while (in > 0 || out > 0) {
            double threshold = Math.max(
                    in > 0 ? low[in - 1] : Double.NEGATIVE_INFINITY,
                    out > 0 ? high[out - 1] : Double.NEGATIVE_INFINITY);
            while (in > 0 && low[in - 1] >= threshold) {
                in--;
            }
            while (out > 0 && high[out - 1] >= threshold) {
                out--;
            }
            points.add(new Point(1 - (double) in / low.length, 1 - (double) out / high.length));
        }
        return points;
    }
}
