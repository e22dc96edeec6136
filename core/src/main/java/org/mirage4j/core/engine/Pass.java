package org.mirage4j.core.engine;

/**
 * What dropout and batch normalisation do in one forward pass.
 *
 * @param mode the behaviour
 * @param maskKey key of the pass's dropout masks; two passes of one network on inputs of one shape with
 *     the same key use the same masks; without meaning in {@link Mode#INFER}
 */
public record Pass(Mode mode, long maskKey) {

    /** The behaviours. */
    public enum Mode {
        /** Dropout live, batch normalisation over the batch; a backward pass may follow. */
        TRAIN,
        /** Dropout off, batch normalisation with its running statistics. */
        INFER,
        /** Dropout live, batch normalisation with its running statistics (Gal and Ghahramani 2016). */
        MONTE_CARLO,
        /**
         * A training pass that takes all its decisions from the last {@link #TRAIN} pass: piecewise-linear
         * activations keep the slopes they had there, max pooling its positions, dropout its masks. Without
         * smooth activations the network is then affine in its input. A backward pass may follow.
         */
        REPLAY;

        /**
         * Whether a backward pass may follow.
         *
         * @return true for {@link #TRAIN} and {@link #REPLAY}
         */
        public boolean differentiable() {
            return this == TRAIN || this == REPLAY;
        }
    }

    private static final Pass INFERENCE = new Pass(Mode.INFER, 0);

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
     * A training pass that replays the gates of the last one.
     *
     * @param maskKey key of the dropout masks, which must be that of the pass to replay
     * @return the pass
     */
    public static Pass replay(long maskKey) {
        return new Pass(Mode.REPLAY, maskKey);
    }
}
