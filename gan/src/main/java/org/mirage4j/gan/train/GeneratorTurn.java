package org.mirage4j.gan.train;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.mirage4j.core.engine.Pass;
import org.mirage4j.core.memory.NativeMemory;
import org.mirage4j.core.random.RandomStreams;
import org.mirage4j.gan.loss.GanLoss;
import org.mirage4j.gan.loss.LossValue;
import org.mirage4j.gan.train.Discriminator.Verdict;
import org.mirage4j.gan.train.Sight.Seen;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * One step of the generator against the discriminators present: what they say of its last batch goes backwards
 * through them into it.
 */
final class GeneratorTurn {
    private final GameOptions game;
    private final GanLoss loss;
    private final RandomStreams streams;
    private final Sight sight;
    private final DiscriminatorTurn lookAhead;

    GeneratorTurn(GameOptions game, RandomStreams streams, Sight sight, DiscriminatorTurn lookAhead) {
        this.game = game;
        this.loss = game.loss().create(game.realLabel());
        this.streams = streams;
        this.sight = sight;
        this.lookAhead = lookAhead;
    }

    /** What a step came to. */
    record Outcome(double loss, double gradientNorm) {}

    /** What the generator's examples cost with one discriminator, and the gradient in them as it saw them. */
    private record Cost(double value, INDArray gradient) {}

    /**
     * Plays.
     *
     * @param generator whose forward pass that made the generated batch is still open
     * @param discriminators all of them
     * @param iteration iterations of the game done
     * @param last the discriminator step before it, whose batches it goes on with
     * @param measure whether the caller wants the gradient's norm
     */
    Outcome play(Player generator, List<Discriminator> discriminators, long iteration, Round last, boolean measure) {
        List<Discriminator> present = present(discriminators, iteration);
        double value = 0;
        INDArray total = null;
        try (Seen real = sight.of(last.real(), iteration, "generator-noise-real", iteration);
                Seen fake = sight.of(last.fake(), iteration, "generator-noise-fake", iteration)) {
            for (Discriminator discriminator : present) {
                Cost cost = cost(discriminator, real, fake, iteration, last.draw());
                value += cost.value() / present.size();
                if (total == null) {
                    total = cost.gradient();
                } else {
                    total.addi(cost.gradient());
                }
            }
        }
        if (total == null) {
            throw new IllegalStateException("no discriminator is present");
        }
        if (present.size() > 1) {
            total.divi(present.size());
        }
        generator
                .network()
                .backward(
                        game.packing() == 1
                                ? total
                                : total.reshape('c', last.fake().features().shape()));
        return new Outcome(value, generator.step(measure));
    }

    /** Each is left out with the game's probability, but never all (Mordido et al. 2018). */
    List<Discriminator> present(List<Discriminator> all, long iteration) {
        if (game.omission() == 0) {
            return all;
        }
        SplittableRandom random = streams.generator("omission", iteration);
        List<Discriminator> present = new ArrayList<>();
        for (Discriminator discriminator : all) {
            if (random.nextDouble() >= game.omission()) {
                present.add(discriminator);
            }
        }
        return present.isEmpty() ? List.of(all.get(random.nextInt(all.size()))) : present;
    }

    /** With a discriminator that is some steps ahead, taken for a constant, and then taken back (Metz et al. 2017). */
    private Cost cost(Discriminator discriminator, Seen real, Seen fake, long iteration, Draw draw) {
        int ahead = game.unrolledSteps();
        if (ahead == 0) {
            return costNow(discriminator, real, fake, iteration, draw);
        }
        Player.Moment before = discriminator.player().moment();
        for (int i = 0; i < ahead; i++) {
            lookAhead.play(discriminator, real, fake, new Draw(streams, "unrolled", iteration * ahead + i), false);
        }
        Cost cost = costNow(discriminator, real, fake, iteration, draw);
        discriminator.player().returnTo(before);
        before.release();
        return cost;
    }

    private Cost costNow(Discriminator discriminator, Seen real, Seen fake, long iteration, Draw draw) {
        Draw own = game.maskKept() ? draw : new Draw(streams, "generator", iteration);
        Pass pass = Pass.train(own.maskKey(discriminator));
        if (game.featureMatching()) {
            return featureDistance(discriminator, real, fake, pass);
        }
        double[] a = loss.pairs() ? discriminator.judge(real, pass).logits() : new double[0];
        Verdict verdict = discriminator.judge(fake, pass);
        LossValue value = loss.generator(a, verdict.logits());
        Divergence.refuse("generator", value.value() + verdict.classLoss());
        return new Cost(
                value.value(),
                discriminator.backwardToExamples(verdict, value.fakeGradient(), 1.0 / verdict.logits().length));
    }

    /**
     * |mean f(x) - mean f(G(z))|^2 with f the discriminator's features (Salimans et al. 2016). Where its logit has a
     * term for each class, its last layer reads f and, for each class, f of the examples of that class or 0: their
     * means are matched too, or the generator would learn of no label. An auxiliary classifier's cross-entropy comes
     * on top, as with any loss.
     */
    private static Cost featureDistance(Discriminator discriminator, Seen real, Seen fake, Pass pass) {
        boolean byClass = discriminator.projects();
        INDArray ofReal = discriminator.judge(real, pass).requireFeatures();
        INDArray meanOfReal = ofReal.mean(true, 0);
        INDArray realByClass = byClass ? meanByClass(ofReal, real) : null;
        Verdict verdict = discriminator.judge(fake, pass);
        INDArray ofFake = verdict.requireFeatures();
        INDArray difference = ofFake.mean(true, 0).subi(meanOfReal);
        double value = square(difference);
        INDArray gradient = difference.broadcast(Nd4j.createUninitialized(ofFake.dataType(), ofFake.shape()));
        if (realByClass != null) {
            INDArray differences = meanByClass(ofFake, fake).subi(realByClass);
            value += square(differences);
            INDArray own = fake.requireLabels(ofFake.dataType()).mmul(differences);
            gradient.addi(own.reshape('c', ofFake.shape()));
            NativeMemory.release(realByClass, differences, own);
        }
        Divergence.refuse("generator", value + verdict.classLoss());
        double share = 1.0 / fake.size();
        Cost cost = new Cost(value, discriminator.backwardFromFeatures(verdict, gradient.muli(2 * share), share));
        NativeMemory.release(meanOfReal, difference, gradient);
        return cost;
    }

    /** Features of each class's examples, summed and divided by the size of the batch, [classes, features]. */
    private static INDArray meanByClass(INDArray features, Seen seen) {
        INDArray rows = features.reshape('c', seen.size(), features.length() / seen.size());
        return seen.requireLabels(features.dataType()).transpose().mmul(rows).divi(seen.size());
    }

    private static double square(INDArray values) {
        double norm = values.norm2Number().doubleValue();
        return norm * norm;
    }
}
