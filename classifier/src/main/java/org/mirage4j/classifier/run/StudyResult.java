package org.mirage4j.classifier.run;

import java.util.List;
import java.util.Map;

/**
 * What one training of a study came to, as kept in its folder.
 *
 * @param name the case
 * @param options what it was trained with, seed included
 * @param data fingerprints of training and test examples
 * @param curve share of the test examples misclassified after each epoch; shown, never used for a decision
 * @param ordinary weight scaling on the test examples after the last epoch
 * @param monteCarlo the same of the Monte Carlo prediction
 * @param spoilt how well uncertainty tells spoilt test images
 * @param seconds wall time of training
 * @param environment what it ran on
 */
record StudyResult(
        String name,
        Map<String, Object> options,
        String data,
        List<Double> curve,
        Quality ordinary,
        Quality monteCarlo,
        List<OutOfDistribution> spoilt,
        double seconds,
        Map<String, String> environment) {

    /**
     * The quality of predictions.
     *
     * @param passes Monte Carlo passes, 0 for weight scaling
     * @param error share misclassified
     * @param negativeLogLikelihood in nats
     * @param expectedCalibrationError over 15 bins
     */
    record Quality(int passes, double error, double negativeLogLikelihood, double expectedCalibrationError) {}
}
