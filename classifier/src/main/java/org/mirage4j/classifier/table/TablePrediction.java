package org.mirage4j.classifier.table;

import java.util.List;
import org.mirage4j.classifier.EntropyThreshold;
import org.mirage4j.classifier.Prediction;

/**
 * What a classifier says about one row or image.
 *
 * @param label the most probable class
 * @param probability its probability, the mean over passes
 * @param entropy predictive entropy, in nats
 * @param mutualInformation how much the passes disagree, in nats
 * @param askPerson whether the entropy is above the threshold chosen on held-out rows
 */
public record TablePrediction(
        String label, double probability, double entropy, double mutualInformation, boolean askPerson) {

    /**
     * Puts a prediction into words.
     *
     * @param prediction what the classifier says
     * @param classes the names of the classes
     * @param threshold when to ask a person
     * @return the same as a row of a table
     */
    public static TablePrediction of(Prediction prediction, List<String> classes, EntropyThreshold threshold) {
        return new TablePrediction(
                classes.get(prediction.predictedClass()),
                prediction.confidence(),
                prediction.predictiveEntropy(),
                prediction.mutualInformation(),
                threshold.asks(prediction));
    }
}
