package org.mirage4j.gan;

import org.mirage4j.gan.loss.GanLoss;
import org.mirage4j.gan.loss.Hinge;
import org.mirage4j.gan.loss.LeastSquares;
import org.mirage4j.gan.loss.Minimax;
import org.mirage4j.gan.loss.NonSaturating;
import org.mirage4j.gan.loss.Relativistic;
import org.mirage4j.gan.loss.RelativisticAverage;

/** The losses a run can be given by name. */
public enum LossKind {
    /** Goodfellow et al. 2014, equation 1. */
    MINIMAX,
    /** Goodfellow et al. 2014, section 3. */
    NON_SATURATING,
    /** Mao et al. 2017. */
    LEAST_SQUARES,
    /** Lim and Ye 2017. */
    HINGE,
    /** Jolicoeur-Martineau 2019, on pairs. */
    RELATIVISTIC,
    /** Jolicoeur-Martineau 2019, against the batch mean. */
    RELATIVISTIC_AVERAGE;

    /**
     * The loss itself.
     *
     * @param realLabel the discriminator's target for real examples, where the loss has one
     * @return the loss
     */
    GanLoss create(double realLabel) {
        return switch (this) {
            case MINIMAX -> new Minimax(realLabel);
            case NON_SATURATING -> new NonSaturating(realLabel);
            case LEAST_SQUARES -> new LeastSquares(realLabel);
            case HINGE -> new Hinge();
            case RELATIVISTIC -> new Relativistic();
            case RELATIVISTIC_AVERAGE -> new RelativisticAverage();
        };
    }

    /** Whether the loss has a target for real examples that can be smoothed. */
    boolean hasRealLabel() {
        return this == MINIMAX || this == NON_SATURATING || this == LEAST_SQUARES;
    }
}
