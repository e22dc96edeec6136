package org.mirage4j.classifier.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.mirage4j.classifier.calibration.LabelledPredictions;

class ConfusionMatrixTest {
    @Test
    void everyAnswerIsCountedOnceInTheRowOfWhatIsRight() {
        double[] first = {0.8, 0.1, 0.1};
        double[] second = {0.2, 0.7, 0.1};
        double[] tied = {0.4, 0.4, 0.2};
        ConfusionMatrix confusion = ConfusionMatrix.of(
                LabelledPredictions.of(List.of(first, second, second, tied, second), new int[] {0, 0, 0, 1, 1}));
        assertThat(confusion.count(0, 0)).isEqualTo(1);
        assertThat(confusion.count(0, 1)).isEqualTo(2);
        assertThat(confusion.count(1, 0)).isEqualTo(1);
        assertThat(confusion.count(1, 1)).isEqualTo(1);
        assertThat(confusion.examples(0)).isEqualTo(3);
        assertThat(confusion.recall(0)).isEqualTo(1 / 3.0);
        assertThat(confusion.precision(0)).isEqualTo(0.5);
        assertThat(confusion.precision(1)).isEqualTo(1 / 3.0);
        assertThat(confusion.commonestMistake(0)).isEqualTo(1);
        assertThat(confusion.commonestMistake(2)).isEqualTo(-1);
        assertThat(confusion.recall(2)).isNaN();
        assertThat(confusion.precision(2)).isNaN();
    }
}
