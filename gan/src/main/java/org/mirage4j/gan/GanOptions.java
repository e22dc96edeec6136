package org.mirage4j.gan;

import org.mirage4j.core.MirageException;
import org.mirage4j.core.Problems;
import org.mirage4j.core.data.ExampleSource;
import org.mirage4j.core.network.DropoutRate;
import org.mirage4j.gan.train.Conditioning;
import org.mirage4j.gan.train.GameOptions;
import org.mirage4j.gan.watch.WatchOptions;

/**
 * Everything that decides how a GAN is trained, apart from the data. Validated as a whole: the message of a
 * refusal lists every value that is out of range.
 *
 * @param architecture which pair of networks
 * @param game how they play
 * @param conditioning whether and how the networks learn of the examples' classes
 * @param width size of the networks, at least 1: units of each hidden layer of the dense ones, channels of the
 *     outermost hidden layers of the convolutional ones
 * @param latent length of a latent vector, at least 1
 * @param batch real examples in a discriminator step, at least 2
 * @param iterations iterations of the game, at least 1
 * @param generatorDropout dropout in the generator
 * @param discriminatorDropout dropout in the discriminator
 * @param checkpointEvery iterations from one checkpoint to the next, at least 1; changes nothing else
 * @param watch what the monitors of the run may do
 * @param seed the seed from which every random draw of the run derives
 */
public record GanOptions(
        ArchitectureKind architecture,
        GameOptions game,
        Conditioning.Kind conditioning,
        int width,
        int latent,
        int batch,
        long iterations,
        DropoutRate generatorDropout,
        DropoutRate discriminatorDropout,
        long checkpointEvery,
        WatchOptions watch,
        long seed) {

    /**
     * Checks every value.
     *
     * @param architecture which pair of networks
     * @param game any; without packing if there is a conditioning
     * @param conditioning any
     * @param width at least 1
     * @param latent at least 1
     * @param batch at least 2
     * @param iterations at least 1
     * @param generatorDropout any
     * @param discriminatorDropout any
     * @param checkpointEvery at least 1
     * @param watch any
     * @param seed any
     */
    public GanOptions {
        new Problems()
                .atLeast("width", width, 1)
                .atLeast("latent size", latent, 1)
                .atLeast("batch size", batch, 2)
                .require(
                        batch % game.packing() == 0,
                        "batch size must be a multiple of the packing " + game.packing() + ", but is " + batch)
                .require(
                        conditioning == Conditioning.Kind.NONE || game.packing() == 1,
                        "packing must be 1 with labels, but is " + game.packing())
                .atLeast("number of iterations", iterations, 1)
                .atLeast("number of iterations between checkpoints", checkpointEvery, 1)
                .refuse();
    }

    /**
     * These options with as many iterations as it takes the discriminator to go over the data so often. It reads a
     * batch in each of its steps; where the last iteration's steps do not divide what is left, it goes on into the next
     * pass.
     *
     * @param epochs passes over the data, at least 1
     * @param data the data
     * @return options that differ in their iterations alone
     * @throws MirageException if the number is less than 1, or a batch larger than the data
     */
    public GanOptions forEpochs(long epochs, ExampleSource data) {
        new Problems().atLeast("number of epochs", epochs, 1).refuse();
        long batches = Math.multiplyExact(epochs, data.batchesPerEpoch(batch));
        return toBuilder()
                .iterations((batches + game.discriminatorSteps() - 1) / game.discriminatorSteps())
                .build();
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
        builder.game = game;
        builder.conditioning = conditioning;
        builder.width = width;
        builder.latent = latent;
        builder.batch = batch;
        builder.iterations = iterations;
        builder.generatorDropout = generatorDropout;
        builder.discriminatorDropout = discriminatorDropout;
        builder.checkpointEvery = checkpointEvery;
        builder.watch = watch;
        builder.seed = seed;
        return builder;
    }

    /** Collects options; {@link #build} checks them. Not safe for concurrent use. */
    public static final class Builder {
        private ArchitectureKind architecture;
        private GameOptions game;
        private Conditioning.Kind conditioning = Conditioning.Kind.NONE;
        private int width;
        private int latent = 100;
        private int batch = 64;
        private long iterations;
        private long checkpointEvery = 500;
        private WatchOptions watch = WatchOptions.WARN;
        private DropoutRate generatorDropout = DropoutRate.NONE;
        private DropoutRate discriminatorDropout = DropoutRate.NONE;
        private long seed = 1;

        private Builder(ArchitectureKind architecture) {
            this.architecture = architecture;
            this.game = architecture.game().build();
            // what draws readable digits in under two minutes on two cores
            switch (architecture) {
                case DENSE -> {
                    width = 128;
                    iterations = 20_000;
                    checkpointEvery = 2000;
                }
                case DCGAN -> {
                    width = 32;
                    iterations = 4500;
                }
                case RESIDUAL -> {
                    width = 16;
                    iterations = 4500;
                }
            }
        }

        /**
         * Sets the pair of networks and nothing else: sizes and the game stay as they are.
         *
         * @param value which pair
         * @return this
         */
        public Builder architecture(ArchitectureKind value) {
            architecture = value;
            return this;
        }

        /**
         * Sets how the game is played.
         *
         * @param value default {@link ArchitectureKind#game}
         * @return this
         */
        public Builder game(GameOptions value) {
            game = value;
            return this;
        }

        /**
         * Sets whether and how the networks learn of the examples' classes.
         *
         * @param value default none
         * @return this
         */
        public Builder conditioning(Conditioning.Kind value) {
            conditioning = value;
            return this;
        }

        /**
         * Sets the size of the networks.
         *
         * @param value units of dense, channels of the outermost convolutional hidden layers, at least 1;
         *     default 128, 32 and for residual 16
         * @return this
         */
        public Builder width(int value) {
            width = value;
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
         * Sets what the monitors may do beside warning.
         *
         * @param value default {@link WatchOptions#WARN}
         * @return this
         */
        public Builder watch(WatchOptions value) {
            watch = value;
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
                    game,
                    conditioning,
                    width,
                    latent,
                    batch,
                    iterations,
                    generatorDropout,
                    discriminatorDropout,
                    checkpointEvery,
                    watch,
                    seed);
        }
    }
}
