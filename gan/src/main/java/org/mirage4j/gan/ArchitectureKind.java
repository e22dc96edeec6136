package org.mirage4j.gan;

import org.mirage4j.core.MirageException;
import org.mirage4j.core.features.ImageShape;
import org.mirage4j.gan.loss.LossKind;
import org.mirage4j.gan.train.Architecture;
import org.mirage4j.gan.train.GameOptions;

/** The architectures a run can be given by name. */
public enum ArchitectureKind {
    /** Fully connected, see {@link Architecture#dense}. */
    DENSE,
    /** Convolutional, see {@link Architecture#dcgan}. */
    DCGAN,
    /** Residual blocks, see {@link Architecture#residual}. */
    RESIDUAL;

    /** The moving average that tidies a short run's images. */
    private static final double AVERAGE_DECAY = 0.995;

    /**
     * The game that suits the architecture, to be changed one by one.
     *
     * @return a builder
     */
    public GameOptions.Builder game() {
        GameOptions.Builder builder = GameOptions.builder().averageDecay(AVERAGE_DECAY);
        return switch (this) {
            // with the default number of iterations: what draws readable digits in one and a half to two minutes
            case DENSE -> builder.generatorRate(4e-4).discriminatorRate(4e-4);
            case DCGAN -> builder.generatorRate(5e-4).discriminatorRate(5e-4);
            // as Miyato et al. 2018 play
            case RESIDUAL ->
                builder.generatorRate(2e-4)
                        .discriminatorRate(2e-4)
                        .loss(LossKind.HINGE)
                        .spectralNormalization(true);
        };
    }

    /** Describes both networks for data of the given shape. */
    Architecture describe(GanConfig config) {
        GanOptions options = config.options();
        long[] shape = config.exampleShape();
        if (shape.length != 3) {
            throw new MirageException("a GAN on images needs examples of [channels, height, width], but the data have "
                    + shape.length + " dimension(s)");
        }
        Architecture.Purpose purpose = new Architecture.Purpose(
                options.width(),
                options.latent(),
                new ImageShape(Math.toIntExact(shape[0]), Math.toIntExact(shape[1]), Math.toIntExact(shape[2])),
                options.game(),
                config.conditioning(),
                options.generatorDropout(),
                options.discriminatorDropout());
        return switch (this) {
            case DENSE -> Architecture.dense(purpose);
            case DCGAN -> Architecture.dcgan(purpose);
            case RESIDUAL -> Architecture.residual(purpose);
        };
    }
}
