package org.mirage4j.classifier;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.mirage4j.classifier.calibration.AccuracyCoverage;
import org.mirage4j.classifier.calibration.LabelledPredictions;
import org.mirage4j.core.MirageException;
import org.mirage4j.core.io.AtomicFile;

/**
 * The predictive entropy above which a person is asked.
 *
 * @param entropy the largest predictive entropy that the model answers by itself, in nats; a negative number
 *     if it never should
 * @param accuracy the accuracy wanted on what the model answers by itself, in (0, 1]
 */
public record EntropyThreshold(double entropy, double accuracy) {
    private static final String FILE = "threshold.json";
    private static final double NEVER = -1;

    /**
     * Checks the range.
     *
     * @param entropy any number but NaN
     * @param accuracy in (0, 1]
     */
    public EntropyThreshold {
        requireAccuracy(accuracy);
        if (Double.isNaN(entropy)) {
            throw new MirageException("the entropy above which a person is asked must be a number, but is NaN");
        }
    }

    /**
     * Refuses an accuracy that cannot be wanted.
     *
     * @param accuracy the accuracy wanted where no person is asked
     * @throws MirageException if it is not in (0, 1]
     */
    public static void requireAccuracy(double accuracy) {
        if (!(accuracy > 0 && accuracy <= 1)) {
            throw new MirageException("the accuracy wanted must be in (0, 1], but is " + accuracy);
        }
    }

    /**
     * The largest threshold that is accurate enough on data that the model was not trained on.
     *
     * @param predictions the predictions
     * @param labels the right class of each
     * @param accuracy the accuracy wanted where no person is asked
     * @return the threshold
     */
    public static EntropyThreshold fit(List<Prediction> predictions, int[] labels, double accuracy) {
        requireAccuracy(accuracy);
        LabelledPredictions labelled = LabelledPredictions.of(
                predictions.stream().map(Prediction::probabilities).toList(), labels);
        double[] entropies =
                predictions.stream().mapToDouble(Prediction::predictiveEntropy).toArray();
        double entropy = AccuracyCoverage.of(labelled, entropies).thresholdFor(accuracy);
        return new EntropyThreshold(Math.max(NEVER, entropy), accuracy);
    }

    /**
     * Whether to ask a person.
     *
     * @param prediction what the model says
     * @return true if the model is not sure enough
     */
    public boolean asks(Prediction prediction) {
        return prediction.predictiveEntropy() > entropy;
    }

    /**
     * Writes the threshold beside a classifier.
     *
     * @param folder the folder, which exists
     * @throws MirageException if writing fails
     */
    public void save(Path folder) {
        AtomicFile.write(
                folder.resolve(FILE),
                out -> new ObjectMapper().writerWithDefaultPrettyPrinter().writeValue(out, this));
    }

    /**
     * Reads what {@link #save} has written.
     *
     * @param folder the folder
     * @return the threshold
     * @throws MirageException if it is missing or cannot be read
     */
    public static EntropyThreshold load(Path folder) {
        Path file = folder.resolve(FILE);
        try {
            return new ObjectMapper().readValue(file.toFile(), EntropyThreshold.class);
        } catch (IOException e) {
            throw new MirageException(file + " cannot be read as a threshold: " + e.getMessage(), e);
        }
    }
}
