package org.mirage4j.benchmarks;

/** One contestant on one workload, ready to run; not safe for concurrent use. */
public interface Step extends AutoCloseable {

    /**
     * Does one unit of work on the next of the rotating batches: a training step, or a whole Monte Carlo
     * prediction.
     *
     * @return the loss (for adversarial networks of discriminator and generator together), or the largest
     *     probability predicted; finite if all is well
     */
    double run();

    /** Frees what the contestant holds outside the heap. */
    @Override
    void close();
}
