package org.mirage4j.core.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.stream.IntStream;
import org.deeplearning4j.nn.weights.WeightInitRelu;
import org.junit.jupiter.api.Test;
import org.mirage4j.core.MirageException;
import org.mirage4j.core.engine.Pass;
import org.mirage4j.core.network.Network;
import org.mirage4j.core.network.NetworkBuilder;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.learning.config.Adam;

class SyntheticDigitsTest {
    private static final int BATCH = 100;
    private static final InMemoryExamples TRAINING = new SyntheticDigits(11).examples(0, 20_000);

    /** The bound between what a linear classifier and what a small convolutional one must reach. */
    private static final double BOUND = 0.98;

    @Test
    void imageIsAFunctionOfSeedAndNumberAlone() {
        INDArray stretch =
                new SyntheticDigits(5).examples(0, 30).examples(0, 30).features();
        Batch third = new SyntheticDigits(5).batch(2, 10);

        assertThat(third.features()).isEqualTo(stretch.get(NDArrayIndex.interval(20, 30)));
        assertThat(new SyntheticDigits(5).batch(2, 10).features()).isEqualTo(third.features());
        assertThat(new SyntheticDigits(6).batch(2, 10).features()).isNotEqualTo(third.features());
        assertThat(new SyntheticDigits(5).fingerprint())
                .isEqualTo(new SyntheticDigits(5).fingerprint())
                .isNotEqualTo(new SyntheticDigits(6).fingerprint());
    }

    /** If a change of the drawing is wanted, so is a new number here: runs recorded with the old one no longer repeat. */
    @Test
    void drawingIsTheSameOnEveryMachine() {
        assertThat(new SyntheticDigits(1).fingerprint())
                .isEqualTo("6e64fcc3637779bb3081a09e423f7cbf5ec761ede5266f32c1fba510425e7d1f");
    }

    @Test
    void sequenceGoesOnAfterTheNominalEpoch() {
        SyntheticDigits digits = new SyntheticDigits(5);
        long iteration = digits.batchesPerEpoch(100);

        assertThat(digits.batch(iteration, 100).features())
                .isNotEqualTo(digits.batch(0, 100).features());
    }

    @Test
    void imagesAreInkOnBlackClearOfTheBorder() {
        INDArray images =
                new SyntheticDigits(1).examples(0, 2000).examples(0, 2000).features();

        assertThat(images.shape()).containsExactly(2000, 1, 28, 28);
        assertThat(images.minNumber().floatValue()).isZero();
        assertThat(images.maxNumber().floatValue()).isBetween(0.95f, 1f);
        for (int i = 0; i < 2000; i++) {
            INDArray image = images.slice(i, 0).reshape(28, 28);
            float border = image.getRow(0).sumNumber().floatValue()
                    + image.getRow(27).sumNumber().floatValue()
                    + image.getColumn(0).sumNumber().floatValue()
                    + image.getColumn(27).sumNumber().floatValue();
            assertThat(border).as("border of image %d", i).isZero();
            assertThat(image.sumNumber().floatValue()).as("ink of image %d", i).isBetween(10f, 300f);
        }
    }

    @Test
    void classesAreEquallyLikely() {
        INDArray counts = new SyntheticDigits(1)
                .examples(0, 10_000)
                .examples(0, 10_000)
                .labels()
                .orElseThrow()
                .sum(0);

        // Four standard deviations of a binomial count: sqrt(10000 * 0.1 * 0.9) = 30.
        assertThat(counts.toFloatVector()).hasSize(10);
        for (float count : counts.toFloatVector()) {
            assertThat(count).isBetween(880f, 1120f);
        }
    }

    @Test
    void impossibleRangeIsNamed() {
        assertThatThrownBy(() -> new SyntheticDigits(1).examples(-1, 5))
                .isInstanceOf(MirageException.class)
                .hasMessage(
                        "synthetic digits are numbered from 0 and at least one is drawn, but asked for are 5 from number -1");
    }

    @Test
    void linearClassifierStaysBelowTheBound() {
        double accuracy = accuracyAfter(NetworkBuilder.images(1, 28, 28), 10);

        // The lower bound shows that it was trained: a failure to learn would pass the upper one.
        assertThat(accuracy).isGreaterThan(0.8).isLessThan(BOUND);
    }

    @Test
    void smallConvolutionalClassifierReachesTheBound() {
        NetworkBuilder convolutional = NetworkBuilder.images(1, 28, 28)
                .weightInit(new WeightInitRelu())
                .convolution(8, 5, 2, 0)
                .activation(Activation.RELU)
                .convolution(16, 3, 2, 0)
                .activation(Activation.RELU)
                .dense(64)
                .activation(Activation.RELU);

        assertThat(accuracyAfter(convolutional, 2)).isGreaterThanOrEqualTo(BOUND);
    }

    /** Trains on digits of one seed and tests on 4,000 of another. */
    private static double accuracyAfter(NetworkBuilder builder, int epochs) {
        try (Network network = builder.softmaxOutput(10).updater(new Adam(4e-3)).build(1)) {
            long iterations = epochs * TRAINING.batchesPerEpoch(BATCH);
            for (long i = 0; i < iterations; i++) {
                Batch batch = TRAINING.batch(i, BATCH);
                network.differentiate(batch.features(), batch.labels().orElseThrow(), i);
                network.step(BATCH);
            }
            Batch fresh = new SyntheticDigits(12).examples(0, 4000).examples(0, 4000);
            int[] predicted =
                    network.forward(fresh.features(), Pass.infer()).argMax(1).toIntVector();
            int[] actual = fresh.labels().orElseThrow().argMax(1).toIntVector();
            return IntStream.range(0, predicted.length)
                            .filter(i -> predicted[i] == actual[i])
                            .count()
                    / (double) predicted.length;
        }
    }
}
