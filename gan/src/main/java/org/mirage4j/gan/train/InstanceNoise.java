package org.mirage4j.gan.train;

import org.mirage4j.core.Problems;

/**
 * Gaussian noise on everything a discriminator sees, real and generated, in both networks' steps (Sønderby et al.
 * 2017; Arjovsky and Bottou 2017): it makes the two distributions overlap. Its standard deviation falls along a
 * straight line.
 *
 * @param deviation standard deviation at the start, in units of the data, at least 0; 0 for none
 * @param iterations iterations of the game after which there is no noise any more, at least 1
 */
public record InstanceNoise(double deviation, long iterations) {

    /** No noise. */
    public static final InstanceNoise NONE = new InstanceNoise(0, 1);

    /**
     * Checks both values.
     *
     * @param deviation at least 0
     * @param iterations at least 1
     */
    public InstanceNoise {
        new Problems()
                .notNegative("standard deviation of instance noise", deviation)
                .atLeast("number of iterations with instance noise", iterations, 1)
                .refuse();
    }

    /**
     * The standard deviation at a point of the game.
     *
     * @param iteration iterations done
     * @return at least 0
     */
    public double deviation(long iteration) {
        return deviation * Math.max(0, 1 - (double) iteration / iterations);
    }
}
