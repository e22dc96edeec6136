package org.mirage4j.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.mirage4j.classifier.ClassifierOptions;
import org.mirage4j.classifier.dropout.DropoutKind;
import org.mirage4j.core.network.DropoutRate;
import org.nd4j.linalg.learning.config.Adam;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.ParameterException;

class NetworkOptionsTest {
    private static final ClassifierOptions REMEMBERED = ClassifierOptions.convolutional().toBuilder()
            .hiddenDropout(new DropoutKind.Concrete(DropoutRate.of(0.2), 0.5))
            .inputDropout(new DropoutKind.Additive(3))
            .updater(ClassifierOptions.decayingAdam(0.02, 5))
            .earlyStopping(4, 0.3)
            .build();

    @Command
    private static final class Holder {
        @Mixin
        private final NetworkOptions network = new NetworkOptions();
    }

    private static ClassifierOptions like(ClassifierOptions remembered, String arguments) {
        Holder holder = new Holder();
        new CommandLine(holder).parseArgs(arguments.isEmpty() ? new String[0] : arguments.split(" "));
        return holder.network.read(remembered);
    }

    private static ClassifierOptions read(String arguments) {
        Holder holder = new Holder();
        new CommandLine(holder).parseArgs(arguments.split(" "));
        return holder.network.read();
    }

    @Test
    void nothingGivenChangesNothing() {
        assertThat(like(REMEMBERED, "")).isEqualTo(REMEMBERED);
    }

    @Test
    void strengthAloneKeepsTheKindOfNoise() {
        ClassifierOptions changed = like(REMEMBERED, "--dropout 0.4 --dropout-input 1.5");
        assertThat(changed.hiddenDropout()).containsExactly(new DropoutKind.Concrete(DropoutRate.of(0.4), 0.5));
        assertThat(changed.inputDropout()).isEqualTo(new DropoutKind.Additive(1.5));
        ClassifierOptions quiet =
                REMEMBERED.toBuilder().inputDropout(DropoutKind.none()).build();
        assertThat(like(quiet, "--dropout-input 0.1").inputDropout())
                .isEqualTo(new DropoutKind.Concrete(DropoutRate.of(0.1), 0.5));
    }

    @Test
    void kindAloneKeepsTheStrength() {
        ClassifierOptions noisy =
                REMEMBERED.toBuilder().inputDropout(DropoutKind.bernoulli(0.1)).build();
        ClassifierOptions changed = like(noisy, "--noise gaussian");
        assertThat(changed.hiddenDropout()).containsExactly(new DropoutKind.Gaussian(DropoutRate.of(0.2)));
        assertThat(changed.inputDropout()).isEqualTo(new DropoutKind.Gaussian(DropoutRate.of(0.1)));
        assertThat(like(noisy, "--noise alpha --dropout 0.3").hiddenDropout())
                .containsExactly(new DropoutKind.Alpha(DropoutRate.of(0.3)));
    }

    @Test
    void noiseOfANewNetworkIsAsGiven() {
        assertThat(read("--noise gaussian").hiddenDropout())
                .containsExactly(new DropoutKind.Gaussian(DropoutRate.of(0.5)));
        assertThat(read("--noise additive --dropout 2 --dropout-input 1").inputDropout())
                .isEqualTo(new DropoutKind.Additive(1));
        assertThat(read("--dropout-input 0.2").inputDropout()).isEqualTo(DropoutKind.bernoulli(0.2));
    }

    @Test
    void rateKeepsFallingAsItDidUnlessGivenAnew() {
        assertThat(like(REMEMBERED, "--rate 0.1").updater()).isEqualTo(ClassifierOptions.decayingAdam(0.1, 5));
        assertThat(like(REMEMBERED, "--epochs 4").updater()).isEqualTo(REMEMBERED.updater());
        assertThatThrownBy(() -> like(REMEMBERED, "--epochs 9"))
                .isInstanceOf(ParameterException.class)
                .hasMessageContaining("falls to 0 over 5 epochs, so there cannot be 9");
        assertThat(like(REMEMBERED, "--epochs 9 --decaying-rate").updater())
                .isEqualTo(ClassifierOptions.decayingAdam(0.02, 9));
        assertThat(like(REMEMBERED, "--no-decaying-rate").updater()).isEqualTo(new Adam(0.02));
        ClassifierOptions steady =
                REMEMBERED.toBuilder().updater(new Adam(0.03)).build();
        assertThat(like(steady, "--decaying-rate").updater()).isEqualTo(ClassifierOptions.decayingAdam(0.03, 5));
        assertThat(like(steady, "--epochs 9").updater()).isEqualTo(new Adam(0.03));
        assertThat(read("--preset cnn --no-decaying-rate").updater()).isEqualTo(new Adam(1e-3));
        assertThat(read("--preset cnn --epochs 7").updater()).isEqualTo(ClassifierOptions.decayingAdam(1e-3, 7));
    }

    @Test
    void batchNormalizationCanBeSwitchedOff() {
        assertThat(like(REMEMBERED, "--no-batch-normalization").batchNormalization())
                .isFalse();
        assertThat(read("--preset cnn --no-batch-normalization").batchNormalization())
                .isFalse();
        assertThat(read("--preset cnn").batchNormalization()).isTrue();
        assertThat(read("--batch-normalization").batchNormalization()).isTrue();
    }

    @Test
    void earlyStoppingKeepsWhatIsNotGiven() {
        assertThat(like(REMEMBERED, "--patience 9").heldOutShare()).isEqualTo(0.3);
        assertThat(like(REMEMBERED, "--held-out 0.2"))
                .isEqualTo(REMEMBERED.toBuilder().earlyStopping(4, 0.2).build());
        assertThat(read("--patience 9").heldOutShare()).isEqualTo(0.1);
        assertThatThrownBy(() -> read("--held-out 0.2")).isInstanceOf(ParameterException.class);
    }
}
