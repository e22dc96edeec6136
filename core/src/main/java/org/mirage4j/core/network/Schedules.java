package org.mirage4j.core.network;

import java.util.Optional;
import java.util.stream.Stream;
import org.nd4j.linalg.learning.config.AMSGrad;
import org.nd4j.linalg.learning.config.AdaGrad;
import org.nd4j.linalg.learning.config.AdaMax;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.learning.config.RmsProp;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.schedule.ISchedule;
import org.nd4j.linalg.schedule.PolySchedule;

/** The schedules inside Deeplearning4j's updaters. */
final class Schedules {
    private Schedules() {}

    /** Those of the learning rate and of the momentum. */
    static Stream<ISchedule> of(IUpdater updater) {
        ISchedule rate = null;
        ISchedule momentum = null;
        if (updater instanceof Sgd sgd) {
            rate = sgd.getLearningRateSchedule();
        } else if (updater instanceof Adam adam) {
            rate = adam.getLearningRateSchedule();
        } else if (updater instanceof AMSGrad amsGrad) {
            rate = amsGrad.getLearningRateSchedule();
        } else if (updater instanceof AdaMax adaMax) {
            rate = adaMax.getLearningRateSchedule();
        } else if (updater instanceof AdaGrad adaGrad) {
            rate = adaGrad.getLearningRateSchedule();
        } else if (updater instanceof RmsProp rmsProp) {
            rate = rmsProp.getLearningRateSchedule();
        } else if (updater instanceof Nesterovs nesterovs) {
            rate = nesterovs.getLearningRateSchedule();
            momentum = nesterovs.getMomentumISchedule();
        }
        return Stream.of(Optional.ofNullable(rate), Optional.ofNullable(momentum))
                .flatMap(Optional::stream);
    }

    /** Whether a schedule does not compute what its name says. */
    static boolean isWrong(ISchedule schedule) {
        return schedule instanceof PolySchedule;
    }
}
