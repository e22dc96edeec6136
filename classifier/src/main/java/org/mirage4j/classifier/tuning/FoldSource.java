package org.mirage4j.classifier.tuning;

import java.util.Arrays;
import java.util.function.Supplier;
import org.mirage4j.classifier.ClassifierEvaluation;
import org.mirage4j.classifier.ClassifierOptions;
import org.mirage4j.classifier.ClassifierTraining;
import org.mirage4j.classifier.DropoutClassifier;
import org.mirage4j.classifier.EpochTraining;
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
     * How good a network is on the held-out part of a fold.
     *
     * @param loss what candidates are chosen by; the lower, the better
     * @param error what people read
     */
    record Score(double loss, double error) {}

    /**
     * A candidate's training on one fold.
     *
     * @param training the training, to be closed
     * @param score judges what was trained so far
     */
    record Trial(EpochTraining training, Supplier<Score> score) {}

    /**
     * Prepares to train a candidate on a fold.
     *
     * @param options how to train
     * @param fold what to train on and to score on
     * @return a training that has not begun: that of a classifier, unless a source says otherwise
     */
    default Trial start(ClassifierOptions options, Fold fold) {
        ClassifierTraining training = ClassifierTraining.start(options, fold.training());
        return new Trial(training, () -> {
            try (DropoutClassifier classifier = training.classifier()) {
                ClassifierEvaluation evaluation = classifier.evaluate(fold.heldOut());
                return new Score(evaluation.negativeLogLikelihood(), evaluation.error());
            }
        });
    }

    /**
     * What the loss of a {@link Score} is.
     *
     * @return a name with its unit
     */
    default String lossName() {
        return "negative log-likelihood in nats";
    }

    /**
     * What the error of a {@link Score} is.
     *
     * @return a name with its unit
     */
    default String errorName() {
        return "share misclassified";
    }

    /**
     * The class of each example, or another part of the examples that every fold should have in proportion.
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
