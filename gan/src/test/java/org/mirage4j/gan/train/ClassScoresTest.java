package org.mirage4j.gan.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class ClassScoresTest {
    private static final double RELATIVE = 1e-14;

    @Test
    void aClassAsGoodAsCertainStillHasAGradientAndALoss() {
        double[] output = {0, 60, 1, 2}; // a logit, then the scores of three classes
        ClassScores scores = new ClassScores(Conditioning.Kind.AUXILIARY, output, new double[] {1, 0, 0});
        double first = Math.exp(-59);
        double second = Math.exp(-58);

        double[] gradient = scores.gradient(new double[] {0}, 2);

        assertThat(gradient[1]).isCloseTo(-2 * (first + second), within(RELATIVE * first));
        assertThat(gradient[2]).isCloseTo(2 * first, within(RELATIVE * first));
        assertThat(scores.crossEntropy()).isCloseTo(first + second, within(RELATIVE * first));
    }

    @Test
    void aClassThatIsAsGoodAsExcludedHasTheWholeGradient() {
        double[] output = {0, 60, 1, 2};
        ClassScores scores = new ClassScores(Conditioning.Kind.AUXILIARY, output, new double[] {0, 1, 0});

        double[] gradient = scores.gradient(new double[] {0}, 1);

        assertThat(gradient).containsExactly(new double[] {0, 1, -1, Math.exp(-58)}, within(1e-15));
        assertThat(scores.crossEntropy()).isCloseTo(59, within(1e-12));
    }
}
