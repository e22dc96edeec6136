package org.mirage4j.gan.metrics;

import org.mirage4j.core.MirageException;

/**
 * How far a result's value may be off, and how that was found out.
 *
 * @param kind what the number is
 * @param value the number; 0 if the kind is {@link Kind#NONE}
 */
public record Spread(Kind kind, double value) {
    static final Spread NONE = new Spread(Kind.NONE, 0);

    /** What a spread is. Two spreads of different kinds cannot be compared. */
    public enum Kind {
        /** Not estimated. */
        NONE("none"),
        /** Population standard deviation over the splits of the samples. */
        SPLITS("sd over splits"),
        /** Population standard deviation over random subsets. */
        SUBSETS("sd over subsets"),
        /** Population standard deviation over random directions. */
        DIRECTIONS("sd over directions"),
        /** Population standard deviation over classes. */
        CLASSES("sd over classes"),
        /** Standard error of a mean over independent samples. */
        SAMPLES("standard error over samples"),
        /** Standard deviation over bootstrap resamples, an estimate of the standard error. */
        BOOTSTRAP("bootstrap standard error"),
        /** Standard error of the mean over runs with different seeds. */
        RUNS("standard error over runs");

        private final String title;

        Kind(String title) {
            this.title = title;
        }

        /**
         * What a table shows.
         *
         * @return a short description
         */
        public String title() {
            return title;
        }
    }

    /**
     * Refuses a negative or undefined spread.
     *
     * @param kind what the number is
     * @param value finite and not negative
     */
    public Spread {
        if (!(value >= 0 && Double.isFinite(value))) {
            throw new MirageException("a spread must be finite and not negative, but is " + value);
        }
    }

    /** The population standard deviation of a few estimates; none of a single one, which says nothing of it. */
    static Spread over(Kind kind, double[] estimates) {
        return estimates.length < 2 ? NONE : new Spread(kind, Moments.populationDeviation(estimates));
    }

    /** The standard error of a share: each of n samples is a hit or not. */
    static Spread ofShare(double share, int n) {
        return new Spread(Kind.SAMPLES, Math.sqrt(share * (1 - share) / n));
    }
}
