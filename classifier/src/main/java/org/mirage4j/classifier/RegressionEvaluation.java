package org.mirage4j.classifier;

/**
 * How good Monte Carlo predictions of targets are.
 *
 * @param rmse root of the mean squared error of the mean over passes
 * @param logLikelihood mean over examples of ln of the mean over passes of the density of y under pass t, a normal
 *     distribution with the variance of the observation noise, in nats
 */
public record RegressionEvaluation(double rmse, double logLikelihood) {}
