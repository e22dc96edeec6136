package org.mirage4j.classifier;

import java.util.List;
import org.mirage4j.core.run.Resumable;

/** The training of one dropout network, epoch by epoch, whatever it predicts. Not safe for concurrent use. */
public interface EpochTraining extends Resumable, AutoCloseable {

    /**
     * Trains one epoch.
     *
     * @return what it came to
     * @throws org.mirage4j.core.MirageException if the loss is no longer a number
     */
    EpochReport epoch();

    /**
     * Whether to go on: not after the last epoch, and not once patience has run out.
     *
     * @return false if training is over
     */
    boolean goesOn();

    /**
     * The number of steps taken.
     *
     * @return the count, from 0
     */
    long iteration();

    /**
     * All epochs so far.
     *
     * @return a copy
     */
    List<EpochReport> history();

    /**
     * The rates that concrete dropout has learned so far.
     *
     * @return one rate per place with concrete dropout, in the order of the layers
     */
    List<Double> learnedRates();

    /**
     * What runs the network, for a manifest.
     *
     * @return the engine's name
     */
    String engine();

    /** Frees the network. */
    @Override
    void close();
}
