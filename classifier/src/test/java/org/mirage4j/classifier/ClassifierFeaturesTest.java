package org.mirage4j.classifier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.mirage4j.core.MirageException;
import org.mirage4j.core.data.InMemoryExamples;
import org.mirage4j.core.data.SyntheticDigits;
import org.mirage4j.core.features.Extraction;
import org.mirage4j.core.features.FeatureExtractor;
import org.nd4j.linalg.api.ndarray.INDArray;

class ClassifierFeaturesTest {
    private static final InMemoryExamples DIGITS = new SyntheticDigits(3).examples(0, 200);
    private static final ClassifierOptions OPTIONS =
            ClassifierOptions.builder().hidden(20, 12).epochs(1).build();

    @Test
    void featuresAreTheLastHiddenLayerAndLogitsTheClassifiers(@TempDir Path folder) {
        INDArray images = DIGITS.examples(0, 30).features();
        try (DropoutClassifier classifier = DropoutClassifier.train(OPTIONS, DIGITS)) {
            FeatureExtractor extractor = classifier.featureExtractor();
            Extraction extraction = extractor.extract(images);
            ComputationGraph graph = classifier.toGraph();
            INDArray hidden = graph.feedForward(images, false).get("hidden-2");

            assertThat(extraction.features().shape()).containsExactly(30, 12);
            assertThat(extraction.features().equalsWithEps(hidden, 1e-5)).isTrue();
            assertThat(extraction.logits().orElseThrow().equalsWithEps(classifier.logits(images), 1e-4))
                    .isTrue();
            assertThat(extractor.name()).isEqualTo("classifier of " + DIGITS.name());
            assertThat(extractor.inception()).isFalse();

            classifier.save(folder);
            try (DropoutClassifier loaded = DropoutClassifier.load(folder)) {
                assertThat(loaded.featureExtractor().id()).isEqualTo(extractor.id());
            }
        }
    }

    @Test
    void otherWeightsOrDataHaveAnotherFingerprint() {
        InMemoryExamples others = new SyntheticDigits(4).examples(0, 200);
        try (DropoutClassifier first = DropoutClassifier.train(OPTIONS, DIGITS);
                DropoutClassifier same = DropoutClassifier.train(OPTIONS, DIGITS);
                DropoutClassifier seed =
                        DropoutClassifier.train(OPTIONS.toBuilder().seed(1).build(), DIGITS);
                DropoutClassifier data = DropoutClassifier.train(OPTIONS, others)) {
            String fingerprint = first.featureExtractor().fingerprint();
            assertThat(same.featureExtractor().fingerprint()).isEqualTo(fingerprint);
            assertThat(seed.featureExtractor().fingerprint()).isNotEqualTo(fingerprint);
            assertThat(data.featureExtractor().fingerprint()).isNotEqualTo(fingerprint);
        }
    }

    @Test
    void pointsAreNoImages() {
        ClassifierOptions options = Clouds.options().epochs(1).build();
        try (DropoutClassifier classifier = DropoutClassifier.train(options, Clouds.examples(60, 1))) {
            assertThatThrownBy(classifier::featureExtractor)
                    .isInstanceOf(MirageException.class)
                    .hasMessage("a feature extractor takes images [channels, height, width], but the classifier was"
                            + " trained on examples of shape [2]");
        }
    }
}
