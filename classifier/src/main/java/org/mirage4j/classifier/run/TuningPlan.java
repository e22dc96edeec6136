package org.mirage4j.classifier.run;

import java.util.List;
import org.mirage4j.classifier.dropout.DropoutKind;
import org.mirage4j.classifier.tuning.Candidate;
import org.mirage4j.core.MirageException;

/**
 * What a search tries and how.
 *
 * @param rates candidates to choose from, by rising dropout rate; see {@link Candidate#rates}
 * @param rivals candidates that are scored on the same folds for comparison only; the best rate and the others are
 *     compared with the first of them, which should be the network without any regularisation
 * @param folds number of folds, at least 2
 * @param halving whether to leave the worse half behind again and again instead of training all to the end;
 *     not with rivals
 * @param threads folds trained at the same time, at least 1
 */
public record TuningPlan(List<Candidate> rates, List<Candidate> rivals, int folds, boolean halving, int threads) {
    /**
     * Checks what can be checked without data.
     *
     * @param rates candidates to choose from
     * @param rivals candidates to compare with
     * @param folds number of folds
     * @param halving whether to halve
     * @param threads folds at the same time
     */
    public TuningPlan {
        rates = List.copyOf(rates);
        rivals = List.copyOf(rivals);
        if (rates.isEmpty()) {
            throw new MirageException("a search needs at least one dropout rate to try, but has none");
        }
        rates.forEach(TuningPlan::rate);
        if (folds < 2) {
            throw new MirageException("the number of folds must be at least 2, but is " + folds);
        }
        if (halving && !rivals.isEmpty()) {
            throw new MirageException("successive halving trains each candidate for another time, so that it cannot"
                    + " be combined with a comparison");
        }
    }

    /**
     * How many results there will be.
     *
     * @return candidates times folds, over all rungs of a halving
     */
    public int results() {
        int results = rates.size() + rivals.size();
        for (int left = rates.size(); halving && left > 1; ) {
            left = (left + 1) / 2;
            results += left;
        }
        return results * folds;
    }

    static double rate(Candidate candidate) {
        if (candidate.options().hiddenDropout().stream().findFirst().orElse(DropoutKind.none())
                instanceof DropoutKind.Bernoulli bernoulli) {
            return bernoulli.rate().rate();
        }
        throw new MirageException("a search for the dropout rate needs candidates with Bernoulli dropout, but "
                + candidate.name() + " has another kind");
    }
}
