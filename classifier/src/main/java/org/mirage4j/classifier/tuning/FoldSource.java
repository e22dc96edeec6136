package org.mirage4j.classifier.tuning;

import java.util.Arrays;
import org.mirage4j.core.MirageException;
import org.mirage4j.core.data.Batch;
import org.mirage4j.core.data.InMemoryExamples;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Examples that can be parted. Safe for concurrent use. */
public interface FoldSource {

    /**
     * The two parts of one fold, which share no example.
     *
     * @param training what to train on
     * @param heldOut what to score on
     */
    record Fold(InMemoryExamples training, InMemoryExamples heldOut) {}

    /**
     * The class of each example.
     *
     * @return a copy
     */
    int[] labels();

    /**
     * What a class is called in messages.
     *
     * @param label its number
     * @return its name
     */
    default String className(int label) {
        return Integer.toString(label);
    }

    /**
     * Makes a fold. Whatever preparation learns from data, it may learn from the training part only.
     *
     * @param training numbers of the examples to train on
     * @param heldOut numbers of the examples to score on
     * @return the fold
     */
    Fold fold(int[] training, int[] heldOut);

    /**
     * Examples that need no preparation.
     *
     * @param examples labelled examples
     * @return their folds
     */
    static FoldSource of(InMemoryExamples examples) {
        Batch all = examples.examples(0, (int) examples.size());
        INDArray labels = all.labels()
                .orElseThrow(() -> new MirageException(
                        "cross-validation needs labelled examples, but " + examples.name() + " has no labels"));
        long[] shape = all.features().shape();
        float[][] features = all.features()
                .reshape('c', shape[0], all.features().length() / shape[0])
                .toFloatMatrix();
        float[][] oneHot = labels.toFloatMatrix();
        int[] classes = labels.argMax(1).toIntVector();
        return new FoldSource() {
            @Override
            public int[] labels() {
                return classes.clone();
            }

            @Override
            public Fold fold(int[] training, int[] heldOut) {
                return new Fold(select(training), select(heldOut));
            }

            private InMemoryExamples select(int[] chosen) {
                long[] selected = shape.clone();
                selected[0] = chosen.length;
                return InMemoryExamples.of(
                        examples.name(), rows(features, chosen).reshape('c', selected), rows(oneHot, chosen));
            }
        };
    }

    private static INDArray rows(float[][] all, int[] chosen) {
        return Nd4j.createFromArray(Arrays.stream(chosen).mapToObj(i -> all[i]).toArray(float[][]::new));
    }
}
