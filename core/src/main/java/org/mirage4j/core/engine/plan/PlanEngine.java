package org.mirage4j.core.engine.plan;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.jspecify.annotations.Nullable;
import org.mirage4j.core.MirageException;
import org.mirage4j.core.engine.Engine;
import org.mirage4j.core.engine.GateReplay;
import org.mirage4j.core.engine.Pass;
import org.mirage4j.core.engine.Pass.Mode;
import org.mirage4j.core.engine.Wanted;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Runs a graph on plans compiled over oneDNN, one for each mode and batch size met, of which the most
 * recently used are kept.
 */
public final class PlanEngine implements Engine {
    private static final int MOST_PLANS = 8;

    private final ComputationGraph graph;
    private final Map<Key, Plan> plans = new LinkedHashMap<>(MOST_PLANS, 0.75f, true);
    private final boolean piecewiseAffine;
    private Arrays arrays;
    private @Nullable Plan pending;
    private @Nullable Plan recorded;
    private @Nullable Updates updates;

    private record Key(Mode mode, List<List<Long>> shapes) {}

    private PlanEngine(ComputationGraph graph) {
        this.graph = graph;
        this.arrays = Arrays.of(graph);
        this.piecewiseAffine = GateReplay.isPiecewiseAffine(graph);
    }

    /**
     * Says why a graph cannot be run by this engine, on this machine.
     *
     * @param graph an initialised graph
     * @return a phrase that names the layer or the missing library; empty if the graph can be compiled
     */
    public static Optional<String> unsupportedReason(ComputationGraph graph) {
        String backend = Nd4j.getBackend().getClass().getSimpleName();
        if (!backend.equals("CpuBackend")) {
            return Optional.of("the backend is " + backend);
        }
        Optional<String> unavailable = NativeLibrary.unavailable();
        return unavailable.isPresent() ? unavailable : GraphReader.unsupportedReason(graph);
    }

    /**
     * Creates the engine of a graph; plans are compiled when the first batch of a size arrives.
     *
     * @param graph an initialised graph
     * @return the engine
     * @throws MirageException if there is an {@link #unsupportedReason}
     */
    public static PlanEngine compile(ComputationGraph graph) {
        Optional<String> reason = unsupportedReason(graph);
        if (reason.isPresent()) {
            throw new MirageException("the network cannot be compiled: " + reason.get());
        }
        return new PlanEngine(graph);
    }

    @Override
    public String name() {
        return "onednn-plan";
    }

    @Override
    public INDArray[] forward(INDArray[] inputs, Pass pass) {
        return run(inputs, pass).results(Plan::newArray);
    }

    @Override
    public INDArray[] forwardShared(INDArray[] inputs, Pass pass) {
        Plan plan = run(inputs, pass);
        return plan.results(plan::sharedArray);
    }

    /** The plan that has run. */
    private Plan run(INDArray[] inputs, Pass pass) {
        if (pass.mode() == Mode.REPLAY) {
            Plan last = recorded;
            if (last == null) {
                throw new IllegalStateException("a replay needs a recorded pass before it");
            }
            Plan replay = last.replay();
            pending = replay;
            replay.forward(inputs, pass);
            return replay;
        }
        boolean records = pass.mode() == Mode.RECORD;
        Plan plan = plan(inputs, records && piecewiseAffine ? Mode.TRAIN : pass.mode());
        if (pass.mode().differentiable()) {
            pending = plan;
            recorded = records ? plan : null;
        }
        plan.forward(inputs, pass);
        return plan;
    }

    @Override
    public INDArray[] backward(INDArray[] outputGradients, Wanted wanted) {
        return takePending().backward(outputGradients, wanted, Plan::newArray);
    }

    @Override
    public INDArray[] backwardShared(INDArray[] outputGradients, Wanted wanted) {
        Plan plan = takePending();
        return plan.backward(outputGradients, wanted, plan::sharedArray);
    }

    private Plan takePending() {
        Plan plan = pending;
        if (plan == null) {
            throw new MirageException(
                    "a backward pass needs a forward pass in mode TRAIN, RECORD or REPLAY before it, and only one may follow each");
        }
        pending = null;
        return plan;
    }

    @Override
    public double differentiate(INDArray[] inputs, INDArray[] labels, Pass pass) {
        if (pass.mode() != Mode.TRAIN) {
            throw new MirageException("differentiating needs mode TRAIN, but the mode is " + pass.mode());
        }
        pending = null;
        recorded = null;
        double sum = plan(inputs, Mode.TRAIN).differentiate(inputs, labels, pass);
        return sum / inputs[0].size(0) + penalty();
    }

    private double penalty() {
        ComputationGraphConfiguration configuration = graph.getConfiguration();
        return updates()
                .penalty(configuration.getIterationCount(), configuration.getEpochCount())
                .orElseGet(() -> graph.calcRegularizationScore(true));
    }

    @Override
    public void step(int batchSize, int iteration, int epoch) {
        recorded = null;
        updates().apply(batchSize, iteration, epoch);
    }

    private Updates updates() {
        Updates current = updates;
        if (current == null || !current.isOf(graph)) {
            closeUpdates();
            current = Updates.of(graph);
            updates = current;
        }
        return current;
    }

    /** The plan for inputs of given shapes, compiled if need be. */
    Plan plan(INDArray[] inputs, Mode mode) {
        if (!arrays.areOf(graph)) {
            closePlans();
            arrays = Arrays.of(graph);
        }
        List<List<Long>> shapes = new ArrayList<>(inputs.length);
        long[][] dims = new long[inputs.length][];
        for (int i = 0; i < inputs.length; i++) {
            dims[i] = inputs[i].shape();
            List<Long> shape = new ArrayList<>(dims[i].length);
            for (long dim : dims[i]) {
                shape.add(dim);
            }
            shapes.add(shape);
        }
        Key key = new Key(mode, shapes);
        Plan plan = plans.get(key);
        if (plan == null) {
            makeRoom();
            plan = new Plan(graph, arrays, mode, dims);
            plans.put(key, plan);
        }
        return plan;
    }

    private void makeRoom() {
        Iterator<Plan> oldestFirst = plans.values().iterator();
        while (plans.size() >= MOST_PLANS && oldestFirst.hasNext()) {
            Plan oldest = oldestFirst.next();
            if (oldest == recorded) {
                continue; // its pass may still be replayed
            }
            oldestFirst.remove();
            if (oldest == pending) {
                pending = null;
            }
            oldest.close();
        }
    }

    private void closeUpdates() {
        if (updates != null) {
            updates.close();
            updates = null;
        }
    }

    private void closePlans() {
        pending = null;
        recorded = null;
        plans.values().forEach(Plan::close);
        plans.clear();
    }

    @Override
    public void close() {
        closePlans();
        closeUpdates();
    }
}
