package org.mirage4j.core.engine;

/** Which gradients a backward pass has to deliver; an engine may skip the work for the others. */
public enum Wanted {
    /** dLoss/dParameters only: a classifier's step, the discriminator's own step. */
    PARAMETERS,
    /** dLoss/dInput only: the discriminator inside a generator step. */
    INPUT,
    /** Both. */
    BOTH;

    /**
     * Whether parameter gradients are asked for.
     *
     * @return true for {@link #PARAMETERS} and {@link #BOTH}
     */
    public boolean parameters() {
        return this != INPUT;
    }

    /**
     * Whether input gradients are asked for.
     *
     * @return true for {@link #INPUT} and {@link #BOTH}
     */
    public boolean input() {
        return this != PARAMETERS;
    }
}
