package org.mirage4j.gan.train;

import org.mirage4j.core.MirageException;
import org.mirage4j.core.Problems;
import org.mirage4j.gan.loss.LossKind;

/**
 * How the game is played, independent of data and architecture. Validated as a whole: the message of a refusal lists
 * every value that is out of range and every combination that makes no sense. Immutable.
 *
 * @param loss what the networks minimise
 * @param realLabel the discriminator's target for real examples, in (0, 1]; below 1 one-sided label smoothing
 *     (Salimans et al. 2016)
 * @param penalty gradient penalty of the discriminator
 * @param weightClip after each of its steps every weight of the discriminator is clipped into [-c, c] (Arjovsky et al.
 *     2017); 0 for no clipping
 * @param spectralNormalization whether each weight matrix of the discriminator is divided by its largest singular
 *     value (Miyato et al. 2018)
 * @param discriminatorSteps discriminator steps in each iteration, 1 to 1,000
 * @param packing how many examples the discriminator judges at once (PacGAN, Lin et al. 2018), 1 to 10
 * @param unrolledSteps steps that the discriminator is ahead of itself in the generator's step, then taken back; 0 for
 *     none. To first order: the generator's gradient takes the discriminator ahead for a constant, where Metz et al.
 *     2017 differentiate through the steps too
 * @param discriminators number of discriminators (Dropout-GAN, Mordido et al. 2018), at least 1
 * @param omission probability that a discriminator is left out of a generator step, never all of them, in [0, 1)
 * @param minibatchDeviation whether the discriminator sees how much a batch varies (Karras et al. 2018)
 * @param featureMatching whether the generator matches the mean of the discriminator's last hidden layer instead of
 *     minimising its loss (Salimans et al. 2016)
 * @param historicalAveraging weight of the squared distance of each network's parameters from their mean over time
 *     (Salimans et al. 2016), at least 0
 * @param latents what latent vectors are drawn from
 * @param instanceNoise noise on what the discriminator sees
 * @param gradientClip largest Euclidean norm of each network's gradient, which is scaled down to it (Pascanu et al.
 *     2013); 0 for no clipping
 * @param averageDecay decay of the moving average of the generator's weights, from which one samples (Yazici et al.
 *     2019), in [0, 1); 0 for none
 * @param rateSchedule how both learning rates change
 * @param generatorUpdater how the generator steps; two networks may learn at two rates (Heusel et al. 2017)
 * @param discriminatorUpdater how the discriminators step
 * @param maskKept whether the generator's step meets the discriminator with the dropout mask of the discriminator step
 *     before it, rather than a mask of its own
 * @param samplingDropout whether the generator's dropout stays live when one samples, as a source of noise (Isola et
 *     al. 2017)
 */
public record GameOptions(
        LossKind loss,
        double realLabel,
        Penalty penalty,
        double weightClip,
        boolean spectralNormalization,
        int discriminatorSteps,
        int packing,
        int unrolledSteps,
        int discriminators,
        double omission,
        boolean minibatchDeviation,
        boolean featureMatching,
        double historicalAveraging,
        Latents latents,
        InstanceNoise instanceNoise,
        double gradientClip,
        double averageDecay,
        RateSchedule rateSchedule,
        Updater generatorUpdater,
        Updater discriminatorUpdater,
        boolean maskKept,
        boolean samplingDropout) {
    private static final int MOST_PACKED = 10;

    /** Of anything repeated within an iteration, which keeps its batches in memory; papers stay below a hundred. */
    private static final int MOST_REPEATED = 1_000;

    /**
     * Checks every value and how they go together.
     *
     * @param loss any
     * @param realLabel in (0, 1]
     * @param penalty any
     * @param weightClip at least 0
     * @param spectralNormalization any
     * @param discriminatorSteps in 1 to 1,000
     * @param packing in 1 to 10
     * @param unrolledSteps in 0 to 1,000
     * @param discriminators in 1 to 1,000
     * @param omission in [0, 1)
     * @param minibatchDeviation any
     * @param featureMatching any
     * @param historicalAveraging at least 0
     * @param latents any
     * @param instanceNoise any
     * @param gradientClip at least 0
     * @param averageDecay in [0, 1)
     * @param rateSchedule any
     * @param generatorUpdater any
     * @param discriminatorUpdater any
     * @param maskKept any
     * @param samplingDropout any
     */
    public GameOptions {
        Problems problems = new Problems();
        boolean labelInRange = realLabel > 0 && realLabel <= 1;
        problems.require(labelInRange, "real label must be in (0, 1], but is " + realLabel)
                .require(
                        !labelInRange || realLabel == 1 || loss.hasRealLabel(),
                        "real label must be 1 with the loss " + loss + ", which has no labels, but is " + realLabel)
                .notNegative("weight clip", weightClip)
                .between("number of discriminator steps", discriminatorSteps, 1, MOST_REPEATED)
                .between("packing", packing, 1, MOST_PACKED)
                .between("number of unrolled steps", unrolledSteps, 0, MOST_REPEATED)
                .between("number of discriminators", discriminators, 1, MOST_REPEATED)
                .share("probability to leave a discriminator out", omission)
                .require(
                        !(omission > 0) || discriminators > 1,
                        "leaving out discriminators with probability " + omission
                                + " needs several of them, but there is 1")
                .notNegative("weight of historical averaging", historicalAveraging)
                .notNegative("gradient clip", gradientClip)
                .share("decay of the generator's average", averageDecay);
        boolean penalised = !(penalty instanceof Penalty.None);
        problems.require(
                        loss != LossKind.WASSERSTEIN || weightClip > 0 || penalised || spectralNormalization,
                        "the loss WASSERSTEIN needs a critic kept Lipschitz by weight clip, gradient penalty or spectral"
                                + " normalization, but has none")
                .require(
                        !(weightClip > 0) || !spectralNormalization,
                        "weight clip and spectral normalization exclude each other: both bound the weights")
                .require(
                        !(weightClip > 0) || !penalised,
                        "weight clip and a gradient penalty exclude each other: both bound the discriminator's slope")
                .require(
                        !penalised || !minibatchDeviation,
                        "a gradient penalty is taken per example and excludes minibatch standard deviation, which"
                                + " couples the examples of a batch")
                .refuse();
    }

    /**
     * The defaults: the non-saturating game, Adam at 2e-4 with beta1 0.5 for both networks, one discriminator, nothing
     * else.
     *
     * @return a builder, to be changed one by one
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * These options, to be changed one by one.
     *
     * @return a builder
     */
    public Builder toBuilder() {
        return new Builder(this);
    }

    /**
     * What the discriminator reads: with packing, examples joined along their first dimension.
     *
     * @param example shape of one example: [size] or [channels, height, width]
     * @return shape of one pack
     */
    public long[] discriminatorShape(long... example) {
        long[] pack = example.clone();
        pack[0] *= packing;
        return pack;
    }

    /** Collects options; {@link #build} checks them. Not safe for concurrent use. */
    public static final class Builder {
        private LossKind loss = LossKind.NON_SATURATING;
        private double realLabel = 1;
        private Penalty penalty = new Penalty.None();
        private double weightClip = 0;
        private boolean spectralNormalization = false;
        private int discriminatorSteps = 1;
        private int packing = 1;
        private int unrolledSteps = 0;
        private int discriminators = 1;
        private double omission = 0;
        private boolean minibatchDeviation = false;
        private boolean featureMatching = false;
        private double historicalAveraging = 0;
        private Latents latents = Latents.NORMAL;
        private InstanceNoise instanceNoise = InstanceNoise.NONE;
        private double gradientClip = 0;
        private double averageDecay = 0;
        private RateSchedule rateSchedule = new RateSchedule.Constant();
        private Updater generatorUpdater = new Updater.Adam(2e-4, 0.5, 0.999);
        private Updater discriminatorUpdater = new Updater.Adam(2e-4, 0.5, 0.999);
        private boolean maskKept = false;
        private boolean samplingDropout = false;

        private Builder() {}

        private Builder(GameOptions from) {
            loss = from.loss;
            realLabel = from.realLabel;
            penalty = from.penalty;
            weightClip = from.weightClip;
            spectralNormalization = from.spectralNormalization;
            discriminatorSteps = from.discriminatorSteps;
            packing = from.packing;
            unrolledSteps = from.unrolledSteps;
            discriminators = from.discriminators;
            omission = from.omission;
            minibatchDeviation = from.minibatchDeviation;
            featureMatching = from.featureMatching;
            historicalAveraging = from.historicalAveraging;
            latents = from.latents;
            instanceNoise = from.instanceNoise;
            gradientClip = from.gradientClip;
            averageDecay = from.averageDecay;
            rateSchedule = from.rateSchedule;
            generatorUpdater = from.generatorUpdater;
            discriminatorUpdater = from.discriminatorUpdater;
            maskKept = from.maskKept;
            samplingDropout = from.samplingDropout;
        }

        /**
         * Sets the loss.
         *
         * @param value what the networks minimise
         * @return this
         */
        public Builder loss(LossKind value) {
            loss = value;
            return this;
        }

        /**
         * Sets one-sided label smoothing.
         *
         * @param value the discriminator's target for real examples, in (0, 1]; below 1 one-sided label smoothing
         *     (Salimans et al. 2016)
         * @return this
         */
        public Builder realLabel(double value) {
            realLabel = value;
            return this;
        }

        /**
         * Sets the gradient penalty.
         *
         * @param value gradient penalty of the discriminator
         * @return this
         */
        public Builder penalty(Penalty value) {
            penalty = value;
            return this;
        }

        /**
         * Sets weight clipping.
         *
         * @param value after each of its steps every weight of the discriminator is clipped into [-c, c] (Arjovsky et
         *     al. 2017); 0 for no clipping
         * @return this
         */
        public Builder weightClip(double value) {
            weightClip = value;
            return this;
        }

        /**
         * Sets spectral normalisation.
         *
         * @param value whether each weight matrix of the discriminator is divided by its largest singular value
         *     (Miyato et al. 2018)
         * @return this
         */
        public Builder spectralNormalization(boolean value) {
            spectralNormalization = value;
            return this;
        }

        /**
         * Sets discriminator steps for each generator step.
         *
         * @param value discriminator steps in each iteration, 1 to 1,000
         * @return this
         */
        public Builder discriminatorSteps(int value) {
            discriminatorSteps = value;
            return this;
        }

        /**
         * Sets packing.
         *
         * @param value how many examples the discriminator judges at once (PacGAN, Lin et al. 2018), 1 to 10
         * @return this
         */
        public Builder packing(int value) {
            packing = value;
            return this;
        }

        /**
         * Sets unrolling.
         *
         * @param value steps that the discriminator is ahead of itself in the generator's step (Metz et al. 2017),
         *     then taken back; 0 for none
         * @return this
         */
        public Builder unrolledSteps(int value) {
            unrolledSteps = value;
            return this;
        }

        /**
         * Sets the number of discriminators.
         *
         * @param value number of discriminators (Dropout-GAN, Mordido et al. 2018), at least 1
         * @return this
         */
        public Builder discriminators(int value) {
            discriminators = value;
            return this;
        }

        /**
         * Sets how often a discriminator is left out.
         *
         * @param value probability that a discriminator is left out of a generator step, never all of them, in [0, 1)
         * @return this
         */
        public Builder omission(double value) {
            omission = value;
            return this;
        }

        /**
         * Sets minibatch standard deviation.
         *
         * @param value whether the discriminator sees how much a batch varies (Karras et al. 2018)
         * @return this
         */
        public Builder minibatchDeviation(boolean value) {
            minibatchDeviation = value;
            return this;
        }

        /**
         * Sets feature matching.
         *
         * @param value whether the generator matches the mean of the discriminator's last hidden layer instead of
         *     minimising its loss (Salimans et al. 2016)
         * @return this
         */
        public Builder featureMatching(boolean value) {
            featureMatching = value;
            return this;
        }

        /**
         * Sets historical averaging.
         *
         * @param value weight of the squared distance of each network's parameters from their mean over time (Salimans
         *     et al. 2016), at least 0
         * @return this
         */
        public Builder historicalAveraging(double value) {
            historicalAveraging = value;
            return this;
        }

        /**
         * Sets the distribution of latent vectors.
         *
         * @param value what latent vectors are drawn from; default normal
         * @return this
         */
        public Builder latents(Latents value) {
            latents = value;
            return this;
        }

        /**
         * Sets instance noise.
         *
         * @param value noise on what the discriminator sees
         * @return this
         */
        public Builder instanceNoise(InstanceNoise value) {
            instanceNoise = value;
            return this;
        }

        /**
         * Sets gradient clipping.
         *
         * @param value largest Euclidean norm of each network's gradient, which is scaled down to it (Pascanu et al.
         *     2013); 0 for no clipping
         * @return this
         */
        public Builder gradientClip(double value) {
            gradientClip = value;
            return this;
        }

        /**
         * Sets the moving average of the generator's weights.
         *
         * @param value decay of the moving average of the generator's weights, from which one samples (Yazici et al.
         *     2019), in [0, 1); 0 for none
         * @return this
         */
        public Builder averageDecay(double value) {
            averageDecay = value;
            return this;
        }

        /**
         * Sets the schedule of the learning rates.
         *
         * @param value how both learning rates change
         * @return this
         */
        public Builder rateSchedule(RateSchedule value) {
            rateSchedule = value;
            return this;
        }

        /**
         * Sets the generator's updater.
         *
         * @param value how the generator steps; two networks may learn at two rates (Heusel et al. 2017)
         * @return this
         */
        public Builder generatorUpdater(Updater value) {
            generatorUpdater = value;
            return this;
        }

        /**
         * Sets the discriminators' updater.
         *
         * @param value how the discriminators step
         * @return this
         */
        public Builder discriminatorUpdater(Updater value) {
            discriminatorUpdater = value;
            return this;
        }

        /**
         * Sets what becomes of the discriminator's dropout mask.
         *
         * @param value whether the generator's step meets the discriminator with the dropout mask of the discriminator
         *     step before it, rather than a mask of its own
         * @return this
         */
        public Builder maskKept(boolean value) {
            maskKept = value;
            return this;
        }

        /**
         * Sets dropout while sampling.
         *
         * @param value whether the generator's dropout stays live when one samples, as a source of noise (Isola et al.
         *     2017)
         * @return this
         */
        public Builder samplingDropout(boolean value) {
            samplingDropout = value;
            return this;
        }

        /**
         * Sets the generator's learning rate, leaving its updater as it is otherwise.
         *
         * @param value above 0
         * @return this
         * @throws MirageException if it is not
         */
        public Builder generatorRate(double value) {
            new Problems().positive("generator learning rate", value).refuse();
            return generatorUpdater(generatorUpdater.withRate(value));
        }

        /**
         * Sets the discriminators' learning rate, leaving their updater as it is otherwise.
         *
         * @param value above 0
         * @return this
         * @throws MirageException if it is not
         */
        public Builder discriminatorRate(double value) {
            new Problems().positive("discriminator learning rate", value).refuse();
            return discriminatorUpdater(discriminatorUpdater.withRate(value));
        }

        /**
         * Checks and returns the options.
         *
         * @return the options
         * @throws MirageException with everything that is wrong
         */
        public GameOptions build() {
            return new GameOptions(
                    loss,
                    realLabel,
                    penalty,
                    weightClip,
                    spectralNormalization,
                    discriminatorSteps,
                    packing,
                    unrolledSteps,
                    discriminators,
                    omission,
                    minibatchDeviation,
                    featureMatching,
                    historicalAveraging,
                    latents,
                    instanceNoise,
                    gradientClip,
                    averageDecay,
                    rateSchedule,
                    generatorUpdater,
                    discriminatorUpdater,
                    maskKept,
                    samplingDropout);
        }
    }
}
