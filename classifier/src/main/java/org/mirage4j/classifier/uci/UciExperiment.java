package org.mirage4j.classifier.uci;

import java.util.Arrays;
import java.util.List;
import org.mirage4j.classifier.DropoutRegressor;
import org.mirage4j.classifier.RegressionEvaluation;
import org.mirage4j.classifier.RegressorOptions;
import org.mirage4j.core.MirageException;
import org.mirage4j.core.network.DropoutRate;
import org.nd4j.linalg.learning.config.Adam;

/**
 * The recipe of the benchmark's corrected rerun: for every split, each pair of rate and tau is trained on the
 * first four fifths of the training part and scored on the last fifth; the pair of best log-likelihood is
 * trained on all of the training part and scored on the test part.
 *
 * @param epochMultiplier what the folder's epochs are multiplied by, at least 1; published figures use 10, 1
 *     or 100
 * @param passes Monte Carlo passes, at least 1; published figures use 10,000
 * @param seed decides everything random
 */
public record UciExperiment(int epochMultiplier, int passes, long seed) {
    private static final double LENGTH_SCALE = 1e-2;
    private static final int BATCH_SIZE = 128;
    private static final double TRAINING_SHARE = 0.8;

    /**
     * Checks the values.
     *
     * @param epochMultiplier at least 1
     * @param passes at least 1
     * @param seed decides everything random
     */
    public UciExperiment {
        if (epochMultiplier < 1 || passes < 1) {
            throw new MirageException("the epoch multiplier and the number of passes must be at least 1, but are "
                    + epochMultiplier + " and " + passes);
        }
    }

    /**
     * What one split came to.
     *
     * @param split its number, from 0
     * @param rate the dropout rate chosen
     * @param tau the precision chosen
     * @param test the result on the test part
     */
    public record SplitResult(int split, double rate, double tau, RegressionEvaluation test) {}

    /**
     * Mean and standard error over splits.
     *
     * @param splits number of splits
     * @param rmse mean root mean squared error
     * @param rmseError its standard error; NaN for one split
     * @param logLikelihood mean test log-likelihood
     * @param logLikelihoodError its standard error; NaN for one split
     */
    public record Summary(int splits, double rmse, double rmseError, double logLikelihood, double logLikelihoodError) {

        /**
         * Summarises.
         *
         * @param results at least one
         * @return the summary
         */
        public static Summary of(List<SplitResult> results) {
            double[] rmse = results.stream().mapToDouble(r -> r.test().rmse()).toArray();
            double[] likelihood =
                    results.stream().mapToDouble(r -> r.test().logLikelihood()).toArray();
            return new Summary(rmse.length, mean(rmse), error(rmse), mean(likelihood), error(likelihood));
        }

        private static double mean(double[] values) {
            return Arrays.stream(values).average().orElse(Double.NaN);
        }

        private static double error(double[] values) {
            double mean = mean(values);
            double squares =
                    Arrays.stream(values).map(v -> (v - mean) * (v - mean)).sum();
            return Math.sqrt(squares / (values.length - 1) / values.length);
        }
    }

    /**
     * Runs one split, so that a caller can show progress and go on later where it stopped.
     *
     * @param folder the data set
     * @param split the split's number, from 0
     * @return its result
     */
    public SplitResult run(UciFolder folder, int split) {
        if (split < 0 || split >= folder.splits()) {
            throw new MirageException("the split must be in [0, " + folder.splits() + "), but is " + split);
        }
        UciFolder.Part all = folder.training(split);
        int cut = (int) (TRAINING_SHARE * all.targets.length);
        UciFolder.Part training = range(all, 0, cut);
        UciFolder.Part validation = range(all, cut, all.targets.length);
        double best = Double.NEGATIVE_INFINITY;
        double bestRate = folder.rates().get(0);
        double bestTau = folder.taus().get(0);
        for (double rate : folder.rates()) {
            for (double tau : folder.taus()) {
                double likelihood =
                        score(folder, rate, tau, training, validation).logLikelihood();
                if (likelihood > best) {
                    best = likelihood;
                    bestRate = rate;
                    bestTau = tau;
                }
            }
        }
        RegressionEvaluation test = score(folder, bestRate, bestTau, all, folder.test(split));
        return new SplitResult(split, bestRate, bestTau, test);
    }

    private RegressionEvaluation score(
            UciFolder folder, double rate, double tau, UciFolder.Part training, UciFolder.Part held) {
        RegressorOptions options = new RegressorOptions(
                List.of(folder.hidden()),
                DropoutRate.of(rate),
                tau,
                LENGTH_SCALE,
                new Adam(),
                folder.epochs() * epochMultiplier,
                BATCH_SIZE,
                seed);
        try (DropoutRegressor regressor = DropoutRegressor.train(options, training.features, training.targets)) {
            return regressor.evaluate(held.features, held.targets, passes, seed);
        }
    }

    private static UciFolder.Part range(UciFolder.Part part, int from, int to) {
        return new UciFolder.Part(
                Arrays.copyOfRange(part.features, from, to), Arrays.copyOfRange(part.targets, from, to));
    }
}
