package org.mirage4j.gan;

import java.util.ArrayList;
import java.util.List;
import org.mirage4j.core.MirageException;
import org.mirage4j.core.network.DropoutRate;

/**
 * Everything that decides how a GAN is trained, apart from the data. Validated as a whole: the message of a
 * refusal lists every value that is out of range.
 *
 * @param architecture which pair of networks
 * @param loss what they minimise
 * @param realLabel the discriminator's target for real examples, in (0, 1]; below 1 one-sided label smoothing
 * @param width size of the networks, at least 1: units of each hidden layer of the dense ones, channels of the
 *     outermost hidden layers of the convolutional ones
 * @param latent length of a latent vector, at least 1
 * @param batch real examples in a discriminator step, at least 2
 * @param iterations iterations of the game, at least 1
 * @param discriminatorSteps discriminator steps in each iteration, at least 1
 * @param generatorRate learning rate of the generator's Adam, above 0
 * @param discriminatorRate learning rate of the discriminator's Adam, above 0
 * @param generatorDropout dropout in the generator
 * @param discriminatorDropout dropout in the discriminator
 * @param averageDecay decay of the moving average of the generator's weights, in [0, 1); 0 for none
 * @param checkpointEvery iterations from one checkpoint to the next, at least 1; changes nothing else
 * @param seed the seed from which every random draw of the run derives
 */
public record GanOptions(
        ArchitectureKind architecture,
        LossKind loss,
        double realLabel,
        int width,
        int latent,
        int batch,
        long iterations,
        int discriminatorSteps,
        double generatorRate,
        double discriminatorRate,
        DropoutRate generatorDropout,
        DropoutRate discriminatorDropout,
        double averageDecay,
        long checkpointEvery,
        long seed) {

    /**
     * Checks every value.
     *
     * @param architecture which pair of networks
     * @param loss what they minimise
     * @param realLabel in (0, 1]
     * @param width at least 1
     * @param latent at least 1
     * @param batch at least 2
     * @param iterations at least 1
     * @param discriminatorSteps at least 1
     * @param generatorRate above 0
     * @param discriminatorRate above 0
     * @param generatorDropout any
     * @param discriminatorDropout any
     * @param averageDecay in [0, 1)
     * @param checkpointEvery at least 1
     * @param seed any
     */
    public GanOptions {
        List<String> problems = new ArrayList<>();
        if (!(realLabel > 0 && realLabel <= 1)) {
            problems.add("real label must be in (0, 1], but is " + realLabel);
        } else if (realLabel < 1 && !loss.hasRealLabel()) {
            problems.add("real label must be 1 with the loss " + loss + ", which has no labels, but is " + realLabel);
        }
        atLeast(1, "width", width, problems);
        atLeast(1, "latent size", latent, problems);
        atLeast(2, "batch size", batch, problems);
        atLeast(1, "number of iterations", iterations, problems);
        atLeast(1, "number of discriminator steps", discriminatorSteps, problems);
        positive("generator learning rate", generatorRate, problems);
        positive("discriminator learning rate", discriminatorRate, problems);
        if (!(averageDecay >= 0 && averageDecay < 1)) {
            problems.add("decay of the generator's average must be in [0, 1), but is " + averageDecay);
        }
        atLeast(1, "number of iterations between checkpoints", checkpointEvery, problems);
        if (!problems.isEmpty()) {
            throw new MirageException(String.join("; ", problems));
        }
    }

    private static void atLeast(long least, String what, long value, List<String> problems) {
        if (value < least) {
            problems.add(what + " must be at least " + least + ", but is " + value);
        }
    }

    private static void positive(String what, double value, List<String> problems) {
        if (!(value > 0 && value < Double.POSITIVE_INFINITY)) {
            problems.add(what + " must be above 0, but is " + value);
        }
    }

    /**
     * The defaults for an architecture, to be changed one by one.
     *
     * @param architecture which pair of networks
     * @return a builder
     */
    public static Builder builder(ArchitectureKind architecture) {
        return new Builder(architecture);
    }

    /**
     * These options, to be changed one by one.
     *
     * @return a builder that holds them
     */
    public Builder toBuilder() {
        Builder builder = new Builder(architecture);
        builder.loss = loss;
        builder.realLabel = realLabel;
        builder.width = width;
        builder.latent = latent;
        builder.batch = batch;
        builder.iterations = iterations;
        builder.discriminatorSteps = discriminatorSteps;
        builder.generatorRate = generatorRate;
        builder.discriminatorRate = discriminatorRate;
        builder.generatorDropout = generatorDropout;
        builder.discriminatorDropout = discriminatorDropout;
        builder.averageDecay = averageDecay;
        builder.checkpointEvery = checkpointEvery;
        builder.seed = seed;
        return builder;
    }

    /** Collects options; {@link #build} checks them. Not safe for concurrent use. */
    public static final class Builder {
        private ArchitectureKind architecture;
        private LossKind loss = LossKind.NON_SATURATING;
        private double realLabel = 1;
        private int width;
        private int latent = 100;
        private int batch = 64;
        private long iterations;
        private int discriminatorSteps = 1;
        private double generatorRate;
        private double discriminatorRate;
        private double averageDecay = 0.995;
        private long checkpointEvery = 500;
        private DropoutRate generatorDropout = DropoutRate.NONE;
        private DropoutRate discriminatorDropout = DropoutRate.NONE;
        private long seed = 1;

        private Builder(ArchitectureKind architecture) {
            this.architecture = architecture;
            // what draws readable digits in under two minutes on two cores
            switch (architecture) {
                case DENSE -> {
                    width = 128;
                    iterations = 20_000;
                    checkpointEvery = 2000;
                    generatorRate = 4e-4;
                    discriminatorRate = 4e-4;
                }
                case DCGAN -> {
                    width = 32;
                    iterations = 4500;
                    generatorRate = 5e-4;
                    discriminatorRate = 5e-4;
                }
            }
        }

        /**
         * Sets the pair of networks and nothing else: sizes and rates stay as they are.
         *
         * @param value which pair
         * @return this
         */
        public Builder architecture(ArchitectureKind value) {
            architecture = value;
            return this;
        }

        /**
         * Sets the loss.
         *
         * @param value which loss; default non-saturating
         * @return this
         */
        public Builder loss(LossKind value) {
            loss = value;
            return this;
        }

        /**
         * Sets one-sided label smoothing.
         *
         * @param value the discriminator's target for real examples, in (0, 1]; default 1
         * @return this
         */
        public Builder realLabel(double value) {
            realLabel = value;
            return this;
        }

        /**
         * Sets the size of the networks.
         *
         * @param value units of dense, channels of the outermost convolutional hidden layers, at least 1;
         *     default 128 and 32
         * @return this
         */
        public Builder width(int value) {
            width = value;
            return this;
        }

        /**
         * Sets the moving average of the generator's weights, from which runs sample (Yazici et al. 2019).
         *
         * @param value its decay at each iteration, in [0, 1); default 0.995, 0 for no average
         * @return this
         */
        public Builder averageDecay(double value) {
            averageDecay = value;
            return this;
        }

        /**
         * Sets the length of a latent vector.
         *
         * @param value at least 1; default 100
         * @return this
         */
        public Builder latent(int value) {
            latent = value;
            return this;
        }

        /**
         * Sets the batch size.
         *
         * @param value at least 2; default 64
         * @return this
         */
        public Builder batch(int value) {
            batch = value;
            return this;
        }

        /**
         * Sets how long to train.
         *
         * @param value iterations, at least 1
         * @return this
         */
        public Builder iterations(long value) {
            iterations = value;
            return this;
        }

        /**
         * Sets discriminator steps per generator step.
         *
         * @param value at least 1; default 1
         * @return this
         */
        public Builder discriminatorSteps(int value) {
            discriminatorSteps = value;
            return this;
        }

        /**
         * Sets the generator's learning rate. Two networks may learn at two rates (Heusel et al. 2017).
         *
         * @param value above 0
         * @return this
         */
        public Builder generatorRate(double value) {
            generatorRate = value;
            return this;
        }

        /**
         * Sets the discriminator's learning rate.
         *
         * @param value above 0
         * @return this
         */
        public Builder discriminatorRate(double value) {
            discriminatorRate = value;
            return this;
        }

        /**
         * Sets dropout in the generator.
         *
         * @param value share of units dropped; default none
         * @return this
         */
        public Builder generatorDropout(DropoutRate value) {
            generatorDropout = value;
            return this;
        }

        /**
         * Sets dropout in the discriminator.
         *
         * @param value share of units dropped
         * @return this
         */
        public Builder discriminatorDropout(DropoutRate value) {
            discriminatorDropout = value;
            return this;
        }

        /**
         * Sets how often the run is made safe against a kill.
         *
         * @param value iterations from one checkpoint to the next, at least 1; default 500, for dense 2000
         * @return this
         */
        public Builder checkpointEvery(long value) {
            checkpointEvery = value;
            return this;
        }

        /**
         * Sets the seed of the run.
         *
         * @param value any; default 1
         * @return this
         */
        public Builder seed(long value) {
            seed = value;
            return this;
        }

        /**
         * Checks and returns the options.
         *
         * @return the options
         * @throws MirageException with every value that is out of range
         */
        public GanOptions build() {
            return new GanOptions(
                    architecture,
                    loss,
                    realLabel,
                    width,
                    latent,
                    batch,
                    iterations,
                    discriminatorSteps,
                    generatorRate,
                    discriminatorRate,
                    generatorDropout,
                    discriminatorDropout,
                    averageDecay,
                    checkpointEvery,
                    seed);
        }
    }
}
