package org.mirage4j.classifier;

import java.util.List;
import org.mirage4j.classifier.calibration.LabelledPredictions;
import org.mirage4j.classifier.calibration.ReliabilityDiagram;
import org.nd4j.evaluation.classification.Evaluation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * How good a classifier's probabilities are on labelled examples.
 *
 * @param evaluation Deeplearning4j's counts: accuracy, precision, recall, confusion matrix
 * @param negativeLogLikelihood mean over examples, in nats
 * @param brierScore mean over examples of the squared distance to the one-hot label, in [0, 2]
 * @param expectedCalibrationError over 15 bins of confidence, in [0, 1]
 */
public record ClassifierEvaluation(
        Evaluation evaluation, double negativeLogLikelihood, double brierScore, double expectedCalibrationError) {

    /**
     * Evaluates predictions made elsewhere, such as Monte Carlo means.
     *
     * @param predictions probabilities and labels
     * @return the evaluation
     */
    public static ClassifierEvaluation of(LabelledPredictions predictions) {
        Evaluation evaluation = new Evaluation(predictions.classes());
        List<double[]> probabilities = predictions.probabilities();
        INDArray oneHot = Nd4j.zeros(probabilities.size(), predictions.classes());
        for (int i = 0; i < probabilities.size(); i++) {
            oneHot.putScalar(i, predictions.label(i), 1);
        }
        evaluation.eval(oneHot, Nd4j.createFromArray(probabilities.toArray(double[][]::new)));
        return new ClassifierEvaluation(
                evaluation,
                predictions.negativeLogLikelihood(),
                predictions.brierScore(),
                ReliabilityDiagram.of(predictions).expectedCalibrationError());
    }

    /**
     * The share misclassified.
     *
     * @return 1 - accuracy
     */
    public double error() {
        return 1 - evaluation.accuracy();
    }
}
