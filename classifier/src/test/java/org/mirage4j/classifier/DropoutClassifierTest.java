package org.mirage4j.classifier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.deeplearning4j.datasets.iterator.utilty.ListDataSetIterator;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.mirage4j.classifier.dropout.DropoutKind;
import org.mirage4j.core.MirageException;
import org.mirage4j.core.data.Batch;
import org.mirage4j.core.data.InMemoryExamples;
import org.mirage4j.core.data.SyntheticDigits;
import org.mirage4j.core.network.DropoutRate;
import org.mirage4j.core.network.Network;
import org.mirage4j.core.network.NetworkBuilder;
import org.mirage4j.core.random.RandomStreams;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.schedule.ScheduleType;
import org.nd4j.linalg.schedule.StepSchedule;

class DropoutClassifierTest {
    private static final InMemoryExamples TRAINING = Clouds.examples(600, 1);
    private static final InMemoryExamples TEST = Clouds.examples(300, 2);

    /** The best possible classifier of the clouds errs on about 0.15; guessing on 0.67. */
    private static final double LEARNED = 0.25;

    static List<DropoutKind> kinds() {
        DropoutRate rate = DropoutRate.of(0.2);
        return List.of(
                DropoutKind.none(),
                new DropoutKind.Bernoulli(rate),
                new DropoutKind.Gaussian(rate),
                new DropoutKind.Additive(0.4),
                new DropoutKind.Alpha(rate),
                new DropoutKind.DropConnect(rate),
                new DropoutKind.Scheduled(new StepSchedule(ScheduleType.EPOCH, 0.4, 0.5, 2)),
                new DropoutKind.Concrete(DropoutRate.of(0.1), 0.01));
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void learnsWithEveryKindOfDropoutAndSurvivesSaving(DropoutKind kind, @TempDir Path folder) {
        ClassifierOptions options = Clouds.options()
                .activation(kind instanceof DropoutKind.Alpha ? Activation.SELU : Activation.RELU)
                .hiddenDropout(kind)
                .build();
        try (DropoutClassifier classifier = DropoutClassifier.train(options, TRAINING)) {
            ClassifierEvaluation evaluation = classifier.evaluate(TEST);
            assertThat(evaluation.error()).isLessThan(LEARNED);
            assertThat(evaluation.negativeLogLikelihood()).isBetween(0.1, 0.65);

            classifier.save(folder);
            INDArray x = TEST.examples(0, 20).features();
            try (DropoutClassifier loaded = DropoutClassifier.load(folder)) {
                assertThat(loaded.logits(x)).isEqualTo(classifier.logits(x));
                assertThat(loaded.predict(x, 3, 1).get(4).probabilities())
                        .isEqualTo(classifier.predict(x, 3, 1).get(4).probabilities());
                assertThat(loaded.history()).isEqualTo(classifier.history()).hasSize(8);
            }
        }
    }

    @Test
    void droppedOutputWeightsAreDrawnAnewInEveryStep() {
        ClassifierOptions options = Clouds.options()
                .hidden()
                .inputDropout(new DropoutKind.DropConnect(DropoutRate.of(0.3)))
                .updater(new Adam(0.01))
                .build();
        try (DropoutClassifier classifier = DropoutClassifier.train(options, TRAINING)) {
            assertThat(classifier.history().get(7).trainingLoss())
                    .isLessThan(0.9 * classifier.history().get(0).trainingLoss());
        }
    }

    @Test
    void sameSeedGivesTheSameClassifier() {
        ClassifierOptions options = Clouds.options().epochs(2).build();
        INDArray x = TEST.examples(0, 50).features();
        try (DropoutClassifier first = DropoutClassifier.train(options, TRAINING);
                DropoutClassifier second = DropoutClassifier.train(options, TRAINING);
                DropoutClassifier other =
                        DropoutClassifier.train(options.toBuilder().seed(6).build(), TRAINING)) {
            assertThat(second.logits(x)).isEqualTo(first.logits(x));
            assertThat(other.logits(x)).isNotEqualTo(first.logits(x));
        }
    }

    @Test
    void evaluationCountsWhatPredictionsSay() {
        try (DropoutClassifier classifier =
                DropoutClassifier.train(Clouds.options().epochs(2).build(), TRAINING)) {
            Batch batch = TEST.examples(0, 300);
            List<double[]> probabilities = classifier.probabilities(batch.features());
            double nll = 0;
            int wrong = 0;
            for (int i = 0; i < 300; i++) {
                double[] p = probabilities.get(i);
                nll -= Math.log(p[i % Clouds.CLASSES]) / 300;
                wrong += Arrays.stream(p).max().orElseThrow() > p[i % Clouds.CLASSES] ? 1 : 0;
            }
            ClassifierEvaluation evaluation = classifier.evaluate(TEST);
            assertThat(evaluation.negativeLogLikelihood()).isCloseTo(nll, within());
            assertThat(evaluation.error()).isCloseTo(wrong / 300.0, within());
        }
    }

    @Test
    void imagesAreFlattenedAndLearned() {
        InMemoryExamples digits = new SyntheticDigits(3).examples(0, 1200);
        InMemoryExamples.Split split = digits.split(0.25, 1);
        ClassifierOptions options =
                ClassifierOptions.builder().hidden(64).epochs(6).build();
        try (DropoutClassifier classifier = DropoutClassifier.train(options, split.training())) {
            assertThat(classifier.exampleShape()).containsExactly(1, 28, 28);
            assertThat(classifier.evaluate(split.heldOut()).error()).isLessThan(0.3);
        }
    }

    @Test
    void networkOfOnesOwnWithSpatialDropoutIsTrained() {
        InMemoryExamples digits = new SyntheticDigits(3).examples(0, 400);
        var configuration = NetworkBuilder.images(1, 28, 28)
                .convolution(12, 5, 3, 0)
                .activation(Activation.RELU)
                .batchNormalization(0.9)
                .convolution(8, 3, 2, 0)
                .named("second")
                .activation(Activation.RELU)
                .softmaxOutput(10)
                .configuration();
        new DropoutKind.Spatial(DropoutRate.of(0.1)).insertBefore(configuration, "second");
        ClassifierOptions options =
                ClassifierOptions.builder().updater(new Adam(0.005)).epochs(6).build();
        try (DropoutClassifier classifier = DropoutClassifier.train(options, configuration, digits)) {
            assertThat(classifier.evaluate(digits).error()).isLessThan(0.5);
            List<Prediction> predictions =
                    classifier.predict(digits.examples(0, 50).features(), 10, 1);
            assertThat(predictions.stream().mapToDouble(Prediction::mutualInformation))
                    .anyMatch(information -> information > 0.001);
        }
    }

    @Test
    void earlyStoppingKeepsTheBestEpoch() {
        List<EpochReport> reports = new ArrayList<>();
        ClassifierOptions options = Clouds.options()
                .hidden(64)
                .hiddenDropout(DropoutKind.none())
                .updater(new Adam(0.05))
                .epochs(60)
                .earlyStopping(3, 0.3)
                .build();
        try (DropoutClassifier classifier = DropoutClassifier.train(options, Clouds.examples(90, 3), reports::add)) {
            double best =
                    reports.stream().mapToDouble(EpochReport::heldOutLoss).min().orElseThrow();
            assertThat(reports).hasSizeLessThan(60);
            assertThat(reports.get(reports.size() - 4).heldOutLoss()).isEqualTo(best);
            assertThat(classifier.history()).isEqualTo(reports);
        }
        // training for exactly the best number of epochs gives the same classifier
        ClassifierOptions shorter =
                options.toBuilder().epochs(reports.size() - 3).build();
        INDArray x = TEST.examples(0, 10).features();
        try (DropoutClassifier stopped = DropoutClassifier.train(options, Clouds.examples(90, 3));
                DropoutClassifier exact = DropoutClassifier.train(shorter, Clouds.examples(90, 3))) {
            assertThat(stopped.logits(x)).isEqualTo(exact.logits(x));
        }
    }

    @Test
    void maxNormHoldsAfterTraining() {
        ClassifierOptions options =
                Clouds.options().maxNorm(0.5).updater(new Adam(0.05)).build();
        try (DropoutClassifier classifier = DropoutClassifier.train(options, TRAINING)) {
            INDArray norms =
                    classifier.toGraph().getLayer("hidden-1").getParam("W").norm2(0);
            assertThat(norms.maxNumber().doubleValue()).isLessThan(0.5001).isGreaterThan(0.45);
        }
    }

    @Test
    void iteratorGivesTheClassifierOfItsExamples() {
        Batch batch = TRAINING.examples(0, 600);
        DataSet all = new DataSet(batch.features(), batch.labels().orElseThrow());
        ClassifierOptions options = Clouds.options().epochs(1).build();
        INDArray x = TEST.examples(0, 10).features();
        try (DropoutClassifier iterated =
                        DropoutClassifier.train(options, new ListDataSetIterator<>(all.asList(), 50));
                DropoutClassifier direct = DropoutClassifier.train(options, TRAINING)) {
            assertThat(iterated.logits(x)).isEqualTo(direct.logits(x));
        }
    }

    @Test
    void trainingInPartsIsTrainingAtOnce() {
        ClassifierOptions options = Clouds.options().epochs(4).build();
        INDArray x = TEST.examples(0, 10).features();
        try (ClassifierTraining training = ClassifierTraining.start(options, TRAINING);
                DropoutClassifier once = DropoutClassifier.train(options, TRAINING)) {
            training.epoch();
            training.epoch();
            try (DropoutClassifier half = training.classifier()) {
                INDArray before = half.logits(x);
                training.epoch();
                training.epoch();
                assertThat(half.logits(x)).as("not changed by further training").isEqualTo(before);
            }
            assertThat(training.classifier().logits(x)).isEqualTo(once.logits(x));
        }
    }

    @Test
    void inputOfAnotherShapeIsRefused() {
        try (DropoutClassifier classifier =
                DropoutClassifier.train(Clouds.options().epochs(1).build(), TRAINING)) {
            assertThatThrownBy(() -> classifier.probabilities(Nd4j.zeros(4, 3)))
                    .isInstanceOf(MirageException.class)
                    .hasMessage("examples must have shape [N] followed by [2], but have [4, 3]");
        }
    }

    @Test
    void examplesWithoutLabelsAreRefused() {
        InMemoryExamples unlabelled = InMemoryExamples.of("points", Nd4j.zeros(4, 3));
        assertThatThrownBy(() -> DropoutClassifier.train(ClassifierOptions.article(), unlabelled))
                .isInstanceOf(MirageException.class)
                .hasMessage("a classifier needs examples labelled with at least 2 classes, but points has 0");
    }

    @Test
    void folderWithoutClassifierSaysWhatIsMissing(@TempDir Path folder) throws Exception {
        assertThatThrownBy(() -> DropoutClassifier.load(folder))
                .isInstanceOf(MirageException.class)
                .hasMessageEndingWith("holds no classifier: network.zip is missing");
        Files.writeString(folder.resolve("network.zip"), "no zip");
        Files.writeString(folder.resolve("classifier.json"), "{}");
        assertThatThrownBy(() -> DropoutClassifier.load(folder))
                .isInstanceOf(MirageException.class)
                .hasMessageContaining("cannot be read as a classifier");
    }

    private static org.assertj.core.data.Offset<Double> within() {
        return org.assertj.core.data.Offset.offset(1e-9);
    }

    @Test
    void frozenLayersOfANetworkOfOnesOwnStayAsTheyAre() {
        ComputationGraphConfiguration configuration = NetworkBuilder.vectors(2)
                .updater(new Adam(0.05))
                .l2(0.1)
                .maxNorm(0.5)
                .dense(16)
                .named("features")
                .batchNormalization(0.9)
                .activation(Activation.RELU)
                .softmaxOutput(Clouds.CLASSES)
                .configuration();
        List<String> frozen = new ArrayList<>();
        configuration.getVertices().forEach((name, vertex) -> {
            LayerVertex layered = (LayerVertex) vertex;
            Layer layer = layered.getLayerConf().getLayer();
            if (layer instanceof DenseLayer || layer instanceof BatchNormalization) {
                layered.getLayerConf().setLayer(new FrozenLayer(layer));
                frozen.add(name);
            }
        });
        assertThat(frozen).hasSize(2);
        ClassifierOptions options = Clouds.options().epochs(2).averageDecay(0.9).build();
        long seed = new RandomStreams(options.seed()).key("weights", 0);
        INDArray before = Network.create(configuration, seed).parameters();
        try (ClassifierTraining training = ClassifierTraining.start(options, configuration, TRAINING)) {
            training.epoch();
            training.epoch();
            try (DropoutClassifier classifier = training.classifier()) {
                INDArray moved = classifier.toGraph().params().sub(before).reshape(before.length());
                long learned = 16 * Clouds.CLASSES + Clouds.CLASSES;
                long kept = moved.length() - learned;
                assertThat(moved.get(NDArrayIndex.interval(0, kept))
                                .amaxNumber()
                                .doubleValue())
                        .isZero();
                assertThat(moved.get(NDArrayIndex.interval(kept, moved.length()))
                                .amaxNumber()
                                .doubleValue())
                        .isGreaterThan(0.01);
            }
        }
    }
}
