package org.mirage4j.gan.train;

import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.mirage4j.core.MirageException;
import org.mirage4j.core.engine.Pass;
import org.mirage4j.core.engine.Wanted;
import org.mirage4j.core.memory.FlatArray;
import org.mirage4j.core.network.GradientSum;
import org.mirage4j.core.network.Network;
import org.mirage4j.gan.train.Sight.Seen;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A player that judges: its outputs are one logit per pack and, where the game needs them, features before it. */
final class Discriminator {
    private final int index;
    private final Player player;
    private final boolean features;
    private final boolean labelled;
    private final boolean couplesExamples;
    private final Conditioning conditioning;
    private final GradientSum sum;
    /** What the network put out last. Once read, each array carries the gradient of what it held. */
    private INDArray[] outputs = {};

    Discriminator(int index, Network network, GameOptions game, Conditioning conditioning) {
        int outputs = network.graph().getNumOutputArrays();
        int wanted = game.featureMatching() ? 2 : 1;
        if (outputs != wanted) {
            throw new MirageException("a discriminator of this game needs "
                    + (game.featureMatching() ? "two outputs, features and logit" : "one output, the logit")
                    + ", but has " + outputs);
        }
        LogitCheck.check(network);
        this.index = index;
        this.conditioning = conditioning;
        this.player =
                Player.discriminator(index == 0 ? "discriminator" : "discriminator-" + (index + 1), network, game);
        this.features = game.featureMatching();
        this.labelled = network.graph().getNumInputArrays() > 1;
        this.couplesExamples = network.couplesExamples();
        this.sum = network.gradientSum();
        if (!(game.penalty() instanceof Penalty.None)) {
            network.replayRefusal().ifPresent(reason -> {
                throw new MirageException(
                        "a gradient penalty needs second derivatives of each example alone, but the discriminator's "
                                + reason);
            });
        }
    }

    /** What a discriminator says of a batch. */
    @SuppressWarnings("ArrayRecordComponent") // a carrier between two calls, never compared
    record Verdict(double[] logits, @Nullable INDArray features, @Nullable ClassScores scores) {
        /** The mean cross-entropy of the classes that an auxiliary classifier names, else 0. */
        double classLoss() {
            return scores == null ? 0 : scores.crossEntropy();
        }

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

    /** Whether its logit has a term for each class. */
    boolean projects() {
        return conditioning.kind() == Conditioning.Kind.PROJECTION;
    }

    /** Whether it needs to be told what an example is said to be. */
    boolean isConditional() {
        return labelled || conditioning.scoresClasses();
    }

    /** The sum over the backward passes of one step. */
    GradientSum sum() {
        return sum;
    }

    Verdict judge(Seen seen, Pass pass) {
        return judge(seen.examples(), seen.labels(), pass);
    }

    Verdict judge(INDArray examples, @Nullable INDArray labels, Pass pass) {
        outputs = network().forwardShared(inputs(examples, labels), pass);
        INDArray said = outputs[outputs.length - 1];
        long width = 1L + (conditioning.scoresClasses() ? conditioning.classes() : 0);
        if (said.length() != examples.size(0) * width) {
            throw new MirageException("the last output of a discriminator of this game must be "
                    + (width == 1 ? "one number" : width + " numbers, a logit and a score for each class,")
                    + " for each example, but for " + examples.size(0) + " examples has shape "
                    + Arrays.toString(said.shape()));
        }
        double[] last = Numbers.of(said);
        INDArray shown = features ? outputs[0] : null;
        if (!conditioning.scoresClasses()) {
            return new Verdict(last, shown, null);
        }
        ClassScores scores = new ClassScores(conditioning.kind(), last, Numbers.of(required(labels)));
        return new Verdict(scores.logits(), shown, scores);
    }

    Divergence.Suspect suspect(Seen seen) {
        return new Divergence.Suspect(player.name(), network(), inputs(seen.examples(), seen.labels()));
    }

    private INDArray[] inputs(INDArray examples, @Nullable INDArray labels) {
        if (!labelled) {
            return new INDArray[] {examples};
        }
        return new INDArray[] {examples, required(labels)};
    }

    private static INDArray required(@Nullable INDArray labels) {
        if (labels == null) {
            throw new MirageException("the discriminator reads labels, but the data have none");
        }
        return labels;
    }

    /** Back from the logits to the parameters. */
    void backward(Verdict verdict, double[] logitGradient) {
        backward(verdict, logitGradient, 0);
    }

    /** Back from the logits, and from each example's classification under a weight, to the parameters. */
    void backward(Verdict verdict, double[] logitGradient, double classWeight) {
        backward(verdict, logitGradient, classWeight, Wanted.PARAMETERS);
    }

    /** Back from the logits to the examples. */
    INDArray backwardToExamples(Verdict verdict, double[] logitGradient) {
        return backwardToExamples(verdict, logitGradient, 0);
    }

    /** Back from the logits, and from each example's classification under a weight, to the examples. */
    INDArray backwardToExamples(Verdict verdict, double[] logitGradient, double classWeight) {
        return backward(verdict, logitGradient, classWeight, Wanted.INPUT)[0];
    }

    private INDArray[] backward(Verdict verdict, double[] logitGradient, double classWeight, Wanted wanted) {
        double[] gradient =
                verdict.scores() == null ? logitGradient : verdict.scores().gradient(logitGradient, classWeight);
        int last = outputs.length - 1;
        if (!FlatArray.isRowMajor(outputs[last])) {
            outputs[last] = outputs[last].dup('c');
        }
        FlatArray.of(outputs[last]).put(0, gradient, gradient.length);
        if (features) {
            outputs[0].assign(0);
        }
        return network().backwardShared(outputs, wanted);
    }

    /**
     * Back from the features, and from each example's classification under a weight, to the examples.
     *
     * @param gradient in the features, in their shape
     */
    INDArray backwardFromFeatures(Verdict verdict, INDArray gradient, double classWeight) {
        outputs[0].assign(gradient);
        double[] none = new double[verdict.logits().length];
        double[] last = verdict.scores() == null ? none : verdict.scores().gradient(none, classWeight);
        FlatArray.of(outputs[1]).put(0, last, last.length);
        return network().backwardShared(outputs, Wanted.INPUT)[0];
    }
}
