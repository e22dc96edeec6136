package org.mirage4j.classifier;

/**
 * What a Monte Carlo prediction says about one target, in the target's units.
 *
 * @param mean the mean over passes
 * @param modelDeviation how much the passes disagree: the uncertainty that more data would remove
 * @param deviation all uncertainty: the root of model variance plus noise variance 1 / tau
 */
public record RegressionPrediction(double mean, double modelDeviation, double deviation) {}
