package org.mirage4j.gan.train;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.mirage4j.core.network.Network;
import org.mirage4j.core.network.NumericFault;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Finds where in the game a number that is not finite appeared first, after a loss or gradient has shown one. */
final class Divergence extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String what;

    private Divergence(String what) {
        super(what);
        this.what = what;
    }

    /** Refuses to go on with a loss, before a step carries it into every weight. */
    static void refuse(String who, double loss) {
        if (!Double.isFinite(loss)) {
            throw new Divergence("the loss of the " + who + " is " + loss);
        }
    }

    /** Refuses to go on with a gradient. */
    static void refuseGradient(String who, double norm) {
        if (!Double.isFinite(norm)) {
            throw new Divergence("the gradient of the " + who + " has the norm " + norm);
        }
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
     * @param suspects in the order in which data flow through them; gradients flow back
     */
    DivergedException explain(long iteration, List<Suspect> suspects) {
        List<Finding> findings =
                suspects.stream().map(Suspect::find).flatMap(Optional::stream).toList();
        Stream<Finding> forwards = findings.stream().filter(finding -> !finding.isGradient());
        Stream<Finding> backwards =
                findings.stream().filter(Finding::isGradient).reduce((first, second) -> second).stream();
        String where = Stream.concat(forwards, backwards)
                .findFirst()
                .map(finding -> "; it began with " + finding.fault().describe() + " of the " + finding.name())
                .orElse("");
        return new DivergedException("training diverged at iteration " + iteration + ": " + what + where
                + "; lower the learning rates or clip the gradients");
    }
}
