package org.mirage4j.classifier;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.mirage4j.classifier.dropout.DropoutKind;
import org.mirage4j.core.MirageException;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;

/**
 * How a dropout classifier is built and trained.
 *
 * @param channels channels of each convolution layer in front of the hidden ones, for images: 3x3 windows, the
 *     activation, then the largest of each 2x2; empty for none
 * @param hidden units of each hidden layer; empty for none
 * @param activation activation of the convolution and hidden layers
 * @param batchNormalization whether batch normalisation comes before each activation (Ioffe and Szegedy 2015)
 * @param inputDropout noise on the input
 * @param channelDropout noise on what each convolution layer but the last gives the next one
 * @param hiddenDropout noise on what each hidden layer gives, one per hidden layer
 * @param maxNorm largest norm of a unit's incoming weights (Srivastava et al. 2014); 0 for no limit
 * @param l1 coefficient of the L1 penalty on weights, at least 0
 * @param l2 coefficient of the L2 penalty on weights, at least 0
 * @param updater Deeplearning4j's configuration of the optimiser
 * @param averageDecay decay of the exponential moving average of the weights that is evaluated and kept instead of
 *     the last weights, in [0, 1); 0 for none
 * @param epochs most passes over the training data, at least 1
 * @param batchSize examples in a step, at least 1, or 2 with batch normalisation
 * @param seed decides initial weights, order of examples, masks and the held-out share
 * @param patience epochs without a better loss on the held-out share after which training stops, and the
 *     best epoch's weights are kept; 0 for no early stopping
 * @param heldOutShare share of the training data held out for early stopping, in (0, 1); 0 for none
 */
public record ClassifierOptions(
        List<Integer> channels,
        List<Integer> hidden,
        Activation activation,
        boolean batchNormalization,
        DropoutKind inputDropout,
        DropoutKind channelDropout,
        List<DropoutKind> hiddenDropout,
        double maxNorm,
        double l1,
        double l2,
        IUpdater updater,
        double averageDecay,
        int epochs,
        int batchSize,
        long seed,
        int patience,
        double heldOutShare) {
    private static final double CONVOLUTIONAL_RATE = 1e-3;
    private static final double CONVOLUTIONAL_AVERAGE = 0.999;

    /**
     * Checks every value and reports all problems together.
     *
     * @param channels channels of each convolution layer
     * @param hidden units of each hidden layer
     * @param activation activation of the convolution and hidden layers
     * @param batchNormalization whether batch normalisation comes before each activation
     * @param inputDropout noise on the input
     * @param channelDropout noise on what each convolution layer but the last gives
     * @param hiddenDropout noise on what each hidden layer gives
     * @param maxNorm largest norm of incoming weights, or 0
     * @param l1 coefficient of the L1 penalty
     * @param l2 coefficient of the L2 penalty
     * @param updater the optimiser
     * @param averageDecay decay of the moving average of the weights, or 0
     * @param epochs most passes over the training data
     * @param batchSize examples in a step
     * @param seed decides everything random
     * @param patience epochs to wait for a better held-out loss, or 0
     * @param heldOutShare share held out for early stopping, or 0
     */
    public ClassifierOptions {
        channels = List.copyOf(channels);
        hidden = List.copyOf(hidden);
        hiddenDropout = List.copyOf(hiddenDropout);
        List<String> problems = new ArrayList<>();
        for (int width : channels) {
            require(width >= 1, problems, "convolution layers need at least 1 channel, but have " + channels);
        }
        for (int units : hidden) {
            require(units >= 1, problems, "hidden layers need at least 1 unit, but are " + hidden);
        }
        require(
                hiddenDropout.size() == hidden.size(),
                problems,
                "there must be one dropout per hidden layer, but there are " + hiddenDropout.size() + " for "
                        + hidden.size() + " hidden layers");
        require(notNegative(maxNorm), problems, "max-norm must be above 0, or 0 for none, but is " + maxNorm);
        require(notNegative(l1), problems, "l1 must be at least 0, but is " + l1);
        require(notNegative(l2), problems, "l2 must be at least 0, but is " + l2);
        require(
                averageDecay >= 0 && averageDecay < 1,
                problems,
                "the decay of the weights' moving average must be in [0, 1), but is " + averageDecay);
        require(epochs >= 1, problems, "epochs must be at least 1, but are " + epochs);
        require(batchSize >= 1, problems, "batch size must be at least 1, but is " + batchSize);
        require(
                batchSize != 1 || !batchNormalization,
                problems,
                "batch normalisation makes the same of any single example: the batch size must be at least 2, but is 1");
        require(patience >= 0, problems, "patience must be at least 1, or 0 for no early stopping, but is " + patience);
        require(
                heldOutShare >= 0 && heldOutShare < 1,
                problems,
                "the held-out share must be in (0, 1), or 0 for none, but is " + heldOutShare);
        require(
                (patience > 0) == (heldOutShare > 0),
                problems,
                "early stopping needs both a patience and a held-out share, but they are " + patience + " and "
                        + heldOutShare);
        if (!problems.isEmpty()) {
            throw new MirageException(String.join("; ", problems));
        }
    }

    /**
     * The network of the introductory article on dropout that this library began with: 128 rectified units,
     * half of them dropped, Adam, 10 epochs of batches of 32. With MNIST it is 784-128-10.
     *
     * @return the options, with seed 0
     */
    public static ClassifierOptions article() {
        return builder().build();
    }

    /**
     * A small convolutional network for images: 32 and 64 channels, then the hidden layer of {@link #article()},
     * with batch normalisation, a falling learning rate and averaged weights.
     *
     * @return the options, with seed 0
     */
    public static ClassifierOptions convolutional() {
        int epochs = 5;
        return builder()
                .channels(32, 64)
                .batchNormalization(true)
                .updater(decayingAdam(CONVOLUTIONAL_RATE, epochs))
                .averageDecay(CONVOLUTIONAL_AVERAGE)
                .epochs(epochs)
                .batchSize(64)
                .build();
    }

    /**
     * Adam with a learning rate that falls in equal steps from epoch to epoch, to 0 after the last.
     *
     * @param rate the learning rate of the first epoch, above 0
     * @param epochs number of epochs, at least 1
     * @return the optimiser
     * @throws MirageException if the rate is not above 0, or there is no epoch
     */
    public static IUpdater decayingAdam(double rate, int epochs) {
        if (!(rate > 0 && rate < Double.POSITIVE_INFINITY) || epochs < 1) {
            throw new MirageException("a falling learning rate needs a rate above 0 and at least 1 epoch, but has "
                    + rate + " and " + epochs);
        }
        Adam adam = new Adam(rate);
        adam.setLearningRateSchedule(new LinearDecay(rate, epochs));
        return adam;
    }

    /**
     * Starts from the options of {@link #article()}.
     *
     * @return a builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Whether an optimiser is one of {@link #decayingAdam}, and over how many epochs its rate falls.
     *
     * @param updater any optimiser
     * @return the number of epochs; empty for others
     */
    public static OptionalInt epochsOfDecay(IUpdater updater) {
        return updater instanceof Adam adam
                        && adam.getLearningRateSchedule() instanceof LinearDecay decay
                        && adam.equals(decayingAdam(decay.rate(), decay.epochs()))
                ? OptionalInt.of(decay.epochs())
                : OptionalInt.empty();
    }

    /**
     * Starts from these options.
     *
     * @return a builder
     */
    public Builder toBuilder() {
        Builder builder = new Builder();
        builder.channels = channels;
        builder.hidden = hidden;
        builder.activation = activation;
        builder.batchNormalization = batchNormalization;
        builder.inputDropout = inputDropout;
        builder.channelDropout = channelDropout;
        builder.hiddenDropout = hiddenDropout;
        builder.maxNorm = maxNorm;
        builder.l1 = l1;
        builder.l2 = l2;
        builder.updater = updater;
        builder.averageDecay = averageDecay;
        builder.epochs = epochs;
        builder.batchSize = batchSize;
        builder.seed = seed;
        builder.patience = patience;
        builder.heldOutShare = heldOutShare;
        return builder;
    }

    private static boolean notNegative(double value) {
        return value >= 0 && !Double.isInfinite(value);
    }

    private static void require(boolean holds, List<String> problems, String problem) {
        if (!holds && !problems.contains(problem)) {
            problems.add(problem);
        }
    }

    /** Builds options; what is not said is as in {@link #article()}. Values are checked by {@link #build}. */
    public static final class Builder {
        private List<Integer> channels = List.of();
        private List<Integer> hidden = List.of(128);
        private Activation activation = Activation.RELU;
        private boolean batchNormalization;
        private DropoutKind inputDropout = DropoutKind.none();
        private DropoutKind channelDropout = DropoutKind.none();
        private List<DropoutKind> hiddenDropout = List.of(DropoutKind.bernoulli(0.5));
        private double maxNorm;
        private double l1;
        private double l2;
        private IUpdater updater = new Adam();
        private double averageDecay;
        private int epochs = 10;
        private int batchSize = 32;
        private long seed;
        private int patience;
        private double heldOutShare;

        private Builder() {}

        /**
         * Convolution layers in front of the hidden ones.
         *
         * @param channels channels of each
         * @return this
         */
        public Builder channels(int... channels) {
            this.channels = IntStream.of(channels).boxed().toList();
            return this;
        }

        /**
         * Hidden layers, each with the dropout that the first hidden layer had so far.
         *
         * @param units units of each hidden layer
         * @return this
         */
        public Builder hidden(int... units) {
            DropoutKind each = hiddenDropout.isEmpty() ? DropoutKind.none() : hiddenDropout.get(0);
            hidden = IntStream.of(units).boxed().toList();
            return hiddenDropout(each);
        }

        /**
         * The activation of the convolution and hidden layers.
         *
         * @param activation the function
         * @return this
         */
        public Builder activation(Activation activation) {
            this.activation = activation;
            return this;
        }

        /**
         * Batch normalisation before each activation.
         *
         * @param batchNormalization whether to have it
         * @return this
         */
        public Builder batchNormalization(boolean batchNormalization) {
            this.batchNormalization = batchNormalization;
            return this;
        }

        /**
         * Noise on what convolution layers give each other.
         *
         * @param kind the noise, {@link DropoutKind.Spatial} usually
         * @return this
         */
        public Builder channelDropout(DropoutKind kind) {
            this.channelDropout = kind;
            return this;
        }

        /**
         * Noise on the input.
         *
         * @param kind the noise
         * @return this
         */
        public Builder inputDropout(DropoutKind kind) {
            this.inputDropout = kind;
            return this;
        }

        /**
         * The same noise on what every hidden layer gives.
         *
         * @param kind the noise
         * @return this
         */
        public Builder hiddenDropout(DropoutKind kind) {
            this.hiddenDropout = Collections.nCopies(hidden.size(), kind);
            return this;
        }

        /**
         * Noise on what each hidden layer gives.
         *
         * @param kinds one per hidden layer
         * @return this
         */
        public Builder hiddenDropout(List<DropoutKind> kinds) {
            this.hiddenDropout = kinds;
            return this;
        }

        /**
         * The max-norm constraint.
         *
         * @param radius largest norm of a unit's incoming weights; 0 for no limit
         * @return this
         */
        public Builder maxNorm(double radius) {
            this.maxNorm = radius;
            return this;
        }

        /**
         * The L1 penalty.
         *
         * @param coefficient at least 0
         * @return this
         */
        public Builder l1(double coefficient) {
            this.l1 = coefficient;
            return this;
        }

        /**
         * The L2 penalty.
         *
         * @param coefficient at least 0
         * @return this
         */
        public Builder l2(double coefficient) {
            this.l2 = coefficient;
            return this;
        }

        /**
         * The optimiser.
         *
         * @param updater Deeplearning4j's configuration of it
         * @return this
         */
        public Builder updater(IUpdater updater) {
            this.updater = updater;
            return this;
        }

        /**
         * The moving average of the weights.
         *
         * @param decay share of the old average kept at each step, such as 0.999; 0 for no average
         * @return this
         */
        public Builder averageDecay(double decay) {
            this.averageDecay = decay;
            return this;
        }

        /**
         * The length of training.
         *
         * @param epochs most passes over the training data
         * @return this
         */
        public Builder epochs(int epochs) {
            this.epochs = epochs;
            return this;
        }

        /**
         * The size of a step.
         *
         * @param batchSize examples in a step
         * @return this
         */
        public Builder batchSize(int batchSize) {
            this.batchSize = batchSize;
            return this;
        }

        /**
         * What everything random is drawn from.
         *
         * @param seed the seed
         * @return this
         */
        public Builder seed(long seed) {
            this.seed = seed;
            return this;
        }

        /**
         * Early stopping.
         *
         * @param patience epochs without a better held-out loss after which training stops; 0 for never
         * @param heldOutShare share of the training data held out; 0 for none
         * @return this
         */
        public Builder earlyStopping(int patience, double heldOutShare) {
            this.patience = patience;
            this.heldOutShare = heldOutShare;
            return this;
        }

        /**
         * The options.
         *
         * @return checked options
         * @throws MirageException with all problems found
         */
        public ClassifierOptions build() {
            return new ClassifierOptions(
                    channels,
                    hidden,
                    activation,
                    batchNormalization,
                    inputDropout,
                    channelDropout,
                    hiddenDropout,
                    maxNorm,
                    l1,
                    l2,
                    updater,
                    averageDecay,
                    epochs,
                    batchSize,
                    seed,
                    patience,
                    heldOutShare);
        }
    }
}
