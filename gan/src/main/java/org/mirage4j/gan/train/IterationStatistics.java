package org.mirage4j.gan.train;

/**
 * What one iteration of the game came to.
 *
 * @param discriminatorLoss loss of the last discriminator step, its penalty included; with several discriminators their
 *     mean, as all figures
 * @param generatorLoss loss of the generator step
 * @param realProbability mean of sigmoid(D(x)) over the last real batch: D(x)
 * @param fakeProbability mean of sigmoid(D(G(z))) over the last generated batch: D(G(z))
 * @param classLoss cross-entropy of the discriminator's auxiliary classifier on both batches, in nats; 0 without one
 * @param discriminatorGradientNorm Euclidean norm of the discriminator's gradient, NaN if not measured
 * @param generatorGradientNorm Euclidean norm of the generator's gradient, NaN if not measured
 */
public record IterationStatistics(
        double discriminatorLoss,
        double generatorLoss,
        double realProbability,
        double fakeProbability,
        double classLoss,
        double discriminatorGradientNorm,
        double generatorGradientNorm) {}
