package org.mirage4j.gan.loss;

import static org.mirage4j.gan.loss.Terms.checkPairs;
import static org.mirage4j.gan.loss.Terms.mean;
import static org.mirage4j.gan.loss.Terms.meanGradient;
import static org.mirage4j.gan.loss.Terms.sigmoid;
import static org.mirage4j.gan.loss.Terms.softplus;

import java.util.Arrays;

/**
 * The relativistic loss (Jolicoeur-Martineau 2019): discriminator mean softplus(-(a - b)) over pairs, generator
 * the same with a and b swapped.
 */
public record Relativistic() implements GanLoss {
    @Override
    public LossValue discriminator(double[] real, double[] fake) {
        checkPairs(real, fake);
        double[] difference = new double[real.length];
        for (int i = 0; i < difference.length; i++) {
            difference[i] = real[i] - fake[i];
        }
        double[] gradient = meanGradient(difference, d -> -sigmoid(-d));
        double[] negated = Arrays.stream(gradient).map(g -> -g).toArray();
        return new LossValue(mean(difference, d -> softplus(-d)), gradient, negated);
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
