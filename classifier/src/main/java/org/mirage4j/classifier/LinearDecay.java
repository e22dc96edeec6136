package org.mirage4j.classifier;

import org.nd4j.linalg.schedule.ISchedule;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * A learning rate that falls in equal steps from epoch to epoch, to 0 after the last. Deeplearning4j's own
 * {@code PolySchedule} rises instead.
 *
 * @param rate the learning rate of the first epoch
 * @param epochs number of epochs
 */
record LinearDecay(@JsonProperty("rate") double rate, @JsonProperty("epochs") int epochs) implements ISchedule {

    @Override
    public double valueAt(int iteration, int epoch) {
        return rate * (Math.max(0, epochs - epoch) / (double) epochs);
    }

    @Override
    public ISchedule clone() {
        return new LinearDecay(rate, epochs);
    }
}
