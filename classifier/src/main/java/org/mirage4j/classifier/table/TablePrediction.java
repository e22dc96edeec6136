package org.mirage4j.classifier.table;

import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.mirage4j.classifier.AskingRule;
import org.mirage4j.classifier.Doubt;
import org.mirage4j.classifier.Prediction;

/**
 * What a classifier says about one row or image.
 *
 * @param label the most probable class
 * @param probability its probability, the mean over passes
 * @param entropy predictive entropy, in nats
 * @param mutualInformation how much the passes disagree, in nats
 * @param doubts why to ask a person; empty if the model answers by itself
 * @param outside the columns that lie outside what training has seen; empty for images
 */
public record TablePrediction(
        String label,
        double probability,
        double entropy,
        double mutualInformation,
        Set<Doubt> doubts,
        List<String> outside) {

    /**
     * Copies the collections.
     *
     * @param label any
     * @param probability any
     * @param entropy any
     * @param mutualInformation any
     * @param doubts any
     * @param outside any
     */
    public TablePrediction {
        doubts = doubts.isEmpty() ? Set.of() : Collections.unmodifiableSet(EnumSet.copyOf(doubts));
        outside = List.copyOf(outside);
    }

    /**
     * Puts a prediction into words.
     *
     * @param prediction what the classifier says
     * @param classes the names of the classes
     * @param rule when to ask a person
     * @param outside the columns that lie outside what training has seen; empty for images
     * @return the same as a row of a table
     */
    public static TablePrediction of(
            Prediction prediction, List<String> classes, AskingRule rule, List<String> outside) {
        return new TablePrediction(
                classes.get(prediction.predictedClass()),
                prediction.confidence(),
                prediction.predictiveEntropy(),
                prediction.mutualInformation(),
                rule.doubts(prediction, outside),
                outside);
    }

    /**
     * Whether a person is to be asked.
     *
     * @return true if there is any doubt
     */
    public boolean askPerson() {
        return !doubts.isEmpty();
    }
}
