package org.mirage4j.classifier.dropout;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.mirage4j.classifier.ClassifierOptions;
import org.mirage4j.classifier.ClassifierTraining;
import org.mirage4j.classifier.Clouds;
import org.mirage4j.core.network.DropoutRate;
import org.nd4j.linalg.learning.config.Adam;

class LearnedRateTest {

    @Test
    void moreDataLearnALowerRate() {
        double few = learnedRate(48, 60);
        double many = learnedRate(1920, 3);
        assertThat(few).isGreaterThan(0.15);
        assertThat(many).isLessThan(few - 0.05);
    }

    /** About the same number of steps for any amount of data. */
    private static double learnedRate(int examples, int epochs) {
        ClassifierOptions options = Clouds.options()
                .hiddenDropout(new DropoutKind.Concrete(DropoutRate.of(0.2), 0.01))
                .updater(new Adam(0.02))
                .build();
        try (ClassifierTraining training = ClassifierTraining.start(options, Clouds.examples(examples, 1))) {
            for (int epoch = 0; epoch < epochs; epoch++) {
                training.epoch();
            }
            return training.learnedRates().get(0);
        }
    }
}
