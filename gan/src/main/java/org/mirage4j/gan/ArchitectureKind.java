package org.mirage4j.gan;

import org.mirage4j.core.MirageException;
import org.mirage4j.gan.train.Architecture;

/** The architectures a run can be given by name. */
public enum ArchitectureKind {
    /** Fully connected, see {@link Architecture#dense}. */
    DENSE,
    /** Convolutional, see {@link Architecture#dcgan}. */
    DCGAN;

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
