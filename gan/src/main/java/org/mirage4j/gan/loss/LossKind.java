package org.mirage4j.gan.loss;

/** The losses a run can be given by name. */
public enum LossKind {
    /** Goodfellow et al. 2014, equation 1. */
    MINIMAX,
    /** Goodfellow et al. 2014, section 3. */
    NON_SATURATING,
    /** Mao et al. 2017. */
    LEAST_SQUARES,
    /** Arjovsky et al. 2017. */
    WASSERSTEIN,
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
    public GanLoss create(double realLabel) {
        return switch (this) {
            case MINIMAX -> new Minimax(realLabel);
            case NON_SATURATING -> new NonSaturating(realLabel);
            case LEAST_SQUARES -> new LeastSquares(realLabel);
            case WASSERSTEIN -> new Wasserstein();
            case HINGE -> new Hinge();
            case RELATIVISTIC -> new Relativistic();
            case RELATIVISTIC_AVERAGE -> new RelativisticAverage();
        };
    }

    /**
     * Whether the loss has a target for real examples that can be smoothed.
     *
     * @return false for losses without labels
     */
    public boolean hasRealLabel() {
        return this == MINIMAX || this == NON_SATURATING || this == LEAST_SQUARES;
    }
}
