package org.mirage4j.gan.train;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.mirage4j.core.network.Network;
import org.mirage4j.core.network.NumericFault;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Finds where in the game a number that is not finite appeared first, after a loss or gradient has shown one. */
final class Divergence extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private static final String GENERATOR = "generator";

    private final String who;
    private final double loss;
    private final double gradientNorm;

    private Divergence(String what, String who, double loss, double gradientNorm) {
        super(what);
        this.who = who;
        this.loss = loss;
        this.gradientNorm = gradientNorm;
    }

    /** Refuses to go on with a loss, before a step carries it into every weight. */
    static void refuse(String who, double loss) {
        if (!Double.isFinite(loss)) {
            throw new Divergence("the loss of the " + who + " is " + loss, who, loss, Double.NaN);
        }
    }

    /** Refuses to go on with a gradient. */
    static void refuseGradient(String who, double norm) {
        if (!Double.isFinite(norm)) {
            throw new Divergence("the gradient of the " + who + " has the norm " + norm, who, Double.NaN, norm);
        }
    }

    /** Refuses to keep a network that a step has spoilt, however long the losses hide it. */
    static void refuseWeights(long iteration, IterationStatistics played, String who, Network network) {
        network.findWeightFault().ifPresent(fault -> {
            String what = "the weights of the " + who + " are not finite";
            throw explained(iteration, what, new Finding(who, fault), played);
        });
    }

    /** A network under suspicion, and what it was reading. */
    @SuppressWarnings("ArrayRecordComponent") // a carrier between two calls, never compared
    record Suspect(String name, Network network, INDArray[] inputs) {
        Optional<Finding> find() {
            return network.findFault(inputs).map(fault -> new Finding(name, fault));
        }
    }

    private record Finding(String name, NumericFault fault) {
        boolean isGradient() {
            return fault.kind() == NumericFault.Kind.GRADIENT;
        }
    }

    /**
     * The failure for the caller.
     *
     * @param iteration the iteration, from 0
     * @param round the discriminator steps of the iteration; null if that is where it happened
     * @param suspects in the order in which data flow through them; gradients flow back
     */
    DivergedException explain(long iteration, @Nullable Round round, List<Suspect> suspects) {
        List<Finding> findings =
                suspects.stream().map(Suspect::find).flatMap(Optional::stream).toList();
        Stream<Finding> forwards = findings.stream().filter(finding -> !finding.isGradient());
        Stream<Finding> backwards =
                findings.stream().filter(Finding::isGradient).reduce((first, second) -> second).stream();
        Finding first = Stream.concat(forwards, backwards).findFirst().orElse(null);
        return explained(iteration, String.valueOf(getMessage()), first, statistics(round));
    }

    private static DivergedException explained(
            long iteration, String what, @Nullable Finding first, IterationStatistics statistics) {
        String where = first == null ? "" : "; it began with " + first.fault().describe() + " of the " + first.name();
        return new DivergedException(
                "training diverged in iteration " + (iteration + 1) + ": " + what + where
                        + "; lower the learning rates or clip the gradients",
                iteration + 1,
                statistics);
    }

    /** What is known of the iteration: the number that is not finite, and what came before it. */
    private IterationStatistics statistics(@Nullable Round round) {
        boolean generator = who.equals(GENERATOR);
        if (generator && round != null) {
            return round.statistics(new GeneratorTurn.Outcome(loss, gradientNorm));
        }
        return new IterationStatistics(
                generator ? Double.NaN : loss,
                generator ? loss : Double.NaN,
                Double.NaN,
                Double.NaN,
                Double.NaN,
                generator ? Double.NaN : gradientNorm,
                generator ? gradientNorm : Double.NaN);
    }
}
