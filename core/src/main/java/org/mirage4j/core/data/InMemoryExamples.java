package org.mirage4j.core.data;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.mirage4j.core.MirageException;
import org.mirage4j.core.memory.NativeMemory;
import org.mirage4j.core.memory.Room;
import org.mirage4j.core.random.RandomStreams;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Examples held on the Java heap: images as unsigned bytes, everything else as floats. Batches are
 * shuffled anew every epoch. Immutable and safe for concurrent use.
 */
public final class InMemoryExamples implements ExampleSource, ImageSet {
    private final String name;
    private final long[] shape;
    private final Rows rows;
    private final int classes;
    private final int[] labels;
    private final double[] targets;
    private final RandomStreams streams;

    private volatile @Nullable Permutation lastPermutation;
    private volatile @Nullable String fingerprint;

    /** Takes ownership of the arrays; an empty label array with 0 classes means unlabelled. */
    InMemoryExamples(String name, long[] shape, Rows rows, int classes, int[] labels, RandomStreams streams) {
        this(name, shape, rows, classes, labels, new double[0], streams);
    }

    /** An empty array of targets means that there are none. */
    private InMemoryExamples(
            String name, long[] shape, Rows rows, int classes, int[] labels, double[] targets, RandomStreams streams) {
        this.name = name;
        this.shape = shape;
        this.rows = rows;
        this.classes = classes;
        this.labels = labels;
        this.targets = targets;
        this.streams = streams;
    }

    /**
     * The two parts of a {@link #split}. They share no example.
     *
     * @param training the part to train on
     * @param heldOut the part kept for evaluation
     */
    public record Split(InMemoryExamples training, InMemoryExamples heldOut) {}

    /**
     * Unlabelled examples from an array, which is copied.
     *
     * @param name what to call them
     * @param features shape [N, ...], of rank 4 if they are images, such as {@link Inputs#checked} takes; delivered as
     *     float32
     * @return the examples, shuffled by seed 0 until {@link #shuffledBy} says otherwise
     * @throws MirageException if there is no example, a value that is not finite or a pixel outside [0, 1]
     */
    public static InMemoryExamples of(String name, INDArray features) {
        return new InMemoryExamples(
                name, exampleShape(name, features), rows(name, features), 0, new int[0], new RandomStreams(0));
    }

    /**
     * Labelled examples from two arrays, which are copied.
     *
     * @param name what to call them
     * @param features shape [N, ...], of rank 4 if they are images, such as {@link Inputs#checked} takes; delivered as
     *     float32
     * @param labels one-hot, shape [N, classes]
     * @return the examples, shuffled by seed 0 until {@link #shuffledBy} says otherwise
     * @throws MirageException if there is no example, a value that is not finite, a pixel outside [0, 1], a label that
     *     is not one-hot, or another number of labels than of examples
     */
    public static InMemoryExamples of(String name, INDArray features, INDArray labels) {
        long[] shape = exampleShape(name, features);
        if (labels.rank() != 2 || labels.size(0) != features.size(0)) {
            throw new MirageException(String.format(
                    Locale.ROOT,
                    "%s: labels must have shape [%d, classes], but have %s",
                    name,
                    features.size(0),
                    Arrays.toString(labels.shape())));
        }
        int classes = Math.toIntExact(labels.size(1));
        return new InMemoryExamples(
                name,
                shape,
                rows(name, features),
                classes,
                OneHot.read(name, NativeMemory.floats(labels), classes, 0),
                new RandomStreams(0));
    }

    /**
     * Examples with a number each, for regression; their batches have these numbers as labels, [N, 1].
     *
     * @param name what to call them
     * @param features shape [N, ...], any element type, delivered as float32; copied
     * @param targets one number per example, delivered as float32
     * @return the examples, without classes, shuffled by seed 0 until {@link #shuffledBy} says otherwise
     * @throws MirageException if there is no example, a value or target that is not finite in float32, or another
     *     number of targets than of examples
     */
    public static InMemoryExamples withTargets(String name, INDArray features, double[] targets) {
        long[] shape = exampleShape(name, features);
        InMemoryExamples examples = new InMemoryExamples(
                name, shape, rows(name, features), 0, new int[0], targets.clone(), new RandomStreams(0));
        return examples.replaceTargets(targets);
    }

    /**
     * The same examples with other numbers to predict, standardised ones say.
     *
     * @param others one number per example, delivered as float32
     * @return a view that shares the features
     * @throws MirageException if a number is not finite in float32, or there is another number of them than of examples
     */
    public InMemoryExamples replaceTargets(double[] others) {
        if (others.length != rows.count()) {
            throw new MirageException(name + ": there must be one target per example, but there are " + others.length
                    + " for " + rows.count() + " examples");
        }
        for (int i = 0; i < others.length; i++) {
            if (!(Math.abs(others[i]) <= Float.MAX_VALUE)) {
                throw new MirageException(
                        name + ": targets must be finite, but that of example " + i + " is " + others[i]);
            }
        }
        return new InMemoryExamples(name, shape, rows, 0, new int[0], others.clone(), streams);
    }

    /**
     * The same examples in another order of shuffling.
     *
     * @param order the run's random streams; epoch e is permuted by stream "shuffle", draw e
     * @return a view that shares the data
     */
    @Override
    public InMemoryExamples shuffledBy(RandomStreams order) {
        return new InMemoryExamples(name, shape, rows, classes, labels, targets, order);
    }

    /**
     * Parts the examples at random, the same way for the same seed.
     *
     * @param heldOutShare the share to hold out, in (0, 1), rounded to whole examples
     * @param seed decides which examples are held out
     * @return two parts, both in the original order and neither of them empty
     * @throws MirageException if the share leaves one part empty
     */
    public Split split(double heldOutShare, long seed) {
        int count = rows.count();
        long heldOut = Math.round(heldOutShare * count);
        if (!(heldOutShare > 0 && heldOutShare < 1) || heldOut < 1 || heldOut >= count) {
            throw new MirageException(String.format(
                    Locale.ROOT,
                    "%s: the held-out share must be in (0, 1) and leave both parts at least one of %d examples, but is %s",
                    name,
                    count,
                    heldOutShare));
        }
        int[] order = new RandomStreams(seed).permutation("split", 0, count);
        int cut = (int) heldOut;
        return new Split(
                select(IntStream.of(order).skip(cut).sorted().toArray()),
                select(IntStream.of(order).limit(cut).sorted().toArray()));
    }

    /**
     * The first examples.
     *
     * @param count how many, in [1, {@link #size()}]
     * @return a view that shares the data
     */
    public InMemoryExamples take(int count) {
        if (count < 1 || count > rows.count()) {
            throw new MirageException(String.format(
                    Locale.ROOT,
                    "%s: the number of examples to take must be in [1, %d], but is %d",
                    name,
                    rows.count(),
                    count));
        }
        return select(IntStream.range(0, count).toArray());
    }

    /**
     * Examples in their original order, for evaluation.
     *
     * @param from the first
     * @param to one after the last, above {@code from}
     * @return a batch whose arrays belong to the caller
     */
    public Batch examples(int from, int to) {
        if (from < 0 || to > rows.count() || from >= to) {
            throw new MirageException(String.format(
                    Locale.ROOT,
                    "%s: a range of examples must lie in [0, %d) and not be empty, but is [%d, %d)",
                    name,
                    rows.count(),
                    from,
                    to));
        }
        return gather(IntStream.range(from, to).toArray());
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public long[] exampleShape() {
        return shape.clone();
    }

    @Override
    public long size() {
        return rows.count();
    }

    @Override
    public int classes() {
        return classes;
    }

    @Override
    public long[] classCounts() {
        long[] counts = new long[classes];
        for (int label : labels) {
            counts[label]++;
        }
        return counts;
    }

    @Override
    public Batch batch(long iteration, int batchSize) {
        Epochs epochs = new Epochs(size(), batchSize);
        int offset = (int) epochs.offset(iteration);
        int[] order = order(epochs.epoch(iteration));
        return gather(Arrays.copyOfRange(order, offset, offset + batchSize));
    }

    @Override
    public String fingerprint() {
        String known = fingerprint;
        if (known == null) {
            Fingerprint sum = new Fingerprint().numbers(shape).numbers(rows.count(), classes);
            rows.addTo(sum);
            for (int label : labels) {
                sum.numbers(label);
            }
            if (targets.length > 0) {
                for (double target : targets) {
                    sum.numbers(Double.doubleToLongBits(target));
                }
            }
            known = sum.hex();
            fingerprint = known;
        }
        return known;
    }

    @Override
    public INDArray images(int... indices) {
        return gather(indices).features();
    }

    @Override
    public Optional<int[]> labels() {
        return classes == 0 ? Optional.empty() : Optional.of(labels.clone());
    }

    /**
     * The number of each example.
     *
     * @return a copy, in the original order; empty unless made by {@link #withTargets}
     */
    public double[] targets() {
        return targets.clone();
    }

    /** The numbers in a batch's labels for each example: classes, 1 or none. */
    int labelWidth() {
        return targets.length > 0 ? 1 : classes;
    }

    /** The order of one epoch. */
    int[] epochOrder(long epoch) {
        return order(epoch);
    }

    /** Copies features and labels of some examples; both arrays are filled from 0. */
    void copyTo(int[] selected, int from, int count, float[] features, float[] batchLabels) {
        int width = Math.toIntExact(Arrays32.product(shape));
        Arrays.fill(batchLabels, 0, count * labelWidth(), 0);
        for (int i = 0; i < count; i++) {
            int example = selected[from + i];
            rows.copyTo(example, features, i * width);
            if (targets.length > 0) {
                batchLabels[i] = (float) targets[example];
            } else if (classes > 0) {
                batchLabels[i * classes + labels[example]] = 1;
            }
        }
    }

    private Batch gather(int[] selected) {
        int width = Math.toIntExact(Arrays32.product(shape));
        float[] values = new float[Room.elements("values of a batch", selected.length, width)];
        float[] batchLabels = new float[Room.elements("labels of a batch", selected.length, labelWidth())];
        copyTo(selected, 0, selected.length, values, batchLabels);
        INDArray features = Arrays32.batch(values, selected.length, shape);
        return labelWidth() == 0
                ? Batch.of(features)
                : Batch.of(features, Arrays32.batch(batchLabels, selected.length, new long[] {labelWidth()}));
    }

    @Override
    public InMemoryExamples select(int... selected) {
        int[] chosen = classes == 0
                ? labels
                : IntStream.of(selected).map(i -> labels[i]).toArray();
        double[] chosenTargets = new double[targets.length == 0 ? 0 : selected.length];
        for (int i = 0; i < chosenTargets.length; i++) {
            chosenTargets[i] = targets[selected[i]];
        }
        return new InMemoryExamples(name, shape, rows.select(selected), classes, chosen, chosenTargets, streams);
    }

    private int[] order(long epoch) {
        Permutation last = lastPermutation;
        if (last == null || last.epoch != epoch) {
            last = new Permutation(epoch, streams.permutation("shuffle", epoch, rows.count()));
            lastPermutation = last;
        }
        return last.order;
    }

    private static long[] exampleShape(String name, INDArray features) {
        if (features.rank() < 2 || features.isEmpty()) {
            throw new MirageException(String.format(
                    Locale.ROOT,
                    "%s: features must have shape [N, ...] with at least one example, but have %s",
                    name,
                    Arrays.toString(features.shape())));
        }
        return Arrays.copyOfRange(features.shape(), 1, features.rank());
    }

    private static FloatRows rows(String name, INDArray features) {
        float[][] rows = new float[Math.toIntExact(features.size(0))][];
        float[] values = Inputs.values(name, features, 0);
        int width = values.length / rows.length;
        for (int i = 0; i < rows.length; i++) {
            rows[i] = Arrays.copyOfRange(values, i * width, (i + 1) * width);
        }
        return new FloatRows(rows);
    }

    private static final class Permutation {
        private final long epoch;
        private final int[] order;

        Permutation(long epoch, int[] order) {
            this.epoch = epoch;
            this.order = order;
        }
    }
}
