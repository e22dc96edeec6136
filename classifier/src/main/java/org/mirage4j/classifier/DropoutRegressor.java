package org.mirage4j.classifier;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.mirage4j.core.MirageException;
import org.mirage4j.core.memory.NativeMemory;
import org.mirage4j.core.network.ModelFile;
import org.mirage4j.core.network.ModelFormatException;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A trained dropout regressor with Gaussian likelihood (Gal and Ghahramani 2016): rectified hidden layers,
 * dropout on the input and on every hidden layer, squared error, weight decay from the prior. Features and
 * target are standardised by the training data. Immutable and safe for concurrent use.
 */
public final class DropoutRegressor implements AutoCloseable {
    private static final String WEIGHTS = "network.zip";
    private static final String DESCRIPTION = "regressor.json";

    private final ComputationGraphConfiguration configuration;
    private final INDArray parameters;
    private final Scales scales;
    private final PredictionNetwork network;

    DropoutRegressor(ComputationGraphConfiguration configuration, INDArray parameters, Scales scales) {
        this.configuration = configuration;
        this.parameters = parameters;
        this.scales = scales;
        this.network = new PredictionNetwork(Head.removeLoss(configuration), parameters);
    }

    /** What is needed beside the network, as it is stored. */
    record Scales(Standardizer features, Standardizer target, double tau) {
        Scales {
            Objects.requireNonNull(features, "features are missing");
            Objects.requireNonNull(target, "the target is missing");
        }
    }

    /**
     * Trains a regressor.
     *
     * @param options the options
     * @param features one row per example, finite
     * @param targets one finite value per example
     * @return the regressor
     * @throws MirageException if the data are no table of finite numbers
     */
    public static DropoutRegressor train(RegressorOptions options, double[][] features, double[] targets) {
        requireTable(features, targets);
        try (RegressorTraining training =
                new RegressorTraining(options.training(features.length), options.tau(), features, targets)) {
            while (training.goesOn()) {
                training.epoch();
            }
            return training.regressor();
        }
    }

    /**
     * The Monte Carlo prediction, a function of the features, the number of passes and the seed.
     *
     * @param rows features, one row per example
     * @param passes number of passes, at least 1
     * @param seed decides the masks
     * @return one prediction per example
     */
    public List<RegressionPrediction> predict(double[][] rows, int passes, long seed) {
        List<RegressionPrediction> predictions = new ArrayList<>();
        for (double[] samples : samples(rows, passes, seed)) {
            double mean = Arrays.stream(samples).average().orElseThrow();
            double variance = Arrays.stream(samples)
                    .map(value -> (value - mean) * (value - mean))
                    .average()
                    .orElseThrow();
            predictions.add(
                    new RegressionPrediction(mean, Math.sqrt(variance), Math.sqrt(variance + 1 / scales.tau())));
        }
        return predictions;
    }

    /**
     * Evaluates the Monte Carlo prediction.
     *
     * @param rows features, one row per example
     * @param targets one value per example
     * @param passes number of passes, at least 1
     * @param seed decides the masks
     * @return root mean squared error and log-likelihood
     */
    public RegressionEvaluation evaluate(double[][] rows, double[] targets, int passes, long seed) {
        requireTable(rows, targets);
        double squares = 0;
        double logLikelihoods = 0;
        List<double[]> all = samples(rows, passes, seed);
        for (int i = 0; i < targets.length; i++) {
            double[] samples = all.get(i);
            double error = Arrays.stream(samples).average().orElseThrow() - targets[i];
            squares += error * error;
            logLikelihoods += logLikelihood(samples, targets[i], scales.tau());
        }
        return new RegressionEvaluation(Math.sqrt(squares / targets.length), logLikelihoods / targets.length);
    }

    /** ln (1/T sum_t N(y; f_t, 1/tau)), by log-sum-exp. */
    static double logLikelihood(double[] samples, double target, double tau) {
        double[] exponents = Arrays.stream(samples)
                .map(value -> -tau * (target - value) * (target - value) / 2)
                .toArray();
        double largest = Arrays.stream(exponents).max().orElseThrow();
        double sum = Arrays.stream(exponents)
                .map(exponent -> Math.exp(exponent - largest))
                .sum();
        return largest + Math.log(sum / samples.length) - Math.log(2 * Math.PI) / 2 + Math.log(tau) / 2;
    }

    /** The outputs of all passes for each example, in the target's units. */
    private List<double[]> samples(double[][] rows, int passes, long seed) {
        if (passes < 1) {
            throw new MirageException("a Monte Carlo prediction needs at least 1 pass, but was asked for " + passes);
        }
        requireTable(rows, new double[rows.length]);
        int width = scales.features().width();
        if (rows[0].length != width) {
            throw new MirageException("examples must have " + width + " features, but have " + rows[0].length);
        }
        double[][] samples = new double[rows.length][passes];
        int[] filled = new int[rows.length];
        INDArray inputs = scales.features().floats(rows);
        network.sample(inputs, passes, seed, (firstRow, count, outputs) -> {
            float[] values = outputs.data().asFloat();
            NativeMemory.release(outputs);
            for (int i = 0; i < values.length; i++) {
                int row = firstRow + i % count;
                samples[row][filled[row]++] = scales.target().undo(0, values[i]);
            }
        });
        NativeMemory.release(inputs);
        return List.of(samples);
    }

    /** What the network gives without dropout, in standardised units. */
    double[] standardised(INDArray inputs) {
        INDArray outputs = network.infer(inputs);
        double[] values = outputs.data().asDouble();
        NativeMemory.release(outputs);
        return values;
    }

    /**
     * Writes the regressor into a folder, which is created if need be.
     *
     * @param folder where to write
     * @throws MirageException if writing fails
     */
    public void save(Path folder) {
        ComputationGraph graph = new ComputationGraph(configuration.clone());
        graph.init(parameters, true);
        ModelFiles.write(folder, WEIGHTS, graph, DESCRIPTION, scales);
    }

    /**
     * Reads what {@link #save} has written. The files may be a stranger's, see {@link ModelFile}.
     *
     * @param folder the folder
     * @return a regressor with the same predictions
     * @throws ModelFormatException if the files cannot be read as a regressor
     * @throws MirageException if there is no regressor
     */
    public static DropoutRegressor load(Path folder) {
        return ModelFiles.read(
                folder,
                "regressor",
                WEIGHTS,
                DESCRIPTION,
                Scales.class,
                (graph, scales) -> new DropoutRegressor(graph.getConfiguration(), graph.params(), scales));
    }

    /** Frees what predictions hold outside the heap. */
    @Override
    public void close() {
        network.close();
    }

    private static void requireTable(double[][] rows, double[] targets) {
        if (rows.length == 0 || rows.length != targets.length) {
            throw new MirageException("there must be one target for each of at least one example, but there are "
                    + targets.length + " targets and " + rows.length + " examples");
        }
        for (int i = 0; i < rows.length; i++) {
            if (rows[i].length != rows[0].length || rows[i].length == 0) {
                throw new MirageException("all examples must have the same number of features, but example 0 has "
                        + rows[0].length + " and example " + i + " has " + rows[i].length);
            }
            if (!Double.isFinite(targets[i]) || !Arrays.stream(rows[i]).allMatch(Double::isFinite)) {
                throw new MirageException("features and targets must be finite, but example " + i + " is "
                        + Arrays.toString(rows[i]) + " with target " + targets[i]);
            }
        }
    }
}
