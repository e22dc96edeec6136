package org.mirage4j.classifier.calibration;

import java.util.ArrayList;
import java.util.List;
import org.mirage4j.core.MirageException;

/**
 * Confidence against accuracy, in bins of equal width (Guo et al. 2017). A calibrated classifier is right on
 * four in five of the examples it gives a confidence of 0.8.
 *
 * @param bins the bins from confidence 0 to 1, empty ones included
 */
public record ReliabilityDiagram(List<Bin> bins) {
    private static final int DEFAULT_BINS = 15;

    /**
     * The examples whose confidence lies in (lower, upper].
     *
     * @param lower lower end
     * @param upper upper end
     * @param count number of examples
     * @param confidence their mean confidence; NaN without examples
     * @param accuracy the share classified rightly; NaN without examples
     */
    public record Bin(double lower, double upper, int count, double confidence, double accuracy) {}

    /**
     * Takes bins.
     *
     * @param bins the bins
     */
    public ReliabilityDiagram {
        bins = List.copyOf(bins);
    }

    /**
     * The diagram with the usual 15 bins.
     *
     * @param predictions probabilities and labels
     * @return the diagram
     */
    public static ReliabilityDiagram of(LabelledPredictions predictions) {
        return of(predictions, DEFAULT_BINS);
    }

    /**
     * The diagram.
     *
     * @param predictions probabilities and labels
     * @param bins number of bins, at least 1
     * @return the diagram
     */
    public static ReliabilityDiagram of(LabelledPredictions predictions, int bins) {
        if (bins < 1) {
            throw new MirageException("a reliability diagram needs at least 1 bin, but was asked for " + bins);
        }
        int[] counts = new int[bins];
        int[] right = new int[bins];
        double[] confidences = new double[bins];
        for (int i = 0; i < predictions.size(); i++) {
            double confidence = predictions.confidence(i);
            int bin = Math.min(bins - 1, Math.max(0, (int) Math.ceil(confidence * bins) - 1));
            counts[bin]++;
            confidences[bin] += confidence;
            right[bin] += predictions.isRight(i) ? 1 : 0;
        }
        List<Bin> result = new ArrayList<>();
        for (int b = 0; b < bins; b++) {
            double n = counts[b]; // 0 / 0 is NaN
            result.add(new Bin((double) b / bins, (b + 1.0) / bins, counts[b], confidences[b] / n, right[b] / n));
        }
        return new ReliabilityDiagram(result);
    }

    /**
     * The expected calibration error.
     *
     * @return sum over bins of |accuracy - confidence| * count / total
     */
    public double expectedCalibrationError() {
        double total = bins.stream().mapToInt(Bin::count).sum();
        return bins.stream()
                .filter(bin -> bin.count() > 0)
                .mapToDouble(bin -> Math.abs(bin.accuracy() - bin.confidence()) * bin.count() / total)
                .sum();
    }
}
