package org.mirage4j.gan.train;

import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.RmsProp;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.schedule.ISchedule;

/** Updaters in Deeplearning4j's terms. */
final class Updaters {
    private static final double EPSILON = 1e-8;
    private static final double RMS_DECAY = 0.95;

    private Updaters() {}

    /**
     * The updater of one network.
     *
     * @param stepsPerIteration how often the network steps in an iteration of the game, which the schedule counts in
     */
    static IUpdater of(Updater updater, RateSchedule schedule, int stepsPerIteration) {
        double rate = updater.rate();
        // without a schedule Deeplearning4j alone can read a saved configuration
        @Nullable ISchedule rates =
                schedule instanceof RateSchedule.Constant ? null : new ScheduledRate(rate, schedule, stepsPerIteration);
        if (updater instanceof Updater.Adam adam) {
            return Adam.builder()
                    .learningRate(rate)
                    .learningRateSchedule(rates)
                    .beta1(adam.beta1())
                    .beta2(adam.beta2())
                    .epsilon(EPSILON)
                    .build();
        }
        if (updater instanceof Updater.RmsProp) {
            return RmsProp.builder()
                    .learningRate(rate)
                    .learningRateSchedule(rates)
                    .rmsDecay(RMS_DECAY)
                    .epsilon(EPSILON)
                    .build();
        }
        return Sgd.builder().learningRate(rate).learningRateSchedule(rates).build();
    }
}
