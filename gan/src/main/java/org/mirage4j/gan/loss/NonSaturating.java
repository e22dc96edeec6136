package org.mirage4j.gan.loss;

import static org.mirage4j.gan.loss.Terms.checkRealLabel;
import static org.mirage4j.gan.loss.Terms.mean;
import static org.mirage4j.gan.loss.Terms.meanGradient;
import static org.mirage4j.gan.loss.Terms.sigmoid;
import static org.mirage4j.gan.loss.Terms.sigmoidLess;
import static org.mirage4j.gan.loss.Terms.softplus;
import static org.mirage4j.gan.loss.Terms.zeros;

/**
 * The non-saturating loss (Goodfellow et al. 2014, section 3): the discriminator's cross-entropy
 * mean softplus(-a) + mean softplus(b); the generator minimises mean softplus(-b), whose gradient does not
 * vanish where the discriminator is sure.
 *
 * @param realLabel the discriminator's target for real examples, in (0, 1]; below 1 this is one-sided label
 *     smoothing (Salimans et al. 2016)
 */
public record NonSaturating(double realLabel) implements GanLoss {

    /**
     * Checks the label.
     *
     * @param realLabel target for real examples, in (0, 1]
     */
    public NonSaturating {
        checkRealLabel(realLabel);
    }

    /** Without label smoothing. */
    public NonSaturating() {
        this(1);
    }

    @Override
    public LossValue discriminator(double[] real, double[] fake) {
        // cross-entropy with target s: s softplus(-a) + (1 - s) softplus(a)
        double value = mean(real, a -> realLabel * softplus(-a) + (1 - realLabel) * softplus(a))
                + mean(fake, b -> softplus(b));
        return new LossValue(
                value, meanGradient(real, a -> sigmoidLess(a, realLabel)), meanGradient(fake, b -> sigmoid(b)));
    }

    @Override
    public LossValue generator(double[] real, double[] fake) {
        return new LossValue(mean(fake, b -> softplus(-b)), zeros(real), meanGradient(fake, b -> -sigmoid(-b)));
    }
}
