package org.mirage4j.gan.loss;

import static org.mirage4j.gan.loss.Terms.mean;
import static org.mirage4j.gan.loss.Terms.meanGradient;
import static org.mirage4j.gan.loss.Terms.zeros;

/**
 * The Wasserstein loss (Arjovsky et al. 2017): critic mean b - mean a, generator -mean b. The critic must be
 * kept Lipschitz by other means.
 */
public record Wasserstein() implements GanLoss {
    @Override
    public LossValue discriminator(double[] real, double[] fake) {
        return new LossValue(mean(fake) - mean(real), meanGradient(real, a -> -1), meanGradient(fake, b -> 1));
    }

    @Override
    public LossValue generator(double[] real, double[] fake) {
        return new LossValue(-mean(fake), zeros(real), meanGradient(fake, b -> -1));
    }
}
