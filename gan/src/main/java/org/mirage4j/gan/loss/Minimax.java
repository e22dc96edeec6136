package org.mirage4j.gan.loss;

import static org.mirage4j.gan.loss.Terms.checkRealLabel;
import static org.mirage4j.gan.loss.Terms.mean;
import static org.mirage4j.gan.loss.Terms.meanGradient;
import static org.mirage4j.gan.loss.Terms.sigmoid;
import static org.mirage4j.gan.loss.Terms.softplus;
import static org.mirage4j.gan.loss.Terms.zeros;

/**
 * The minimax game (Goodfellow et al. 2014, equation 1): the discriminator minimises
 * mean softplus(-a) + mean softplus(b), the generator maximises the second term. Its gradient vanishes where
 * the discriminator is sure; {@link NonSaturating} is the usual choice.
 *
 * @param realLabel the discriminator's target for real examples, in (0, 1]; below 1 this is one-sided label
 *     smoothing (Salimans et al. 2016)
 */
public record Minimax(double realLabel) implements GanLoss {

    /**
     * Checks the label.
     *
     * @param realLabel target for real examples, in (0, 1]
     */
    public Minimax {
        checkRealLabel(realLabel);
    }

    /** Without label smoothing. */
    public Minimax() {
        this(1);
    }

    @Override
    public LossValue discriminator(double[] real, double[] fake) {
        return new NonSaturating(realLabel).discriminator(real, fake);
    }

    @Override
    public LossValue generator(double[] real, double[] fake) {
        return new LossValue(-mean(fake, b -> softplus(b)), zeros(real), meanGradient(fake, b -> -sigmoid(b)));
    }
}
