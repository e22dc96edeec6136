package org.mirage4j.classifier.calibration;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.mirage4j.classifier.RegressionPrediction;
import org.mirage4j.core.MirageException;
import org.mirage4j.core.io.AtomicFile;
import org.mirage4j.core.io.Printable;

/**
 * Intervals that hold the target with a probability that is promised, whatever the model is worth: split conformal
 * prediction (Lei et al. 2018) on residuals divided by the deviation that the model gives. An interval is the mean plus
 * and minus {@code factor} deviations. With n calibration examples the factor is the k-th smallest of their divided
 * residuals, k = ceil((n + 1) coverage); then a new example from the same source lies inside with a probability of at
 * least the coverage, over the draw of the calibration examples and of the new one.
 *
 * @param coverage the share of intervals that should hold their target, in (0, 1)
 * @param factor half the width of an interval, in deviations of its prediction
 * @param calibrated how many examples it was calibrated on
 */
public record ConformalInterval(double coverage, double factor, int calibrated) {
    private static final String FILE = "interval.json";

    /**
     * Checks the ranges.
     *
     * @param coverage in (0, 1)
     * @param factor finite and at least 0
     * @param calibrated enough for the coverage
     */
    public ConformalInterval {
        requireEnough(calibrated, coverage);
        if (!(factor >= 0 && factor < Double.POSITIVE_INFINITY)) {
            throw new MirageException("the width of an interval must be finite and at least 0, but is " + factor);
        }
    }

    /**
     * Refuses a coverage that cannot be wanted.
     *
     * @param coverage the share of intervals that should hold their target
     * @throws MirageException if it is not in (0, 1)
     */
    public static void requireCoverage(double coverage) {
        if (!(coverage > 0 && coverage < 1)) {
            throw new MirageException("the coverage of intervals must be above 0 and below 1, but is " + coverage);
        }
    }

    /**
     * Refuses too few examples for a promise.
     *
     * @param examples how many there are to calibrate on
     * @param coverage the share of intervals that should hold their target
     * @throws MirageException if the coverage is out of range, or that many examples cannot promise it; the message says
     *     how many would do
     */
    public static void requireEnough(int examples, double coverage) {
        requireCoverage(coverage);
        if (rank(examples, coverage) > examples) {
            throw new MirageException("intervals with a coverage of " + coverage + " need at least " + needed(coverage)
                    + " examples to calibrate on, but there are " + examples
                    + (examples == 0
                            ? ""
                            : ", which can promise a coverage of at most "
                                    + BigDecimal.valueOf(examples)
                                            .divide(BigDecimal.valueOf(examples + 1L), 4, RoundingMode.FLOOR)
                                            .stripTrailingZeros()
                                            .toPlainString()));
        }
    }

    /**
     * How many calibration examples a coverage needs.
     *
     * @param coverage the share of intervals that should hold their target, in (0, 1)
     * @return the smallest whole number that is at least 1 / (1 - coverage) - 1
     */
    public static int needed(double coverage) {
        requireCoverage(coverage);
        BigDecimal exact = new BigDecimal(Double.toString(coverage));
        // n / (n + 1) >= coverage
        return exact.divide(BigDecimal.ONE.subtract(exact), 0, RoundingMode.CEILING)
                .min(BigDecimal.valueOf(Integer.MAX_VALUE))
                .intValueExact();
    }

    /**
     * Which of the calibration examples' sorted residuals the factor is.
     *
     * @return k = ceil((n + 1) coverage), from 1 to n
     */
    @JsonIgnore
    public int rank() {
        return Math.toIntExact(rank(calibrated, coverage));
    }

    /** Which of the sorted residuals; in decimals, because 20 * 0.95 in binary may be above 19. */
    private static long rank(int examples, double coverage) {
        return new BigDecimal(Double.toString(coverage))
                .multiply(BigDecimal.valueOf(examples + 1L))
                .setScale(0, RoundingMode.CEILING)
                .longValueExact();
    }

    /**
     * Calibrates on examples that the model was not trained on.
     *
     * @param predictions what the model says of each
     * @param targets what is right
     * @param coverage the share of intervals that should hold their target, in (0, 1)
     * @return the intervals
     * @throws MirageException if there are too few examples for the coverage
     */
    public static ConformalInterval fit(List<RegressionPrediction> predictions, double[] targets, double coverage) {
        requireEnough(targets.length, coverage);
        double[] residuals = residuals(predictions, targets);
        Arrays.sort(residuals);
        return new ConformalInterval(
                coverage, residuals[Math.toIntExact(rank(targets.length, coverage)) - 1], targets.length);
    }

    /**
     * How far targets lie from their predictions, in deviations of the prediction.
     *
     * @param predictions what the model says
     * @param targets what is right
     * @return one number per example, at least 0
     */
    public static double[] residuals(List<RegressionPrediction> predictions, double[] targets) {
        double[] residuals = new double[targets.length];
        for (int i = 0; i < residuals.length; i++) {
            RegressionPrediction prediction = predictions.get(i);
            residuals[i] = Math.abs(targets[i] - prediction.mean()) / prediction.deviation();
            if (!Double.isFinite(residuals[i])) {
                throw new MirageException("an interval cannot be calibrated on a prediction that is not finite, but the"
                        + " residual of example " + i + " is " + residuals[i]);
            }
        }
        return residuals;
    }

    /**
     * What the intervals promise.
     *
     * @return a sentence
     */
    public String promise() {
        return String.format(
                Locale.ROOT,
                "The target of a new row from the same source lies inside its interval with a probability of at least %s,"
                        + " calibrated on %d rows.",
                new BigDecimal(Double.toString(coverage))
                                .movePointRight(2)
                                .stripTrailingZeros()
                                .toPlainString()
                        + " %",
                calibrated);
    }

    /**
     * Half the width of an interval.
     *
     * @param prediction what the model says
     * @return at least 0, in the target's units
     */
    public double halfWidth(RegressionPrediction prediction) {
        return factor * prediction.deviation();
    }

    /**
     * The lower end of an interval.
     *
     * @param prediction what the model says
     * @return in the target's units
     */
    public double lower(RegressionPrediction prediction) {
        return prediction.mean() - halfWidth(prediction);
    }

    /**
     * The upper end of an interval.
     *
     * @param prediction what the model says
     * @return in the target's units
     */
    public double upper(RegressionPrediction prediction) {
        return prediction.mean() + halfWidth(prediction);
    }

    /**
     * How many intervals hold their target.
     *
     * @param predictions what the model says
     * @param targets what is right
     * @return a count
     */
    public int covered(List<RegressionPrediction> predictions, double[] targets) {
        int count = 0;
        for (int i = 0; i < targets.length; i++) {
            RegressionPrediction prediction = predictions.get(i);
            count += Math.abs(targets[i] - prediction.mean()) <= halfWidth(prediction) ? 1 : 0;
        }
        return count;
    }

    /**
     * Writes the intervals beside a regressor.
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
     * @return the intervals
     * @throws MirageException if the file is missing or cannot be read
     */
    public static ConformalInterval load(Path folder) {
        Path file = folder.resolve(FILE);
        try {
            return new ObjectMapper()
                    .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
                    .readValue(file.toFile(), ConformalInterval.class);
        } catch (IOException e) {
            throw new MirageException(file + " cannot be read as the intervals of a regressor: " + Printable.of(e), e);
        }
    }
}
