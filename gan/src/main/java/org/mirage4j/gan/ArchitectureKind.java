package org.mirage4j.gan;

import org.mirage4j.core.MirageException;
import org.mirage4j.gan.train.Architecture;
import org.mirage4j.gan.train.GameOptions;

/** The architectures a run can be given by name. */
public enum ArchitectureKind {
    /** Fully connected, see {@link Architecture#dense}. */
    DENSE,
    /** Convolutional, see {@link Architecture#dcgan}. */
    DCGAN;

    /** The moving average that tidies a short run's images. */
    private static final double AVERAGE_DECAY = 0.995;

    /**
     * The game that suits the architecture, to be changed one by one.
     *
     * @return a builder
     */
    public GameOptions.Builder game() {
        // with the default number of iterations: what draws readable digits in under two minutes on two cores
        double rate =
                switch (this) {
                    case DENSE -> 4e-4;
                    case DCGAN -> 5e-4;
                };
        return GameOptions.builder().generatorRate(rate).discriminatorRate(rate).averageDecay(AVERAGE_DECAY);
    }

    /** Describes both networks for data of the given shape. */
    Architecture describe(GanOptions options, long[] shape) {
        if (shape.length != 3) {
            throw new MirageException("a GAN on images needs examples of [channels, height, width], but the data have "
                    + shape.length + " dimension(s)");
        }
        return switch (this) {
            case DENSE ->
                Architecture.dense(
                        options.width(),
                        options.latent(),
                        shape[0],
                        shape[1],
                        shape[2],
                        options.generatorDropout(),
                        options.discriminatorDropout());
            case DCGAN ->
                Architecture.dcgan(
                        options.width(),
                        options.latent(),
                        shape[0],
                        shape[1],
                        shape[2],
                        options.generatorDropout(),
                        options.discriminatorDropout());
        };
    }
}
