package org.mirage4j.gan.train;

/**
 * What discriminators under dropout say of one example, or with packing of one pack: a Monte Carlo estimate over masks
 * (Gal and Ghahramani 2016) and, where there are several, over discriminators.
 *
 * @param logit mean of the logit
 * @param deviation standard deviation of the logit
 * @param probability mean of sigmoid(logit): for losses with labels the probability of being real
 */
public record Realness(double logit, double deviation, double probability) {
    static Realness of(double[] logits) {
        double mean = 0;
        double probability = 0;
        for (double logit : logits) {
            mean += logit / logits.length;
            probability += 1 / (1 + Math.exp(-logit)) / logits.length;
        }
        double variance = 0;
        for (double logit : logits) {
            variance += (logit - mean) * (logit - mean) / logits.length;
        }
        return new Realness(mean, Math.sqrt(variance), probability);
    }
}
