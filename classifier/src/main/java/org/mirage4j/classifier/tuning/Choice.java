package org.mirage4j.classifier.tuning;

import java.util.Comparator;
import java.util.List;
import org.mirage4j.core.MirageException;

/**
 * What cross-validation recommends.
 *
 * @param best the candidate of least mean loss
 * @param oneStandardError the most regularised candidate whose mean loss is within one standard error of the
 *     best: the difference is not one that the data can show (Breiman et al. 1984)
 */
public record Choice(CandidateScore best, CandidateScore oneStandardError) {

    /**
     * Chooses.
     *
     * @param scores at least one, by rising regularisation
     * @return the choice
     */
    public static Choice of(List<CandidateScore> scores) {
        CandidateScore best = scores.stream()
                .min(Comparator.comparingDouble(CandidateScore::meanLoss))
                .orElseThrow(() -> new MirageException("a choice needs at least one candidate, but there is none"));
        double limit = best.meanLoss() + best.standardErrorOfLoss();
        CandidateScore last = best;
        for (CandidateScore score : scores) {
            if (score.meanLoss() <= limit) {
                last = score;
            }
        }
        return new Choice(best, last);
    }
}
