package org.mirage4j.gan.loss;

import static org.mirage4j.gan.loss.Terms.checkRealLabel;
import static org.mirage4j.gan.loss.Terms.mean;
import static org.mirage4j.gan.loss.Terms.meanGradient;
import static org.mirage4j.gan.loss.Terms.zeros;

/**
 * Least squares (Mao et al. 2017): discriminator (mean (a - 1)^2 + mean b^2) / 2, generator mean (b - 1)^2 / 2.
 *
 * @param realLabel the discriminator's target for real examples, in (0, 1]; the generator's is 1
 */
public record LeastSquares(double realLabel) implements GanLoss {

    /**
     * Checks the label.
     *
     * @param realLabel target for real examples, in (0, 1]
     */
    public LeastSquares {
        checkRealLabel(realLabel);
    }

    /** Without label smoothing. */
    public LeastSquares() {
        this(1);
    }

    @Override
    public LossValue discriminator(double[] real, double[] fake) {
        double value = (mean(real, a -> (a - realLabel) * (a - realLabel)) + mean(fake, b -> b * b)) / 2;
        return new LossValue(value, meanGradient(real, a -> a - realLabel), meanGradient(fake, b -> b));
    }

    @Override
    public LossValue generator(double[] real, double[] fake) {
        return new LossValue(mean(fake, b -> (b - 1) * (b - 1)) / 2, zeros(real), meanGradient(fake, b -> b - 1));
    }
}
