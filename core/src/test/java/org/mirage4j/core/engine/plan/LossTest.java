package org.mirage4j.core.engine.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class LossTest {
    /** A rounding or two of float32. */
    private static final double RELATIVE = 2e-7;

    private static float[] gradient(float[] logits, float... labels) {
        float[] row = logits.clone();
        new Loss.SoftmaxCrossEntropy(0).row(row, labels, 0);
        return row;
    }

    @Test
    void softmaxLessLabelDoesNotCancelWhereTheClassIsAsGoodAsCertain() {
        float[] gradient = gradient(new float[] {30, 0, 1}, 1, 0, 0);
        double expected = Math.exp(-30) + Math.exp(-29);
        assertThat((double) gradient[0]).isCloseTo(-expected, within(RELATIVE * expected));
        assertThat((double) gradient[1]).isCloseTo(Math.exp(-30), within(RELATIVE * Math.exp(-30)));
        assertThat((double) gradient[2]).isCloseTo(Math.exp(-29), within(RELATIVE * Math.exp(-29)));
    }

    @Test
    void softLabelsAreSubtracted() {
        float[] gradient = gradient(new float[] {1, 2, 3}, 0.2f, 0.5f, 0.3f);
        double total = Math.exp(1) + Math.exp(2) + Math.exp(3);
        double[] labels = {0.2, 0.5, 0.3};
        for (int i = 0; i < 3; i++) {
            assertThat((double) gradient[i]).isCloseTo(Math.exp(i + 1) / total - labels[i], within(1e-7));
        }
    }
}
