package org.mirage4j.classifier.tuning;

/**
 * One candidate trained on one fold: what progress bars count and what an interrupted search leaves.
 *
 * @param candidate the candidate
 * @param fold number of the fold, from 0
 * @param epochs epochs trained so far
 * @param loss loss on the held-out part, see {@link FoldSource#lossName}
 * @param error error on the held-out part, see {@link FoldSource#errorName}
 */
public record FoldResult(Candidate candidate, int fold, int epochs, double loss, double error) {}
