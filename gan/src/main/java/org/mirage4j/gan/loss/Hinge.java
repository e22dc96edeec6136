package org.mirage4j.gan.loss;

import static org.mirage4j.gan.loss.Terms.mean;
import static org.mirage4j.gan.loss.Terms.meanGradient;
import static org.mirage4j.gan.loss.Terms.zeros;

/**
 * The hinge loss (Lim and Ye 2017): discriminator mean max(0, 1 - a) + mean max(0, 1 + b), generator -mean b.
 */
public record Hinge() implements GanLoss {
    @Override
    public LossValue discriminator(double[] real, double[] fake) {
        double value = mean(real, a -> Math.max(0, 1 - a)) + mean(fake, b -> Math.max(0, 1 + b));
        return new LossValue(value, meanGradient(real, a -> a < 1 ? -1 : 0), meanGradient(fake, b -> b > -1 ? 1 : 0));
    }

    @Override
    public LossValue generator(double[] real, double[] fake) {
        return new LossValue(-mean(fake), zeros(real), meanGradient(fake, b -> -1));
    }
}
