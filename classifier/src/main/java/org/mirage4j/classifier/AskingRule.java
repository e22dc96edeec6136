package org.mirage4j.classifier;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.mirage4j.core.MirageException;
import org.mirage4j.core.io.AtomicFile;
import org.mirage4j.core.io.Printable;

/**
 * When a person is asked: where the predictive entropy or the mutual information is above its threshold, or a column
 * lies outside what training has seen. What the model answers by itself is right with the accuracy wanted, at the
 * confidence stated, for rows of the kind that it was calibrated on and the passes and the seed of the calibration.
 *
 * @param entropy the largest predictive entropy that the model answers by itself, in nats; negative if it never should
 * @param mutualInformation the largest mutual information that it does, in nats; negative if it never should
 * @param accuracy the accuracy wanted on what the model answers by itself, in (0, 1]
 * @param confidence the share of calibration parts whose rule keeps that promise, in (0, 1)
 * @param calibrated number of examples that the rule was fitted on
 * @param answered how many of these the model answers by itself
 * @param wrong how many of these answers are wrong
 * @param needed how many examples would do to promise anything; 0 if no number would
 */
public record AskingRule(
        double entropy,
        double mutualInformation,
        double accuracy,
        double confidence,
        int calibrated,
        int answered,
        int wrong,
        int needed) {
    /** The confidence where none is stated. */
    public static final double CONFIDENCE = 0.95;

    private static final String FILE = "threshold.json";

    /**
     * Checks the ranges.
     *
     * @param entropy finite
     * @param mutualInformation finite
     * @param accuracy in (0, 1]
     * @param confidence in (0, 1)
     * @param calibrated any
     * @param answered any
     * @param wrong any
     * @param needed any
     */
    public AskingRule {
        requireAccuracy(accuracy);
        requireConfidence(confidence);
        if (!Double.isFinite(entropy) || !Double.isFinite(mutualInformation)) {
            throw new MirageException("the entropy and the mutual information above which a person is asked must be"
                    + " finite, but are " + entropy + " and " + mutualInformation);
        }
    }

    /**
     * Refuses an accuracy that cannot be wanted.
     *
     * @param accuracy the accuracy wanted where no person is asked
     * @throws MirageException if it is not in (0, 1]
     */
    public static void requireAccuracy(double accuracy) {
        if (!(accuracy > 0 && accuracy <= 1)) {
            throw new MirageException("the accuracy wanted must be in (0, 1], but is " + accuracy);
        }
    }

    /**
     * Refuses a confidence that cannot be had.
     *
     * @param confidence the share of calibration parts whose rule keeps its promise
     * @throws MirageException if it is not in (0, 1)
     */
    public static void requireConfidence(double confidence) {
        if (!(confidence > 0 && confidence < 1)) {
            throw new MirageException("the confidence of a promise must be in (0, 1), but is " + confidence);
        }
    }

    /**
     * The rule that answers most and keeps its promise, from data that the model was not trained on. The threshold of
     * mutual information is its 0.99 quantile; that of entropy is the largest for which an exact binomial bound shows
     * the accuracy wanted, for all that the whole rule answers. If nothing can be shown, a person is always asked.
     *
     * @param predictions the predictions
     * @param outside for each of them, the columns that lie outside what training has seen
     * @param labels the right class of each
     * @param accuracy the accuracy wanted where no person is asked, in (0, 1]; 1 can never be shown
     * @param confidence with which it is promised, in (0, 1)
     * @return the rule
     * @throws MirageException if a value is out of range or not finite, or the lists differ in length
     */
    public static AskingRule fit(
            List<Prediction> predictions,
            List<List<String>> outside,
            int[] labels,
            double accuracy,
            double confidence) {
        return RuleFit.of(predictions, outside, labels, accuracy, confidence);
    }

    /**
     * Why to ask a person.
     *
     * @param prediction what the model says
     * @param outside the columns that lie outside what training has seen
     * @return all reasons; none if the model answers by itself
     */
    public Set<Doubt> doubts(Prediction prediction, List<String> outside) {
        Set<Doubt> doubts = EnumSet.noneOf(Doubt.class);
        if (entropy < 0) {
            doubts.add(Doubt.UNPROVEN);
        } else if (!(prediction.predictiveEntropy() <= entropy)) { // NaN is no certainty
            doubts.add(Doubt.ENTROPY);
        }
        if (!(prediction.mutualInformation() <= mutualInformation)) {
            doubts.add(Doubt.MUTUAL_INFORMATION);
        }
        if (!outside.isEmpty()) {
            doubts.add(Doubt.RANGE);
        }
        return doubts;
    }

    /**
     * What can be promised of the answers that the model gives by itself.
     *
     * @return one sentence
     */
    public String promise() {
        String wanted =
                String.format(Locale.ROOT, "%s %% right at %s %% confidence", percent(accuracy), percent(confidence));
        if (answered > 0) {
            return String.format(
                    Locale.ROOT,
                    "What the model answers by itself is at least %s: of %d calibration examples it answers %d, %d of"
                            + " them wrongly.",
                    wanted,
                    calibrated,
                    answered,
                    wrong);
        }
        int least = RuleFit.leastExamples(accuracy, confidence);
        String first = "A person is always asked: from " + calibrated
                + " calibration examples nothing can be promised that is " + wanted;
        if (least == BinomialBound.NEVER) {
            return first + ", as no number of examples shows that no answer is ever wrong.";
        }
        if (calibrated < least) {
            return String.format(
                    Locale.ROOT,
                    "%s; that takes at least %d of them, %d answered without an error.",
                    first,
                    least,
                    RuleFit.leastAnswers(accuracy, confidence));
        }
        return first
                + (needed > 0
                        ? "; about " + needed + " examples like these would do."
                        : ", nor from more like these; it takes a better model or less accuracy.");
    }

    private static String percent(double share) {
        String text = String.format(Locale.ROOT, "%.4f", 100 * share);
        return text.replaceAll("\\.?0+$", "");
    }

    /**
     * Writes the rule beside a classifier.
     *
     * @param folder the folder, which exists
     * @throws MirageException if writing fails
     */
    public void save(Path folder) {
        AtomicFile.write(
                folder.resolve(FILE),
                out -> new ObjectMapper().writerWithDefaultPrettyPrinter().writeValue(out, this));
    }

    /**
     * Reads what {@link #save} has written.
     *
     * @param folder the folder
     * @return the rule
     * @throws MirageException if it is missing or cannot be read
     */
    public static AskingRule load(Path folder) {
        Path file = folder.resolve(FILE);
        try {
            return new ObjectMapper()
                    .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
                    .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
                    .readValue(file.toFile(), AskingRule.class);
        } catch (IOException e) {
            throw new MirageException(
                    file + " cannot be read as a rule when to ask a person: " + Printable.of(e)
                            + " (if an earlier version wrote it, train again)",
                    e);
        }
    }
}
