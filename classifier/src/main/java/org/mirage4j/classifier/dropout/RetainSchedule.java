package org.mirage4j.classifier.dropout;

import org.mirage4j.core.network.DropoutRate;
import org.nd4j.linalg.schedule.ISchedule;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/** The complement of a schedule of drop rates, because Deeplearning4j's dropout wants probabilities to retain. */
record RetainSchedule(@JsonProperty("dropRate") ISchedule dropRate) implements ISchedule {

    @Override
    public double valueAt(int iteration, int epoch) {
        return DropoutRate.of(dropRate.valueAt(iteration, epoch)).retain();
    }

    @Override
    public ISchedule clone() {
        return new RetainSchedule(dropRate.clone());
    }
}
