package org.mirage4j.gan.train;

/**
 * What discriminators under dropout say of one example, or with packing of one pack: a Monte Carlo estimate over masks
 * (Gal and Ghahramani 2016) and, where there are several, over discriminators.
 *
 * @param logit mean of the logit
 * @param deviation standard deviation of the logit; NaN where nothing was drawn that could tell it: one mask, or a
 *     discriminator without dropout, which says the same under every mask
 * @param probability mean of sigmoid(logit): for losses with labels the probability of being real
 */
public record Realness(double logit, double deviation, double probability) {
    /**
     * @param logits one for each draw
     * @param varied whether draws differ at all, for this example or one beside it
     */
    static Realness of(double[] logits, boolean varied) {
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
        return new Realness(mean, varied ? Math.sqrt(variance) : Double.NaN, probability);
    }
}
