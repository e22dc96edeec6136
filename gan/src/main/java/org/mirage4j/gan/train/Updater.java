package org.mirage4j.gan.train;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import org.mirage4j.core.Problems;

/** How a network turns gradients into steps. Implementations are immutable. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
@JsonSubTypes({
    @JsonSubTypes.Type(value = Updater.Adam.class, name = "adam"),
    @JsonSubTypes.Type(value = Updater.RmsProp.class, name = "rmsprop"),
    @JsonSubTypes.Type(value = Updater.Sgd.class, name = "sgd")
})
public sealed interface Updater {

    /**
     * The learning rate at the start.
     *
     * @return above 0
     */
    double rate();

    /**
     * The same with another learning rate.
     *
     * @param rate above 0
     * @return a new updater
     */
    Updater withRate(double rate);

    /**
     * Adam (Kingma and Ba 2015) with epsilon 1e-8.
     *
     * @param rate learning rate, above 0
     * @param beta1 decay of the first moment, in [0, 1); 0.5 is usual here (Radford et al. 2016), with 0.9 the game
     *     oscillates
     * @param beta2 decay of the second moment, in [0, 1)
     */
    record Adam(double rate, double beta1, double beta2) implements Updater {

        /**
         * Checks every value.
         *
         * @param rate above 0
         * @param beta1 in [0, 1)
         * @param beta2 in [0, 1)
         */
        public Adam {
            new Problems()
                    .positive("learning rate of Adam", rate)
                    .share("beta1 of Adam", beta1)
                    .share("beta2 of Adam", beta2)
                    .refuse();
        }

        @Override
        public Adam withRate(double newRate) {
            return new Adam(newRate, beta1, beta2);
        }
    }

    /**
     * RMSProp (Tieleman and Hinton 2012) with decay 0.95 and epsilon 1e-8.
     *
     * @param rate learning rate, above 0
     */
    record RmsProp(double rate) implements Updater {

        /**
         * Checks the rate.
         *
         * @param rate above 0
         */
        public RmsProp {
            new Problems().positive("learning rate of RMSProp", rate).refuse();
        }

        @Override
        public RmsProp withRate(double newRate) {
            return new RmsProp(newRate);
        }
    }

    /**
     * Plain gradient descent.
     *
     * @param rate learning rate, above 0
     */
    record Sgd(double rate) implements Updater {

        /**
         * Checks the rate.
         *
         * @param rate above 0
         */
        public Sgd {
            new Problems().positive("learning rate of gradient descent", rate).refuse();
        }

        @Override
        public Sgd withRate(double newRate) {
            return new Sgd(newRate);
        }
    }
}
