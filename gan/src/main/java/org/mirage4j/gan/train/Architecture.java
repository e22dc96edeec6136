package org.mirage4j.gan.train;

import org.deeplearning4j.nn.conf.distribution.NormalDistribution;
import org.deeplearning4j.nn.weights.WeightInitDistribution;
import org.mirage4j.core.MirageException;
import org.mirage4j.core.network.DropoutRate;
import org.mirage4j.core.network.NetworkBuilder;
import org.nd4j.linalg.activations.Activation;

/**
 * A generator and a discriminator that fit each other, described but not yet built: updaters and seeds are
 * the caller's.
 *
 * @param generator reads vectors [latent], ends in tanh
 * @param discriminator reads examples in [-1, 1], ends in one logit
 */
public record Architecture(NetworkBuilder generator, NetworkBuilder discriminator) {
    private static final double SLOPE = 0.2;

    /**
     * Fully connected networks with one hidden layer each, batch normalisation of momentum 0.8
     * in the generator, LeakyReLU.
     *
     * @param width units of each hidden layer
     * @param latent length of a latent vector
     * @param channels channels of an image
     * @param rows rows of an image
     * @param columns columns of an image
     * @param generatorDropout dropout on the generator's hidden layer
     * @param discriminatorDropout dropout on the discriminator's hidden layer
     * @return the pair
     */
    public static Architecture dense(
            int width,
            long latent,
            long channels,
            long rows,
            long columns,
            DropoutRate generatorDropout,
            DropoutRate discriminatorDropout) {
        NetworkBuilder generator = NetworkBuilder.vectors(latent)
                .dense(width)
                .batchNormalization(0.8)
                .leakyRelu(SLOPE)
                .dropout(generatorDropout)
                .dense(channels * rows * columns)
                .activation(Activation.TANH)
                .reshape(channels, rows, columns);
        NetworkBuilder discriminator = NetworkBuilder.images(channels, rows, columns)
                .dense(width)
                .leakyRelu(SLOPE)
                .dropout(discriminatorDropout)
                .dense(1);
        return new Architecture(generator, discriminator);
    }

    /**
     * Convolutional networks after Radford et al. 2016 for images whose sides are multiples of 4, such as 28
     * or 32: two transposed convolutions up, two strided convolutions down.
     *
     * @param width channels of the generator's last and the discriminator's first hidden layer; the others have
     *     twice as many
     * @param latent length of a latent vector
     * @param channels channels of an image
     * @param rows rows of an image
     * @param columns columns of an image
     * @param generatorDropout dropout before each of the generator's transposed convolutions
     * @param discriminatorDropout dropout after each of the discriminator's convolutions
     * @return the pair
     * @throws MirageException if a side is not a multiple of 4
     */
    public static Architecture dcgan(
            int width,
            long latent,
            long channels,
            long rows,
            long columns,
            DropoutRate generatorDropout,
            DropoutRate discriminatorDropout) {
        if (rows % 4 != 0 || columns % 4 != 0) {
            throw new MirageException("dcgan doubles its image twice and needs sides that are multiples of 4, but the"
                    + " images are " + rows + " x " + columns);
        }
        NetworkBuilder generator = NetworkBuilder.vectors(latent)
                .weightInit(smallNormal())
                .dense(2L * width * (rows / 4) * (columns / 4))
                .reshape(2L * width, rows / 4, columns / 4)
                .batchNormalization(0.8)
                .activation(Activation.RELU)
                .dropout(generatorDropout)
                .transposedConvolution(width, 4, 2, 1)
                .batchNormalization(0.8)
                .activation(Activation.RELU)
                .dropout(generatorDropout)
                .transposedConvolution(Math.toIntExact(channels), 4, 2, 1)
                .activation(Activation.TANH);
        NetworkBuilder discriminator = NetworkBuilder.images(channels, rows, columns)
                .weightInit(smallNormal())
                .convolution(width, 4, 2, 1)
                .leakyRelu(SLOPE)
                .dropout(discriminatorDropout)
                .convolution(2 * width, 4, 2, 1)
                .leakyRelu(SLOPE)
                .dropout(discriminatorDropout)
                .dense(1);
        return new Architecture(generator, discriminator);
    }

    private static WeightInitDistribution smallNormal() {
        return new WeightInitDistribution(new NormalDistribution(0, 0.02));
    }
}
