package org.mirage4j.classifier.run;

import java.util.Arrays;
import org.mirage4j.classifier.ClassifierOptions;
import org.mirage4j.classifier.ClassifierTraining;
import org.mirage4j.classifier.DropoutClassifier;
import org.mirage4j.core.data.InMemoryExamples;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * How long one Monte Carlo prediction takes, against as many predictions of one pass each. Medians over pairs of
 * the two.
 *
 * @param passes number of passes
 * @param inputs number of inputs
 * @param together seconds for all passes in one call
 * @param separately seconds for one call per pass
 */
record MonteCarloTiming(int passes, int inputs, double together, double separately) {
    private static final int WARM_UP = 3;
    private static final int PAIRS = 9;

    /** Measures the network that options describe; weights do not matter, so they are the initial ones. */
    static MonteCarloTiming measure(ClassifierOptions options, InMemoryExamples examples, int inputs, int passes) {
        int count = (int) Math.min(inputs, examples.size());
        INDArray input = examples.examples(0, count).features();
        try (ClassifierTraining training = ClassifierTraining.start(options, examples);
                DropoutClassifier classifier = training.classifier()) {
            double[] together = new double[PAIRS];
            double[] separately = new double[PAIRS];
            for (int i = -WARM_UP; i < PAIRS; i++) {
                double whole = seconds(() -> classifier.predict(input, passes, 1));
                double parts = seconds(() -> {
                    for (int pass = 0; pass < passes; pass++) {
                        classifier.predict(input, 1, pass);
                    }
                });
                if (i >= 0) {
                    together[i] = whole;
                    separately[i] = parts;
                }
            }
            return new MonteCarloTiming(passes, count, median(together), median(separately));
        }
    }

    double ratio() {
        return separately / together;
    }

    private static double seconds(Runnable work) {
        long started = System.nanoTime();
        work.run();
        return (System.nanoTime() - started) / 1e9;
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }
}
