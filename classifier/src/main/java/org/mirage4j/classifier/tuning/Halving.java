package org.mirage4j.classifier.tuning;

import java.util.Comparator;
import java.util.List;

/**
 * The course of a successive halving.
 *
 * @param rungs from the first, with all candidates, to the last
 * @param epochsTrained epochs of all trainings together
 */
public record Halving(List<Rung> rungs, long epochsTrained) {

    /**
     * A round after which the worse half was left behind.
     *
     * @param epochs epochs that each candidate had been trained
     * @param scores the candidates still in the race
     */
    public record Rung(int epochs, List<CandidateScore> scores) {
        /**
         * Takes scores.
         *
         * @param epochs epochs trained
         * @param scores the candidates
         */
        public Rung {
            scores = List.copyOf(scores);
        }
    }

    /**
     * Takes rungs.
     *
     * @param rungs from first to last
     * @param epochsTrained epochs of all trainings together
     */
    public Halving {
        rungs = List.copyOf(rungs);
    }

    /**
     * The candidate that came out best.
     *
     * @return the best of the last rung
     */
    public CandidateScore winner() {
        return rungs.get(rungs.size() - 1).scores().stream()
                .min(Comparator.comparingDouble(CandidateScore::meanLoss))
                .orElseThrow();
    }
}
