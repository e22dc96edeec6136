package org.mirage4j.core.engine;

import java.util.List;

/**
 * What dropout and batch normalisation do in one forward pass.
 *
 * @param mode the behaviour
 * @param maskKey key of the pass's dropout masks; two passes of one network on inputs of one shape with
 *     the same key use the same masks; without meaning in {@link Mode#INFER} and where there are parts
 * @param parts how the batch is cut into parts whose rows share masks; empty if each row has masks of its own
 */
public record Pass(Mode mode, long maskKey, List<Part> parts) {

    /**
     * Consecutive rows of a batch that run through one sampled network: their dropout masks, and dropped weights, are
     * the same.
     *
     * @param maskKey key of the masks, which depend on it and the layer alone
     * @param rows how many rows there are, at least 1
     */
    public record Part(long maskKey, int rows) {}

    /** The behaviours. */
    public enum Mode {
        /** Dropout live, batch normalisation over the batch; a backward pass may follow. */
        TRAIN,
        /** Dropout off, batch normalisation with its running statistics. */
        INFER,
        /** Dropout live, batch normalisation with its running statistics (Gal and Ghahramani 2016). */
        MONTE_CARLO,
        /** A training pass that {@link #REPLAY} passes may follow. */
        RECORD,
        /**
         * A pass along the tangent of the last {@link #RECORD} pass: activations go on with the slopes they had there,
         * max pooling with its positions, dropout with its masks, so that the network is affine in its input. A
         * backward pass may follow, from the very output gradients with which the recorded pass went back; it is
         * affine in the input too. So the parameter gradients of two passes on either side of the recorded input
         * differ by twice their directional derivative there, exactly and at any distance. (A network of piecewise
         * linear activations is its own tangent: its passes may go back from other output gradients too.)
         */
        REPLAY;

        /**
         * Whether a backward pass may follow.
         *
         * @return true for {@link #TRAIN}, {@link #RECORD} and {@link #REPLAY}
         */
        public boolean differentiable() {
            return this == TRAIN || this == RECORD || this == REPLAY;
        }
    }

    private static final Pass INFERENCE = new Pass(Mode.INFER, 0);

    /**
     * Keeps the parts.
     *
     * @param mode the behaviour
     * @param maskKey key of the masks
     * @param parts how the batch is cut
     */
    public Pass {
        parts = List.copyOf(parts);
    }

    private Pass(Mode mode, long maskKey) {
        this(mode, maskKey, List.of());
    }

    /**
     * A training pass.
     *
     * @param maskKey key of the dropout masks
     * @return the pass
     */
    public static Pass train(long maskKey) {
        return new Pass(Mode.TRAIN, maskKey);
    }

    /**
     * An inference pass.
     *
     * @return the pass
     */
    public static Pass infer() {
        return INFERENCE;
    }

    /**
     * A Monte Carlo dropout pass.
     *
     * @param maskKey key of the dropout masks
     * @return the pass
     */
    public static Pass monteCarlo(long maskKey) {
        return new Pass(Mode.MONTE_CARLO, maskKey);
    }

    /**
     * A Monte Carlo dropout pass through sampled networks: all rows of a part share the masks, so that what comes out
     * for a row does not depend on where it stands or what stands beside it, up to the rounding of matrix products of
     * another size.
     *
     * @param parts the parts of the batch in order, at least one; their rows must come to the whole batch
     * @return the pass
     */
    public static Pass sampled(List<Part> parts) {
        return new Pass(Mode.MONTE_CARLO, 0, parts);
    }

    /**
     * A training pass that replays may follow.
     *
     * @param maskKey key of the dropout masks
     * @return the pass
     */
    public static Pass record(long maskKey) {
        return new Pass(Mode.RECORD, maskKey);
    }

    /**
     * A pass along the tangent of the last recorded one.
     *
     * @param maskKey key of the dropout masks, which must be that of the pass to replay
     * @return the pass
     */
    public static Pass replay(long maskKey) {
        return new Pass(Mode.REPLAY, maskKey);
    }
}
