package org.mirage4j.core.network;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.Updater;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.graph.vertex.GraphVertex;
import org.deeplearning4j.nn.layers.normalization.BatchNormalization;
import org.deeplearning4j.nn.params.BatchNormalizationParamInitializer;
import org.deeplearning4j.nn.params.DefaultParamInitializer;
import org.jspecify.annotations.Nullable;
import org.mirage4j.core.MirageException;
import org.mirage4j.core.engine.Engine;
import org.mirage4j.core.engine.EngineKind;
import org.mirage4j.core.engine.Frozen;
import org.mirage4j.core.engine.GateReplay;
import org.mirage4j.core.engine.MinibatchDeviation;
import org.mirage4j.core.engine.Pass;
import org.mirage4j.core.engine.Wanted;
import org.mirage4j.core.engine.plan.PlanEngine;
import org.mirage4j.core.memory.NativeMemory;
import org.mirage4j.core.memory.Openness;
import org.mirage4j.core.memory.Rows;
import org.mirage4j.core.random.NativeSeed;
import org.nd4j.linalg.api.buffer.DataBuffer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A {@link ComputationGraph} with the few verbs that training algorithms are written on: forward,
 * backward, step. The graph stays the owner of configuration, parameters and updater state, and can be
 * used with any Deeplearning4j tool through {@link #graph()}.
 *
 * <p>Gradients are those of a sum over the batch, as Deeplearning4j keeps them: {@link #step(int)}
 * divides by the batch size. A caller whose loss gradient is already that of a mean passes 1.
 *
 * <p>Arrays passed in are never changed; arrays returned belong to the caller, except the live views
 * {@link #parameters()} and {@link #gradients()}, and those of {@link #forwardShared} and {@link #backwardShared}. Not safe for concurrent use: one thread at a time.
 */
public final class Network implements AutoCloseable {
    private final Openness openness = new Openness("the network");

    /** Of what is left after {@link #close}. */
    private final Openness arrays = new Openness("the network");

    private final ComputationGraph graph;
    private final Engine engine;
    private final boolean piecewiseAffine;
    private final boolean couplesExamples;
    private final List<INDArray> frozenGradients;
    /** Why Deeplearning4j would train the network wrongly; null if it would not. */
    private final @Nullable String trainingRefusal;

    private boolean differentiable;
    private @Nullable RecordedPass replayable;
    private @Nullable Pass last;
    private boolean hasGradients;

    /** What a replay has to agree with. */
    private record RecordedPass(long maskKey, List<long[]> shapes, List<INDArray> outputGradients) {
        static RecordedPass of(INDArray[] inputs, Pass pass) {
            return new RecordedPass(
                    pass.maskKey(),
                    Arrays.stream(inputs).map(input -> input.shape().clone()).toList(),
                    List.of());
        }

        RecordedPass wentBack(INDArray[] gradients) {
            return new RecordedPass(
                    maskKey, shapes, Arrays.stream(gradients).map(INDArray::dup).toList());
        }
    }

    private Network(ComputationGraph graph, EngineKind kind, @Nullable String trainingRefusal) {
        this.graph = graph;
        this.trainingRefusal = trainingRefusal;
        this.engine = Engines.of(graph, kind);
        this.piecewiseAffine = GateReplay.isPiecewiseAffine(graph);
        this.couplesExamples = couplesExamples(graph);
        this.frozenGradients = Frozen.parts(graph, graph.getGradientsViewArray());
    }

    /**
     * Builds a network from any Deeplearning4j configuration. The configuration is copied, because layers
     * keep dropout masks in it and would mix them with those of another network; on the copy, workspace
     * modes are NONE and the seed is the one given.
     *
     * @param configuration the description; for {@link #backward} its outputs must not be output layers,
     *     for {@link #differentiate} they must be
     * @param seed seed of the initial weights
     * @return the network
     * @throws MirageException if the configuration holds something that Deeplearning4j would run wrongly
     */
    public static Network create(ComputationGraphConfiguration configuration, long seed) {
        return create(configuration, seed, EngineKind.byDefault());
    }

    /**
     * Builds a network from any Deeplearning4j configuration, as {@link #create(ComputationGraphConfiguration,
     * long)} does, on an engine of the caller's choice.
     *
     * @param configuration the description
     * @param seed seed of the initial weights
     * @param kind which engine runs it
     * @return the network
     * @throws MirageException if the configuration holds something that Deeplearning4j would run wrongly
     */
    public static Network create(ComputationGraphConfiguration configuration, long seed, EngineKind kind) {
        ComputationGraphConfiguration own = configuration.clone();
        seed(own, NativeSeed.of(seed));
        ConfigurationTraps.refuse(own);
        NetworkSize.check(own);
        ConfigurationTraps.disableWorkspaces(own);
        ComputationGraph graph = new ComputationGraph(own);
        graph.init();
        return new Network(withGradients(graph), kind, null);
    }

    /** Every layer has a copy of the settings, with the time of day for a seed where a caller gave none. */
    private static void seed(ComputationGraphConfiguration configuration, long seed) {
        configuration.getDefaultConfiguration().setSeed(seed);
        for (var vertex : configuration.getVertices().values()) {
            if (vertex instanceof LayerVertex layer) {
                layer.getLayerConf().setSeed(seed);
            }
        }
    }

    /**
     * Takes over an initialised graph, its parameters and updater state. The caller must not run the graph
     * itself from then on. Its workspace modes become NONE.
     *
     * @param graph the graph
     * @return the network
     * @throws MirageException if the graph holds something whose outputs Deeplearning4j would compute wrongly; what it
     *     would train wrongly is refused by the first training pass
     */
    public static Network of(ComputationGraph graph) {
        return of(graph, EngineKind.byDefault());
    }

    /**
     * Takes over an initialised graph, as {@link #of(ComputationGraph)} does, on an engine of the caller's choice.
     *
     * @param graph the graph
     * @param kind which engine runs it
     * @return the network
     * @throws MirageException if the graph holds something whose outputs Deeplearning4j would compute wrongly
     */
    public static Network of(ComputationGraph graph, EngineKind kind) {
        Optional<String> refusal = ConfigurationTraps.refuseOutputs(graph.getConfiguration());
        ConfigurationTraps.disableWorkspaces(graph.getConfiguration());
        return new Network(withGradients(graph), kind, refusal.orElse(null));
    }

    /**
     * Loads what {@link #save} or Deeplearning4j's {@code ModelSerializer} has written. The file may be a stranger's:
     * it is checked before anything it names is touched, see {@link ModelFile}.
     *
     * @param file a model zip
     * @param trusted classes of the caller's own that the file may name, such as layers
     * @return the network, with updater state where the file has it
     * @throws ModelFormatException if the file cannot be read as a model, or names a class that is neither known nor
     *     trusted
     * @throws MirageException if it holds something that Deeplearning4j would run wrongly
     */
    public static Network load(Path file, Class<?>... trusted) {
        return of(ModelFile.read(file, List.of(trusted)));
    }

    private static ComputationGraph withGradients(ComputationGraph graph) {
        if (graph.getGradientsViewArray() == null) {
            graph.initGradientsView();
        }
        return graph;
    }

    /**
     * Writes configuration, parameters and updater state as a Deeplearning4j model zip. Equal networks give equal
     * bytes.
     *
     * @param file where to write
     * @throws IOException if writing fails
     */
    public void save(File file) throws IOException {
        arrays.require();
        try (OutputStream out = Files.newOutputStream(file.toPath())) {
            ModelFile.write(graph, out, true);
        }
    }

    /**
     * Runs the network forwards. A {@link Pass.Mode#REPLAY} pass needs a {@link Pass.Mode#RECORD} pass since the
     * last step, on an input of the same shape and with the same mask key, and gone back unless
     * {@link #isPiecewiseAffine}; several may follow one.
     *
     * @param input the input, shape [N, ...]
     * @param pass what dropout and batch normalisation do
     * @return the output, shape [N, ...]
     */
    public INDArray forward(INDArray input, Pass pass) {
        return forward(new INDArray[] {input}, pass)[0];
    }

    /**
     * Runs a network with several inputs or outputs forwards.
     *
     * @param inputs one array per graph input, batch first
     * @param pass what dropout and batch normalisation do
     * @return one array per graph output
     */
    public INDArray[] forward(INDArray[] inputs, Pass pass) {
        begin(inputs, pass);
        INDArray[] outputs = engine.forward(inputs, pass);
        end(inputs, pass);
        return outputs;
    }

    /**
     * Runs the network forwards and returns arrays that stay the network's: the next call may overwrite them, until
     * then the caller may, and nobody closes them. For loops over networks so small that creating an array takes
     * longer than a layer.
     *
     * @param inputs one array per graph input, batch first
     * @param pass what dropout and batch normalisation do
     * @return one array per graph output
     */
    public INDArray[] forwardShared(INDArray[] inputs, Pass pass) {
        begin(inputs, pass);
        INDArray[] outputs = engine.forwardShared(inputs, pass);
        end(inputs, pass);
        return outputs;
    }

    private void begin(INDArray[] inputs, Pass pass) {
        openness.require();
        checkInputs(inputs);
        if (pass.mode().differentiable()) {
            checkTraining(inputs);
        }
        if (!pass.parts().isEmpty()) {
            checkParts(inputs, pass.parts());
        }
        if (pass.mode() == Pass.Mode.REPLAY) {
            checkReplay(inputs, pass);
        }
        differentiable = false;
    }

    private void checkTraining(INDArray[] inputs) {
        if (trainingRefusal != null) {
            throw new MirageException("the network cannot be trained: " + trainingRefusal);
        }
        if (couplesExamples && inputs[0].size(0) < 2) {
            throw new MirageException("a network that normalises over the batch makes the same of any single example:"
                    + " a batch needs at least 2, but has " + inputs[0].size(0));
        }
    }

    private void end(INDArray[] inputs, Pass pass) {
        differentiable = pass.mode().differentiable();
        last = pass;
        if (pass.mode() == Pass.Mode.RECORD) {
            replayable = RecordedPass.of(inputs, pass);
        } else if (pass.mode() == Pass.Mode.TRAIN) {
            replayable = null;
        }
    }

    /**
     * Says why this network has no {@link Pass.Mode#REPLAY} passes, which gradient penalties are computed by.
     *
     * @return a phrase that names the layer; empty if passes can be replayed
     */
    public Optional<String> replayRefusal() {
        return GateReplay.unsupportedReason(graph);
    }

    /**
     * Whether a {@link Pass.Mode#REPLAY} pass may go back from other output gradients than the recorded one.
     *
     * @return false if there are smooth activations
     */
    public boolean isPiecewiseAffine() {
        return piecewiseAffine;
    }

    private void checkReplay(INDArray[] inputs, Pass pass) {
        replayRefusal().ifPresent(reason -> {
            throw new MirageException("a pass of this network cannot be replayed: " + reason);
        });
        RecordedPass recorded = replayable;
        if (recorded == null) {
            throw new IllegalStateException("a REPLAY pass needs a forward pass in mode RECORD since the last step");
        }
        if (!piecewiseAffine && recorded.outputGradients.isEmpty()) {
            throw new IllegalStateException("a REPLAY pass of a network with smooth activations needs a backward pass"
                    + " after the pass in mode RECORD");
        }
        if (pass.maskKey() != recorded.maskKey) {
            throw new IllegalArgumentException("a REPLAY pass needs the mask key of the last RECORD pass, which is "
                    + recorded.maskKey + ", but was given " + pass.maskKey());
        }
        for (int i = 0; i < inputs.length; i++) {
            if (!Arrays.equals(inputs[i].shape(), recorded.shapes.get(i))) {
                throw new IllegalArgumentException("a REPLAY pass needs inputs of the shape of the last RECORD pass, "
                        + Arrays.toString(recorded.shapes.get(i)) + ", but was given "
                        + Arrays.toString(inputs[i].shape()));
            }
        }
    }

    /**
     * Runs backwards through the last forward pass, which must have been a training pass or a replay of one;
     * once per forward pass. Parameter gradients overwrite {@link #gradients()}, summed over the batch.
     *
     * @param outputGradient dLoss/dOutput, shape of the output
     * @param wanted which gradients to compute; without parameters the content of {@link #gradients()} is
     *     undefined afterwards
     * @return dLoss/dInput in the shape of the input; an empty array if not wanted
     * @throws IllegalStateException without a training pass to go back through
     */
    public INDArray[] backward(INDArray[] outputGradient, Wanted wanted) {
        beginBackward(outputGradient);
        INDArray[] inputGradients = engine.backward(outputGradient, wanted);
        hasGradients = wanted.parameters();
        return inputGradients;
    }

    /**
     * Runs backwards as {@link #backward(INDArray[], Wanted)} does and returns arrays that stay the network's, as
     * {@link #forwardShared} does.
     *
     * @param outputGradient dLoss/dOutput, shape of the output
     * @param wanted which gradients to compute
     * @return dLoss/dInput in the shape of the input; an empty array if not wanted
     * @throws IllegalStateException without a training pass to go back through
     */
    public INDArray[] backwardShared(INDArray[] outputGradient, Wanted wanted) {
        beginBackward(outputGradient);
        INDArray[] inputGradients = engine.backwardShared(outputGradient, wanted);
        hasGradients = wanted.parameters();
        return inputGradients;
    }

    private void beginBackward(INDArray[] outputGradient) {
        openness.require();
        if (!differentiable) {
            throw new IllegalStateException(
                    "backward() needs a forward pass in mode TRAIN, RECORD or REPLAY just before it; each allows one backward()");
        }
        if (outputGradient.length != graph.getNumOutputArrays()) {
            throw new IllegalArgumentException("backward() needs " + graph.getNumOutputArrays()
                    + " output gradients, but was given " + outputGradient.length);
        }
        differentiable = false;
        if (!piecewiseAffine) {
            checkBackAlongTangent(outputGradient);
        }
    }

    /** Keeps the output gradients of a recorded pass, from which its replays must go back too. */
    private void checkBackAlongTangent(INDArray[] outputGradient) {
        RecordedPass recorded = replayable;
        Pass pass = last;
        if (recorded == null || pass == null) {
            return;
        }
        if (pass.mode() == Pass.Mode.RECORD) {
            replayable = recorded.wentBack(outputGradient);
        } else if (pass.mode() == Pass.Mode.REPLAY && !recorded.outputGradients.equals(Arrays.asList(outputGradient))) {
            throw new IllegalArgumentException("a REPLAY pass of a network with smooth activations goes back from the"
                    + " output gradients of the recorded pass, but was given others");
        }
    }

    /**
     * Runs backwards through the last forward pass for the parameter gradients alone.
     *
     * @param outputGradient dLoss/dOutput of the only output
     */
    public void backward(INDArray outputGradient) {
        backward(new INDArray[] {outputGradient}, Wanted.PARAMETERS);
    }

    /**
     * Runs backwards through the last forward pass of a network with one input and one output.
     *
     * @param outputGradient dLoss/dOutput
     * @param wanted {@link Wanted#INPUT} or {@link Wanted#BOTH}
     * @return dLoss/dInput in the shape of the input
     */
    public INDArray backwardToInput(INDArray outputGradient, Wanted wanted) {
        return backward(new INDArray[] {outputGradient}, wanted)[0];
    }

    /**
     * Runs forwards and backwards with the loss of the graph's own output layer: the first half of
     * {@code fit()}; {@link #step} is the second.
     *
     * @param input the input, shape [N, ...]
     * @param labels the labels, shape [N, classes]
     * @param maskKey key of the dropout masks
     * @return the score as Deeplearning4j defines it: mean loss per example plus regularisation
     */
    public double differentiate(INDArray input, INDArray labels, long maskKey) {
        openness.require();
        INDArray[] inputs = {input};
        checkInputs(inputs);
        checkTraining(inputs);
        differentiable = false;
        replayable = null;
        double score = engine.differentiate(inputs, new INDArray[] {labels}, Pass.train(maskKey));
        hasGradients = true;
        return score;
    }

    /**
     * Updates the parameters from {@link #gradients()} as {@code fit()} would: division by the batch size,
     * regularisation, updater, constraints, counters. The gradients are used up.
     *
     * @param batchSize what to divide the gradients by
     * @throws IllegalStateException if no parameter gradients have been computed since the last step
     */
    public void step(int batchSize) {
        openness.require();
        if (!hasGradients) {
            throw new IllegalStateException("step() needs parameter gradients from backward() or differentiate()");
        }
        hasGradients = false;
        replayable = null;
        frozenGradients.forEach(view -> view.assign(0)); // whatever else has been added to the gradients
        ComputationGraphConfiguration configuration = graph.getConfiguration();
        int iteration = configuration.getIterationCount();
        engine.step(batchSize, iteration, configuration.getEpochCount());
        setIteration(iteration + 1);
    }

    /** Tells epoch-based schedules that an epoch has ended. */
    public void endEpoch() {
        arrays.require();
        graph.incrementEpochCount();
    }

    /**
     * The number of steps taken.
     *
     * @return the count, from 0
     */
    public int iteration() {
        arrays.require();
        return graph.getIterationCount();
    }

    /**
     * Says how many steps have been taken, after parameters and {@link #updaterState()} of another moment have been
     * put in place.
     *
     * @param steps the count, from 0
     */
    public void setIteration(int steps) {
        arrays.require();
        graph.getConfiguration().setIterationCount(steps);
        for (Layer layer : graph.getLayers()) {
            layer.setIterationCount(steps);
        }
    }

    /**
     * The live state of the updater, such as Adam's moments.
     *
     * @return all of it, flat; empty if the updater keeps none
     */
    public Optional<INDArray> updaterState() {
        arrays.require();
        return Optional.ofNullable(graph.getUpdater(true).getStateViewArray());
    }

    /**
     * The live parameters: writing into the array changes the network.
     *
     * @return all parameters, flat, in Deeplearning4j's order
     */
    public INDArray parameters() {
        arrays.require();
        return graph.params();
    }

    /**
     * The live gradients, for reading, clipping or replacing between {@link #backward} and {@link #step}.
     * Entries of batch normalisation's running statistics are not gradients but pending updates.
     *
     * @return all gradients, flat, in the order of {@link #parameters()}
     */
    public INDArray gradients() {
        arrays.require();
        return graph.getGradientsViewArray();
    }

    /**
     * A sum of gradients over several backward passes of this network.
     *
     * @return an empty sum
     */
    public GradientSum gradientSum() {
        arrays.require();
        return new GradientSum(this);
    }

    /**
     * Where an array in the layout of {@link #parameters()} holds batch normalisation's running statistics.
     *
     * @param flat an array of that length
     * @return live views into it, one for each statistic of each layer
     */
    public List<INDArray> runningStatistics(INDArray flat) {
        INDArray vector = flat.reshape(flat.length());
        List<INDArray> views = new ArrayList<>();
        for (ParameterBlock block : parameterBlocks()) {
            if (block.layer() instanceof BatchNormalization && isStatistic(block.parameter())) {
                views.add(block.view(vector));
            }
        }
        return views;
    }

    /**
     * Whether a layer is frozen, as transfer learning makes it: its parameters never change.
     *
     * @param layer any layer of a graph
     * @return true if no step changes it
     */
    public static boolean isFrozen(Layer layer) {
        return Frozen.is(layer);
    }

    /**
     * Where an array in the layout of {@link #parameters()} holds what steps learn: neither batch normalisation's
     * running statistics nor the parameters of frozen layers.
     *
     * @param flat an array of that length
     * @return live views into it, in its order, as long as they can be
     */
    public List<INDArray> learned(INDArray flat) {
        INDArray vector = flat.reshape(flat.length());
        List<INDArray> views = new ArrayList<>();
        long from = 0;
        for (ParameterBlock block : parameterBlocks()) {
            boolean learned = !Frozen.is(block.layer())
                    && !(block.layer() instanceof BatchNormalization && isStatistic(block.parameter()));
            if (!learned) {
                if (block.from() > from) {
                    views.add(Rows.of(vector, from, block.from()));
                }
                from = block.to();
            }
        }
        if (vector.length() > from) {
            views.add(Rows.of(vector, from, vector.length()));
        }
        return views;
    }

    /**
     * Where the flat parameters hold weights that are trained; biases and what normalisation layers learn are none.
     *
     * @return one matrix for each layer with weights, in the order of {@link #parameters()}
     */
    public List<WeightMatrix> weightMatrices() {
        arrays.require();
        List<WeightMatrix> matrices = new ArrayList<>();
        for (ParameterBlock block : parameterBlocks()) {
            if (block.parameter().equals(DefaultParamInitializer.WEIGHT_KEY) && !Frozen.is(block.layer())) {
                INDArray weights = block.layer().getParam(block.parameter());
                // dense weights [in, out] are kept column by column
                long rows = weights.size(weights.rank() == 2 ? 1 : 0);
                matrices.add(new WeightMatrix(
                        block.name(),
                        Math.toIntExact(block.from()),
                        Math.toIntExact(rows),
                        Math.toIntExact(weights.length() / rows)));
            }
        }
        return matrices;
    }

    /** One parameter array of one layer within the flat arrays. */
    private record ParameterBlock(String name, Layer layer, String parameter, long from, long to) {
        INDArray view(INDArray vector) {
            return Rows.of(vector, from, to);
        }
    }

    private List<ParameterBlock> parameterBlocks() {
        List<ParameterBlock> blocks = new ArrayList<>();
        long offset = 0;
        for (int index : graph.topologicalSortOrder()) {
            GraphVertex vertex = graph.getVertices()[index];
            if (vertex.getLayer() == null) {
                continue;
            }
            for (Map.Entry<String, INDArray> parameter :
                    vertex.getLayer().paramTable(false).entrySet()) {
                long end = offset + parameter.getValue().length();
                blocks.add(
                        new ParameterBlock(vertex.getVertexName(), vertex.getLayer(), parameter.getKey(), offset, end));
                offset = end;
            }
        }
        return blocks;
    }

    /**
     * Looks for the layer where a number that is not finite appeared first: among the weights, then in a
     * training pass over the inputs, then among the gradients of the last backward pass, which runs from the last
     * layer to the first. Made for failures: it runs slowly, on Deeplearning4j's own layers, and ends whatever
     * forward pass was open.
     *
     * @param inputs what the network was reading, one array per graph input
     * @return the first fault; empty if all numbers are finite
     */
    public Optional<NumericFault> findFault(INDArray... inputs) {
        arrays.require();
        Optional<NumericFault> weight = findWeightFault();
        if (weight.isPresent()) {
            return weight;
        }
        differentiable = false;
        Map<String, INDArray> outputs = graph.feedForward(inputs, true);
        for (int index : graph.topologicalSortOrder()) {
            String name = graph.getVertices()[index].getVertexName();
            INDArray output = outputs.get(name);
            if (output != null && !isFinite(output)) {
                return Optional.of(new NumericFault(name, NumericFault.Kind.OUTPUT));
            }
        }
        return lastFault(gradients(), NumericFault.Kind.GRADIENT);
    }

    /**
     * Looks for weights that are not finite. Several layers have them when a gradient spoilt them, and gradients
     * spoil one another from the last layer to the first.
     *
     * @return the last layer that has any
     */
    public Optional<NumericFault> findWeightFault() {
        return lastFault(parameters(), NumericFault.Kind.WEIGHT);
    }

    private Optional<NumericFault> lastFault(INDArray flat, NumericFault.Kind kind) {
        List<ParameterBlock> blocks = parameterBlocks();
        Collections.reverse(blocks);
        INDArray vector = flat.reshape(flat.length());
        return blocks.stream()
                .filter(block -> !isFinite(block.view(vector)))
                .findFirst()
                .map(block -> new NumericFault(block.name(), kind));
    }

    private static boolean isFinite(INDArray array) {
        if (array.dataType() == DataType.DOUBLE) {
            return Double.isFinite(array.sumNumber().doubleValue());
        }
        // an infinity or a NaN among the terms is one in the sum too; finite terms of float do not overflow a double
        double sum = 0;
        for (float value : NativeMemory.floats(array)) {
            sum += value;
        }
        return Double.isFinite(sum);
    }

    private static boolean isStatistic(String parameter) {
        return !parameter.equals(BatchNormalizationParamInitializer.GAMMA)
                && !parameter.equals(BatchNormalizationParamInitializer.BETA);
    }

    /**
     * Whether the output of one example depends on the others in its batch.
     *
     * @return true if any layer normalises over the batch or sees how much it varies
     */
    public boolean couplesExamples() {
        return couplesExamples;
    }

    private static boolean couplesExamples(ComputationGraph graph) {
        return Arrays.stream(graph.getLayers()).anyMatch(BatchNormalization.class::isInstance)
                || graph.getConfiguration().getVertices().values().stream()
                        .anyMatch(MinibatchDeviation.class::isInstance);
    }

    /**
     * Which engine runs the network, for manifests.
     *
     * @return "onednn-plan" or "deeplearning4j"
     */
    public String engine() {
        return engine.name();
    }

    /**
     * Whether the network runs on a compiled plan rather than on Deeplearning4j's own layers.
     *
     * @return true if it does
     */
    public boolean isCompiled() {
        return engine instanceof PlanEngine;
    }

    /**
     * The graph underneath, for evaluation, serialisation or inspection with Deeplearning4j. Running it
     * changes nothing here, as long as it does not come between a forward and a backward pass.
     *
     * @return the live graph
     */
    public ComputationGraph graph() {
        arrays.require();
        return graph;
    }

    /** Frees what the engine holds outside the heap; the graph stays usable. */
    @Override
    public void close() {
        if (openness.end()) {
            engine.close();
        }
    }

    /**
     * Frees everything now, parameters, gradients and updater state too, instead of leaving them to a collection of the
     * heap that may be hours away. Neither the network nor its graph can be used any more.
     */
    public void release() {
        close();
        if (!arrays.end()) {
            return;
        }
        Updater updater = graph.getUpdater(false);
        if (updater != null && updater.getStateViewArray() != null) {
            NativeMemory.release(updater.getStateViewArray());
        }
        if (graph.getGradientsViewArray() != null) {
            NativeMemory.release(graph.getGradientsViewArray());
        }
        // what the graph hands out is a view of the array that it holds
        DataBuffer view = graph.params().data();
        DataBuffer whole = view.originalDataBuffer() == null ? view : view.originalDataBuffer();
        if (whole.closeable()) {
            whole.close();
        }
    }

    private static void checkParts(INDArray[] inputs, List<Pass.Part> parts) {
        long rows = parts.stream().mapToLong(Pass.Part::rows).sum();
        if (rows != inputs[0].size(0) || parts.stream().anyMatch(part -> part.rows() < 1)) {
            throw new IllegalArgumentException("the parts of a pass must have at least 1 row each and "
                    + inputs[0].size(0) + " together, as the batch has, but have " + rows);
        }
    }

    private void checkInputs(INDArray[] inputs) {
        if (inputs.length != graph.getNumInputArrays()) {
            throw new IllegalArgumentException("the network has " + graph.getNumInputArrays() + " inputs "
                    + graph.getConfiguration().getNetworkInputs() + ", but was given " + inputs.length);
        }
        long batch = inputs[0].size(0);
        for (INDArray input : inputs) {
            if (input.dataType() != graph.getConfiguration().getDataType()) {
                throw new IllegalArgumentException("the network computes in "
                        + graph.getConfiguration().getDataType() + ", but was given an input of type "
                        + input.dataType());
            }
            if (input.size(0) != batch) {
                throw new IllegalArgumentException(
                        "all inputs need the same batch size, but were given " + batch + " and " + input.size(0));
            }
        }
    }
}
