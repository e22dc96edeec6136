package org.mirage4j.classifier.table;

/**
 * What a classifier says about one row.
 *
 * @param label the most probable class
 * @param probability its probability, the mean over passes
 * @param entropy predictive entropy, in nats
 * @param mutualInformation how much the passes disagree, in nats
 * @param askPerson whether the entropy is above the threshold chosen on held-out rows
 */
public record TablePrediction(
        String label, double probability, double entropy, double mutualInformation, boolean askPerson) {}
