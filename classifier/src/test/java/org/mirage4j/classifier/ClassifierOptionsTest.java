package org.mirage4j.classifier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.dropout.Dropout;
import org.deeplearning4j.nn.conf.dropout.SpatialDropout;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.layers.FeedForwardLayer;
import org.junit.jupiter.api.Test;
import org.mirage4j.classifier.dropout.DropoutKind;
import org.mirage4j.core.MirageException;
import org.mirage4j.core.network.DropoutRate;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.config.IUpdater;

class ClassifierOptionsTest {

    @Test
    void articleIsTheNetworkOfTheArticle() {
        ComputationGraphConfiguration network =
                ClassifierNetwork.describe(ClassifierOptions.article(), new long[] {784}, 10);

        assertThat(network.getVertices().keySet())
                .containsExactly("hidden-1", "dropout-before-softmax-output-1", "softmax-output-1");
        FeedForwardLayer hidden = (FeedForwardLayer) layer(network, "hidden-1");
        assertThat(new long[] {hidden.getNIn(), hidden.getNOut()}).containsExactly(784, 128);
        assertThat(layer(network, "dropout-before-softmax-output-1").getIDropout())
                .isEqualTo(new Dropout(0.5));
        assertThat(ClassifierOptions.article().batchSize()).isEqualTo(32);
        assertThat(ClassifierOptions.article().epochs()).isEqualTo(10);
    }

    @Test
    void batchNormalisationOfSingleExamplesIsRefused() {
        ClassifierOptions.Builder builder =
                ClassifierOptions.article().toBuilder().batchNormalization(true).batchSize(1);
        assertThatThrownBy(builder::build)
                .isInstanceOf(MirageException.class)
                .hasMessageContaining("batch size must be at least 2");
    }

    @Test
    void convolutionsComeInFrontOfTheHiddenLayersWithWholeChannelsDroppedBetweenThem() {
        ClassifierOptions options = ClassifierOptions.convolutional().toBuilder()
                .channelDropout(new DropoutKind.Spatial(DropoutRate.of(0.25)))
                .build();
        ComputationGraphConfiguration network = ClassifierNetwork.describe(options, new long[] {1, 28, 28}, 10);

        assertThat(network.getVertices().keySet())
                .containsSubsequence(
                        "convolution-1",
                        "batch-normalization-1",
                        "max-pooling-1",
                        "dropout-before-convolution-2",
                        "convolution-2",
                        "batch-normalization-2",
                        "max-pooling-2",
                        "hidden-1",
                        "batch-normalization-3",
                        "dropout-before-softmax-output-1",
                        "softmax-output-1");
        assertThat(layer(network, "dropout-before-convolution-2").getIDropout()).isEqualTo(new SpatialDropout(0.75));
        assertThat(((FeedForwardLayer) layer(network, "hidden-1")).getNIn()).isEqualTo(64 * 7 * 7);
    }

    @Test
    void convolutionsOfPointsAreRefused() {
        assertThatThrownBy(() -> ClassifierNetwork.describe(ClassifierOptions.convolutional(), new long[] {5}, 2))
                .isInstanceOf(MirageException.class)
                .hasMessage("convolutions need images [channels, height, width], but the examples have shape [5]");
    }

    private static org.deeplearning4j.nn.conf.layers.Layer layer(ComputationGraphConfiguration network, String name) {
        LayerVertex vertex =
                (LayerVertex) Objects.requireNonNull(network.getVertices().get(name));
        return vertex.getLayerConf().getLayer();
    }

    @Test
    void decayingRateFallsInEqualStepsToNothingAfterTheLastEpoch() {
        IUpdater updater = ClassifierOptions.decayingAdam(0.004, 4);
        double[] rates = IntStream.rangeClosed(0, 5)
                .mapToDouble(epoch -> updater.getLearningRate(100 * epoch, epoch))
                .toArray();
        assertThat(rates).containsExactly(0.004, 0.003, 0.002, 0.001, 0, 0);
        assertThatThrownBy(() -> ClassifierOptions.decayingAdam(0, 4)).isInstanceOf(MirageException.class);
    }

    @Test
    void trainingWithADecayingRateMovesLessAndLess() {
        ClassifierOptions options = Clouds.options()
                .hiddenDropout(DropoutKind.none())
                .epochs(10)
                .updater(ClassifierOptions.decayingAdam(0.01, 10))
                .build();
        try (ClassifierTraining training = ClassifierTraining.start(options, Clouds.examples(320, 1))) {
            List<INDArray> weights = new ArrayList<>();
            while (training.goesOn()) {
                training.epoch();
                weights.add(training.classifier().toGraph().params());
            }
            double second = weights.get(1).distance2(weights.get(0));
            double last = weights.get(9).distance2(weights.get(8));
            // the rate is a ninth by then
            assertThat(last).isPositive().isLessThan(second / 4);
        }
    }

    @Test
    void allProblemsAreReportedTogether() {
        ClassifierOptions.Builder builder = ClassifierOptions.builder()
                .hidden(64, 0)
                .hiddenDropout(List.of(DropoutKind.none()))
                .epochs(0)
                .l2(-1)
                .earlyStopping(3, 0);

        assertThatThrownBy(builder::build)
                .isInstanceOf(MirageException.class)
                .hasMessage("hidden layers need at least 1 unit, but are [64, 0]; "
                        + "there must be one dropout per hidden layer, but there are 1 for 2 hidden layers; "
                        + "l2 must be at least 0, but is -1.0; "
                        + "epochs must be at least 1, but are 0; "
                        + "early stopping needs both a patience and a held-out share, but they are 3 and 0.0");
    }

    @Test
    void builderOfOptionsGivesTheSameOptions() {
        ClassifierOptions options = ClassifierOptions.builder()
                .channels(2)
                .hidden(3, 4)
                .batchNormalization(true)
                .channelDropout(DropoutKind.bernoulli(0.1))
                .inputDropout(DropoutKind.bernoulli(0.2))
                .maxNorm(3)
                .l1(1e-5)
                .l2(1e-4)
                .epochs(7)
                .batchSize(8)
                .seed(9)
                .earlyStopping(2, 0.1)
                .build();

        assertThat(options.toBuilder().build()).isEqualTo(options);
    }
}
