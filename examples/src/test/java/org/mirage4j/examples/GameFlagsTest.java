package org.mirage4j.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.mirage4j.core.MirageException;
import org.mirage4j.gan.ArchitectureKind;
import org.mirage4j.gan.train.GameOptions;
import org.mirage4j.gan.train.Penalty;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

class GameFlagsTest {
    private static final GameOptions BEFORE = ArchitectureKind.DENSE.game().build();

    @Command
    private static final class Holder {
        @Mixin
        private final GameFlags game = new GameFlags();
    }

    private static GameOptions change(GameOptions before, String arguments) {
        Holder holder = new Holder();
        new CommandLine(holder).parseArgs(arguments.isEmpty() ? new String[0] : arguments.split(" "));
        return holder.game.change(before);
    }

    @ParameterizedTest
    @CsvSource({"spectral-norm", "minibatch-deviation", "feature-matching", "keep-mask", "sampling-dropout"})
    void everyFlagIsKeptAndCanBeSwitchedOnAndOff(String flag) {
        GameOptions on = change(BEFORE, "--" + flag);
        assertThat(on).isNotEqualTo(BEFORE);
        assertThat(change(on, "")).isEqualTo(on);
        assertThat(change(on, "--no-" + flag)).isEqualTo(BEFORE);
        assertThat(change(BEFORE, "--no-" + flag)).isEqualTo(BEFORE);
    }

    @Test
    void flagOfAPresetCanBeSwitchedOff() {
        assertThat(change(BEFORE, "--preset hinge-sn").spectralNormalization()).isTrue();
        assertThat(change(BEFORE, "--preset hinge-sn --no-spectral-norm").spectralNormalization())
                .isFalse();
    }

    @Test
    void weightAloneKeepsThePenalty() {
        GameOptions regular = BEFORE.toBuilder().penalty(new Penalty.R1(3)).build();
        assertThat(change(regular, "--penalty-weight 5").penalty()).isEqualTo(new Penalty.R1(5));
        assertThat(change(BEFORE, "--preset wgan-gp --penalty-weight 5").penalty())
                .isEqualTo(new Penalty.WassersteinGp(5));
        assertThatThrownBy(() -> change(BEFORE, "--penalty-weight 5"))
                .isInstanceOf(MirageException.class)
                .hasMessage("--penalty-weight goes with --penalty only");
    }
}
