package org.mirage4j.core.engine;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Runs one {@link org.deeplearning4j.nn.graph.ComputationGraph}: the graph stays the owner of
 * configuration, parameters, gradient view and updater state, the engine only computes on them. Not
 * safe for concurrent use: a backward pass belongs to the forward pass before it.
 *
 * <p>Arrays passed in are never changed and never kept beyond the next call; arrays returned belong to
 * the caller, except those of the two shared methods.
 */
public interface Engine extends AutoCloseable {

    /**
     * Runs the graph forwards. A {@link Pass.Mode#REPLAY} pass needs a {@link Pass.Mode#RECORD} pass before
     * it, on inputs of the same shapes, with the same mask key and the same parameters; in a graph with smooth
     * activations that pass must have gone back.
     *
     * @param inputs one array per graph input, batch first
     * @param pass what dropout and batch normalisation do
     * @return one array per graph output
     */
    INDArray[] forward(INDArray[] inputs, Pass pass);

    /**
     * Runs the graph forwards; the arrays returned may be overwritten by the next call of this method.
     *
     * @param inputs one array per graph input, batch first
     * @param pass what dropout and batch normalisation do
     * @return one array per graph output
     */
    default INDArray[] forwardShared(INDArray[] inputs, Pass pass) {
        return forward(inputs, pass);
    }

    /**
     * Runs backwards from the gradients of an external loss through the last
     * {@linkplain Pass.Mode#differentiable() differentiable} forward pass; allowed once per forward pass. Parameter
     * gradients, summed over the batch, overwrite the graph's gradient view; where they are not wanted its content is
     * undefined afterwards.
     *
     * @param outputGradients dLoss/dOutput, one array per graph output
     * @param wanted which gradients to compute
     * @return dLoss/dInput, one array per graph input; empty if not wanted
     */
    INDArray[] backward(INDArray[] outputGradients, Wanted wanted);

    /**
     * Runs backwards; the arrays returned may be overwritten by the next call of this method.
     *
     * @param outputGradients dLoss/dOutput, one array per graph output
     * @param wanted which gradients to compute
     * @return dLoss/dInput, one array per graph input; empty if not wanted
     */
    default INDArray[] backwardShared(INDArray[] outputGradients, Wanted wanted) {
        return backward(outputGradients, wanted);
    }

    /**
     * Runs forwards and backwards with the loss of the graph's own output layers, as the first half of
     * {@code fit()} does: parameter gradients, summed over the batch, overwrite the gradient view.
     *
     * @param inputs one array per graph input
     * @param labels one array per graph output
     * @param pass what dropout does; {@link Pass.Mode#TRAIN} only
     * @return the score as Deeplearning4j defines it: mean loss per example plus regularisation
     */
    double differentiate(INDArray[] inputs, INDArray[] labels, Pass pass);

    /**
     * Applies the updater to the gradient view, subtracts the result from the parameters, then applies
     * constraints, exactly as the second half of {@code fit()} does.
     *
     * @param batchSize what the gradients are divided by
     * @param iteration the iteration count that updaters and schedules see
     * @param epoch the epoch count that schedules see
     */
    void step(int batchSize, int iteration, int epoch);

    /**
     * What manifests call this engine.
     *
     * @return a short name
     */
    String name();

    /** Frees native memory; the graph stays usable. */
    @Override
    void close();
}
