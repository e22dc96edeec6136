package org.mirage4j.gan.train;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import org.mirage4j.core.Problems;

/**
 * What a discriminator pays for the norm of its gradient in its input: weight (|g| - target)^2. The norm is taken per
 * example, with packing per pack; the penalty is the mean over the batch. A discriminator that couples the examples of a
 * batch, by batch normalisation or minibatch standard deviation, has no such gradient and is refused. Implementations
 * are immutable.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
@JsonSubTypes({
    @JsonSubTypes.Type(value = Penalty.None.class, name = "none"),
    @JsonSubTypes.Type(value = Penalty.WassersteinGp.class, name = "wgan-gp"),
    @JsonSubTypes.Type(value = Penalty.Dragan.class, name = "dragan"),
    @JsonSubTypes.Type(value = Penalty.R1.class, name = "r1"),
    @JsonSubTypes.Type(value = Penalty.R2.class, name = "r2"),
    @JsonSubTypes.Type(value = Penalty.R1R2.class, name = "r1-r2")
})
public sealed interface Penalty {

    /**
     * What a squared deviation of 1 costs.
     *
     * @return at least 0
     */
    double weight();

    /**
     * The norm that costs nothing.
     *
     * @return 0 or 1
     */
    default double target() {
        return 0;
    }

    /**
     * The penalty of one example.
     *
     * @param norm Euclidean norm of the gradient at the example
     * @return the penalty
     */
    default double value(double norm) {
        return weight() * (norm - target()) * (norm - target());
    }

    /**
     * The penalty's derivative in the norm.
     *
     * @param norm Euclidean norm of the gradient at the example
     * @return d{@link #value}/dnorm
     */
    default double derivative(double norm) {
        return 2 * weight() * (norm - target());
    }

    /** No penalty. */
    record None() implements Penalty {
        @Override
        public double weight() {
            return 0;
        }
    }

    /**
     * WGAN-GP (Gulrajani et al. 2017): lambda (|g| - 1)^2 at points drawn uniformly between a real and a generated
     * example, one share for each pair.
     *
     * @param lambda the weight, above 0; 10 in the paper
     */
    record WassersteinGp(double lambda) implements Penalty {

        /**
         * Checks the weight.
         *
         * @param lambda above 0
         */
        public WassersteinGp {
            new Problems().positive("weight of the WGAN-GP penalty", lambda).refuse();
        }

        @Override
        public double weight() {
            return lambda;
        }

        @Override
        public double target() {
            return 1;
        }
    }

    /**
     * DRAGAN (Kodali et al. 2017): lambda (|g| - 1)^2 at real examples plus noise, uniform in [0, 1) times half the
     * batch's standard deviation.
     *
     * @param lambda the weight, above 0; 10 in the paper
     */
    record Dragan(double lambda) implements Penalty {

        /**
         * Checks the weight.
         *
         * @param lambda above 0
         */
        public Dragan {
            new Problems().positive("weight of the DRAGAN penalty", lambda).refuse();
        }

        @Override
        public double weight() {
            return lambda;
        }

        @Override
        public double target() {
            return 1;
        }
    }

    /**
     * R1 (Mescheder et al. 2018): gamma / 2 |g|^2 at real examples.
     *
     * @param gamma the weight, above 0
     */
    record R1(double gamma) implements Penalty {

        /**
         * Checks the weight.
         *
         * @param gamma above 0
         */
        public R1 {
            new Problems().positive("weight of the R1 penalty", gamma).refuse();
        }

        @Override
        public double weight() {
            return gamma / 2;
        }
    }

    /**
     * R2 (Mescheder et al. 2018): gamma / 2 |g|^2 at generated examples.
     *
     * @param gamma the weight, above 0
     */
    record R2(double gamma) implements Penalty {

        /**
         * Checks the weight.
         *
         * @param gamma above 0
         */
        public R2 {
            new Problems().positive("weight of the R2 penalty", gamma).refuse();
        }

        @Override
        public double weight() {
            return gamma / 2;
        }
    }

    /**
     * R1 and R2 together (Roth et al. 2017, Huang et al. 2024): gamma / 2 |g|^2, averaged over real and over generated
     * examples, and added up.
     *
     * @param gamma the weight of each, above 0
     */
    record R1R2(double gamma) implements Penalty {

        /**
         * Checks the weight.
         *
         * @param gamma above 0
         */
        public R1R2 {
            new Problems().positive("weight of the R1 and R2 penalties", gamma).refuse();
        }

        /** The mean is over twice as many examples as either penalty has, hence no half. */
        @Override
        public double weight() {
            return gamma;
        }
    }
}
