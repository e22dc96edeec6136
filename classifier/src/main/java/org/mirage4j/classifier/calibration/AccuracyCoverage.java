package org.mirage4j.classifier.calibration;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.mirage4j.core.MirageException;

/**
 * How accurate a model is on the share of examples it is surest of, for every share.
 *
 * @param points by rising coverage; the last covers everything. Examples of equal uncertainty are covered
 *     together
 */
public record AccuracyCoverage(List<Point> points) {

    /**
     * One share.
     *
     * @param coverage share of the examples covered, in (0, 1]
     * @param accuracy share of these classified rightly
     * @param uncertainty the largest uncertainty among these: the threshold that covers them
     */
    public record Point(double coverage, double accuracy, double uncertainty) {}

    /**
     * Takes points.
     *
     * @param points by rising coverage
     */
    public AccuracyCoverage {
        points = List.copyOf(points);
    }

    /**
     * The curve by falling confidence.
     *
     * @param predictions probabilities and labels
     * @return the curve
     */
    public static AccuracyCoverage of(LabelledPredictions predictions) {
        double[] doubt = IntStream.range(0, predictions.size())
                .mapToDouble(i -> 1 - predictions.confidence(i))
                .toArray();
        return of(predictions, doubt);
    }

    /**
     * The curve by any measure of uncertainty.
     *
     * @param predictions probabilities and labels
     * @param uncertainties one finite value per example, larger where the model is less sure
     * @return the curve
     */
    public static AccuracyCoverage of(LabelledPredictions predictions, double[] uncertainties) {
        int n = predictions.size();
        if (uncertainties.length != n || !Arrays.stream(uncertainties).allMatch(Double::isFinite)) {
            throw new MirageException("there must be one finite uncertainty for each of " + n
                    + " predictions, but there are " + uncertainties.length + ": "
                    + Arrays.toString(Arrays.copyOf(uncertainties, Math.min(10, uncertainties.length))));
        }
        List<Integer> order = new ArrayList<>(IntStream.range(0, n).boxed().toList());
        order.sort((a, b) -> Double.compare(uncertainties[a], uncertainties[b]));
        List<Point> points = new ArrayList<>();
        int right = 0;
        for (int covered = 1; covered <= n; covered++) {
            int example = order.get(covered - 1);
            right += predictions.isRight(example) ? 1 : 0;
            if (covered == n || uncertainties[order.get(covered)] > uncertainties[example]) {
                points.add(new Point((double) covered / n, (double) right / covered, uncertainties[example]));
            }
        }
        return new AccuracyCoverage(points);
    }

    /**
     * The point that covers at least a share.
     *
     * @param coverage the share, in (0, 1]
     * @return the first point with so much coverage
     */
    public Point at(double coverage) {
        if (!(coverage > 0 && coverage <= 1)) {
            throw new MirageException("coverage must be in (0, 1], but is " + coverage);
        }
        return points.stream()
                .filter(point -> point.coverage() >= coverage)
                .findFirst()
                .orElse(points.get(points.size() - 1));
    }
}
