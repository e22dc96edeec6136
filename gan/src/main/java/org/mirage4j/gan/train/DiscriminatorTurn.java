package org.mirage4j.gan.train;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.mirage4j.core.engine.Pass;
import org.mirage4j.gan.loss.GanLoss;
import org.mirage4j.gan.loss.LossValue;
import org.mirage4j.gan.train.Discriminator.Verdict;
import org.mirage4j.gan.train.Sight.Seen;
import org.nd4j.linalg.api.ndarray.INDArray;

/** One step of one discriminator: the loss on real and generated examples, the penalty, the update. */
final class DiscriminatorTurn {
    private final GanLoss loss;
    private final boolean maskKept;
    private final GradientPenalty penalty;
    /** Real and generated examples in one batch. */
    private @Nullable INDArray examples;

    private @Nullable INDArray labels;

    DiscriminatorTurn(GameOptions game, GradientPenalty penalty) {
        this.loss = game.loss().create(game.realLabel());
        this.maskKept = game.maskKept();
        this.penalty = penalty;
    }

    /** What a step came to. */
    @SuppressWarnings("ArrayRecordComponent") // a carrier between two calls, never compared
    record Outcome(double loss, double[] realLogits, double[] fakeLogits, double classLoss, double gradientNorm) {}

    /**
     * Plays.
     *
     * @param player whose turn it is
     * @param draw where its masks and the penalty's points come from
     * @param measure whether the caller wants the gradient's norm
     */
    Outcome play(Discriminator player, Seen real, Seen fake, Draw draw, boolean measure) {
        Pass pass = Pass.train(draw.maskKey(player));
        // Over a joint batch, what couples examples would tell which share is real, and the mask of the generated
        // ones would not be the one of a batch of them alone.
        boolean separately = player.couplesExamples() || maskKept;
        Outcome outcome = separately ? separately(player, real, fake, pass) : jointly(player, real, fake, pass);
        double value = outcome.loss();
        if (penalty.isActive()) {
            player.sum().add();
            value += penalty.add(player, real, fake, draw);
            player.sum().finish();
        }
        Divergence.refuse("discriminator", value + outcome.classLoss());
        double norm = player.player().step(measure);
        return new Outcome(value, outcome.realLogits(), outcome.fakeLogits(), outcome.classLoss(), norm);
    }

    /** Real and generated examples in one batch: half the calls, and both logits at hand for any loss. */
    private Outcome jointly(Discriminator player, Seen real, Seen fake, Pass pass) {
        int count = Math.toIntExact(real.size());
        examples = Numbers.join(real.examples(), fake.examples(), examples);
        if (real.labels() != null && fake.labels() != null) {
            labels = Numbers.join(real.labels(), fake.labels(), labels);
        }
        Verdict verdict = player.judge(examples, labels, pass);
        double[] realLogits = Arrays.copyOfRange(verdict.logits(), 0, count);
        double[] fakeLogits = Arrays.copyOfRange(verdict.logits(), count, 2 * count);
        LossValue value = loss.discriminator(realLogits, fakeLogits);
        double[] gradient = Arrays.copyOf(value.realGradient(), 2 * count);
        System.arraycopy(value.fakeGradient(), 0, gradient, count, count);
        player.backward(verdict, gradient, 1.0 / count);
        return new Outcome(value.value(), realLogits, fakeLogits, 2 * verdict.classLoss(), Double.NaN);
    }

    private Outcome separately(Discriminator player, Seen real, Seen fake, Pass pass) {
        Verdict ofReal = player.judge(real, pass);
        Verdict ofFake;
        double value;
        double weight = 1.0 / real.size();
        if (loss.pairs()) {
            // both logits are needed before either gradient, and a gradient needs its pass just before it
            ofFake = player.judge(fake, pass);
            LossValue both = loss.discriminator(ofReal.logits(), ofFake.logits());
            player.backward(ofFake, both.fakeGradient(), weight);
            player.sum().add();
            player.backward(player.judge(real, pass), both.realGradient(), weight);
            value = both.value();
        } else {
            LossValue onReal = loss.discriminator(ofReal.logits(), new double[0]);
            player.backward(ofReal, onReal.realGradient(), weight);
            player.sum().add();
            ofFake = player.judge(fake, pass);
            LossValue onFake = loss.discriminator(new double[0], ofFake.logits());
            player.backward(ofFake, onFake.fakeGradient(), weight);
            value = onReal.value() + onFake.value();
        }
        player.sum().add();
        player.sum().finish();
        double classLoss = ofReal.classLoss() + ofFake.classLoss();
        return new Outcome(value, ofReal.logits(), ofFake.logits(), classLoss, Double.NaN);
    }
}
