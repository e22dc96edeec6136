package org.mirage4j.gan.metrics;

import java.util.Arrays;
import org.mirage4j.core.MirageException;

/**
 * The modes of a mixture of round Gaussians. Immutable, safe for concurrent use.
 */
public final class MixtureModes {
    private final double[][] centres;
    private final double[] deviations;
    private final double[] shares;

    /**
     * Equally likely modes of one width.
     *
     * @param centres [modes, D], at least one
     * @param deviation standard deviation of every mode in each coordinate, positive
     */
    public MixtureModes(double[][] centres, double deviation) {
        this(centres, filled(centres.length, deviation), filled(centres.length, 1.0));
    }

    /**
     * Modes of any width and weight.
     *
     * @param centres [modes, D], at least one
     * @param deviations standard deviation of each mode in each coordinate, positive
     * @param weights how likely each mode is relative to the others, positive; their sum is divided out
     */
    public MixtureModes(double[][] centres, double[] deviations, double[] weights) {
        if (centres.length == 0) {
            throw new MirageException("a mixture needs at least 1 mode, but has none");
        }
        if (deviations.length != centres.length || weights.length != centres.length) {
            throw new MirageException("a mixture of " + centres.length + " modes needs as many standard deviations"
                    + " and weights, but has " + deviations.length + " and " + weights.length);
        }
        for (double[] centre : centres) {
            Extractors.requireSameWidth(centres[0].length, centre.length);
        }
        for (int mode = 0; mode < centres.length; mode++) {
            requirePositive("standard deviation", deviations[mode]);
            requirePositive("weight", weights[mode]);
        }
        double sum = Arrays.stream(weights).sum();
        this.centres = Arrays.stream(centres).map(double[]::clone).toArray(double[][]::new);
        this.deviations = deviations.clone();
        this.shares = Arrays.stream(weights).map(weight -> weight / sum).toArray();
    }

    private static void requirePositive(String what, double value) {
        if (!(value > 0 && Double.isFinite(value))) {
            throw new MirageException("a mode's " + what + " must be positive, but is " + value);
        }
    }

    private static double[] filled(int length, double value) {
        double[] values = new double[length];
        Arrays.fill(values, value);
        return values;
    }

    /**
     * The ring of the literature: 8 modes on the unit circle, standard deviation 0.01.
     *
     * @return the modes, the first at (1, 0), then counterclockwise
     */
    public static MixtureModes ring() {
        double[][] centres = new double[8][];
        for (int i = 0; i < centres.length; i++) {
            double angle = 2 * Math.PI * i / centres.length;
            centres[i] = new double[] {Math.cos(angle), Math.sin(angle)};
        }
        return new MixtureModes(centres, 0.01);
    }

    /**
     * The grid of the literature: 25 modes on {-4, -2, 0, 2, 4}^2, standard deviation 0.05.
     *
     * @return the modes, row by row from (-4, -4)
     */
    public static MixtureModes grid() {
        double[][] centres = new double[25][];
        for (int i = 0; i < centres.length; i++) {
            centres[i] = new double[] {2 * (i % 5) - 4, 2 * (i / 5) - 4};
        }
        return new MixtureModes(centres, 0.05);
    }

    /**
     * How many modes there are.
     *
     * @return the number of centres
     */
    public int count() {
        return centres.length;
    }

    int dimension() {
        return centres[0].length;
    }

    /**
     * How wide a mode is.
     *
     * @param mode its number, from 0
     * @return its standard deviation in each coordinate
     */
    public double deviation(int mode) {
        return deviations[mode];
    }

    /**
     * How likely a mode is.
     *
     * @param mode its number, from 0
     * @return its share; all shares sum to 1
     */
    public double share(int mode) {
        return shares[mode];
    }

    /**
     * Where a mode is.
     *
     * @param mode its number, from 0
     * @return a copy of its centre
     */
    public double[] centre(int mode) {
        return centres[mode].clone();
    }

    double[] shares() {
        return shares.clone();
    }

    double squaredDistance(FeatureMatrix points, int row, int mode) {
        double sum = 0;
        for (int d = 0; d < dimension(); d++) {
            double difference = points.get(row, d) - centres[mode][d];
            sum += difference * difference;
        }
        return sum;
    }
}
