package org.mirage4j.classifier.calibration;

import java.util.Arrays;
import org.mirage4j.core.MirageException;

/** The area under the receiver operating characteristic: how well a score tells two groups apart. */
public final class Auroc {
    private Auroc() {}

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
}
