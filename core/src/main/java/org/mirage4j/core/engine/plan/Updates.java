package org.mirage4j.core.engine.plan;

import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.Trainable;
import org.deeplearning4j.nn.conf.GradientNormalization;
import org.deeplearning4j.nn.gradient.DefaultGradient;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.graph.vertex.GraphVertex;
import org.deeplearning4j.nn.updater.UpdaterBlock;
import org.deeplearning4j.nn.updater.graph.ComputationGraphUpdater;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.jspecify.annotations.Nullable;
import org.mirage4j.core.engine.Frozen;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.learning.config.NoOp;
import org.nd4j.linalg.learning.config.RmsProp;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.learning.regularization.L1Regularization;
import org.nd4j.linalg.learning.regularization.L2Regularization;
import org.nd4j.linalg.learning.regularization.Regularization;
import org.nd4j.linalg.learning.regularization.WeightDecay;

/**
 * The graph's updater in one pass over its arrays: plain Adam by oneDNN, the others block by block, gradient,
 * parameters and state copied into arrays that fit the first cache, updated by a loop that vectorises, and
 * copied back. Whatever is not known here goes through Deeplearning4j's own updater, whole.
 */
final class Updates implements AutoCloseable {
    private static final int BLOCK = 1024;
    /**
     * Adding and subtracting this rounds a second moment to multiples of 1e-37: the JVM does not flush denormal
     * numbers, and arithmetic on them is a hundred times slower.
     */
    static final float NEGLIGIBLE = 1e-30f;

    /**
     * The same for a first moment. Rounding to nearest lets a decaying moment come to rest at a few multiples,
     * 1e-29 here, and its product with the learning rate must not be denormal either. The update that causes,
     * under 1e-20, is below the rounding of any parameter.
     */
    static final float NEGLIGIBLE_MOMENTUM = 1e-22f;

    private final ComputationGraph graph;
    private final ComputationGraphUpdater updater;
    private final List<Span> spans = new ArrayList<>();
    private final Arena arena = new Arena();
    /** How each span is updated natively; null where it is updated in Java. */
    private final List<@Nullable AdamPass> passes = new ArrayList<>();

    /** The gradient view as the stock updater wants it: the graph has one only after a backward pass of its own. */
    private final Gradient gradientByName;

    private final boolean known;
    private final boolean simplyPenalised;
    private final boolean constrained;
    private final @Nullable MaxNorm maxNorm;
    private final FloatBuffer parameters;
    private final FloatBuffer gradients;
    private final FloatBuffer states;
    private final Arrays arrays;
    private final long stateAddress;
    private final float[] p = new float[BLOCK];
    private final float[] g = new float[BLOCK];
    private final float[] first = new float[BLOCK];
    private final float[] second = new float[BLOCK];

    /** A stretch of parameters that are treated alike; state offsets point into the updater's array. */
    private record Span(
            int start,
            int end,
            int firstState,
            int secondState,
            IUpdater updater,
            List<Regularization> regularization,
            boolean averaged) {

        /** The span over this and the next one, if they lie next to each other and are treated alike. */
        Optional<Span> joinedWith(Span next) {
            int length = end - start;
            boolean alike = next.start == end
                    && next.firstState == firstState + length
                    && next.secondState == secondState + length
                    && next.updater.equals(updater)
                    && next.regularization.equals(regularization)
                    && next.averaged == averaged;
            return alike
                    ? Optional.of(new Span(start, next.end, firstState, secondState, updater, regularization, averaged))
                    : Optional.empty();
        }
    }

    private Updates(ComputationGraph graph, ComputationGraphUpdater updater) {
        this.graph = graph;
        this.updater = updater;
        INDArray state = updater.getStateViewArray();
        stateAddress = addressOf(state);
        arrays = Arrays.of(graph);
        int length = Math.toIntExact(graph.params().length());
        parameters = Arena.floats(arrays.parameters(), length);
        gradients = Arena.floats(Arrays.address(updater.getFlattenedGradientsView()), length);
        states = state == null ? FloatBuffer.allocate(0) : Arena.floats(Arrays.address(state), state.length());
        gradientByName = new DefaultGradient(updater.getFlattenedGradientsView());
        boolean all = true;
        for (UpdaterBlock block : updater.getUpdaterBlocks()) {
            for (UpdaterBlock.ParamState part : block.getLayersAndVariablesInBlock()) {
                all &= addSpan(block, part);
                gradientByName.setGradientFor(
                        part.getLayer().getConfig().getLayerName() + "_" + part.getParamName(), part.getGradView());
            }
        }
        known = all;
        simplyPenalised = spans.stream()
                .flatMap(span -> span.regularization().stream())
                .allMatch(
                        term -> term.getClass() == L1Regularization.class || term.getClass() == L2Regularization.class);
        if (known) {
            for (Span span : spans) {
                passes.add(adamPass(span));
            }
            arena.seal();
        }
        boolean any = false;
        for (var layer : graph.getLayers()) {
            var constraints = layer.conf().getLayer().getConstraints();
            any |= constraints != null && !constraints.isEmpty();
        }
        constrained = any;
        maxNorm = MaxNorm.of(graph.getLayers()).orElse(null);
    }

    private static long addressOf(@Nullable INDArray state) {
        return state == null ? 0 : Arrays.address(state);
    }

    private @Nullable AdamPass adamPass(Span span) {
        if (!(span.updater() instanceof Adam adam) || !span.regularization().isEmpty()) {
            return null;
        }
        long gradient = Arrays.address(updater.getFlattenedGradientsView());
        return new AdamPass(
                arena,
                adam,
                span.end() - (long) span.start(),
                arrays.parameters() + (long) span.start() * Float.BYTES,
                gradient + (long) span.start() * Float.BYTES,
                stateAddress + (long) span.firstState() * Float.BYTES,
                stateAddress + (long) span.secondState() * Float.BYTES);
    }

    static Updates of(ComputationGraph graph) {
        return new Updates(graph, graph.getUpdater(true));
    }

    /** Whether this still describes the graph's updater and arrays. */
    @SuppressWarnings("ReferenceEquality") // another updater with equal state has other arrays
    boolean isOf(ComputationGraph other) {
        return other == graph
                && other.getUpdater(false) == updater
                && arrays.areOf(other)
                && addressOf(updater.getStateViewArray()) == stateAddress;
    }

    private boolean addSpan(UpdaterBlock block, UpdaterBlock.ParamState part) {
        Trainable layer = part.getLayer();
        if (isFrozen(layer)) {
            return true; // no span: nothing moves
        }
        IUpdater kind = layer.getConfig().getUpdaterByParam(part.getParamName());
        List<Regularization> regularization = layer.getConfig().getRegularizationByParam(part.getParamName());
        GradientNormalization normalization = layer.getConfig().getGradientNormalization();
        int size = block.getParamOffsetEnd() - block.getParamOffsetStart();
        int offset = part.getParamOffsetStart() - block.getParamOffsetStart();
        int state = block.getUpdaterViewOffsetStart() + offset;
        List<Regularization> known = regularization == null ? List.of() : List.copyOf(regularization);
        Span span = new Span(
                part.getParamOffsetStart(),
                part.getParamOffsetEnd(),
                state,
                state + size,
                kind,
                known,
                layer.updaterDivideByMinibatch(part.getParamName()) && isMiniBatch());
        Span last = spans.isEmpty() ? null : spans.get(spans.size() - 1);
        Optional<Span> joined = last == null ? Optional.empty() : last.joinedWith(span);
        if (joined.isPresent()) {
            spans.set(spans.size() - 1, joined.get());
        } else {
            spans.add(span);
        }
        return isKnown(kind)
                && known.stream().allMatch(Updates::isKnown)
                && (normalization == null || normalization == GradientNormalization.None);
    }

    private static boolean isFrozen(Trainable layer) {
        Layer known = layer instanceof GraphVertex vertex ? vertex.getLayer() : null;
        return known != null && Frozen.is(known);
    }

    private boolean isMiniBatch() {
        return graph.getLayers().length == 0 || graph.getLayer(0).conf().isMiniBatch();
    }

    private static boolean isKnown(IUpdater kind) {
        Class<?> type = kind.getClass();
        return type == Adam.class
                || type == RmsProp.class
                || type == Nesterovs.class
                || type == Sgd.class
                || type == NoOp.class;
    }

    private static boolean isKnown(Regularization regularization) {
        Class<?> type = regularization.getClass();
        return type == L2Regularization.class || type == L1Regularization.class || type == WeightDecay.class;
    }

    void apply(int batchSize, int iteration, int epoch) {
        if (known) {
            for (int i = 0; i < spans.size(); i++) {
                apply(spans.get(i), passes.get(i), batchSize, iteration, epoch);
            }
        } else {
            updater.update(gradientByName, iteration, epoch, batchSize, LayerWorkspaceMgr.noWorkspaces());
            Frozen.parts(graph, updater.getFlattenedGradientsView()).forEach(part -> part.assign(0));
            graph.params()
                    .subi(updater.getFlattenedGradientsView()
                            .reshape(graph.params().length()));
        }
        if (maxNorm != null) {
            maxNorm.apply();
        } else if (constrained) {
            graph.applyConstraints(iteration + 1, epoch);
        }
    }

    /**
     * The penalties of L1 and L2 as they stand in the score, one pass in double over the parameters that have any:
     * ND4J's norms take longer than a step of a small network.
     *
     * @return their sum; empty if there are others, which the graph itself has to compute
     */
    OptionalDouble penalty(int iteration, int epoch) {
        if (!known || !simplyPenalised) {
            return OptionalDouble.empty();
        }
        double sum = 0;
        for (Span span : spans) {
            double l1 = 0;
            double l2 = 0;
            for (Regularization term : span.regularization()) {
                if (term instanceof L2Regularization squares) {
                    l2 += squares.getL2().valueAt(iteration, epoch);
                } else if (term instanceof L1Regularization absolutes) {
                    l1 += absolutes.getL1().valueAt(iteration, epoch);
                }
            }
            if (l1 != 0 || l2 != 0) {
                sum += penalty(span, l1, l2);
            }
        }
        return OptionalDouble.of(sum);
    }

    private double penalty(Span span, double l1, double l2) {
        double absolutes = 0;
        double squares = 0;
        for (int start = span.start(); start < span.end(); start += BLOCK) {
            int count = Math.min(BLOCK, span.end() - start);
            parameters.get(start, p, 0, count);
            for (int i = 0; i < count; i++) {
                absolutes += Math.abs(p[i]);
                squares += (double) p[i] * p[i];
            }
        }
        return l1 * absolutes + l2 / 2 * squares;
    }

    private void apply(Span span, @Nullable AdamPass pass, int batchSize, int iteration, int epoch) {
        IUpdater kind = span.updater();
        double rate = kind.hasLearningRate() ? kind.getLearningRate(iteration, epoch) : 1;
        if (pass != null && kind instanceof Adam adam) {
            pass.apply(correctedRate(adam, rate, iteration), span.averaged() ? 1.0 / batchSize : 1);
            return;
        }
        float scale = span.averaged() ? (float) (1.0 / batchSize) : 1f;
        double l1 = 0;
        double l2 = 0;
        double decay = 0;
        for (Regularization term : span.regularization()) {
            if (term instanceof L2Regularization squares) {
                l2 += squares.getL2().valueAt(iteration, epoch);
            } else if (term instanceof L1Regularization absolutes) {
                l1 += absolutes.getL1().valueAt(iteration, epoch);
            } else if (term instanceof WeightDecay weightDecay) {
                decay += weightDecay.getCoeff().valueAt(iteration, epoch) * (weightDecay.isApplyLR() ? rate : 1);
            }
        }
        double corrected = kind instanceof Adam adam ? correctedRate(adam, rate, iteration) : rate;
        for (int start = span.start(); start < span.end(); start += BLOCK) {
            int count = Math.min(BLOCK, span.end() - start);
            int offset = start - span.start();
            gradients.get(start, g, 0, count);
            parameters.get(start, p, 0, count);
            scale(count, scale);
            if (l1 != 0 || l2 != 0) {
                regularize(count, (float) l1, (float) l2);
            }
            if (decay != 0) {
                // Of the parameters before the update, as the stock updater adds it to the update.
                decay(count, (float) decay);
            }
            update(kind, corrected, iteration, epoch, count, span.firstState() + offset, span.secondState() + offset);
            parameters.put(start, p, 0, count);
        }
    }

    /** The learning rate with both bias corrections (Kingma and Ba 2015, section 2). */
    private static double correctedRate(Adam adam, double rate, int iteration) {
        double corrected = rate
                * Math.sqrt(1 - Math.pow(adam.getBeta2(), iteration + 1.0))
                / (1 - Math.pow(adam.getBeta1(), iteration + 1.0));
        return Double.isNaN(corrected) || corrected == 0 ? adam.getEpsilon() : corrected;
    }

    private void update(
            IUpdater kind, double rate, int iteration, int epoch, int count, int firstState, int secondState) {
        if (kind instanceof Adam adam) {
            states.get(firstState, first, 0, count);
            states.get(secondState, second, 0, count);
            adam(count, adam.getBeta1(), adam.getBeta2(), (float) rate, (float) adam.getEpsilon());
            states.put(firstState, first, 0, count);
            states.put(secondState, second, 0, count);
        } else if (kind instanceof RmsProp rmsProp) {
            states.get(firstState, first, 0, count);
            rmsProp(count, rmsProp.getRmsDecay(), (float) rate, (float) rmsProp.getEpsilon());
            states.put(firstState, first, 0, count);
        } else if (kind instanceof Nesterovs nesterovs) {
            states.get(firstState, first, 0, count);
            nesterovs(count, (float) nesterovs.currentMomentum(iteration, epoch), (float) rate);
            states.put(firstState, first, 0, count);
        } else {
            descend(count, kind instanceof NoOp ? 1f : (float) rate);
        }
    }

    @Override
    public void close() {
        arena.close();
    }

    private void scale(int count, float scale) {
        for (int i = 0; i < count; i++) {
            g[i] *= scale;
        }
    }

    private void regularize(int count, float l1, float l2) {
        for (int i = 0; i < count; i++) {
            g[i] += l2 * p[i] + l1 * Math.signum(p[i]);
        }
    }

    private void decay(int count, float coefficient) {
        for (int i = 0; i < count; i++) {
            p[i] -= coefficient * p[i];
        }
    }

    private void adam(int count, double decay1, double decay2, float alpha, float epsilon) {
        float beta1 = (float) decay1;
        float beta2 = (float) decay2;
        float new1 = (float) (1 - decay1);
        float new2 = (float) (1 - decay2);
        for (int i = 0; i < count; i++) {
            float gradient = g[i];
            float m = beta1 * first[i] + new1 * gradient;
            float v = beta2 * second[i] + new2 * gradient * gradient;
            first[i] = m + NEGLIGIBLE_MOMENTUM - NEGLIGIBLE_MOMENTUM;
            second[i] = v + NEGLIGIBLE - NEGLIGIBLE;
            p[i] -= alpha * first[i] / ((float) Math.sqrt(v) + epsilon);
        }
    }

    private void rmsProp(int count, double decay, float rate, float epsilon) {
        float added = (float) (1 - decay);
        float retained = (float) decay;
        for (int i = 0; i < count; i++) {
            float gradient = g[i];
            float square = retained * first[i] + added * gradient * gradient;
            first[i] = square + NEGLIGIBLE - NEGLIGIBLE;
            p[i] -= rate * gradient / ((float) Math.sqrt(square) + epsilon);
        }
    }

    private void nesterovs(int count, float momentum, float rate) {
        for (int i = 0; i < count; i++) {
            float previous = momentum * first[i];
            float velocity = previous - rate * g[i];
            first[i] = velocity + NEGLIGIBLE_MOMENTUM - NEGLIGIBLE_MOMENTUM;
            p[i] -= previous + (-momentum - 1) * velocity;
        }
    }

    private void descend(int count, float rate) {
        for (int i = 0; i < count; i++) {
            p[i] -= rate * g[i];
        }
    }
}
