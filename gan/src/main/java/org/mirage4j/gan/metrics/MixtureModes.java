package org.mirage4j.gan.metrics;

import java.util.Arrays;
import org.mirage4j.core.MirageException;

/**
 * The modes of a mixture of equally likely round Gaussians. Immutable, safe for concurrent use.
 */
public final class MixtureModes {
    private final double[][] centres;
    private final double deviation;

    /**
     * Any list of centres.
     *
     * @param centres [modes, D], at least one
     * @param deviation standard deviation of every mode in each coordinate, positive
     */
    public MixtureModes(double[][] centres, double deviation) {
        if (centres.length == 0) {
            throw new MirageException("a mixture needs at least 1 mode, but has none");
        }
        if (!(deviation > 0 && Double.isFinite(deviation))) {
            throw new MirageException("a mode's standard deviation must be positive, but is " + deviation);
        }
        for (double[] centre : centres) {
            Extractors.requireSameWidth(centres[0].length, centre.length);
        }
        this.centres = Arrays.stream(centres).map(double[]::clone).toArray(double[][]::new);
        this.deviation = deviation;
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

    double deviation() {
        return deviation;
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
