package org.mirage4j.classifier.run;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.IntUnaryOperator;
import java.util.function.ToDoubleFunction;
import org.mirage4j.classifier.DropoutClassifier;
import org.mirage4j.classifier.Prediction;
import org.mirage4j.classifier.calibration.Auroc;
import org.mirage4j.core.memory.NativeMemory;
import org.mirage4j.core.random.RandomStreams;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * How well uncertainty tells spoilt images from the intact ones they were made of, as areas under the
 * receiver operating characteristic.
 *
 * @param images what was done to them
 * @param mutualInformation by mutual information
 * @param predictiveEntropy by predictive entropy
 * @param maximumProbability by the largest probability of the ordinary prediction
 */
record OutOfDistribution(String images, double mutualInformation, double predictiveEntropy, double maximumProbability) {
    private static final float NOISE = 0.5f;
    private static final int BLUR = 2;

    /**
     * The areas together with the curves that they lie under.
     *
     * @param areas the areas
     * @param curves one per measure, by name
     */
    record Detection(OutOfDistribution areas, Map<String, List<Auroc.Point>> curves) {}

    /** Measures on images [N, C, H, W] with values in [0, 1]. */
    static List<Detection> measure(DropoutClassifier classifier, INDArray images, int passes, long seed) {
        Scores intact = Scores.of(classifier, images, passes, seed);
        List<Detection> results = new ArrayList<>();
        results.add(compare("upside down", intact, Scores.of(classifier, upsideDown(images), passes, seed)));
        if (images.size(2) == images.size(3)) {
            results.add(compare("quarter turn", intact, Scores.of(classifier, quarterTurn(images), passes, seed)));
        }
        results.add(compare("blurred", intact, Scores.of(classifier, blurred(images), passes, seed)));
        results.add(compare("noise added", intact, Scores.of(classifier, noisy(images, seed), passes, seed)));
        return results;
    }

    private static Detection compare(String name, Scores intact, Scores spoilt) {
        OutOfDistribution areas = new OutOfDistribution(
                name,
                Auroc.of(intact.mutualInformation, spoilt.mutualInformation),
                Auroc.of(intact.entropy, spoilt.entropy),
                Auroc.of(intact.doubt, spoilt.doubt));
        Map<String, List<Auroc.Point>> curves = new LinkedHashMap<>();
        curves.put("mutual information", Auroc.curve(intact.mutualInformation, spoilt.mutualInformation));
        curves.put("entropy", Auroc.curve(intact.entropy, spoilt.entropy));
        curves.put("maximum probability", Auroc.curve(intact.doubt, spoilt.doubt));
        return new Detection(areas, curves);
    }

    /** Turned by 180 degrees. */
    static INDArray upsideDown(INDArray images) {
        int plane = (int) (images.size(2) * images.size(3));
        return rearranged(images, pixel -> plane - 1 - pixel);
    }

    /** Square images turned by 90 degrees. */
    static INDArray quarterTurn(INDArray images) {
        int side = (int) images.size(3);
        return rearranged(images, pixel -> (side - 1 - pixel % side) * side + pixel / side);
    }

    private static INDArray rearranged(INDArray images, IntUnaryOperator source) {
        int plane = (int) (images.size(2) * images.size(3));
        float[] values = NativeMemory.floats(images);
        float[] moved = new float[values.length];
        for (int i = 0; i < moved.length; i++) {
            moved[i] = values[i / plane * plane + source.applyAsInt(i % plane)];
        }
        return Nd4j.createFromArray(moved).reshape('c', images.shape());
    }

    /** Every pixel the mean of the square of 5 x 5 around it; black outside. */
    static INDArray blurred(INDArray images) {
        int height = (int) images.size(2);
        int width = (int) images.size(3);
        float[] values = NativeMemory.floats(images);
        float[] means = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            int row = i / width % height;
            int column = i % width;
            float sum = 0;
            for (int y = Math.max(0, row - BLUR); y <= Math.min(height - 1, row + BLUR); y++) {
                for (int x = Math.max(0, column - BLUR); x <= Math.min(width - 1, column + BLUR); x++) {
                    sum += values[i + (y - row) * width + x - column];
                }
            }
            means[i] = sum / ((2 * BLUR + 1) * (2 * BLUR + 1));
        }
        return Nd4j.createFromArray(means).reshape('c', images.shape());
    }

    static INDArray noisy(INDArray images, long seed) {
        SplittableRandom random = new RandomStreams(seed).generator("noise", 0);
        float[] values = NativeMemory.floats(images);
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) Math.min(1, Math.max(0, values[i] + NOISE * random.nextGaussian()));
        }
        return Nd4j.createFromArray(values).reshape('c', images.shape());
    }

    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Scores(double[] mutualInformation, double[] entropy, double[] doubt) {
        static Scores of(DropoutClassifier classifier, INDArray images, int passes, long seed) {
            List<Prediction> predictions = classifier.predict(images, passes, seed);
            double[] doubt = classifier.probabilities(images).stream()
                    .mapToDouble(row -> {
                        double largest = 0;
                        for (double p : row) {
                            largest = Math.max(largest, p);
                        }
                        return 1 - largest;
                    })
                    .toArray();
            return new Scores(
                    column(predictions, Prediction::mutualInformation),
                    column(predictions, Prediction::predictiveEntropy),
                    doubt);
        }

        private static double[] column(List<Prediction> predictions, ToDoubleFunction<Prediction> value) {
            return predictions.stream().mapToDouble(value).toArray();
        }
    }
}
