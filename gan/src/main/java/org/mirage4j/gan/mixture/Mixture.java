package org.mirage4j.gan.mixture;

import java.nio.file.Path;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.mirage4j.core.MirageException;
import org.mirage4j.core.data.InMemoryExamples;
import org.mirage4j.core.memory.Room;
import org.mirage4j.core.random.RandomStreams;
import org.mirage4j.core.report.ScatterPlot;
import org.mirage4j.gan.metrics.MixtureModes;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A mixture of round Gaussians in the plane as an endless set of data. Networks see it standardised: moved to
 * mean 0 and divided by its standard deviation, the same in both coordinates, so that modes stay round. Immutable,
 * safe for concurrent use.
 */
public final class Mixture {
    static final int DIMENSION = 2;

    /** Squared distance in variances beyond which a Gaussian is nothing. */
    private static final double FAR = 80;

    private static final double PLOTTED_DEVIATIONS = 3;
    private static final double PLOT_ROOM = 1.2;

    private final String name;
    private final MixtureModes modes;
    private final double[][] centres;
    private final double[] mean;
    private final double scale;

    private Mixture(String name, MixtureModes modes) {
        this.name = name;
        this.modes = modes;
        this.centres = IntStream.range(0, modes.count()).mapToObj(modes::centre).toArray(double[][]::new);
        this.mean = mean(modes);
        this.scale = deviation(modes, mean);
    }

    /**
     * Eight modes on the unit circle, standard deviation 0.01 (Srivastava et al. 2017).
     *
     * @return the mixture
     */
    public static Mixture ring() {
        return new Mixture("ring", MixtureModes.ring());
    }

    /**
     * Twenty-five modes on {-4, -2, 0, 2, 4}^2, standard deviation 0.05 (Srivastava et al. 2017).
     *
     * @return the mixture
     */
    public static Mixture grid() {
        return new Mixture("grid", MixtureModes.grid());
    }

    /**
     * Any modes.
     *
     * @param name what to call the mixture
     * @param modes its modes, in the plane
     * @return the mixture
     * @throws MirageException if the modes are not in the plane
     */
    public static Mixture of(String name, MixtureModes modes) {
        int dimension = modes.centre(0).length;
        if (dimension != DIMENSION) {
            throw new MirageException(
                    "mixture " + name + " must lie in the plane, but its modes have " + dimension + " coordinate(s)");
        }
        return new Mixture(name, modes);
    }

    /**
     * Reads a mixture from a text file: the first line is {@code x,y,sd,weight}, then one line for each mode with
     * its centre, its standard deviation and how likely it is relative to the others. Empty lines and lines that
     * begin with # do not count.
     *
     * @param file the file, in UTF-8
     * @return the mixture, named after the file
     * @throws MirageException if the file cannot be read or a line is not as described
     */
    public static Mixture read(Path file) {
        return of(String.valueOf(file.getFileName()), MixtureFile.read(file));
    }

    /**
     * What to call the mixture.
     *
     * @return "ring", "grid" or the file's name
     */
    public String name() {
        return name;
    }

    /**
     * The modes, in the mixture's own units.
     *
     * @return centres, widths and shares
     */
    public MixtureModes modes() {
        return modes;
    }

    /**
     * Identifies the modes, not the name.
     *
     * @return SHA-256 in lower-case hexadecimal
     */
    public String fingerprint() {
        double[][] rows = new double[modes.count()][];
        for (int mode = 0; mode < rows.length; mode++) {
            double[] centre = modes.centre(mode);
            rows[mode] = new double[] {centre[0], centre[1], modes.deviation(mode), modes.share(mode)};
        }
        return InMemoryExamples.of(name, Nd4j.createFromArray(rows)).fingerprint();
    }

    /**
     * Draws points.
     *
     * @param streams the run's random streams
     * @param stream name of the random stream
     * @param index the draw within the stream
     * @param count how many
     * @return points [count, 2] in the mixture's own units, float32
     */
    public INDArray sample(RandomStreams streams, String stream, long index, int count) {
        return draw(streams, stream, index, count, new double[DIMENSION], 1);
    }

    /**
     * Draws points as networks see them: the same ones as {@link #sample}, standardised.
     *
     * @param streams the run's random streams
     * @param stream name of the random stream
     * @param index the draw within the stream
     * @param count how many
     * @return points [count, 2] with mean 0 and standard deviation 1, float32
     */
    public INDArray standardSample(RandomStreams streams, String stream, long index, int count) {
        return draw(streams, stream, index, count, mean, scale);
    }

    /**
     * Takes points from standardised back to the mixture's own units.
     *
     * @param points [N, 2], left as they are
     * @return a new array
     */
    public INDArray fromStandard(INDArray points) {
        return points.mul(scale).addiRowVector(Nd4j.createFromArray((float) mean[0], (float) mean[1]));
    }

    /**
     * The probability density.
     *
     * @param x first coordinate
     * @param y second coordinate
     * @return density per unit of area
     */
    public double density(double x, double y) {
        double sum = 0;
        for (int mode = 0; mode < modes.count(); mode++) {
            double[] centre = centres[mode];
            double variance = modes.deviation(mode) * modes.deviation(mode);
            double squared = (x - centre[0]) * (x - centre[0]) + (y - centre[1]) * (y - centre[1]);
            if (squared > FAR * variance) {
                continue; // nothing that a double would show
            }
            sum += modes.share(mode) * Math.exp(-squared / (2 * variance)) / (2 * Math.PI * variance);
        }
        return sum;
    }

    /** A plot that holds all modes with some room around them. */
    ScatterPlot plot() {
        double[] least = {Double.POSITIVE_INFINITY, Double.POSITIVE_INFINITY};
        double[] most = {Double.NEGATIVE_INFINITY, Double.NEGATIVE_INFINITY};
        for (int mode = 0; mode < centres.length; mode++) {
            for (int d = 0; d < DIMENSION; d++) {
                least[d] = Math.min(least[d], centres[mode][d] - PLOTTED_DEVIATIONS * modes.deviation(mode));
                most[d] = Math.max(most[d], centres[mode][d] + PLOTTED_DEVIATIONS * modes.deviation(mode));
            }
        }
        double side = Math.max(most[0] - least[0], most[1] - least[1]);
        return new ScatterPlot((least[0] + most[0]) / 2, (least[1] + most[1]) / 2, PLOT_ROOM * side / 2, this::density);
    }

    private INDArray draw(RandomStreams streams, String stream, long index, int count, double[] origin, double unit) {
        SplittableRandom random = streams.generator(stream, index);
        float[] values = new float[Room.elements("coordinates of points", count, DIMENSION)];
        for (int i = 0; i < values.length; i += DIMENSION) {
            int mode = mode(random.nextDouble());
            double[] centre = centres[mode];
            for (int d = 0; d < DIMENSION; d++) {
                double value = centre[d] + modes.deviation(mode) * random.nextGaussian();
                values[i + d] = (float) ((value - origin[d]) / unit);
            }
        }
        return Nd4j.createFromArray(values).reshape(count, DIMENSION);
    }

    private int mode(double uniform) {
        double left = uniform;
        int last = modes.count() - 1;
        for (int mode = 0; mode < last; mode++) {
            left -= modes.share(mode);
            if (left < 0) {
                return mode;
            }
        }
        return last;
    }

    private static double[] mean(MixtureModes modes) {
        double[] mean = new double[DIMENSION];
        for (int mode = 0; mode < modes.count(); mode++) {
            double[] centre = modes.centre(mode);
            for (int d = 0; d < DIMENSION; d++) {
                mean[d] += modes.share(mode) * centre[d];
            }
        }
        return mean;
    }

    /** The root of the mean variance of both coordinates. */
    private static double deviation(MixtureModes modes, double[] mean) {
        double variance = 0;
        for (int mode = 0; mode < modes.count(); mode++) {
            double[] centre = modes.centre(mode);
            for (int d = 0; d < DIMENSION; d++) {
                double distance = centre[d] - mean[d];
                variance += modes.share(mode) * distance * distance / DIMENSION;
            }
            variance += modes.share(mode) * modes.deviation(mode) * modes.deviation(mode);
        }
        return Math.sqrt(variance);
    }
}
