package org.mirage4j.classifier;

/**
 * What a Monte Carlo prediction says about one target, in the target's units.
 *
 * @param mean the mean over passes
 * @param modelDeviation how much the passes disagree: the uncertainty that more data would remove
 * @param deviation all uncertainty: the root of model variance plus the variance of the observation noise
 */
public record RegressionPrediction(double mean, double modelDeviation, double deviation) {
    /**
     * The deviation of the observation noise, which more data would not remove.
     *
     * @return in the target's units
     */
    public double noiseDeviation() {
        return Math.sqrt(Math.max(0, (deviation - modelDeviation) * (deviation + modelDeviation)));
    }
}
