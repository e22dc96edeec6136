package org.mirage4j.classifier.tuning;

import java.util.List;
import java.util.stream.IntStream;
import org.mirage4j.core.MirageException;

/**
 * A candidate's scores on the held-out parts.
 *
 * @param candidate the candidate
 * @param losses loss of each fold, see {@link FoldSource#lossName}
 * @param errors error of each fold, see {@link FoldSource#errorName}
 */
public record CandidateScore(Candidate candidate, List<Double> losses, List<Double> errors) {
    /**
     * Takes scores.
     *
     * @param candidate the candidate
     * @param losses loss of each fold
     * @param errors error of each fold, see {@link FoldSource#errorName}
     */
    public CandidateScore {
        losses = List.copyOf(losses);
        errors = List.copyOf(errors);
    }

    /**
     * The score that candidates are chosen by: misclassifications are too few on small folds to tell.
     *
     * @return the mean over folds of the loss
     */
    public double meanLoss() {
        return mean(losses);
    }

    /**
     * The standard error of {@link #meanLoss}.
     *
     * @return deviation over folds (n - 1) divided by the root of their number
     */
    public double standardErrorOfLoss() {
        return standardError(losses);
    }

    /**
     * The mean error.
     *
     * @return the mean over folds
     */
    public double meanError() {
        return mean(errors);
    }

    /**
     * The standard error of {@link #meanError}.
     *
     * @return deviation over folds (n - 1) divided by the root of their number
     */
    public double standardErrorOfError() {
        return standardError(errors);
    }

    /**
     * What this candidate has over another on the same folds, where luck of the fold cancels out.
     *
     * @param other a candidate scored on as many folds
     * @return the differences of losses fold by fold, as the score of this candidate against the other; errors alike
     * @throws MirageException if the numbers of folds differ
     */
    public CandidateScore against(CandidateScore other) {
        if (losses.size() != other.losses.size()) {
            throw new MirageException("candidates can be compared on the same folds only, but " + candidate.name()
                    + " has " + losses.size() + " and " + other.candidate.name() + " has " + other.losses.size());
        }
        return new CandidateScore(candidate, minus(losses, other.losses), minus(errors, other.errors));
    }

    private static List<Double> minus(List<Double> ours, List<Double> theirs) {
        return IntStream.range(0, ours.size())
                .mapToObj(i -> ours.get(i) - theirs.get(i))
                .toList();
    }

    private static double mean(List<Double> values) {
        return values.stream().mapToDouble(Double::doubleValue).average().orElse(Double.NaN);
    }

    private static double standardError(List<Double> values) {
        double mean = mean(values);
        double squares = values.stream()
                .mapToDouble(value -> (value - mean) * (value - mean))
                .sum();
        return Math.sqrt(squares / (values.size() - 1) / values.size());
    }
}
