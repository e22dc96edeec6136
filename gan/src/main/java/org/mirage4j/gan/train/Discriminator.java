package org.mirage4j.gan.train;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.mirage4j.core.MirageException;
import org.mirage4j.core.engine.Pass;
import org.mirage4j.core.engine.Wanted;
import org.mirage4j.core.memory.NativeMemory;
import org.mirage4j.core.network.GradientSum;
import org.mirage4j.core.network.Network;
import org.mirage4j.gan.train.Sight.Seen;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** A player that judges: its outputs are one logit per pack and, where the game needs them, features before it. */
final class Discriminator {
    private final int index;
    private final Player player;
    private final DataType type;
    private final boolean features;
    private final boolean labelled;
    private final boolean couplesExamples;
    private final GradientSum sum;

    Discriminator(int index, Network network, GameOptions game) {
        int outputs = network.graph().getNumOutputArrays();
        int wanted = game.featureMatching() ? 2 : 1;
        if (outputs != wanted) {
            throw new MirageException("a discriminator of this game needs "
                    + (game.featureMatching() ? "two outputs, features and logit" : "one output, the logit")
                    + ", but has " + outputs);
        }
        this.index = index;
        this.player =
                Player.discriminator(index == 0 ? "discriminator" : "discriminator-" + (index + 1), network, game);
        this.type = network.graph().getConfiguration().getDataType();
        this.features = game.featureMatching();
        this.labelled = network.graph().getNumInputArrays() > 1;
        this.couplesExamples = network.hasBatchNormalization() || game.minibatchDeviation();
        this.sum = network.gradientSum();
        if (couplesExamples && !(game.penalty() instanceof Penalty.None)) {
            throw new MirageException("a gradient penalty is taken per example, but batch normalization couples the"
                    + " examples of the discriminator's batch: use an architecture without it there");
        }
    }

    /** What a discriminator says of a batch. */
    @SuppressWarnings("ArrayRecordComponent") // a carrier between two calls, never compared
    record Verdict(double[] logits, @Nullable INDArray features) {
        INDArray requireFeatures() {
            return Objects.requireNonNull(features, "the discriminator has no features as an output");
        }
    }

    /** The place among the discriminators, from 0. */
    int index() {
        return index;
    }

    Player player() {
        return player;
    }

    Network network() {
        return player.network();
    }

    /** Whether what it says of one example depends on the others in the batch. */
    boolean couplesExamples() {
        return couplesExamples;
    }

    /** The sum over the backward passes of one step. */
    GradientSum sum() {
        return sum;
    }

    Verdict judge(Seen seen, Pass pass) {
        return judge(seen.examples(), seen.labels(), pass);
    }

    Verdict judge(INDArray examples, @Nullable INDArray labels, Pass pass) {
        INDArray[] outputs = network().forward(inputs(examples, labels), pass);
        double[] logits = Numbers.of(outputs[outputs.length - 1]);
        NativeMemory.release(outputs[outputs.length - 1]);
        return new Verdict(logits, features ? outputs[0] : null);
    }

    private INDArray[] inputs(INDArray examples, @Nullable INDArray labels) {
        if (!labelled) {
            return new INDArray[] {examples};
        }
        if (labels == null) {
            throw new MirageException("the discriminator reads labels, but the data have none");
        }
        return new INDArray[] {examples, labels};
    }

    /** Back from the logits to the parameters. */
    void backward(Verdict verdict, double[] logitGradient) {
        backward(verdict, logitGradient, Wanted.PARAMETERS);
    }

    /** Back from the logits to the examples. */
    INDArray backwardToExamples(Verdict verdict, double[] logitGradient) {
        return backward(verdict, logitGradient, Wanted.INPUT)[0];
    }

    private INDArray[] backward(Verdict verdict, double[] logitGradient, Wanted wanted) {
        INDArray logits = Numbers.array(type, logitGradient, logitGradient.length, 1);
        if (verdict.features() == null) {
            return run(wanted, logits);
        }
        return run(wanted, Nd4j.zerosLike(verdict.features()), logits);
    }

    /** Back from the features to the examples. */
    INDArray backwardFromFeatures(INDArray featureGradient, int count) {
        return run(Wanted.INPUT, featureGradient, Numbers.array(type, new double[count], count, 1))[0];
    }

    private INDArray[] run(Wanted wanted, INDArray... outputGradients) {
        INDArray[] gradients = network().backward(outputGradients, wanted);
        NativeMemory.release(outputGradients);
        return gradients;
    }
}
