package org.mirage4j.core.engine;

import java.util.ArrayList;
import java.util.List;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.dropout.IDropout;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.mirage4j.core.memory.Rows;
import org.mirage4j.core.random.NativeSeed;
import org.mirage4j.core.random.RandomStreams;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Stands in for a stock layer's dropout of any kind while a {@link Pass#sampled} pass runs: the kind is asked for the
 * noise of one row, which all rows of a part get. Whatever it does, it does to each row what it would do to one alone.
 */
final class SharedDropout implements IDropout {
    private static final long serialVersionUID = 1L;

    private final transient IDropout kind;
    private final transient List<Pass.Part> parts;
    private final int layer;

    private SharedDropout(IDropout kind, List<Pass.Part> parts, int layer) {
        this.kind = kind;
        this.parts = parts;
        this.layer = layer;
    }

    /** Runs something while all dropout of a graph is shared within the parts of a batch. */
    static void during(ComputationGraph graph, List<Pass.Part> parts, Runnable pass) {
        List<Runnable> undo = new ArrayList<>();
        Layer[] layers = graph.getLayers();
        try {
            for (int i = 0; i < layers.length; i++) {
                var configuration = layers[i].conf().getLayer();
                IDropout own = configuration.getIDropout();
                if (own != null) {
                    configuration.setIDropout(new SharedDropout(own, parts, i));
                    undo.add(() -> configuration.setIDropout(own));
                }
                if (layers[i] instanceof NoisyRows noisy) {
                    noisy.shareNoise(parts);
                    undo.add(() -> noisy.shareNoise(List.of()));
                }
            }
            pass.run();
        } finally {
            undo.forEach(Runnable::run);
        }
    }

    @Override
    public INDArray applyDropout(
            INDArray activations, INDArray result, int iteration, int epoch, LayerWorkspaceMgr memory) {
        // All kinds are affine maps of what they read: what they make of 0 and of 1 says what they make of anything.
        INDArray like = Rows.of(activations, 0, 1);
        int from = 0;
        for (Pass.Part part : parts) {
            INDArray shift = applied(part, Nd4j.zerosLike(like), iteration, epoch, memory);
            INDArray factor =
                    applied(part, Nd4j.onesLike(like), iteration, epoch, memory).subi(shift);
            INDArray given = Rows.of(activations, from, from + part.rows());
            Rows.of(result, from, from + part.rows()).assign(given.mul(factor).addi(shift));
            from += part.rows();
        }
        return result;
    }

    private INDArray applied(Pass.Part part, INDArray row, int iteration, int epoch, LayerWorkspaceMgr memory) {
        Nd4j.getRandom().setSeed(NativeSeed.of(new RandomStreams(part.maskKey()).key("layer", layer)));
        INDArray noisy = kind.applyDropout(row, row, iteration, epoch, memory);
        kind.clear();
        return noisy;
    }

    @Override
    public INDArray backprop(INDArray gradAtOutput, INDArray gradAtInput, int iteration, int epoch) {
        throw new IllegalStateException("no backward pass follows a Monte Carlo pass");
    }

    @Override
    public void clear() {
        // nothing is kept
    }

    @Override
    @SuppressWarnings("MissingSuperCall") // it has no state of its own
    public IDropout clone() {
        return new SharedDropout(kind.clone(), parts, layer);
    }
}
