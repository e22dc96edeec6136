package org.mirage4j.classifier;

import org.mirage4j.core.MirageException;

/** What a regressor knows about the spread of the target around its mean, which no number of passes makes smaller. */
public sealed interface ObservationNoise {

    /**
     * A precision that is known, or chosen by validation as in Gal and Ghahramani (2016).
     *
     * @param tau 1 / variance, in the target's own units
     */
    record Known(double tau) implements ObservationNoise {
        /**
         * Checks the range.
         *
         * @param tau finite and above 0
         */
        public Known {
            if (!(tau > 0 && tau < Double.POSITIVE_INFINITY)) {
                throw new MirageException("tau must be finite and above 0, but is " + tau);
            }
        }
    }

    /**
     * One variance for all examples, measured when training ends: the mean squared error without dropout, on the held-out
     * share where there is one, else on the training part.
     */
    record Constant() implements ObservationNoise {}

    /** A variance for each example, which the network learns with the mean (Nix and Weigend 1994; Kendall and Gal 2017). */
    record Learned() implements ObservationNoise {}
}
