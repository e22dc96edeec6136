package org.mirage4j.gan.loss;

import static org.mirage4j.gan.loss.Terms.mean;
import static org.mirage4j.gan.loss.Terms.meanGradient;
import static org.mirage4j.gan.loss.Terms.sigmoid;
import static org.mirage4j.gan.loss.Terms.softplus;

/**
 * The relativistic average loss (Jolicoeur-Martineau 2019): discriminator
 * [mean softplus(-(a - mean b)) + mean softplus(b - mean a)] / 2, generator the same with a and b swapped. The
 * gradient passes through both means.
 */
public record RelativisticAverage() implements GanLoss {
    @Override
    public LossValue discriminator(double[] real, double[] fake) {
        double meanReal = mean(real);
        double meanFake = mean(fake);
        double value = (mean(real, a -> softplus(meanFake - a)) + mean(fake, b -> softplus(b - meanReal))) / 2;
        double pullOfReal = mean(real, a -> sigmoid(meanFake - a)); // d(first term)/d(mean b)
        double pullOfFake = mean(fake, b -> sigmoid(b - meanReal)); // -d(second term)/d(mean a)
        return new LossValue(
                value,
                meanGradient(real, a -> -(sigmoid(meanFake - a) + pullOfFake) / 2),
                meanGradient(fake, b -> (sigmoid(b - meanReal) + pullOfReal) / 2));
    }

    @Override
    public LossValue generator(double[] real, double[] fake) {
        LossValue swapped = discriminator(/* real= */ fake, /* fake= */ real);
        return new LossValue(swapped.value(), swapped.fakeGradient(), swapped.realGradient());
    }

    @Override
    public boolean pairs() {
        return true;
    }
}
