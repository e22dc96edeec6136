package org.mirage4j.classifier.run;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.mirage4j.classifier.DropoutRegressor;
import org.mirage4j.classifier.RegressionEvaluation;
import org.mirage4j.classifier.RegressionPrediction;
import org.mirage4j.classifier.calibration.ConformalInterval;
import org.mirage4j.classifier.table.TableEstimate;
import org.mirage4j.classifier.table.TableRegressor;
import org.mirage4j.core.data.InMemoryExamples;
import org.mirage4j.core.memory.NativeMemory;
import org.nd4j.linalg.api.ndarray.INDArray;

/** What a regressor's run has measured. */
final class RegressionEvidence {
    private static final int LEVELS = 19;
    private static final double USUAL = 0.95;

    private final ConformalInterval interval;
    private final List<RegressionPrediction> predictions;
    private final double[] targets;
    private final List<TableEstimate> estimates;
    private final RegressionEvaluation monteCarlo;
    private final double ordinaryError;
    private final double meanError;
    private final double[] levels;
    private final double[] covered;
    private final int passes;

    private RegressionEvidence(
            ConformalInterval interval,
            List<RegressionPrediction> predictions,
            double[] targets,
            List<TableEstimate> estimates,
            RegressionEvaluation monteCarlo,
            double ordinaryError,
            double meanError,
            double[] levels,
            double[] covered,
            int passes) {
        this.interval = interval;
        this.predictions = predictions;
        this.targets = targets;
        this.estimates = estimates;
        this.monteCarlo = monteCarlo;
        this.ordinaryError = ordinaryError;
        this.meanError = meanError;
        this.levels = levels;
        this.covered = covered;
        this.passes = passes;
    }

    static RegressionEvidence gather(
            DropoutRegressor regressor,
            double ordinaryError,
            RegressionData data,
            int passes,
            double coverage,
            double maxWidth,
            long seed) {
        InMemoryExamples calibration = data.parts().calibration();
        InMemoryExamples test = data.parts().test();
        List<RegressionPrediction> calibrated = predict(regressor, calibration, passes, seed);
        ConformalInterval interval = ConformalInterval.fit(calibrated, calibration.targets(), coverage);
        List<RegressionPrediction> predictions = predict(regressor, test, passes, seed);
        double[] targets = test.targets();
        List<TableEstimate> estimates = IntStream.range(0, targets.length)
                .mapToObj(i -> TableRegressor.estimate(
                        predictions.get(i),
                        interval,
                        maxWidth,
                        data.parts().outside().get(i)))
                .toList();
        INDArray features = all(test);
        RegressionEvaluation monteCarlo = regressor.evaluate(features, targets, passes, seed);
        NativeMemory.release(features);
        double mean = Arrays.stream(data.parts().training().targets()).average().orElseThrow();
        double[] levels = IntStream.rangeClosed(1, LEVELS)
                .mapToDouble(i -> i * 5 / 100.0)
                .filter(level -> ConformalInterval.needed(level) <= calibration.size())
                .toArray();
        double[] covered = Arrays.stream(levels)
                .map(level -> share(
                        ConformalInterval.fit(calibrated, calibration.targets(), level)
                                .covered(predictions, targets),
                        targets.length))
                .toArray();
        return new RegressionEvidence(
                interval,
                predictions,
                targets,
                estimates,
                monteCarlo,
                ordinaryError,
                Math.sqrt(Arrays.stream(targets)
                        .map(target -> (target - mean) * (target - mean))
                        .average()
                        .orElseThrow()),
                levels,
                covered,
                passes);
    }

    private static List<RegressionPrediction> predict(
            DropoutRegressor regressor, InMemoryExamples examples, int passes, long seed) {
        INDArray features = all(examples);
        List<RegressionPrediction> predictions = regressor.predict(features, passes, seed);
        NativeMemory.release(features);
        return predictions;
    }

    private static INDArray all(InMemoryExamples examples) {
        return examples.examples(0, Math.toIntExact(examples.size())).features();
    }

    private static double share(long count, int of) {
        return (double) count / of;
    }

    /** Intervals calibrated on the calibration part. */
    ConformalInterval interval() {
        return interval;
    }

    /** Monte Carlo predictions of the test part. */
    List<RegressionPrediction> predictions() {
        return predictions;
    }

    /** The same predictions with intervals and whom to ask. */
    List<TableEstimate> estimates() {
        return estimates;
    }

    /** How many rows the test part has. */
    int tested() {
        return targets.length;
    }

    /** The target of a row of the test part. */
    double target(int row) {
        return targets[row];
    }

    RegressionEvaluation monteCarlo() {
        return monteCarlo;
    }

    /** Root mean squared error without dropout. */
    double ordinaryError() {
        return ordinaryError;
    }

    /** That of the training part's mean, which knows no column. */
    double meanError() {
        return meanError;
    }

    /** Coverages that the calibration part can promise. */
    double[] levels() {
        return levels.clone();
    }

    /** The share of the test part inside intervals of each. */
    double[] covered() {
        return covered.clone();
    }

    int passes() {
        return passes;
    }

    /** The share of the test part inside its intervals. */
    double coverage() {
        return share(interval.covered(predictions, targets), targets.length);
    }

    /**
     * Between which shares the coverage of so many test rows lies in 95 of 100 runs, where rows of all parts come from one
     * source: given n calibration rows the number inside is beta-binomial.
     */
    double[] usualCoverage() {
        int n = interval.calibrated();
        int m = targets.length;
        double k = interval.rank();
        double[] logs = new double[m + 1];
        for (int j = 0; j < m; j++) {
            logs[j + 1] = logs[j] + Math.log((m - j) / (j + 1.0) * (j + k) / (m - j + n - k));
        }
        double largest = Arrays.stream(logs).max().orElseThrow();
        double[] weights =
                Arrays.stream(logs).map(log -> Math.exp(log - largest)).toArray();
        double total = Arrays.stream(weights).sum();
        double tail = (1 - USUAL) / 2 * total;
        int low = 0;
        for (double sum = weights[0]; sum < tail; sum += weights[low]) {
            low++;
        }
        int high = m;
        for (double sum = weights[m]; sum < tail; sum += weights[high]) {
            high--;
        }
        return new double[] {share(low, m), share(high, m)};
    }

    /** Widths of the test part's intervals, ascending. */
    double[] widths() {
        return estimates.stream()
                .mapToDouble(estimate -> estimate.upper() - estimate.lower())
                .sorted()
                .toArray();
    }

    double medianWidth() {
        double[] widths = widths();
        return widths[widths.length / 2];
    }

    double meanAbsoluteError() {
        return IntStream.range(0, targets.length)
                .mapToDouble(i -> Math.abs(predictions.get(i).mean() - targets[i]))
                .average()
                .orElseThrow();
    }

    /** The share of the target's variance around the training mean that the prediction explains. */
    double explained() {
        return 1 - monteCarlo.rmse() * monteCarlo.rmse() / (meanError * meanError);
    }

    long asked() {
        return estimates.stream().filter(TableEstimate::askPerson).count();
    }

    long tooWide() {
        return estimates.stream().filter(TableEstimate::tooWide).count();
    }

    long outOfRange() {
        return estimates.stream()
                .filter(estimate -> !estimate.outside().isEmpty())
                .count();
    }

    /** Positions in the test part by rising width of the interval. */
    List<Integer> bySureness() {
        List<Integer> order =
                new ArrayList<>(IntStream.range(0, targets.length).boxed().toList());
        order.sort((a, b) -> Double.compare(
                predictions.get(a).deviation(), predictions.get(b).deviation()));
        return order;
    }

    Map<String, Object> toMap() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("testExamples", targets.length);
        map.put("calibrationExamples", interval.calibrated());
        map.put("trainingMean", Map.of("rmse", meanError));
        map.put("weightScaling", Map.of("rmse", ordinaryError));
        Map<String, Object> mean = new LinkedHashMap<>();
        mean.put("passes", passes);
        mean.put("rmse", monteCarlo.rmse());
        mean.put("meanAbsoluteError", meanAbsoluteError());
        mean.put("logLikelihood", monteCarlo.logLikelihood());
        mean.put("varianceExplained", explained());
        map.put("monteCarlo", mean);
        Map<String, Object> intervals = new LinkedHashMap<>();
        double[] usual = usualCoverage();
        intervals.put("coverageWanted", interval.coverage());
        intervals.put("coverageOnTest", coverage());
        intervals.put("usualCoverageOfSoManyRows", List.of(usual[0], usual[1]));
        intervals.put("halfWidthInDeviations", interval.factor());
        intervals.put("medianWidth", medianWidth());
        Map<String, Double> byLevel = new LinkedHashMap<>();
        for (int i = 0; i < levels.length; i++) {
            byLevel.put(Double.toString(levels[i]), covered[i]);
        }
        intervals.put("coverageOnTestByCoverageWanted", byLevel);
        map.put("intervals", intervals);
        Map<String, Object> asking = new LinkedHashMap<>();
        asking.put("asked", asked());
        asking.put("intervalTooWide", tooWide());
        asking.put("columnOutOfRange", outOfRange());
        map.put("askAPerson", asking);
        return map;
    }
}
