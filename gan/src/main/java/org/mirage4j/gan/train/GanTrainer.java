package org.mirage4j.gan.train;

import java.io.IOException;
import org.mirage4j.core.MirageException;
import org.mirage4j.core.engine.Pass;
import org.mirage4j.core.engine.Wanted;
import org.mirage4j.core.memory.NativeMemory;
import org.mirage4j.core.network.GradientSum;
import org.mirage4j.core.network.Network;
import org.mirage4j.core.random.RandomStreams;
import org.mirage4j.core.run.Checkpoint;
import org.mirage4j.core.run.CheckpointWriter;
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
 * masks) is keyed by the run's seed and the iteration.
 *
 * <p>Not safe for concurrent use. The networks belong to the caller.
 */
public final class GanTrainer implements Resumable {
    /** What checkpoints call the parameters to sample with. */
    public static final String AVERAGE = "generator-average";

    private final Network generator;
    private final Network discriminator;
    private final GanLoss loss;
    private final RandomStreams streams;
    private final long latentSize;
    private final GradientSum discriminatorGradients;
    private final boolean separateBatches;
    private final DataType type;
    private final WeightAverage average;

    /**
     * Creates a trainer.
     *
     * @param generator reads latent vectors [N, latent], gives examples in the shape of the data
     * @param discriminator reads examples, gives one logit each, [N, 1]
     * @param latentSize length of a latent vector
     * @param loss what the two minimise
     * @param averageDecay decay of the moving average of the generator's weights that {@link #generate} uses, in
     *     [0, 1); with 0 it uses the weights as they are
     * @param streams the run's random streams
     */
    public GanTrainer(
            Network generator,
            Network discriminator,
            long latentSize,
            GanLoss loss,
            double averageDecay,
            RandomStreams streams) {
        this.generator = generator;
        this.discriminator = discriminator;
        this.loss = loss;
        this.streams = streams;
        this.type = generator.graph().getConfiguration().getDataType();
        this.latentSize = latentSize;
        this.average = new WeightAverage(generator, averageDecay);
        this.discriminatorGradients = discriminator.gradientSum();
        // over a joint batch, batch normalisation would tell the discriminator which share is real
        this.separateBatches = discriminator.hasBatchNormalization();
    }

    /** Hands out batches of real examples; called once per discriminator step. */
    @FunctionalInterface
    public interface RealBatches {
        /**
         * The batch of one discriminator step.
         *
         * @param step the discriminator step since the start of training, from 0
         * @return real examples [N, ...]; never changed by the trainer
         */
        INDArray batch(long step);
    }

    /**
     * Plays one iteration.
     *
     * @param iteration the iteration, from 0
     * @param discriminatorSteps discriminator steps before the generator's
     * @param real the real examples
     * @param measureGradients whether to spend the time for gradient norms
     * @return what happened
     * @throws MirageException if a loss is not finite any more
     */
    public IterationStatistics iterate(
            long iteration, int discriminatorSteps, RealBatches real, boolean measureGradients) {
        DiscriminatorStep last = null;
        for (int i = 0; i < discriminatorSteps; i++) {
            long step = iteration * discriminatorSteps + i;
            if (last != null) {
                NativeMemory.release(last.fake());
            }
            last = discriminatorStep(step, real.batch(step), measureGradients && i == discriminatorSteps - 1);
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
     * The parameters that {@link #generate} uses.
     *
     * @return a live array, flat, in the generator's order
     */
    public INDArray averageParameters() {
        return average.parameters();
    }

    /** Writes the moving average; networks and updaters are the caller's. */
    @Override
    public void save(CheckpointWriter to) throws IOException {
        to.array(AVERAGE, average.parameters());
    }

    /** Puts the moving average back. */
    @Override
    public void restore(Checkpoint from) {
        from.into(AVERAGE, average.parameters());
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
