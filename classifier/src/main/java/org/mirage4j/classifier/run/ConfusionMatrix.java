package org.mirage4j.classifier.run;

import java.util.Arrays;
import org.mirage4j.classifier.calibration.LabelledPredictions;

/** How often each class is answered for examples of each class. */
final class ConfusionMatrix {
    private final long[][] counts;

    private ConfusionMatrix(long[][] counts) {
        this.counts = counts;
    }

    /** The answer is the class of the largest probability, the first of equal ones. */
    static ConfusionMatrix of(LabelledPredictions predictions) {
        long[][] counts = new long[predictions.classes()][predictions.classes()];
        for (int i = 0; i < predictions.size(); i++) {
            double[] probabilities = predictions.probabilities().get(i);
            int answer = 0;
            for (int k = 1; k < probabilities.length; k++) {
                if (probabilities[k] > probabilities[answer]) {
                    answer = k;
                }
            }
            counts[predictions.label(i)][answer]++;
        }
        return new ConfusionMatrix(counts);
    }

    long count(int right, int answer) {
        return counts[right][answer];
    }

    /** How many examples a class has. */
    long examples(int right) {
        return Arrays.stream(counts[right]).sum();
    }

    /** The share of a class's examples that are answered with it; NaN where there are none. */
    double recall(int right) {
        return (double) counts[right][right] / examples(right);
    }

    /** The share of the answers with a class that are right; NaN where there are none. */
    double precision(int answer) {
        return (double) counts[answer][answer]
                / Arrays.stream(counts).mapToLong(row -> row[answer]).sum();
    }

    /** The wrong class that is answered most often, the first of equal ones; -1 where none is. */
    int commonestMistake(int right) {
        int most = -1;
        for (int answer = 0; answer < counts.length; answer++) {
            if (answer != right && counts[right][answer] > (most < 0 ? 0 : counts[right][most])) {
                most = answer;
            }
        }
        return most;
    }
}
