package org.mirage4j.gan.train;

import com.fasterxml.jackson.annotation.JsonProperty;
import org.nd4j.linalg.schedule.ISchedule;

/**
 * A learning rate on a schedule, in the form that Deeplearning4j's updaters ask.
 *
 * @param rate learning rate at the start
 * @param schedule how it changes
 * @param stepsPerIteration steps of the network in each iteration of the game
 */
record ScheduledRate(
        @JsonProperty("rate") double rate,
        @JsonProperty("schedule") RateSchedule schedule,
        @JsonProperty("stepsPerIteration") int stepsPerIteration)
        implements ISchedule {
    private static final long serialVersionUID = 1L;

    @Override
    public double valueAt(int iteration, int epoch) {
        return rate * schedule.factor(iteration / stepsPerIteration);
    }

    @Override
    @SuppressWarnings("MethodDoesntCallSuperMethod") // immutable
    public ISchedule clone() {
        return this;
    }
}
