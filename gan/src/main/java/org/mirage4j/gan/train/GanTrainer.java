package org.mirage4j.gan.train;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.mirage4j.core.MirageException;
import org.mirage4j.core.Problems;
import org.mirage4j.core.data.Batch;
import org.mirage4j.core.engine.Pass;
import org.mirage4j.core.memory.NativeMemory;
import org.mirage4j.core.memory.Openness;
import org.mirage4j.core.network.Network;
import org.mirage4j.core.network.NetworkBuilder;
import org.mirage4j.core.random.RandomStreams;
import org.mirage4j.core.run.Checkpoint;
import org.mirage4j.core.run.CheckpointWriter;
import org.mirage4j.core.run.Resumable;
import org.mirage4j.gan.train.Sight.Seen;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

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
    private final Openness openness = new Openness("the trainer");
    private static final String AVERAGE = "generator-average";

    private final Player generator;
    private final List<Discriminator> discriminators;
    private final GameOptions game;
    private final RandomStreams streams;
    private final long latentSize;
    private final boolean labelled;
    private final Conditioning conditioning;
    private final DataType type;
    private final WeightAverage average;
    private final Sight sight;
    private final DiscriminatorTurn discriminatorTurn;
    private final GeneratorTurn generatorTurn;

    /**
     * Takes over networks that exist, with updaters of their own.
     *
     * @param generator reads latent vectors [N, latent], and labels [N, classes] if it has a second input; gives
     *     examples in the shape of the data
     * @param discriminators as many as the game has; each reads examples, with packing packs of them, and labels if
     *     it has a second input; its last output is one logit each, [N, 1], with feature matching its first the
     *     features
     * @param latentSize length of a latent vector
     * @param game how to play
     * @param streams the run's random streams
     * @throws MirageException if the networks do not fit the game
     */
    public GanTrainer(
            Network generator, List<Network> discriminators, long latentSize, GameOptions game, RandomStreams streams) {
        this(generator, discriminators, Conditioning.NONE, latentSize, game, streams);
    }

    /**
     * Takes over networks that exist, with updaters of their own, and may score classes.
     *
     * @param generator as above
     * @param discriminators as above; where the conditioning has scores, the last output is [N, 1 + classes]
     * @param conditioning what the scores are for
     * @param latentSize length of a latent vector
     * @param game how to play
     * @param streams the run's random streams
     * @throws MirageException if the networks do not fit the game
     */
    public GanTrainer(
            Network generator,
            List<Network> discriminators,
            Conditioning conditioning,
            long latentSize,
            GameOptions game,
            RandomStreams streams) {
        if (discriminators.size() != game.discriminators()) {
            throw new MirageException("the game needs " + game.discriminators() + " discriminators, but was given "
                    + discriminators.size());
        }
        check(generator, discriminators, conditioning, game);
        this.generator = Player.generator(generator, game);
        this.discriminators = IntStream.range(0, discriminators.size())
                .mapToObj(i -> new Discriminator(i, discriminators.get(i), game, conditioning))
                .toList();
        this.game = game;
        this.streams = streams;
        this.latentSize = latentSize;
        this.labelled = generator.graph().getNumInputArrays() > 1;
        this.conditioning = conditioning;
        this.type = generator.graph().getConfiguration().getDataType();
        this.average = new WeightAverage(generator, game.averageDecay());
        this.sight = new Sight(game, streams);
        this.discriminatorTurn = new DiscriminatorTurn(game, new GradientPenalty(game.penalty()));
        this.generatorTurn = new GeneratorTurn(game, streams, sight, discriminatorTurn);
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
                generator.build(streams.key("weights-generator", 0)),
                discriminators,
                architecture.conditioning(),
                latentSize,
                game,
                streams);
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
     * @throws DivergedException if a loss, or a gradient that is measured, is not finite any more, before the step that
     *     would carry it into every weight: it names the layer where that began
     */
    public IterationStatistics iterate(long iteration, RealBatches real, boolean measureGradients) {
        openness.require();
        Round last = null;
        for (int i = 0; i < game.discriminatorSteps(); i++) {
            boolean measure = measureGradients && i == game.discriminatorSteps() - 1;
            Round next = discriminatorStep(iteration, iteration * game.discriminatorSteps() + i, real, measure);
            if (last != null) {
                NativeMemory.release(last.latents());
            }
            last = next;
        }
        if (last == null) {
            throw new IllegalStateException("an iteration has at least one discriminator step");
        }
        IterationStatistics statistics = last.statistics(generatorStep(iteration, last, measureGradients));
        NativeMemory.release(last.latents());
        return statistics;
    }

    /** Names the layer in which the numbers of an iteration stopped being finite. */
    private DivergedException explain(
            Divergence divergence, long iteration, @Nullable Round round, long step, Batch real, Batch fake) {
        INDArray latents = latents("latent", step, real.size());
        INDArray[] generatorInputs =
                fake.labels().map(labels -> new INDArray[] {latents, labels}).orElse(new INDArray[] {latents});
        List<Divergence.Suspect> suspects = new ArrayList<>();
        suspects.add(new Divergence.Suspect("generator", generator.network(), generatorInputs));
        try (Seen seenReal = sight.of(real, iteration, "discriminator-noise-real", step);
                Seen seenFake = sight.of(fake, iteration, "discriminator-noise-fake", step)) {
            for (Discriminator discriminator : discriminators) {
                suspects.add(discriminator.suspect(seenReal));
                suspects.add(discriminator.suspect(seenFake));
            }
            return divergence.explain(iteration, round, suspects);
        }
    }

    /**
     * Refuses weights that are not finite, which an iteration shows only when the next one meets them: to be called
     * before weights are kept.
     *
     * @param iteration the iteration that was played last, from 0
     * @param played what it came to
     * @throws DivergedException if there are any, naming the layer
     */
    public void requireFiniteWeights(long iteration, IterationStatistics played) {
        openness.require();
        Divergence.refuseWeights(iteration, played, generator.name(), generator.network());
        for (Discriminator discriminator : discriminators) {
            Divergence.refuseWeights(iteration, played, discriminator.player().name(), discriminator.network());
        }
    }

    /** One step of every discriminator, on the same batches. */
    Round discriminatorStep(long iteration, long step, RealBatches batches, boolean measure) {
        Batch real = batches.batch(step);
        check(real);
        INDArray latents = latents("latent", step, real.size());
        Batch fake = forge(real, latents, step);
        Draw draw = new Draw(streams, "discriminator", step);
        List<DiscriminatorTurn.Outcome> outcomes = new ArrayList<>(discriminators.size());
        try (Seen seenReal = sight.of(real, iteration, "discriminator-noise-real", step);
                Seen seenFake = sight.of(fake, iteration, "discriminator-noise-fake", step)) {
            for (Discriminator discriminator : discriminators) {
                outcomes.add(discriminatorTurn.play(discriminator, seenReal, seenFake, draw, measure));
            }
        } catch (Divergence divergence) {
            throw explain(divergence, iteration, null, step, real, fake);
        }
        return new Round(real, latents, fake, draw, outcomes);
    }

    /** Refuses networks that do not fit the game, what a discriminator looks at itself apart. */
    private static void check(
            Network generator, List<Network> discriminators, Conditioning conditioning, GameOptions game) {
        boolean labels = conditioning.kind() != Conditioning.Kind.NONE;
        boolean generatorReads = generator.graph().getNumInputArrays() > 1;
        boolean discriminatorsRead =
                discriminators.stream().allMatch(network -> network.graph().getNumInputArrays() > 1);
        new Problems()
                .require(
                        generator.graph().getNumOutputArrays() == 1,
                        "a generator needs one output, the examples, but has "
                                + generator.graph().getNumOutputArrays())
                .require(
                        !labels || generatorReads,
                        "with the conditioning " + conditioning.kind()
                                + " the generator needs a second input, the label, but has none")
                .require(
                        !conditioning.readsLabel() || discriminatorsRead,
                        "with the conditioning " + conditioning.kind()
                                + " a discriminator needs a second input, the label, but has none")
                .require(!labels || game.packing() == 1, "packing must be 1 with labels, but is " + game.packing())
                .refuse();
    }

    /** Refuses what the networks would make nonsense of. */
    private void check(Batch real) {
        if (real.size() % game.packing() != 0) {
            throw new MirageException(
                    "the batch size must be a multiple of the packing " + game.packing() + ", but is " + real.size());
        }
        if (real.features().dataType() != type) {
            throw new MirageException("the networks compute in " + type + ", but the examples are "
                    + real.features().dataType() + ": cast one of them");
        }
        boolean coupled = generator.network().couplesExamples();
        boolean coupledPacks = discriminators.stream().anyMatch(Discriminator::couplesExamples);
        if ((coupled && real.size() < 2) || (coupledPacks && real.size() / game.packing() < 2)) {
            throw new MirageException("a network that normalises over the batch makes the same of any single example:"
                    + " the batch size must be at least " + (coupledPacks ? 2 * game.packing() : 2) + ", but is "
                    + real.size());
        }
        long classes = real.labels().map(labels -> labels.size(1)).orElse(0L);
        if (conditioning.kind() != Conditioning.Kind.NONE && classes != conditioning.classes()) {
            throw new MirageException("the networks know " + conditioning.classes() + " classes, but the data have "
                    + (classes == 0 ? "no labels" : classes));
        }
        real.labels().ifPresent(labels -> requireOneHot(Numbers.of(labels), Math.toIntExact(labels.size(1))));
    }

    private static void requireOneHot(double[] labels, int classes) {
        for (int from = 0; from < labels.length; from += classes) {
            int ones = 0;
            int others = 0;
            for (int c = from; c < from + classes; c++) {
                ones += labels[c] == 1 ? 1 : 0;
                others += labels[c] != 1 && labels[c] != 0 ? 1 : 0;
            }
            if (ones != 1 || others != 0) {
                throw new MirageException("labels must be one-hot (a single 1, the rest 0), but that of example "
                        + from / classes + " is "
                        + Arrays.toString(Arrays.copyOfRange(labels, from, from + classes)));
            }
        }
    }

    /** A training pass of the generator, with the labels of the real batch where it reads any. */
    private Batch forge(Batch real, INDArray latents, long step) {
        Pass pass = Pass.train(streams.key("mask-generator", step));
        if (!labelled) {
            return Batch.of(generator.network().forwardShared(new INDArray[] {latents}, pass)[0]);
        }
        INDArray labels = real.labels()
                .orElseThrow(() -> new MirageException("the generator reads labels, but the data have none"));
        return Batch.of(generator.network().forwardShared(new INDArray[] {latents, labels}, pass)[0], labels);
    }

    GeneratorTurn.Outcome generatorStep(long iteration, Round last, boolean measure) {
        try {
            GeneratorTurn.Outcome outcome = generatorTurn.play(generator, discriminators, iteration, last, measure);
            average.update();
            return outcome;
        } catch (Divergence divergence) {
            throw explain(divergence, iteration, last, last.draw().index(), last.real(), last.fake());
        }
    }

    /**
     * Generates examples from the average of the generator's weights, with the running statistics of batch
     * normalisation; with dropout if the game says so, else without.
     *
     * @param inputs latent vectors [N, latent], and one-hot labels [N, classes] if the generator reads any
     * @return examples [N, ...] in the data's range
     */
    public INDArray generate(INDArray... inputs) {
        return generate(
                game.samplingDropout() ? Pass.monteCarlo(streams.key("mask-sampling", 0)) : Pass.infer(), inputs);
    }

    /**
     * Generates examples, with dropout or without, whatever the game says.
     *
     * @param pass {@link Pass#infer} without dropout, or {@link Pass#monteCarlo} with it as a source of noise (Isola
     *     et al. 2017)
     * @param inputs as above
     * @return examples [N, ...] in the data's range
     */
    public INDArray generate(Pass pass, INDArray... inputs) {
        openness.require();
        return average.with(() -> generator.network().forward(inputs, pass)[0]);
    }

    /**
     * What the discriminators say of examples, with their dropout live.
     *
     * @param examples examples [N, ...] in the data's range; with packing N is a multiple of it. Where the discriminators
     *     learned of labels, each with the one-hot label it is said to have, else without
     * @param passes dropout masks to look through, at least 1
     * @param other the random streams of the masks
     * @return one for each example, with packing for each pack
     * @throws MirageException if the number of passes or examples cannot be, or labels are missing or nobody reads them
     */
    public List<Realness> realness(Batch examples, int passes, RandomStreams other) {
        openness.require();
        new Problems()
                .atLeast("number of passes", passes, 1)
                .require(
                        examples.size() % game.packing() == 0,
                        "number of examples must be a multiple of the packing " + game.packing() + ", but is "
                                + examples.size())
                .require(
                        examples.labels().isPresent() == discriminators.get(0).isConditional(),
                        examples.labels().isPresent()
                                ? "examples have labels, but the discriminator has not learned of labels"
                                : "the discriminator has learned of labels, but the examples have none")
                .refuse();
        Seen seen = sight.clear(examples);
        double[][] logits = new double[Math.toIntExact(seen.size())][passes * discriminators.size()];
        for (int draw = 0; draw < passes * discriminators.size(); draw++) {
            Discriminator discriminator = discriminators.get(draw % discriminators.size());
            // one sampled network for all, so that what is said of an example does not depend on those beside it
            Pass.Part all = new Pass.Part(other.key("mask-realness", draw), Math.toIntExact(seen.size()));
            double[] said =
                    discriminator.judge(seen, Pass.sampled(List.of(all))).logits();
            for (int i = 0; i < said.length; i++) {
                logits[i][draw] = said[i];
            }
        }
        boolean varied =
                Arrays.stream(logits).anyMatch(draws -> Arrays.stream(draws).anyMatch(logit -> logit != draws[0]));
        return Arrays.stream(logits).map(draws -> Realness.of(draws, varied)).toList();
    }

    /**
     * The network that generates.
     *
     * @return the live generator, with its weights as they are rather than their average
     */
    public Network generator() {
        return generator.network();
    }

    /**
     * The networks that judge.
     *
     * @return the live discriminators
     */
    public List<Network> discriminators() {
        return discriminators.stream().map(Discriminator::network).toList();
    }

    GameOptions game() {
        return game;
    }

    Discriminator discriminator(int index) {
        return discriminators.get(index);
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
        openness.require();
        generator.save(writer);
        for (Discriminator discriminator : discriminators) {
            discriminator.player().save(writer);
        }
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
        openness.require();
        generator.restore(checkpoint);
        discriminators.forEach(discriminator -> discriminator.player().restore(checkpoint));
        checkpoint.into(AVERAGE, average.parameters());
    }

    /** Frees the networks, which cannot be used any more, nor can their graphs. */
    @Override
    public void close() {
        if (openness.end()) {
            average.release();
            generator.close();
            discriminators.forEach(discriminator -> discriminator.player().close());
        }
    }

    /**
     * Draws latent vectors from the game's distribution.
     *
     * @param stream name of the random stream
     * @param index the draw within the stream
     * @param count number of vectors
     * @return latent vectors [count, latent]
     */
    public INDArray latents(String stream, long index, long count) {
        return latents(streams, stream, index, count);
    }

    /**
     * Draws latent vectors from the game's distribution with random streams that are not the run's.
     *
     * @param other the random streams
     * @param stream name of the random stream
     * @param index the draw within the stream
     * @param count number of vectors
     * @return latent vectors [count, latent]
     */
    public INDArray latents(RandomStreams other, String stream, long index, long count) {
        return game.latents().draw(other, stream, index, type, count, latentSize);
    }
}
