package org.mirage4j.gan.train;

import java.io.IOException;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.mirage4j.core.memory.FlatArray;
import org.mirage4j.core.memory.NativeMemory;
import org.mirage4j.core.network.Network;
import org.mirage4j.core.run.Checkpoint;
import org.mirage4j.core.run.CheckpointWriter;
import org.mirage4j.core.run.NetworkState;
import org.mirage4j.core.run.Resumable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A network in the game, with all that is done to its gradient and its weights when it steps. */
final class Player implements Resumable, AutoCloseable {
    private final String name;
    private final Network network;
    private final double gradientClip;
    private final double weightClip;
    private final List<INDArray> learnedGradients;
    private final List<INDArray> learnedParameters;
    private final @Nullable SpectralNormalization spectral;
    private final @Nullable HistoricalAverage history;

    private Player(String name, Network network, GameOptions game, boolean constrained) {
        this.name = name;
        this.network = network;
        this.gradientClip = game.gradientClip();
        this.weightClip = constrained ? game.weightClip() : 0;
        this.learnedGradients = network.learned(network.gradients());
        this.learnedParameters = network.learned(network.parameters());
        // the mean is that of raw weights, which spectral normalisation divides between steps
        this.history = game.historicalAveraging() > 0
                ? new HistoricalAverage(name + "-history", network, game.historicalAveraging())
                : null;
        this.spectral = constrained && game.spectralNormalization()
                ? new SpectralNormalization(name + "-spectral", network)
                : null;
    }

    static Player generator(Network network, GameOptions game) {
        return new Player("generator", network, game, false);
    }

    static Player discriminator(String name, Network network, GameOptions game) {
        return new Player(name, network, game, true);
    }

    String name() {
        return name;
    }

    Network network() {
        return network;
    }

    /**
     * Steps along the network's gradient, that of a mean over the batch.
     *
     * @param measure whether the caller wants the norm
     * @return the gradient's norm before clipping, NaN if nobody asked
     */
    double step(boolean measure) {
        if (spectral != null) {
            spectral.beforeStep();
        }
        if (history != null) {
            history.addGradient();
        }
        double norm = measure || gradientClip > 0 ? gradientNorm() : Double.NaN;
        if (measure || gradientClip > 0) {
            Divergence.refuseGradient(name, norm);
        }
        if (gradientClip > 0 && norm > gradientClip) {
            learnedGradients.forEach(part -> part.muli(gradientClip / norm));
        }
        network.step(1);
        if (weightClip > 0) {
            learnedParameters.forEach(part -> clip(part, weightClip));
        }
        if (history != null) {
            history.update();
        }
        if (spectral != null) {
            spectral.afterStep();
        }
        return norm;
    }

    private double gradientNorm() {
        double square = 0;
        for (INDArray part : learnedGradients) {
            double norm = part.norm2Number().doubleValue();
            if (!Double.isFinite(norm)) { // as it is in float32 where squares are beyond it, and the numbers are not
                norm = part.castTo(DataType.DOUBLE).norm2Number().doubleValue();
            }
            square += norm * norm;
        }
        return Math.sqrt(square);
    }

    private static void clip(INDArray values, double limit) {
        FlatArray flat = FlatArray.of(values);
        double[] block = flat.toArray();
        for (int i = 0; i < block.length; i++) {
            block[i] = Math.max(-limit, Math.min(limit, block[i]));
        }
        flat.put(0, block, block.length);
    }

    /** A moment to come back to, bit for bit. */
    Moment moment() {
        return new Moment(
                network.parameters().dup(),
                network.updaterState().map(INDArray::dup).orElse(null),
                network.iteration(),
                spectral == null ? null : spectral.state(),
                history == null ? null : history.mean().dup());
    }

    void returnTo(Moment moment) {
        network.parameters().assign(moment.parameters());
        network.updaterState().ifPresent(state -> {
            if (moment.updaterState() != null) {
                state.assign(moment.updaterState());
            }
        });
        network.setIteration(moment.iteration());
        if (spectral != null && moment.spectral() != null) {
            spectral.setState(moment.spectral());
        }
        if (history != null && moment.history() != null) {
            history.mean().assign(moment.history());
        }
    }

    /** What changes when a player steps. */
    @SuppressWarnings("ArrayRecordComponent") // a carrier between two calls, never compared
    record Moment(
            INDArray parameters,
            @Nullable INDArray updaterState,
            int iteration,
            double @Nullable [] spectral,
            @Nullable INDArray history) {
        void release() {
            NativeMemory.release(parameters);
            if (updaterState != null) {
                NativeMemory.release(updaterState);
            }
            if (history != null) {
                NativeMemory.release(history);
            }
        }
    }

    @Override
    public void save(CheckpointWriter to) throws IOException {
        for (Resumable part : parts()) {
            part.save(to);
        }
    }

    @Override
    public void restore(Checkpoint from) {
        parts().forEach(part -> part.restore(from));
    }

    private List<Resumable> parts() {
        return Stream.<@Nullable Resumable>of(new NetworkState(name, network), spectral, history)
                .filter(Objects::nonNull)
                .map(Objects::requireNonNull)
                .toList();
    }

    /** Frees the network, its arrays included. */
    @Override
    public void close() {
        network.release();
    }
}
