package org.mirage4j.gan.train;

import java.io.IOException;
import java.util.List;
import java.util.stream.IntStream;
import org.mirage4j.core.MirageException;
import org.mirage4j.core.Problems;
import org.mirage4j.core.data.Batch;
import org.mirage4j.core.engine.Pass;
import org.mirage4j.core.engine.Wanted;
import org.mirage4j.core.memory.NativeMemory;
import org.mirage4j.core.network.GradientSum;
import org.mirage4j.core.network.Network;
import org.mirage4j.core.network.NetworkBuilder;
import org.mirage4j.core.random.RandomStreams;
import org.mirage4j.core.run.Checkpoint;
import org.mirage4j.core.run.CheckpointWriter;
import org.mirage4j.core.run.NetworkState;
import org.mirage4j.core.run.Resumable;
import org.mirage4j.gan.loss.GanLoss;
import org.mirage4j.gan.loss.LossValue;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * The adversarial game (Goodfellow et al. 2014) on two graphs. Nothing is stacked or copied: in the
 * generator's step the gradient passes backwards through the discriminator, whose parameters and running
 * statistics stay bit for bit what they were, and on through the generator.
 *
 * <p>One iteration is a number of discriminator steps, each on a batch of real and one of generated
 * examples, then one generator step on the last generated batch. Every draw (latent vectors, dropout
 * masks) is keyed by the run's seed and the iteration, so that a trainer restored from a checkpoint goes on bit for
 * bit as the one that wrote it.
 *
 * <p>Not safe for concurrent use. The trainer owns its networks.
 */
public final class GanTrainer implements Resumable, AutoCloseable {
    private static final String AVERAGE = "generator-average";

    private final Network generator;
    private final Network discriminator;
    private final GameOptions game;
    private final GanLoss loss;
    private final RandomStreams streams;
    private final long latentSize;
    private final GradientSum discriminatorGradients;
    private final boolean separateBatches;
    private final DataType type;
    private final WeightAverage average;

    /**
     * Takes over networks that exist, with updaters of their own.
     *
     * @param generator reads latent vectors [N, latent], gives examples in the shape of the data
     * @param discriminators as many as the game has; each reads examples, with packing packs of them, and gives one
     *     logit each, [N, 1]
     * @param latentSize length of a latent vector
     * @param game how to play
     * @param streams the run's random streams
     * @throws MirageException if the networks do not fit the game
     */
    public GanTrainer(
            Network generator, List<Network> discriminators, long latentSize, GameOptions game, RandomStreams streams) {
        if (discriminators.size() != game.discriminators()) {
            throw new MirageException("the game needs " + game.discriminators() + " discriminators, but was given "
                    + discriminators.size());
        }
        refuseWhatIsMissing(game);
        this.generator = generator;
        this.discriminator = discriminators.get(0);
        this.game = game;
        this.loss = game.loss().create(game.realLabel());
        this.streams = streams;
        this.type = generator.graph().getConfiguration().getDataType();
        this.latentSize = latentSize;
        this.average = new WeightAverage(generator, game.averageDecay());
        this.discriminatorGradients = discriminator.gradientSum();
        // over a joint batch, batch normalisation would tell the discriminator which share is real
        this.separateBatches = discriminator.hasBatchNormalization();
    }

    /**
     * Builds the networks of an architecture with the game's updaters and fresh weights.
     *
     * @param architecture the networks, described for the game: see {@link GameOptions#discriminatorShape}
     * @param latentSize length of a latent vector
     * @param game how to play
     * @param streams the run's random streams
     * @return the trainer
     * @throws MirageException if the networks do not fit the game
     */
    public static GanTrainer create(
            Architecture architecture, long latentSize, GameOptions game, RandomStreams streams) {
        NetworkBuilder generator =
                architecture.generator().updater(Updaters.of(game.generatorUpdater(), game.rateSchedule(), 1));
        NetworkBuilder discriminator = architecture
                .discriminator()
                .updater(Updaters.of(game.discriminatorUpdater(), game.rateSchedule(), game.discriminatorSteps()));
        List<Network> discriminators = IntStream.range(0, game.discriminators())
                .mapToObj(i -> discriminator.build(streams.key("weights-discriminator", i)))
                .toList();
        return new GanTrainer(
                generator.build(streams.key("weights-generator", 0)), discriminators, latentSize, game, streams);
    }

    private static void refuseWhatIsMissing(GameOptions game) {
        new Problems()
                .require(game.penalty() instanceof Penalty.None, "gradient penalties are not supported yet")
                .require(game.weightClip() == 0, "weight clip is not supported yet")
                .require(!game.spectralNormalization(), "spectral normalization is not supported yet")
                .require(game.packing() == 1, "packing is not supported yet")
                .require(game.unrolledSteps() == 0, "unrolled steps are not supported yet")
                .require(game.discriminators() == 1, "several discriminators are not supported yet")
                .require(!game.minibatchDeviation(), "minibatch standard deviation is not supported yet")
                .require(!game.featureMatching(), "feature matching is not supported yet")
                .require(game.historicalAveraging() == 0, "historical averaging is not supported yet")
                .require(game.instanceNoise().equals(InstanceNoise.NONE), "instance noise is not supported yet")
                .require(game.gradientClip() == 0, "gradient clip is not supported yet")
                .require(!game.maskKept(), "a kept mask is not supported yet")
                .require(!game.samplingDropout(), "dropout while sampling is not supported yet")
                .refuse();
    }

    /** Hands out batches of real examples; called once per discriminator step. */
    @FunctionalInterface
    public interface RealBatches {
        /**
         * The batch of one discriminator step.
         *
         * @param step the discriminator step since the start of training, from 0
         * @return real examples [N, ...], never changed by the trainer; they are the caller's again when the iteration
         *     ends
         */
        Batch batch(long step);
    }

    /**
     * Plays one iteration.
     *
     * @param iteration the iteration, from 0
     * @param real the real examples
     * @param measureGradients whether to spend the time for gradient norms
     * @return what happened
     * @throws MirageException if a loss is not finite any more
     */
    public IterationStatistics iterate(long iteration, RealBatches real, boolean measureGradients) {
        int discriminatorSteps = game.discriminatorSteps();
        DiscriminatorStep last = null;
        for (int i = 0; i < discriminatorSteps; i++) {
            long step = iteration * discriminatorSteps + i;
            if (last != null) {
                NativeMemory.release(last.fake());
            }
            last = discriminatorStep(
                    step, real.batch(step).features(), measureGradients && i == discriminatorSteps - 1);
        }
        if (last == null) {
            throw new IllegalArgumentException("an iteration needs at least one discriminator step");
        }
        GeneratorStep generated = generatorStep(iteration, last, measureGradients);
        if (!Double.isFinite(last.loss()) || !Double.isFinite(generated.loss())) {
            throw new MirageException("training diverged at iteration " + iteration + ": the discriminator's loss is "
                    + last.loss() + ", the generator's " + generated.loss() + "; lower the learning rates");
        }
        return new IterationStatistics(
                last.loss(),
                generated.loss(),
                meanProbability(last.realLogits()),
                meanProbability(last.fakeLogits()),
                last.gradientNorm(),
                generated.gradientNorm());
    }

    /**
     * Generates examples from the average of the generator's weights, with the running statistics of batch
     * normalisation and without dropout.
     *
     * @param latents latent vectors [N, latent]
     * @return examples [N, ...] in the data's range
     */
    public INDArray generate(INDArray latents) {
        return average.with(() -> generator.forward(latents, Pass.infer()));
    }

    /**
     * The network that generates.
     *
     * @return the live generator, with its weights as they are rather than their average
     */
    public Network generator() {
        return generator;
    }

    /**
     * The networks that judge.
     *
     * @return the live discriminators
     */
    public List<Network> discriminators() {
        return List.of(discriminator);
    }

    /**
     * Writes everything that training depends on: parameters and updater state of all networks, the moving average,
     * counters.
     *
     * @param writer takes the entries
     * @throws IOException if the file cannot be written
     */
    @Override
    public void save(CheckpointWriter writer) throws IOException {
        new NetworkState("generator", generator).save(writer);
        new NetworkState("discriminator", discriminator).save(writer);
        writer.array(AVERAGE, average.parameters());
    }

    /**
     * Puts back what {@link #save} wrote. Training then goes on with the iteration that is the number of those done.
     *
     * @param checkpoint a checkpoint of a trainer with the same networks and options
     * @throws MirageException if it holds something else
     */
    @Override
    public void restore(Checkpoint checkpoint) {
        new NetworkState("generator", generator).restore(checkpoint);
        new NetworkState("discriminator", discriminator).restore(checkpoint);
        checkpoint.into(AVERAGE, average.parameters());
    }

    /** Frees the networks. */
    @Override
    public void close() {
        generator.close();
        discriminator.close();
    }

    /**
     * Draws latent vectors from the standard normal distribution.
     *
     * @param stream name of the random stream
     * @param index the draw within the stream
     * @param count number of vectors
     * @return latent vectors [count, latent]
     */
    public INDArray latents(String stream, long index, long count) {
        return streams.gaussian(stream, index, type, count, latentSize);
    }

    record DiscriminatorStep(
            INDArray real, INDArray fake, double loss, INDArray realLogits, INDArray fakeLogits, double gradientNorm) {}

    /** What the forward and backward passes of one discriminator step came to; the gradients are in place. */
    private record DiscriminatorLoss(double loss, INDArray realLogits, INDArray fakeLogits) {}

    record GeneratorStep(double loss, double gradientNorm) {}

    DiscriminatorStep discriminatorStep(long step, INDArray real, boolean measure) {
        INDArray latents = latents("latent", step, real.size(0));
        INDArray fake = generator.forward(latents, Pass.train(streams.key("mask-generator", step)));
        Pass pass = Pass.train(streams.key("mask-discriminator", step));
        DiscriminatorLoss result = separateBatches ? separately(real, fake, pass) : jointly(real, fake, pass);
        double norm = measure ? norm(discriminator) : Double.NaN;
        discriminator.step(1); // the loss is a mean already
        return new DiscriminatorStep(real, fake, result.loss(), result.realLogits(), result.fakeLogits(), norm);
    }

    /** Real and generated examples in one batch: half the calls, and both logits at hand for any loss. */
    private DiscriminatorLoss jointly(INDArray real, INDArray fake, Pass pass) {
        long count = real.size(0);
        INDArray both = Nd4j.concat(0, real, fake);
        INDArray logits = discriminator.forward(both, pass);
        INDArray realLogits = rows(logits, 0, count);
        INDArray fakeLogits = rows(logits, count, 2 * count);
        LossValue value = loss.discriminator(doubles(realLogits), doubles(fakeLogits));
        discriminator.backward(Nd4j.concat(0, column(value.realGradient()), column(value.fakeGradient())));
        NativeMemory.release(both);
        return new DiscriminatorLoss(value.value(), realLogits, fakeLogits);
    }

    private DiscriminatorLoss separately(INDArray real, INDArray fake, Pass pass) {
        INDArray realLogits = discriminator.forward(real, pass);
        double[] a = doubles(realLogits);
        double value;
        INDArray fakeLogits;
        if (loss.pairs()) {
            // both logits are needed before either gradient, and a gradient needs its pass just before it
            fakeLogits = discriminator.forward(fake, pass);
            LossValue both = loss.discriminator(a, doubles(fakeLogits));
            discriminator.backward(column(both.fakeGradient()));
            discriminatorGradients.add();
            discriminator.forward(real, pass);
            discriminator.backward(column(both.realGradient()));
            value = both.value();
        } else {
            LossValue ofReal = loss.discriminator(a, new double[0]);
            discriminator.backward(column(ofReal.realGradient()));
            discriminatorGradients.add();
            fakeLogits = discriminator.forward(fake, pass);
            LossValue ofFake = loss.discriminator(new double[0], doubles(fakeLogits));
            discriminator.backward(column(ofFake.fakeGradient()));
            value = ofReal.value() + ofFake.value();
        }
        discriminatorGradients.add();
        discriminatorGradients.finish();
        return new DiscriminatorLoss(value, realLogits, fakeLogits);
    }

    /** The generator's forward pass is still the one that made the fake batch of the last step. */
    GeneratorStep generatorStep(long iteration, DiscriminatorStep last, boolean measure) {
        Pass pass = Pass.train(streams.key("mask-discriminator-in-generator-step", iteration));
        double[] a = loss.pairs() ? doubles(discriminator.forward(last.real(), pass)) : new double[0];
        INDArray fakeLogits = discriminator.forward(last.fake(), pass);
        LossValue value = loss.generator(a, doubles(fakeLogits));
        INDArray toExamples = discriminator.backwardToInput(column(value.fakeGradient()), Wanted.INPUT);
        generator.backward(toExamples);
        double norm = measure ? norm(generator) : Double.NaN;
        generator.step(1);
        average.update();
        NativeMemory.release(toExamples, last.fake());
        return new GeneratorStep(value.value(), norm);
    }

    private INDArray column(double[] values) {
        return Nd4j.createFromArray(values).castTo(type).reshape(values.length, 1);
    }

    private static double[] doubles(INDArray logits) {
        return logits.dup('c').reshape(logits.length()).toDoubleVector();
    }

    private static INDArray rows(INDArray array, long from, long to) {
        return array.get(NDArrayIndex.interval(from, to), NDArrayIndex.all());
    }

    private static double norm(Network network) {
        return network.gradients().norm2Number().doubleValue();
    }

    private static double meanProbability(INDArray logits) {
        double sum = 0;
        for (double logit : doubles(logits)) {
            sum += 1 / (1 + Math.exp(-logit));
        }
        return sum / logits.length();
    }
}
