package org.mirage4j.examples;

import java.util.Arrays;
import java.util.Collection;
import java.util.stream.IntStream;
import org.mirage4j.core.data.Batch;
import org.mirage4j.core.data.InMemoryExamples;
import org.mirage4j.core.memory.NativeMemory;
import org.mirage4j.core.random.RandomStreams;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A training set from which examples can be taken away and to which others can be added. Immutable.
 *
 * @param rows values of each example in row-major order
 * @param labels class of each example
 * @param classes number of classes
 * @param shape shape of an example
 */
@SuppressWarnings("ArrayRecordComponent") // a carrier between calls, never compared
record LabelledImages(float[][] rows, int[] labels, int classes, long[] shape) {

    static LabelledImages of(InMemoryExamples examples) {
        Batch all = examples.examples(0, Math.toIntExact(examples.size()));
        int[] labels = all.labels().orElseThrow().argMax(1).toIntVector();
        return new LabelledImages(rows(all.features()), labels, examples.classes(), examples.exampleShape());
    }

    private static float[][] rows(INDArray images) {
        float[] values = NativeMemory.floats(images);
        int count = (int) images.size(0);
        int width = values.length / count;
        return IntStream.range(0, count)
                .mapToObj(i -> Arrays.copyOfRange(values, i * width, (i + 1) * width))
                .toArray(float[][]::new);
    }

    /** How many examples each class has. */
    int[] counts() {
        int[] counts = new int[classes];
        for (int label : labels) {
            counts[label]++;
        }
        return counts;
    }

    /** Leaves no more than a few examples of some classes, drawn at random. */
    LabelledImages thinned(Collection<Integer> rare, int keep, RandomStreams streams) {
        int[] kept = new int[classes];
        return select(IntStream.of(streams.permutation("kept-examples", 0, labels.length))
                .filter(i -> !rare.contains(labels[i]) || kept[labels[i]]++ < keep)
                .sorted()
                .toArray());
    }

    /** Repeats the examples of some classes in turn until there are so many of each. */
    LabelledImages repeated(Collection<Integer> rare, int target) {
        LabelledImages longer = this;
        for (int label : rare) {
            int[] own = IntStream.range(0, labels.length)
                    .filter(i -> labels[i] == label)
                    .toArray();
            int missing = Math.max(0, target - own.length);
            longer = longer.joinedBy(select(
                    IntStream.range(0, missing).map(i -> own[i % own.length]).toArray()));
        }
        return longer;
    }

    /** Adds images of one class. */
    LabelledImages joinedBy(INDArray images, int label) {
        float[][] added = rows(images);
        int[] same = new int[added.length];
        Arrays.fill(same, label);
        return joinedBy(new LabelledImages(added, same, classes, shape));
    }

    /** The examples of one class. */
    LabelledImages ofClass(int label) {
        return select(IntStream.range(0, labels.length)
                .filter(i -> labels[i] == label)
                .toArray());
    }

    private LabelledImages joinedBy(LabelledImages other) {
        float[][] joined = Arrays.copyOf(rows, rows.length + other.rows.length);
        System.arraycopy(other.rows, 0, joined, rows.length, other.rows.length);
        int[] joinedLabels = Arrays.copyOf(labels, joined.length);
        System.arraycopy(other.labels, 0, joinedLabels, labels.length, other.labels.length);
        return new LabelledImages(joined, joinedLabels, classes, shape);
    }

    private LabelledImages select(int[] chosen) {
        return new LabelledImages(
                IntStream.of(chosen).mapToObj(i -> rows[i]).toArray(float[][]::new),
                IntStream.of(chosen).map(i -> labels[i]).toArray(),
                classes,
                shape);
    }

    /** The images, [N, ...]. */
    INDArray features() {
        long[] all = new long[shape.length + 1];
        all[0] = rows.length;
        System.arraycopy(shape, 0, all, 1, shape.length);
        return Nd4j.createFromArray(rows).reshape('c', all);
    }

    InMemoryExamples toExamples(String name) {
        float[][] oneHot = new float[labels.length][classes];
        for (int i = 0; i < labels.length; i++) {
            oneHot[i][labels[i]] = 1;
        }
        return InMemoryExamples.of(name, features(), Nd4j.createFromArray(oneHot));
    }
}
