package org.mirage4j.classifier;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.jspecify.annotations.Nullable;
import org.mirage4j.core.MirageException;
import org.mirage4j.core.data.InMemoryExamples;
import org.mirage4j.core.data.Inputs;
import org.mirage4j.core.loss.GaussianLikelihood;
import org.mirage4j.core.memory.NativeMemory;
import org.mirage4j.core.network.ModelFile;
import org.mirage4j.core.network.ModelFormatException;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A trained dropout regressor with normal likelihood (Gal and Ghahramani 2016): a prediction leaves dropout on and tells
 * how unsure the model is, and how noisy the target. The target is standardised by the training data. Immutable and safe
 * for concurrent use: several threads get the answers that one would.
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
        long wanted = isLearned() ? 2 : 1;
        if (Head.outputs(configuration) != wanted) {
            throw new MirageException("a regressor whose tau is " + scales.tau() + " needs a network with " + wanted
                    + " outputs, but it has " + Head.outputs(configuration));
        }
        this.network = new PredictionNetwork(Head.removeLoss(configuration), parameters);
    }

    /** The tau of a network that gives the variance itself. */
    static final double LEARNED = 0;

    /** What is needed beside the network, as it is stored; no features where they come standardised. */
    record Scales(@Nullable Standardizer features, Standardizer target, double tau) {
        Scales {
            Objects.requireNonNull(target, "the target is missing");
            if (!(tau >= 0 && tau < Double.POSITIVE_INFINITY)) {
                throw new MirageException("tau must be finite and at least 0, but is " + tau);
            }
        }
    }

    /**
     * Trains the regressor of Gal and Ghahramani (2016): rectified hidden layers, dropout on the input and on every hidden
     * layer, squared error, weight decay from the prior. Features are standardised by the training data, too.
     *
     * @param options the options
     * @param features one row per example, finite
     * @param targets one finite value per example
     * @return the regressor
     * @throws MirageException if the data are no table of finite numbers
     */
    public static DropoutRegressor train(RegressorOptions options, double[][] features, double[] targets) {
        requireTable(features, targets);
        return finish(RegressorTraining.standardising(
                options.training(features.length), new ObservationNoise.Known(options.tau()), features, targets));
    }

    /**
     * Trains a regressor on examples whose features are standardised already.
     *
     * @param options how the network is built and trained
     * @param noise what is known about the spread of the target around its mean
     * @param examples examples with {@link InMemoryExamples#withTargets targets}
     * @return the regressor
     * @throws MirageException if the examples have no targets or do not fit the options
     */
    public static DropoutRegressor train(ClassifierOptions options, ObservationNoise noise, InMemoryExamples examples) {
        return finish(RegressorTraining.start(options, noise, examples));
    }

    private static DropoutRegressor finish(RegressorTraining started) {
        try (RegressorTraining training = started) {
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
        INDArray inputs = inputs(rows);
        List<RegressionPrediction> predictions = predict(inputs, passes, seed);
        NativeMemory.release(inputs);
        return predictions;
    }

    /**
     * The Monte Carlo prediction of inputs that are standardised, as those of the examples trained on. Each pass is one
     * sampled network for all examples, as in {@link DropoutClassifier#predict}.
     *
     * @param inputs the examples, [N, features]
     * @param passes number of passes, at least 1
     * @param seed decides the masks
     * @return one prediction per example
     * @throws MirageException if the inputs do not fit the network, or there is no pass
     */
    public List<RegressionPrediction> predict(INDArray inputs, int passes, long seed) {
        Moments[] moments = new Moments[(int) inputs.size(0)];
        Arrays.setAll(moments, i -> new Moments());
        sample(inputs, passes, seed, (row, mean, variance) -> moments[row].add(mean, variance));
        return Arrays.stream(moments).map(this::prediction).toList();
    }

    /** Of standardised outputs; differences to the first one lose no digit however large the mean is. */
    private static final class Moments {
        private long count;
        private double mean;
        private double squares;
        private double noise;

        void add(double output, double variance) {
            count++;
            double difference = output - mean;
            mean += difference / count;
            squares += difference * (output - mean);
            noise += variance;
        }
    }

    private RegressionPrediction prediction(Moments moments) {
        double scale = scales.target().scale(0);
        double model = moments.squares / moments.count;
        double noise = isLearned() ? moments.noise / moments.count : 1 / (scales.tau() * scale * scale);
        return new RegressionPrediction(
                scales.target().undo(0, moments.mean), scale * Math.sqrt(model), scale * Math.sqrt(model + noise));
    }

    private boolean isLearned() {
        return scales.tau() == LEARNED;
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
        INDArray inputs = inputs(rows);
        RegressionEvaluation evaluation = evaluate(inputs, targets, passes, seed);
        NativeMemory.release(inputs);
        return evaluation;
    }

    /**
     * Evaluates the Monte Carlo prediction of inputs that are standardised.
     *
     * @param inputs the examples, [N, features]
     * @param targets one value per example
     * @param passes number of passes, at least 1
     * @param seed decides the masks
     * @return root mean squared error and log-likelihood
     */
    public RegressionEvaluation evaluate(INDArray inputs, double[] targets, int passes, long seed) {
        double[][] outputs = new double[targets.length][passes];
        double[][] taus = new double[targets.length][isLearned() ? passes : 0];
        int[] filled = new int[targets.length];
        double scale = scales.target().scale(0);
        sample(inputs, passes, seed, (row, mean, variance) -> {
            outputs[row][filled[row]] = scales.target().undo(0, mean);
            if (isLearned()) {
                taus[row][filled[row]] = 1 / (variance * scale * scale);
            }
            filled[row]++;
        });
        double squares = 0;
        double logLikelihoods = 0;
        for (int i = 0; i < targets.length; i++) {
            double error = Arrays.stream(outputs[i]).average().orElseThrow() - targets[i];
            squares += error * error;
            logLikelihoods += isLearned()
                    ? logLikelihood(outputs[i], taus[i], targets[i])
                    : logLikelihood(outputs[i], targets[i], scales.tau());
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

    /** The same with a precision of each pass. */
    static double logLikelihood(double[] samples, double[] taus, double target) {
        double[] exponents = new double[samples.length];
        for (int i = 0; i < samples.length; i++) {
            double difference = target - samples[i];
            exponents[i] = (Math.log(taus[i]) - taus[i] * difference * difference) / 2;
        }
        double largest = Arrays.stream(exponents).max().orElseThrow();
        double sum = Arrays.stream(exponents)
                .map(exponent -> Math.exp(exponent - largest))
                .sum();
        return largest + Math.log(sum / samples.length) - Math.log(2 * Math.PI) / 2;
    }

    /** Takes what one pass gives for one example, standardised; the variance is 0 where it is not learned. */
    private interface Sample {
        void accept(int row, double mean, double variance);
    }

    private void sample(INDArray inputs, int passes, long seed, Sample sample) {
        if (passes < 1) {
            throw new MirageException("a Monte Carlo prediction needs at least 1 pass, but was asked for " + passes);
        }
        Head.width(configuration).stream()
                .filter(width -> inputs.rank() != 2 || inputs.size(1) != width)
                .forEach(width -> {
                    throw new MirageException("examples must have the shape [N, " + width + "], but have "
                            + Arrays.toString(inputs.shape()));
                });
        Inputs.checked("examples", inputs); // what is not finite may come out of the network as if it were
        network.sample(
                inputs,
                passes,
                seed,
                (row, output) ->
                        sample.accept(row, output[0], isLearned() ? GaussianLikelihood.variance(output[1]) : 0));
    }

    /** What the network gives without dropout for each example: a standardised mean, perhaps a logarithm of the variance. */
    float[][] outputs(InMemoryExamples examples) {
        INDArray inputs = examples.examples(0, Math.toIntExact(examples.size())).features();
        INDArray outputs = network.infer(inputs);
        float[] values = NativeMemory.floats(outputs);
        NativeMemory.release(inputs, outputs);
        int width = isLearned() ? 2 : 1;
        float[][] result = new float[values.length / width][];
        for (int i = 0; i < result.length; i++) {
            result[i] = Arrays.copyOfRange(values, i * width, (i + 1) * width);
        }
        return result;
    }

    private INDArray inputs(double[][] rows) {
        Standardizer features = scales.features();
        if (features == null) {
            throw new MirageException("the regressor was trained on standardised inputs, so it predicts those");
        }
        requireTable(rows, new double[rows.length]);
        if (rows[0].length != features.width()) {
            throw new MirageException(
                    "examples must have " + features.width() + " features, but have " + rows[0].length);
        }
        return features.floats(rows);
    }

    /**
     * Writes the regressor into a folder, which is created if need be.
     *
     * @param folder where to write
     * @throws MirageException if writing fails
     */
    public void save(Path folder) {
        network.requireOpen();
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
