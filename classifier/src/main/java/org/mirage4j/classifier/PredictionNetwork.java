package org.mirage4j.classifier;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.jspecify.annotations.Nullable;
import org.mirage4j.classifier.dropout.DropoutKind;
import org.mirage4j.core.engine.Pass;
import org.mirage4j.core.memory.NativeMemory;
import org.mirage4j.core.network.Network;
import org.mirage4j.core.random.RandomStreams;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * A trained network, for predictions only. A network without branches is cut in two before its first noisy
 * layer, so that Monte Carlo passes share the part that is the same in all of them; only the noisy part is
 * repeated, with the passes side by side in large batches. Safe for concurrent use: every thread borrows a
 * copy of the network around the same parameters, and masks are a function of the seed and the position of a
 * pass, not of what ran before.
 */
final class PredictionNetwork implements AutoCloseable {
    private static final int ROWS_PER_CALL = 1024;

    private final @Nullable ComputationGraphConfiguration noisy;
    private final @Nullable ComputationGraphConfiguration fixed;
    private final INDArray noisyParameters;
    private final INDArray fixedParameters;
    private final boolean noisyWeights;
    private final Queue<Replica> idle = new ConcurrentLinkedQueue<>();

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
        this.noisyWeights = configuration.getVertices().values().stream().anyMatch(PredictionNetwork::hasNoisyWeights);
    }

    /** A copy of the network that one thread uses at a time. */
    private record Replica(@Nullable Network fixed, @Nullable Network noisy) {
        INDArray first(INDArray rows) {
            return fixed == null ? rows : fixed.forward(rows, Pass.infer());
        }

        /** An array of its own, even where no layer is left. */
        INDArray second(INDArray rows, Pass pass) {
            return noisy == null ? rows.dup() : noisy.forward(rows, pass);
        }
    }

    /** What to do with the outputs of some passes over some rows. */
    interface Passes {
        /**
         * Takes outputs.
         *
         * @param firstRow the row of the input that the first output belongs to
         * @param rows how many rows there are
         * @param outputs pass after pass, [passes * rows, outputs]; the taker's own
         */
        void accept(int firstRow, int rows, INDArray outputs);
    }

    /** The output without noise: test-time weight scaling. */
    INDArray infer(INDArray input) {
        Replica replica = borrow();
        try {
            List<INDArray> outputs = new ArrayList<>();
            for (int from = 0; from < input.size(0); from += ROWS_PER_CALL) {
                INDArray rows = rows(input, from, ROWS_PER_CALL);
                INDArray between = replica.first(rows);
                INDArray output = replica.second(between, Pass.infer());
                outputs.add(output);
                releaseUnless(rows, input, between);
                releaseUnless(between, input);
            }
            if (outputs.size() == 1) {
                return outputs.get(0);
            }
            INDArray all = Nd4j.concat(0, outputs.toArray(INDArray[]::new));
            NativeMemory.release(outputs.toArray(INDArray[]::new));
            return all;
        } finally {
            idle.add(replica);
        }
    }

    /** The outputs of many passes with the noise on. */
    void sample(INDArray input, int passes, long seed, Passes consumer) {
        RandomStreams streams = new RandomStreams(seed);
        Replica replica = borrow();
        try {
            for (int from = 0; from < input.size(0); from += ROWS_PER_CALL) {
                INDArray given = rows(input, from, ROWS_PER_CALL);
                INDArray rows = replica.first(given);
                int count = (int) rows.size(0);
                RandomStreams masks = new RandomStreams(streams.key("monte-carlo", from));
                // weights are dropped once per call, for all of its rows
                int atOnce = noisyWeights ? 1 : Math.max(1, ROWS_PER_CALL / count);
                INDArray repeated = repeat(rows, Math.min(atOnce, passes));
                for (int pass = 0; pass < passes; pass += atOnce) {
                    int left = passes - pass;
                    if (left < atOnce && pass > 0) {
                        releaseUnless(repeated, input, given, rows);
                        repeated = repeat(rows, left);
                    }
                    INDArray outputs = replica.second(repeated, Pass.monteCarlo(masks.key("pass", pass)));
                    consumer.accept(from, count, outputs);
                }
                releaseUnless(repeated, input, given, rows);
                releaseUnless(rows, input, given);
                releaseUnless(given, input);
            }
        } finally {
            idle.add(replica);
        }
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

    private static INDArray repeat(INDArray rows, int times) {
        INDArray[] copies = new INDArray[times];
        Arrays.fill(copies, rows);
        return times == 1 ? rows : Nd4j.concat(0, copies);
    }

    /** Frees the copies that no thread is using. */
    @Override
    public void close() {
        for (Replica replica = idle.poll(); replica != null; replica = idle.poll()) {
            if (replica.fixed() != null) {
                replica.fixed().close();
            }
            if (replica.noisy() != null) {
                replica.noisy().close();
            }
        }
    }

    private Replica borrow() {
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

    private static INDArray rows(INDArray input, int from, int most) {
        if (input.size(0) <= most) {
            return input;
        }
        return input.get(NDArrayIndex.interval(from, Math.min(from + most, input.size(0))))
                .dup('c');
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

    private static boolean hasNoisyWeights(GraphVertex vertex) {
        if (!(vertex instanceof LayerVertex layered)) {
            return false;
        }
        Layer layer = layered.getLayerConf().getLayer();
        return layer instanceof BaseLayer weighted && weighted.getWeightNoise() != null;
    }
}
