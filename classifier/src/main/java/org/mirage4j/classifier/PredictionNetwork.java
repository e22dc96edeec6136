package org.mirage4j.classifier;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.jspecify.annotations.Nullable;
import org.mirage4j.classifier.dropout.DropoutKind;
import org.mirage4j.core.engine.Pass;
import org.mirage4j.core.memory.FlatArray;
import org.mirage4j.core.memory.NativeMemory;
import org.mirage4j.core.memory.Openness;
import org.mirage4j.core.memory.Rows;
import org.mirage4j.core.network.Network;
import org.mirage4j.core.random.RandomStreams;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * A trained network, for predictions only. A network without branches is cut in two before its first noisy
 * layer, so that Monte Carlo passes share the part that is the same in all of them; only the noisy part is
 * repeated, with rows and passes side by side. Safe for concurrent use: every thread borrows a copy of the network
 * around the same parameters. What comes out for a row depends neither on the rows beside it nor on its place among
 * them: all rows share the masks of a pass, and calls are of few shapes that give the same bits. On the compiled plan
 * that holds to the last bit; on Deeplearning4j's own layers to the rounding of single precision.
 */
final class PredictionNetwork implements AutoCloseable {
    /** Rows in a call for few of them. */
    private static final int FEW = 64;

    /** Rows in a call for many; first layers' outputs are kept for so many at a time. */
    private static final int MANY = 1024;

    private final @Nullable ComputationGraphConfiguration noisy;
    private final @Nullable ComputationGraphConfiguration fixed;
    private final INDArray noisyParameters;
    private final INDArray fixedParameters;
    private @Nullable Boolean inferencesAgree;
    private @Nullable Boolean samplesAgree;
    private final Queue<Replica> idle = new ConcurrentLinkedQueue<>();
    private final Openness openness = new Openness("the model");

    /**
     * Takes a network whose output is the raw one: logits or means.
     *
     * @param configuration the description, not changed
     * @param parameters all parameters, flat; used as they are and never written
     */
    PredictionNetwork(ComputationGraphConfiguration configuration, INDArray parameters) {
        INDArray flat = parameters.reshape(parameters.length());
        List<String> chain = chain(configuration);
        int cut = firstNoisy(configuration, chain);
        long before = chain.subList(0, cut).stream()
                .map(configuration.getVertices()::get)
                .mapToLong(vertex -> vertex.numParams(true))
                .sum();
        if (before == 0) {
            this.fixed = null;
            this.noisy = configuration.clone();
        } else {
            this.fixed = part(configuration, chain.subList(0, cut));
            this.noisy = cut == chain.size() ? null : part(configuration, chain.subList(cut, chain.size()));
        }
        this.fixedParameters = flat.get(NDArrayIndex.interval(0, before));
        this.noisyParameters = flat.get(NDArrayIndex.interval(before, flat.length()));
    }

    /** A copy of the network that one thread uses at a time. */
    private record Replica(@Nullable Network fixed, @Nullable Network noisy) {
        /** An array of its own, even where no layer comes before the noise. */
        INDArray first(INDArray rows) {
            return fixed == null ? rows.dup('c') : fixed.forward(rows, Pass.infer());
        }

        /** An array of its own, even where no layer is left. */
        INDArray second(INDArray rows, Pass pass) {
            return noisy == null ? rows.dup('c') : noisy.forward(rows, pass);
        }

        INDArray infer(INDArray rows) {
            INDArray between = fixed == null ? rows : fixed.forward(rows, Pass.infer());
            INDArray output = second(between, Pass.infer());
            releaseUnless(between, rows);
            return output;
        }

        /** All rows through one sampled network. */
        INDArray sampled(INDArray rows) {
            INDArray between = first(rows);
            INDArray output = second(between, Pass.sampled(List.of(new Pass.Part(1, (int) rows.size(0)))));
            NativeMemory.release(between);
            return output;
        }

        boolean isCompiled() {
            return (fixed == null || fixed.isCompiled()) && (noisy == null || noisy.isCompiled());
        }
    }

    /** What to do with the outputs of passes. */
    interface Passes {
        /**
         * Takes what one pass gives for one row; a row's passes come in order.
         *
         * @param row the row of the input
         * @param output the taker's own
         */
        void accept(int row, double[] output);
    }

    /** The output without noise: test-time weight scaling. */
    INDArray infer(INDArray input) {
        Replica replica = borrow();
        try {
            return inChunks(input, rowsAtOnce(replica, input, input.size(0), false), replica::infer);
        } finally {
            giveBack(replica);
        }
    }

    /**
     * The outputs of many passes with the noise on. Each pass is one sampled network, the same for all rows, so that
     * what it gives for a row is a function of the row, the seed and the number of the pass. Pairs of pass and row run
     * side by side.
     */
    void sample(INDArray input, int passes, long seed, Passes consumer) {
        RandomStreams streams = new RandomStreams(seed);
        Replica replica = borrow();
        try {
            for (int from = 0; from < input.size(0); from += MANY) {
                INDArray given = rows(input, from, from + MANY);
                int count = (int) given.size(0);
                long pairs = (long) passes * count;
                int most = rowsAtOnce(replica, given, pairs, true);
                INDArray between = inChunks(given, most, replica::first);
                INDArray tiled = tiled(between, count - 1 + most);
                for (long pair = 0; pair < pairs; ) {
                    int size = pairs - pair < most / 2 ? FEW : most;
                    int row = (int) (pair % count);
                    List<Pass.Part> parts = parts(streams, pair, size, count, pairs);
                    INDArray outputs = replica.second(Rows.of(tiled, row, row + size), Pass.sampled(parts));
                    double[] values = FlatArray.reading(outputs).toArray();
                    NativeMemory.release(outputs);
                    int width = values.length / size;
                    int filled = (int) Math.min(size, pairs - pair);
                    for (int i = 0; i < filled; i++) {
                        consumer.accept(
                                from + (row + i) % count, Arrays.copyOfRange(values, i * width, (i + 1) * width));
                    }
                    pair += size;
                }
                NativeMemory.release(tiled, between);
                releaseUnless(given, input);
            }
        } finally {
            giveBack(replica);
        }
    }

    /** Which passes the rows of a call belong to, from one pair of pass and row on; what is too much is the last's. */
    private static List<Pass.Part> parts(RandomStreams streams, long first, int size, int count, long pairs) {
        List<Pass.Part> parts = new ArrayList<>();
        long end = first + size;
        for (long pair = first; pair < end; ) {
            long pass = pair / count;
            long next = (pass + 1) * count;
            long to = next >= pairs ? end : Math.min(end, next);
            parts.add(new Pass.Part(streams.key("monte-carlo", pass), (int) (to - pair)));
            pair = to;
        }
        return parts;
    }

    /** How many rows calls have: few, or many where that is worth it and gives the same bits. */
    private int rowsAtOnce(Replica replica, INDArray input, long wanted, boolean sampled) {
        return wanted >= MANY / 2 && sizesAgree(replica, input, sampled) ? MANY : FEW;
    }

    /**
     * Whether calls of many rows give each row the bits that calls of few rows do. No library promises that its matrix
     * products add in the same order at every size, but which order they take does not depend on the numbers, so that
     * it shows in numbers without structure. Deeplearning4j's own layers round by the place of a row at any size.
     */
    private synchronized boolean sizesAgree(Replica replica, INDArray input, boolean sampled) {
        Boolean known = sampled ? samplesAgree : inferencesAgree;
        if (known != null) {
            return known;
        }
        boolean agree = !replica.isCompiled() || agree(input, sampled ? replica::sampled : replica::infer);
        if (sampled) {
            samplesAgree = agree;
        } else {
            inferencesAgree = agree;
        }
        return agree;
    }

    private static boolean agree(INDArray like, UnaryOperator<INDArray> call) {
        long[] shape = like.shape().clone();
        shape[0] = MANY;
        INDArray noise = new RandomStreams(0).gaussian("sizes", 0, like.dataType(), shape);
        INDArray many = inChunks(noise, MANY, call);
        INDArray few = inChunks(noise, FEW, call);
        boolean agree = Arrays.equals(
                FlatArray.reading(many).toArray(), FlatArray.reading(few).toArray());
        NativeMemory.release(noise, many, few);
        return agree;
    }

    /** Runs rows in calls of at most two sizes, the last one filled up with zeros. */
    private static INDArray inChunks(INDArray input, int most, UnaryOperator<INDArray> call) {
        List<INDArray> outputs = new ArrayList<>();
        int size;
        for (int from = 0; from < input.size(0); from += size) {
            size = input.size(0) - from < most / 2 ? FEW : most;
            INDArray rows = filled(rows(input, from, from + size), size, input);
            INDArray output = call.apply(rows);
            long left = Math.min(size, input.size(0) - from);
            outputs.add(left < size ? Rows.of(output, 0, left).dup('c') : output);
            if (left < size) {
                NativeMemory.release(output);
            }
            releaseUnless(rows, input);
        }
        if (outputs.size() == 1) {
            return outputs.get(0);
        }
        INDArray all = Nd4j.concat(0, outputs.toArray(INDArray[]::new));
        NativeMemory.release(outputs.toArray(INDArray[]::new));
        return all;
    }

    private static INDArray filled(INDArray rows, int size, INDArray input) {
        if (rows.size(0) == size) {
            return rows;
        }
        long[] shape = rows.shape().clone();
        shape[0] = size;
        INDArray filled = Nd4j.create(rows.dataType(), shape, 'c');
        Rows.of(filled, 0, rows.size(0)).assign(rows);
        releaseUnless(rows, input);
        return filled;
    }

    /** The rows again and again, so many that every window of a call lies in them in one piece. */
    private static INDArray tiled(INDArray rows, int wanted) {
        int count = (int) rows.size(0);
        INDArray[] copies = new INDArray[(wanted + count - 1) / count];
        Arrays.fill(copies, rows);
        int last = wanted - (copies.length - 1) * count;
        if (last < count) {
            copies[copies.length - 1] = Rows.of(rows, 0, last).dup('c');
        }
        return copies.length == 1 ? rows.dup('c') : Nd4j.concat(0, copies);
    }

    /** One array of values per row; Deeplearning4j's own conversion makes an INDArray of every row. */
    static List<double[]> toRows(INDArray matrix) {
        INDArray copy = matrix.dup('c');
        double[] values = copy.data().asDouble();
        NativeMemory.release(copy);
        int width = (int) matrix.size(1);
        return IntStream.range(0, (int) matrix.size(0))
                .mapToObj(row -> Arrays.copyOfRange(values, row * width, (row + 1) * width))
                .toList();
    }

    /** A server that leaves its arrays to the garbage collector grows until one comes. */
    @SuppressWarnings("ReferenceEquality") // an array that was passed on, not one of equal content
    private static void releaseUnless(INDArray array, INDArray... needed) {
        for (INDArray other : needed) {
            if (array == other) {
                return;
            }
        }
        NativeMemory.release(array);
    }

    /** Frees the copies that no thread is using. */
    @Override
    public void close() {
        openness.end();
        for (Replica replica = idle.poll(); replica != null; replica = idle.poll()) {
            if (replica.fixed() != null) {
                replica.fixed().close();
            }
            if (replica.noisy() != null) {
                replica.noisy().close();
            }
        }
    }

    /** Refuses what comes after {@link #close}. */
    void requireOpen() {
        openness.require();
    }

    private void giveBack(Replica replica) {
        idle.add(replica);
        if (openness.isClosed()) { // by another thread
            close();
        }
    }

    private Replica borrow() {
        requireOpen();
        Replica replica = idle.poll();
        if (replica != null) {
            return replica;
        }
        Network first = fixed == null ? null : replicate(fixed, fixedParameters);
        return new Replica(first, noisy == null ? null : replicate(noisy, noisyParameters));
    }

    private static Network replicate(ComputationGraphConfiguration configuration, INDArray parameters) {
        ComputationGraphConfiguration own = configuration.clone();
        DropoutKind.separate(own);
        ComputationGraph graph = new ComputationGraph(own);
        graph.init(parameters.reshape(1, parameters.length()), false);
        return Network.of(graph);
    }

    private static INDArray rows(INDArray input, int from, int to) {
        return input.size(0) <= to - from
                ? input
                : Rows.of(input, from, Math.min(to, input.size(0))).dup('c');
    }

    /** The layers in order, or none if the network has branches or several inputs or outputs. */
    private static List<String> chain(ComputationGraphConfiguration configuration) {
        if (configuration.getNetworkInputs().size() != 1
                || configuration.getNetworkOutputs().size() != 1) {
            return List.of();
        }
        Map<String, String> next = new LinkedHashMap<>();
        for (Map.Entry<String, List<String>> edge :
                configuration.getVertexInputs().entrySet()) {
            if (edge.getValue().size() != 1 || next.put(edge.getValue().get(0), edge.getKey()) != null) {
                return List.of();
            }
        }
        List<String> chain = new ArrayList<>();
        String at = next.get(configuration.getNetworkInputs().get(0));
        while (at != null) {
            chain.add(at);
            at = next.get(at);
        }
        return chain;
    }

    private static int firstNoisy(ComputationGraphConfiguration configuration, List<String> chain) {
        for (int i = 0; i < chain.size(); i++) {
            if (configuration.getVertices().get(chain.get(i)) instanceof LayerVertex vertex
                    && DropoutKind.isNoisy(vertex.getLayerConf().getLayer())) {
                return i;
            }
        }
        return chain.size();
    }

    private static ComputationGraphConfiguration part(ComputationGraphConfiguration whole, List<String> names) {
        ComputationGraphConfiguration part = whole.clone();
        Map<String, GraphVertex> vertices = new LinkedHashMap<>();
        Map<String, List<String>> edges = new LinkedHashMap<>();
        String before = part.getNetworkInputs().get(0);
        for (String name : names) {
            GraphVertex vertex = part.getVertices().get(name);
            if (vertex != null) {
                vertices.put(name, vertex);
            }
            edges.put(name, new ArrayList<>(List.of(before)));
            before = name;
        }
        part.setVertices(vertices);
        part.setVertexInputs(edges);
        part.setNetworkOutputs(new ArrayList<>(List.of(before)));
        part.setTopologicalOrder(null);
        part.setTopologicalOrderStr(null);
        return part;
    }
}
