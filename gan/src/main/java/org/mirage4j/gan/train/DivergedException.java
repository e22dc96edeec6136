package org.mirage4j.gan.train;

import org.mirage4j.core.MirageException;

/** Training has come to numbers that are not finite; the message names the layer where that began. */
public final class DivergedException extends MirageException {
    private static final long serialVersionUID = 1L;

    private final long iteration;
    private final transient IterationStatistics statistics;

    DivergedException(String message, long iteration, IterationStatistics statistics) {
        super(message);
        this.iteration = iteration;
        this.statistics = statistics;
    }

    /**
     * When it happened.
     *
     * @return the iteration in which the numbers were found, counted from 1 as in metrics.csv
     */
    public long iteration() {
        return iteration;
    }

    /**
     * What the iteration had come to by then.
     *
     * @return the figures, the one that is not finite among them; NaN for those that were not known yet
     */
    public IterationStatistics statistics() {
        return statistics;
    }
}
