package org.mirage4j.gan.train;

import org.deeplearning4j.nn.conf.distribution.NormalDistribution;
import org.deeplearning4j.nn.weights.WeightInitDistribution;
import org.mirage4j.core.MirageException;
import org.mirage4j.core.features.ImageShape;
import org.mirage4j.core.network.DropoutRate;
import org.mirage4j.core.network.NetworkBuilder;
import org.nd4j.linalg.activations.Activation;

/**
 * A generator and a discriminator that fit each other, described but not yet built: updaters and seeds are
 * the caller's.
 *
 * @param generator reads vectors [latent], and one-hot labels where there are any; ends in tanh
 * @param discriminator reads examples in [-1, 1], and one-hot labels where {@link Conditioning.Kind#CONCAT}
 *     asks for them; ends in one logit, followed by a score per class where the conditioning has them
 * @param conditioning how the networks learn of labels
 */
public record Architecture(NetworkBuilder generator, NetworkBuilder discriminator, Conditioning conditioning) {
    private static final String LABEL = "label";
    private static final double SLOPE = 0.2;
    private static final double MOMENTUM = 0.8;

    /**
     * A pair without labels.
     *
     * @param generator reads vectors [latent]
     * @param discriminator reads examples, ends in one logit
     */
    public Architecture(NetworkBuilder generator, NetworkBuilder discriminator) {
        this(generator, discriminator, Conditioning.NONE);
    }

    /**
     * What an architecture is described for.
     *
     * @param width size of the hidden layers
     * @param latent length of a latent vector
     * @param image what the generator makes
     * @param game how they will play: its packs are joined along their channels, and features or deviation are added
     *     before the logit if it asks for them
     * @param conditioning how the networks learn of labels
     * @param generatorDropout dropout in the generator
     * @param discriminatorDropout dropout in the discriminator
     */
    public record Purpose(
            int width,
            int latent,
            ImageShape image,
            GameOptions game,
            Conditioning conditioning,
            DropoutRate generatorDropout,
            DropoutRate discriminatorDropout) {

        private NetworkBuilder latents() {
            NetworkBuilder latents = NetworkBuilder.vectors(latent);
            if (conditioning.kind() == Conditioning.Kind.NONE) {
                return latents;
            }
            String vector = latents.currentName();
            return latents.input(LABEL, conditioning.classes()).concatenate(vector);
        }

        private NetworkBuilder images() {
            return NetworkBuilder.images((long) game.packing() * image.channels(), image.height(), image.width());
        }

        /** Images with the label, if it is to be read, as one more channel. */
        private NetworkBuilder imagesAndLabel() {
            NetworkBuilder images = images();
            if (!conditioning.readsLabel()) {
                return images;
            }
            String pixels = images.currentName();
            return images.input(LABEL, conditioning.classes())
                    .embedding((long) image.height() * image.width())
                    .reshape(1, image.height(), image.width())
                    .concatenate(pixels);
        }

        /** The logit, and beside it a value for each class if there are to be any. */
        private NetworkBuilder judge(NetworkBuilder features) {
            if (game.minibatchDeviation()) {
                features.minibatchDeviation();
            }
            return game.featureMatching() ? verdict(features.output()).output() : verdict(features);
        }

        private NetworkBuilder verdict(NetworkBuilder features) {
            if (!conditioning.scoresClasses()) {
                return features.dense(1);
            }
            String shared = features.currentName();
            String scores = features.dense(conditioning.classes()).currentName();
            return features.from(shared).dense(1).concatenate(scores);
        }

        /** How often the image is halved: until its longer side is 8 or less, but at least twice. */
        private int halvings(String architecture) {
            int halvings = 2;
            while (Math.max(image.height(), image.width()) >> halvings > 8) {
                halvings++;
            }
            if (image.height() % (1 << halvings) != 0 || image.width() % (1 << halvings) != 0) {
                throw new MirageException(architecture + " halves its image " + halvings
                        + " times and needs sides that are multiples of " + (1 << halvings) + ", but the images are "
                        + image.height() + " x " + image.width());
            }
            return halvings;
        }
    }

    /**
     * Fully connected networks with one hidden layer of the given width each, batch normalisation of momentum 0.8
     * in the generator, LeakyReLU. Dropout acts on the hidden layers.
     *
     * @param purpose what they are for
     * @return the pair
     */
    public static Architecture dense(Purpose purpose) {
        ImageShape image = purpose.image();
        NetworkBuilder generator = purpose.latents()
                .dense(purpose.width())
                .batchNormalization(MOMENTUM)
                .leakyRelu(SLOPE)
                .dropout(purpose.generatorDropout())
                .dense(image.size())
                .activation(Activation.TANH)
                .reshape(image.channels(), image.height(), image.width());
        NetworkBuilder discriminator = purpose.images();
        if (purpose.conditioning().readsLabel()) {
            String pixels = discriminator
                    .reshape((long) purpose.game().packing() * image.size())
                    .currentName();
            discriminator
                    .input(LABEL, purpose.conditioning().classes())
                    .embedding(purpose.width())
                    .concatenate(pixels);
        }
        discriminator.dense(purpose.width()).leakyRelu(SLOPE).dropout(purpose.discriminatorDropout());
        return new Architecture(generator, purpose.judge(discriminator), purpose.conditioning());
    }

    /**
     * Convolutional networks after Radford et al. 2016: transposed convolutions up from an image of at most 8 x 8
     * (two for sides of 28 and 32, three for 64), as many strided convolutions down. Dropout acts before each of the
     * generator's transposed convolutions and after each of the discriminator's convolutions.
     *
     * @param purpose what they are for; the width is the number of channels of the generator's last and the
     *     discriminator's first hidden layer, and doubles with each halving of the image
     * @return the pair
     * @throws MirageException if the image cannot be halved so often
     */
    public static Architecture dcgan(Purpose purpose) {
        ImageShape image = purpose.image();
        int halvings = purpose.halvings("dcgan");
        int rows = image.height() >> halvings;
        int columns = image.width() >> halvings;
        long deepest = (long) purpose.width() << (halvings - 1);
        NetworkBuilder generator = purpose.latents()
                .weightInit(smallNormal())
                .dense(deepest * rows * columns)
                .reshape(deepest, rows, columns);
        for (int level = halvings - 1; level >= 0; level--) {
            generator
                    .batchNormalization(MOMENTUM)
                    .activation(Activation.RELU)
                    .dropout(purpose.generatorDropout())
                    .transposedConvolution(level == 0 ? image.channels() : purpose.width() << (level - 1), 4, 2, 1);
        }
        generator.activation(Activation.TANH);

        NetworkBuilder discriminator = purpose.imagesAndLabel().weightInit(smallNormal());
        for (int level = 0; level < halvings; level++) {
            discriminator
                    .convolution(purpose.width() << level, 4, 2, 1)
                    .leakyRelu(SLOPE)
                    .dropout(purpose.discriminatorDropout());
        }
        return new Architecture(generator, purpose.judge(discriminator), purpose.conditioning());
    }

    /**
     * Residual networks after Miyato et al. 2018, whose discriminator is meant to be spectrally normalised: blocks of
     * two convolutions with a shortcut, nearest-neighbour upsampling up and mean pooling down, a sum over all
     * positions before the logit. As many halvings of the image as {@link #dcgan}. Dropout acts between the two
     * convolutions of each block.
     *
     * @param purpose what they are for; the width is the number of channels at the image's full size, and doubles
     *     with each halving of the image
     * @return the pair
     * @throws MirageException if the image cannot be halved so often
     */
    public static Architecture residual(Purpose purpose) {
        ImageShape image = purpose.image();
        int halvings = purpose.halvings("residual");
        int rows = image.height() >> halvings;
        int columns = image.width() >> halvings;
        int deepest = purpose.width() << halvings;
        NetworkBuilder generator =
                purpose.latents().dense((long) deepest * rows * columns).reshape(deepest, rows, columns);
        for (int level = halvings - 1; level >= 0; level--) {
            up(generator, purpose.width() << level, purpose.generatorDropout());
        }
        generator
                .batchNormalization(MOMENTUM)
                .activation(Activation.RELU)
                .convolution(image.channels(), 3, 1, 1)
                .activation(Activation.TANH);

        NetworkBuilder discriminator = purpose.imagesAndLabel().convolution(purpose.width(), 3, 1, 1);
        for (int level = 1; level <= halvings; level++) {
            down(discriminator, purpose.width() << level, purpose.discriminatorDropout());
        }
        same(discriminator, deepest, purpose.discriminatorDropout());
        discriminator.activation(Activation.RELU).globalSumPooling();
        return new Architecture(generator, purpose.judge(discriminator), purpose.conditioning());
    }

    /** A residual block that doubles the sides. */
    private static void up(NetworkBuilder network, int channels, DropoutRate dropout) {
        String start = network.currentName();
        // one by one convolution and upsampling commute, and before it there is a quarter to convolve
        String shortcut = network.convolution(channels, 1, 1, 0).upsampling(2).currentName();
        network.from(start)
                .batchNormalization(MOMENTUM)
                .activation(Activation.RELU)
                .upsampling(2)
                .convolution(channels, 3, 1, 1)
                .batchNormalization(MOMENTUM)
                .activation(Activation.RELU)
                .dropout(dropout)
                .convolution(channels, 3, 1, 1)
                .addResidual(shortcut);
    }

    /** A residual block that halves the sides. */
    private static void down(NetworkBuilder network, int channels, DropoutRate dropout) {
        String start = network.currentName();
        String shortcut =
                network.averagePooling(2).convolution(channels, 1, 1, 0).currentName();
        twoConvolutions(network.from(start), channels, dropout)
                .averagePooling(2)
                .addResidual(shortcut);
    }

    /** A residual block that keeps sides and channels. */
    private static void same(NetworkBuilder network, int channels, DropoutRate dropout) {
        String start = network.currentName();
        twoConvolutions(network.from(start), channels, dropout).addResidual(start);
    }

    private static NetworkBuilder twoConvolutions(NetworkBuilder network, int channels, DropoutRate dropout) {
        return network.activation(Activation.RELU)
                .convolution(channels, 3, 1, 1)
                .activation(Activation.RELU)
                .dropout(dropout)
                .convolution(channels, 3, 1, 1);
    }

    private static WeightInitDistribution smallNormal() {
        return new WeightInitDistribution(new NormalDistribution(0, 0.02));
    }
}
