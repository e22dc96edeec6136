package org.mirage4j.gan.train;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import org.mirage4j.core.Problems;

/**
 * How the learning rates of both networks change over the iterations of the game. Implementations are immutable.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
@JsonSubTypes({
    @JsonSubTypes.Type(value = RateSchedule.Constant.class, name = "constant"),
    @JsonSubTypes.Type(value = RateSchedule.Linear.class, name = "linear"),
    @JsonSubTypes.Type(value = RateSchedule.Exponential.class, name = "exponential")
})
public sealed interface RateSchedule {

    /**
     * What the initial rates are multiplied by.
     *
     * @param iteration iterations of the game done
     * @return a factor in (0, 1]; or 0 after the end of a linear schedule
     */
    double factor(long iteration);

    /** The rates stay as they are. */
    record Constant() implements RateSchedule {
        @Override
        public double factor(long iteration) {
            return 1;
        }
    }

    /**
     * Constant up to one iteration, then down to 0 along a straight line.
     *
     * @param start where the decay starts, at least 0
     * @param end where the rates reach 0, above start
     */
    record Linear(long start, long end) implements RateSchedule {

        /**
         * Checks the order.
         *
         * @param start at least 0
         * @param end above start
         */
        public Linear {
            new Problems()
                    .atLeast("start of the linear rate schedule", start, 0)
                    .require(
                            end > start,
                            "end of the linear rate schedule must come after its start " + start + ", but is " + end)
                    .refuse();
        }

        @Override
        public double factor(long iteration) {
            return Math.max(0, Math.min(1, (double) (end - iteration) / (end - start)));
        }
    }

    /**
     * Exponential decay.
     *
     * @param halfLife iterations in which the rates halve, at least 1
     */
    record Exponential(long halfLife) implements RateSchedule {

        /**
         * Checks the half-life.
         *
         * @param halfLife at least 1
         */
        public Exponential {
            new Problems()
                    .atLeast("half-life of the exponential rate schedule", halfLife, 1)
                    .refuse();
        }

        @Override
        public double factor(long iteration) {
            return Math.pow(0.5, (double) iteration / halfLife);
        }
    }
}
