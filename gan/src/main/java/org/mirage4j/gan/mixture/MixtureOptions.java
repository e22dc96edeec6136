package org.mirage4j.gan.mixture;

import java.util.List;
import java.util.SplittableRandom;
import org.deeplearning4j.nn.weights.WeightInitRelu;
import org.mirage4j.core.Problems;
import org.mirage4j.core.network.DropoutRate;
import org.mirage4j.core.network.Network;
import org.mirage4j.core.network.NetworkBuilder;
import org.mirage4j.core.random.RandomStreams;
import org.mirage4j.gan.train.Architecture;
import org.mirage4j.gan.train.GameOptions;
import org.mirage4j.gan.train.GanTrainer;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * How a pair of fully connected networks is trained on a mixture. Immutable.
 *
 * @param width units of each hidden layer of both networks
 * @param layers hidden layers of each network
 * @param latent length of a latent vector
 * @param batch real points in a discriminator step; with packing a multiple of the size of a pack
 * @param iterations iterations of the game
 * @param generatorDropout dropout after each hidden layer of the generator
 * @param discriminatorDropout dropout after each hidden layer of the discriminator
 * @param game how the game is played
 */
public record MixtureOptions(
        int width,
        int layers,
        int latent,
        int batch,
        long iterations,
        DropoutRate generatorDropout,
        DropoutRate discriminatorDropout,
        GameOptions game) {
    /** How far standardised points of a mixture reach, about. */
    private static final double SPREAD = 1.5;

    /**
     * Checks every value.
     *
     * @param width at least 1
     * @param layers at least 1
     * @param latent at least 1
     * @param batch at least 2, a multiple of the game's packing
     * @param iterations at least 1
     * @param generatorDropout any
     * @param discriminatorDropout any
     * @param game any
     */
    public MixtureOptions {
        new Problems()
                .atLeast("width", width, 1)
                .atLeast("number of hidden layers", layers, 1)
                .atLeast("latent size", latent, 1)
                .atLeast("batch size", batch, 2)
                .require(
                        batch % game.packing() == 0,
                        "batch size must be a multiple of the packing " + game.packing() + ", but is " + batch)
                .atLeast("number of iterations", iterations, 1)
                .refuse();
    }

    /**
     * Builds the networks and the game they play.
     *
     * @param streams the run's random streams
     * @return the trainer, with fresh weights
     */
    GanTrainer trainer(RandomStreams streams) {
        GanTrainer trainer = GanTrainer.create(architecture(), latent, game, streams);
        List<Network> discriminators = trainer.discriminators();
        for (int i = 0; i < discriminators.size(); i++) {
            spreadBends(discriminators.get(i), streams.generator("bends-discriminator", i));
        }
        return trainer;
    }

    /**
     * Makes each unit of the first hidden layer bend at a random place among the data. With biases of 0 all of them
     * bend at the origin, and it takes the discriminator thousands of steps to tell small modes apart.
     */
    private void spreadBends(Network network, SplittableRandom random) {
        int inputs = Math.toIntExact(game.discriminatorShape(Mixture.DIMENSION)[0]);
        float[] weights = network.parameters()
                .reshape(network.parameters().length())
                .get(NDArrayIndex.interval(0, (long) inputs * width))
                .toFloatVector();
        for (int unit = 0; unit < width; unit++) {
            double bias = 0;
            for (int input = 0; input < inputs; input++) {
                // Deeplearning4j keeps the weights column by column, all inputs of the first unit first
                bias -= weights[unit * inputs + input] * random.nextDouble(-SPREAD, SPREAD);
            }
            network.parameters().putScalar((long) inputs * width + unit, bias);
        }
    }

    /**
     * Hidden units are rectified without a leak: flat pieces between steep ones are what separates modes. Weights start
     * as He et al. 2015 have them: Glorot's would all but ignore the few inputs next to the many outputs of the first
     * layer.
     */
    private Architecture architecture() {
        NetworkBuilder generator = NetworkBuilder.vectors(latent).weightInit(new WeightInitRelu());
        NetworkBuilder discriminator = NetworkBuilder.vectors(game.discriminatorShape(Mixture.DIMENSION)[0])
                .weightInit(new WeightInitRelu());
        for (int i = 0; i < layers; i++) {
            generator.dense(width).activation(Activation.RELU).dropout(generatorDropout);
            discriminator.dense(width).activation(Activation.RELU).dropout(discriminatorDropout);
        }
        return new Architecture(generator.dense(Mixture.DIMENSION), discriminator.dense(1));
    }
}
