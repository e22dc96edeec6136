package org.mirage4j.classifier;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.mirage4j.classifier.calibration.LabelledPredictions;
import org.mirage4j.core.MirageException;

/**
 * Chooses the thresholds of a rule so that its promise holds for the thresholds that were chosen (Learn then Test,
 * Angelopoulos et al. 2021).
 *
 * <p>Of the examples inside the training range, the one at the 0.99 quantile of mutual information sets that threshold
 * and is then set aside. Given its value, the others below are draws from all that lies below, so errors among them are
 * binomial. The same holds for every candidate of the entropy's threshold, the entropies of these examples: the one that
 * sets it counts as no trial, and its error counts. Candidates are tested from the strictest on, from the first with
 * so many trials that none may fail; a test that fails ends the sequence, so that the first false candidate is tested at
 * the whole level and no correction for their number is due. One early error would end it for good. So
 * where there are trials for more, half of the level is kept for fresh starts at twice, four times and more trials, which
 * the sequence adds to its level when it comes that far (fallback procedure, Wiens 2003).
 */
final class RuleFit {
    private static final double QUANTILE = 0.99;
    private static final double NONE = -1;

    /** Beyond this multiple of the data, speaking of how many would do is idle. */
    private static final double MOST_TIMES = 1000;

    private final BinomialBound bound;
    private final double level;

    private RuleFit(double accuracy, double confidence) {
        this.bound = new BinomialBound(1 - accuracy);
        this.level = 1 - confidence;
    }

    /** What decides about one example. */
    private record Example(double entropy, double mutualInformation, boolean wrong) {}

    /** From so many trials on, this share of the level may be used. */
    private record Start(int trials, double level) {}

    static AskingRule of(
            List<Prediction> predictions,
            List<List<String>> outside,
            int[] labels,
            double accuracy,
            double confidence) {
        AskingRule.requireAccuracy(accuracy);
        AskingRule.requireConfidence(confidence);
        LabelledPredictions labelled = LabelledPredictions.of(
                predictions.stream().map(Prediction::probabilities).toList(), labels);
        if (outside.size() != labels.length) {
            throw new MirageException("there must be one list of columns outside for each of " + labels.length
                    + " predictions, but there are " + outside.size());
        }
        List<Example> inside = IntStream.range(0, labels.length)
                .filter(i -> outside.get(i).isEmpty())
                .mapToObj(i -> new Example(
                        predictions.get(i).predictiveEntropy(),
                        predictions.get(i).mutualInformation(),
                        !labelled.isRight(i)))
                .toList();
        return new RuleFit(accuracy, confidence).choose(inside, labels.length, accuracy, confidence);
    }

    private AskingRule choose(List<Example> inside, int calibrated, double accuracy, double confidence) {
        List<Example> kept = new ArrayList<>(inside);
        kept.sort(Comparator.comparingDouble(Example::mutualInformation));
        double largest = NONE;
        if (!kept.isEmpty()) {
            int rank = rank(kept.size());
            largest = kept.remove(rank - 1).mutualInformation();
            double threshold = largest;
            kept.removeIf(example -> example.mutualInformation() > threshold);
        }
        kept.sort(Comparator.comparingDouble(Example::entropy));
        int answered = answered(kept);
        return new AskingRule(
                answered == 0 ? NONE : kept.get(answered - 1).entropy(),
                largest,
                accuracy,
                confidence,
                calibrated,
                answered,
                (int) kept.subList(0, answered).stream().filter(Example::wrong).count(),
                answered > 0 ? calibrated : needed(kept, calibrated));
    }

    /** Which example sets the threshold of mutual information, from 1; a new one is as unlikely to lie above. */
    private static int rank(int examples) {
        return (int) Math.min(examples, Math.ceil(QUANTILE * (examples + 1.0)));
    }

    /** How many of the examples, by rising entropy, may be answered. */
    private int answered(List<Example> examples) {
        List<Start> starts = starts(examples.size() - 1);
        int best = 0;
        int wrong = 0;
        int started = 0;
        double usable = 0;
        for (int trials = 0; trials < examples.size(); trials++) {
            wrong += examples.get(trials).wrong() ? 1 : 0;
            boolean more = trials + 1 < examples.size();
            if (more
                    && examples.get(trials + 1).entropy()
                            == examples.get(trials).entropy()) {
                continue; // equal entropies are answered together
            }
            while (started < starts.size() && starts.get(started).trials() <= trials) {
                usable += starts.get(started).level();
                started++;
            }
            if (usable > 0 && trials >= bound.trials(wrong, usable)) {
                best = trials + 1;
            } else {
                usable = 0;
            }
        }
        return best;
    }

    private List<Start> starts(int trials) {
        int least = bound.trials(0, level);
        int leastOfHalf = bound.trials(0, level / 2);
        if (trials / 2 < least || trials / 2 < leastOfHalf) {
            return List.of(new Start(least, level));
        }
        List<Start> starts = new ArrayList<>(List.of(new Start(leastOfHalf, level / 2)));
        int fresh = (int) (Math.log((double) trials / leastOfHalf) / Math.log(2));
        for (int i = 1; i <= fresh; i++) {
            starts.add(new Start(leastOfHalf << i, level / 2 / fresh));
        }
        return starts;
    }

    /** How many examples would show something if they went on like these; half an error more is supposed, to be safe. */
    private int needed(List<Example> examples, int calibrated) {
        int[] wrong = new int[examples.size()];
        for (int i = 0; i < wrong.length; i++) {
            wrong[i] = (i == 0 ? 0 : wrong[i - 1]) + (examples.get(i).wrong() ? 1 : 0);
        }
        for (double times = 1; times <= MOST_TIMES; times *= 1.1) {
            for (int i = 0; i < wrong.length; i++) {
                if (times * i >= bound.trials((int) Math.ceil(times * (wrong[i] + 0.5)), level / 2)) {
                    return (int) Math.min(BinomialBound.NEVER, Math.ceil(times * calibrated));
                }
            }
        }
        return 0;
    }

    /** How many answers without an error show the accuracy. */
    static int leastAnswers(double accuracy, double confidence) {
        return new BinomialBound(1 - accuracy).trials(0, 1 - confidence);
    }

    /** With how many examples that is possible; two of them set thresholds. */
    static int leastExamples(double accuracy, double confidence) {
        int answers = leastAnswers(accuracy, confidence);
        if (answers >= BinomialBound.NEVER / 2) {
            return BinomialBound.NEVER;
        }
        int examples = answers + 2;
        while (rank(examples) < answers + 2) {
            examples++;
        }
        return examples;
    }
}
