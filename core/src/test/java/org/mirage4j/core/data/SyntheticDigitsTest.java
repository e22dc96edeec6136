package org.mirage4j.core.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.stream.IntStream;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.weights.WeightInit;
import org.junit.jupiter.api.Test;
import org.mirage4j.core.MirageException;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.learning.config.Adam;

class SyntheticDigitsTest {
    private static final int BATCH = 100;

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
        MultiLayerNetwork linear = network(new NeuralNetConfiguration.Builder()
                .seed(1)
                .updater(new Adam(4e-3))
                .list()
                .layer(output())
                .setInputType(InputType.convolutional(28, 28, 1))
                .build());

        double accuracy = accuracyAfter(linear, 20_000, 10);

        // The lower bound shows that it was trained: a failure to learn would pass the upper one.
        assertThat(accuracy).isGreaterThan(0.8).isLessThan(BOUND);
    }

    @Test
    void smallConvolutionalClassifierReachesTheBound() {
        MultiLayerNetwork convolutional = network(new NeuralNetConfiguration.Builder()
                .seed(1)
                .updater(new Adam(4e-3))
                .weightInit(WeightInit.RELU)
                .activation(Activation.RELU)
                .list()
                .layer(new ConvolutionLayer.Builder(5, 5).stride(2, 2).nOut(8).build())
                .layer(new ConvolutionLayer.Builder(3, 3).stride(2, 2).nOut(16).build())
                .layer(new DenseLayer.Builder().nOut(64).build())
                .layer(output())
                .setInputType(InputType.convolutional(28, 28, 1))
                .build());

        assertThat(accuracyAfter(convolutional, 20_000, 2)).isGreaterThanOrEqualTo(BOUND);
    }

    private static OutputLayer output() {
        return new OutputLayer.Builder()
                .nOut(10)
                .activation(Activation.SOFTMAX)
                .weightInit(WeightInit.XAVIER)
                .build();
    }

    private static MultiLayerNetwork network(MultiLayerConfiguration configuration) {
        MultiLayerNetwork network = new MultiLayerNetwork(configuration);
        network.init();
        return network;
    }

    /** Trains on digits of one seed and tests on 4,000 of another. */
    private static double accuracyAfter(MultiLayerNetwork network, int examples, int epochs) {
        InMemoryExamples training = new SyntheticDigits(11).examples(0, examples);
        long iterations = epochs * training.batchesPerEpoch(BATCH);
        for (long i = 0; i < iterations; i++) {
            Batch batch = training.batch(i, BATCH);
            network.fit(batch.features(), batch.labels().orElseThrow());
        }
        Batch fresh = new SyntheticDigits(12).examples(0, 4000).examples(0, 4000);
        int[] predicted = network.output(fresh.features()).argMax(1).toIntVector();
        int[] actual = fresh.labels().orElseThrow().argMax(1).toIntVector();
        return IntStream.range(0, predicted.length)
                        .filter(i -> predicted[i] == actual[i])
                        .count()
                / (double) predicted.length;
    }
}
