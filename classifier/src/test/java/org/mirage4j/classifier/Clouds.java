package org.mirage4j.classifier;

import java.util.SplittableRandom;
import org.mirage4j.core.data.InMemoryExamples;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Three overlapping Gaussian clouds in the plane: learnable in a second, never perfectly. */
public final class Clouds {
    /** The number of clouds. */
    public static final int CLASSES = 3;

    private static final double SPREAD = 0.6;

    private Clouds() {}

    /** As many examples as asked for, classes in turn. */
    public static InMemoryExamples examples(int count, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        INDArray features = Nd4j.zeros(count, 2);
        INDArray labels = Nd4j.zeros(count, CLASSES);
        for (int i = 0; i < count; i++) {
            int label = i % CLASSES;
            double angle = 2 * Math.PI * label / CLASSES;
            features.putScalar(i, 0, Math.cos(angle) + SPREAD * random.nextGaussian());
            features.putScalar(i, 1, Math.sin(angle) + SPREAD * random.nextGaussian());
            labels.putScalar(i, label, 1);
        }
        return InMemoryExamples.of("clouds-" + seed, features, labels);
    }

    /** Options small enough for tests. */
    public static ClassifierOptions.Builder options() {
        return ClassifierOptions.builder().hidden(16).epochs(8).batchSize(16).seed(5);
    }
}
