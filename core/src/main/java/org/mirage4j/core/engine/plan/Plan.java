package org.mirage4j.core.engine.plan;

import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.jspecify.annotations.Nullable;
import org.mirage4j.core.MirageException;
import org.mirage4j.core.engine.GateReplay;
import org.mirage4j.core.engine.Pass;
import org.mirage4j.core.engine.Pass.Mode;
import org.mirage4j.core.engine.Wanted;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A graph compiled for one mode and one shape of each input: buffers, and the list of steps that
 * computes on them. Backward programs are compiled when they are first asked for.
 */
final class Plan implements AutoCloseable {
    private final ComputationGraph graph;
    private final Arena arena = new Arena();
    private final PassState state = new PassState();
    private final Compilation compilation;
    private final List<Operation> operations;
    private final List<Value> inputs;
    private final List<GraphReader.Output> outputs;
    private final List<Memory> inputMemories = new ArrayList<>();
    /** Which inputs are copied, because a replay may look at them when the caller's array has changed. */
    private final boolean[] ownsInput;

    private final List<Memory> resultMemories = new ArrayList<>();
    private final Map<Memory, INDArray> shared = new HashMap<>();
    private final int threads;
    private final List<Step> forward;
    private final List<Step> activations;
    private final Map<Wanted, Program> programs = new EnumMap<>(Wanted.class);
    private @Nullable Program loss;
    private @Nullable Plan replay;
    private boolean prepared;

    @SuppressWarnings("UnusedVariable") // its only use is that what it holds is not collected
    private INDArray[] bound = {};

    /** A backward program: where to put the gradients that start it, what to run, where the results are. */
    private record Program(List<Memory> seeds, List<Step> steps, List<Memory> inputGradients) {
        void run() {
            for (Step step : steps) {
                step.run();
            }
        }
    }

    Plan(ComputationGraph graph, Arrays arrays, Mode mode, long[][] inputShapes) {
        this(graph, arrays, mode, inputShapes, List.of());
    }

    /** @param recorded the operations of the plan whose passes a replay follows; else none */
    private Plan(ComputationGraph graph, Arrays arrays, Mode mode, long[][] inputShapes, List<Operation> recorded) {
        this.graph = graph;
        try {
            GraphReader.Reading reading = GraphReader.read(graph, mode, inputShapes);
            compilation = new Compilation(arena, arrays, mode, state, pairs(reading.operations(), recorded));
            operations = reading.operations();
            inputs = reading.inputs();
            outputs = reading.outputs();
            ownsInput = new boolean[inputs.size()];
            threads = Threads.forWork(
                    operations.stream().mapToLong(Operation::work).max().orElse(0));
        } catch (RuntimeException e) {
            arena.close();
            throw e;
        }
        try (Threads.Scope ignored = Threads.use(threads)) {
            for (Value input : inputs) {
                boolean replayed = (mode == Mode.TRAIN || mode == Mode.RECORD)
                        && input.consumers().stream().anyMatch(Operation::replaysInput)
                        && GateReplay.unsupportedReason(graph).isEmpty();
                Layout layout = arena.plain(input.dims());
                Memory memory = replayed ? arena.memory(layout) : arena.memoryAt(layout, 0);
                ownsInput[inputMemories.size()] = replayed;
                inputMemories.add(memory);
                input.setData(memory);
            }
            List<Operation> last = new ArrayList<>();
            for (Operation operation : operations) {
                if (isOutputActivation(operation)) {
                    last.add(operation);
                } else {
                    compileForward(operation);
                }
            }
            for (GraphReader.Output output : outputs) {
                if (output.logits() != null) {
                    Value logits = output.logits();
                    logits.setData(plain(logits));
                }
            }
            forward = compilation.takeSteps();
            last.forEach(this::compileForward);
            for (GraphReader.Output output : outputs) {
                resultMemories.add(plain(output.result()));
            }
            activations = compilation.takeSteps();
            arena.seal();
        } catch (RuntimeException e) {
            arena.close();
            throw e;
        }
    }

    private static Map<Operation, Operation> pairs(List<Operation> operations, List<Operation> recorded) {
        Map<Operation, Operation> pairs = new HashMap<>();
        for (int i = 0; i < recorded.size(); i++) {
            pairs.put(operations.get(i), recorded.get(i));
        }
        return pairs;
    }

    /** The plan of passes that replay the last pass of this one, which owns it. */
    Plan replay() {
        Plan plan = replay;
        if (plan == null) {
            long[][] shapes = inputs.stream().map(Value::dims).toArray(long[][]::new);
            plan = new Plan(graph, compilation.arrays(), Mode.REPLAY, shapes, operations);
            replay = plan;
        }
        return plan;
    }

    private void compileForward(Operation operation) {
        try {
            operation.compileForward(compilation);
        } catch (MirageException e) {
            throw named(operation, e);
        }
    }

    private static MirageException named(Operation operation, MirageException e) {
        return new MirageException("layer \"" + operation.layer() + "\" cannot be compiled: " + e.getMessage(), e);
    }

    /** Whether an operation only turns logits into what callers see, so that a loss on logits can do without. */
    private boolean isOutputActivation(Operation operation) {
        for (GraphReader.Output output : outputs) {
            Value logits = output.logits();
            Value value = output.result();
            if (logits == null || !value.consumers().isEmpty()) {
                continue;
            }
            while (value != logits) {
                Operation producer = value.producer();
                if (producer == null) {
                    break;
                }
                if (producer == operation) {
                    return true;
                }
                value = producer.input();
            }
        }
        return false;
    }

    private Memory plain(Value value) {
        Operation producer = value.producer();
        return producer == null ? value.data() : compilation.plain(producer, value);
    }

    /** The dropout operations, for tests that replay their masks. */
    List<DropUnits> dropouts() {
        return operations.stream()
                .filter(DropUnits.class::isInstance)
                .map(DropUnits.class::cast)
                .toList();
    }

    long bytes() {
        return arena.bytes();
    }

    void forward(INDArray[] arrays, Pass pass) {
        try (Threads.Scope ignored = Threads.use(threads)) {
            runForward(arrays, pass);
            for (Step step : activations) {
                step.run();
            }
        }
    }

    /** The outputs of the last pass, in arrays from a given source. */
    INDArray[] results(Function<Memory, INDArray> source) {
        return copyOut(resultMemories, source);
    }

    /** An array for the caller. */
    static INDArray newArray(Memory memory) {
        return Nd4j.createUninitialized(DataType.FLOAT, memory.layout().dims(), 'c');
    }

    /** An array that serves again at the next call. It is not freed with the plan: callers may still read it. */
    INDArray sharedArray(Memory memory) {
        return shared.computeIfAbsent(memory, Plan::newArray);
    }

    private void runForward(INDArray[] arrays, Pass pass) {
        state.set(
                pass,
                graph.getConfiguration().getIterationCount(),
                graph.getConfiguration().getEpochCount());
        // The arrays are used where they are; holding them keeps their memory alive until the next pass.
        INDArray[] held = new INDArray[arrays.length];
        for (int i = 0; i < arrays.length; i++) {
            held[i] = inPlace(arrays[i]);
            Memory memory = inputMemories.get(i);
            if (ownsInput[i]) {
                copy(Arrays.address(held[i]), memory.address(), memory.layout().length());
            } else {
                memory.pointTo(Arrays.address(held[i]));
            }
        }
        bound = held;
        if (replay != null) {
            replay.prepared = false;
        }
        if (!prepared) {
            for (Step step : compilation.preparation()) {
                step.run();
            }
            prepared = true;
        }
        for (Step step : forward) {
            step.run();
        }
    }

    /** The array itself if it is plain row-major float memory, else a copy that is. */
    private static INDArray inPlace(INDArray array) {
        return isPlain(array) && !array.isAttached()
                ? array
                : array.castTo(DataType.FLOAT).dup('c').detach();
    }

    private static boolean isPlain(INDArray array) {
        return array.dataType() == DataType.FLOAT
                && java.util.Arrays.equals(array.stride(), Layout.rowMajor(array.shape()));
    }

    INDArray[] backward(INDArray[] outputGradients, Wanted wanted, Function<Memory, INDArray> source) {
        Program program;
        try (Threads.Scope ignored = Threads.use(threads)) {
            program = programs.computeIfAbsent(wanted, this::compileBackward);
            for (int i = 0; i < outputGradients.length; i++) {
                copyIn(outputGradients[i], program.seeds().get(i), "gradient of output " + i);
            }
            program.run();
        }
        return copyOut(program.inputGradients(), source);
    }

    /** The summed losses; parameter gradients are in the graph's array afterwards. */
    double differentiate(INDArray[] arrays, INDArray[] labels, Pass pass) {
        try (Threads.Scope ignored = Threads.use(threads)) {
            Program program = loss;
            if (program == null) {
                program = compileLoss();
                loss = program;
            }
            runForward(arrays, pass);
            double sum = 0;
            for (int i = 0; i < outputs.size(); i++) {
                sum += applyLoss(outputs.get(i), labels[i], program.seeds().get(i), i);
            }
            program.run();
            return sum;
        }
    }

    private static double applyLoss(GraphReader.Output output, INDArray labels, Memory seed, int index) {
        Loss loss = output.loss();
        Value logits = output.logits();
        if (loss == null || logits == null) {
            throw new MirageException("output " + index + " (\""
                    + output.result().name() + "\") has no loss of its own: it must be an output or loss layer");
        }
        long[] labelDims = logits.dims().clone();
        labelDims[labelDims.length - 1] = loss.labels(labelDims[labelDims.length - 1]);
        requireShape(labels, labelDims, "labels of output " + index);
        INDArray plainLabels = inPlace(labels);
        int length = Math.toIntExact(logits.length());
        float[] labelValues = new float[Math.toIntExact(labels.length())];
        Arena.floats(Arrays.address(plainLabels), labelValues.length).get(labelValues);
        FloatBuffer values = Arena.floats(logits.data().address(), length);
        FloatBuffer gradients = Arena.floats(seed.address(), length);
        return Loss.batch(loss, values, gradients, labelValues, Math.toIntExact(logits.length() / logits.dim(0)));
    }

    private Program compileBackward(Wanted wanted) {
        Backward backward = new Backward(compilation, wanted);
        List<Memory> seeds = new ArrayList<>();
        for (GraphReader.Output output : outputs) {
            seeds.add(seed(backward, output.result()));
        }
        return compile(backward, seeds, wanted);
    }

    private Program compileLoss() {
        Backward backward = new Backward(compilation, Wanted.PARAMETERS);
        List<Memory> seeds = new ArrayList<>();
        for (GraphReader.Output output : outputs) {
            Value logits = output.logits();
            seeds.add(seed(backward, logits == null ? output.result() : logits));
        }
        return compile(backward, seeds, Wanted.PARAMETERS);
    }

    private Memory seed(Backward backward, Value value) {
        Operation producer = value.producer();
        Layout layout = arena.plain(value.dims());
        Memory memory = producer == null ? arena.memory(layout) : compilation.buffer(producer, "seed", layout);
        if (producer != null) {
            backward.contribute(producer, value, memory);
        }
        return memory;
    }

    private Program compile(Backward backward, List<Memory> seeds, Wanted wanted) {
        for (int i = operations.size() - 1; i >= 0; i--) {
            Operation operation = operations.get(i);
            if (backward.reached(operation.output())) {
                try {
                    operation.compileBackward(backward);
                } catch (MirageException e) {
                    throw named(operation, e);
                }
            }
        }
        List<Memory> inputGradients = new ArrayList<>();
        if (wanted.input()) {
            for (Value input : inputs) {
                Layout layout = arena.plain(input.dims());
                Operation reader = input.consumers().get(0);
                inputGradients.add(backward.gradient(reader, input, layout));
            }
        }
        List<Step> steps = compilation.takeSteps();
        arena.seal();
        return new Program(seeds, steps, inputGradients);
    }

    private static void requireShape(INDArray array, long[] dims, String what) {
        if (!java.util.Arrays.equals(array.shape(), dims)) {
            throw new MirageException("the " + what + " must have shape " + java.util.Arrays.toString(dims)
                    + ", but has " + java.util.Arrays.toString(array.shape()));
        }
    }

    private static void copyIn(INDArray array, Memory memory, String what) {
        requireShape(array, memory.layout().dims(), what);
        INDArray plain = inPlace(array);
        copy(Arrays.address(plain), memory.address(), memory.layout().length());
    }

    private static INDArray[] copyOut(List<Memory> memories, Function<Memory, INDArray> source) {
        INDArray[] arrays = new INDArray[memories.size()];
        for (int i = 0; i < arrays.length; i++) {
            Memory memory = memories.get(i);
            arrays[i] = source.apply(memory);
            copy(memory.address(), Arrays.address(arrays[i]), memory.layout().length());
        }
        return arrays;
    }

    private static void copy(long from, long to, long floats) {
        Pointer.memcpy(new Dnnl.Address(to), new FloatPointer(new Dnnl.Address(from)), floats * Float.BYTES);
    }

    @Override
    public void close() {
        if (replay != null) {
            replay.close();
        }
        arena.close();
        bound = new INDArray[0];
    }
}
