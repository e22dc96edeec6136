package org.mirage4j.gan.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.mirage4j.core.MirageException;
import org.mirage4j.gan.loss.LossKind;

class GameOptionsTest {
    private static GameOptions.Builder game() {
        return GameOptions.builder();
    }

    static Stream<Arguments> refusals() {
        return Stream.of(
                refusal(() -> game().realLabel(1.2).build(), "real label", "(0, 1]", "1.2"),
                refusal(() -> game().loss(LossKind.HINGE).realLabel(0.9).build(), "HINGE", "0.9"),
                refusal(() -> game().loss(LossKind.WASSERSTEIN).build(), "WASSERSTEIN", "Lipschitz"),
                refusal(() -> game().weightClip(-1).build(), "weight clip", "-1"),
                refusal(
                        () -> game().weightClip(0.01)
                                .spectralNormalization(true)
                                .build(),
                        "weight clip",
                        "spectral normalization"),
                refusal(
                        () -> game().weightClip(0.01).penalty(new Penalty.R1(1)).build(),
                        "weight clip",
                        "gradient penalty"),
                refusal(
                        () -> game().minibatchDeviation(true)
                                .penalty(new Penalty.R1(1))
                                .build(),
                        "minibatch standard deviation",
                        "gradient penalty"),
                refusal(() -> game().packing(11).build(), "packing", "1 to 10", "11"),
                refusal(() -> game().packing(0).build(), "packing", "1 to 10", "0"),
                refusal(() -> game().discriminatorSteps(0).build(), "discriminator steps", "0"),
                refusal(
                        () -> game().discriminatorSteps(Integer.MAX_VALUE).build(),
                        "discriminator steps",
                        "1 to 1000",
                        "2147483647"),
                refusal(() -> game().unrolledSteps(1001).build(), "unrolled steps", "0 to 1000", "1001"),
                refusal(() -> game().discriminators(1001).build(), "discriminators", "1 to 1000", "1001"),
                refusal(() -> game().unrolledSteps(-1).build(), "unrolled", "-1"),
                refusal(() -> game().discriminators(0).build(), "number of discriminators", "0"),
                refusal(() -> game().omission(0.5).build(), "0.5", "several"),
                refusal(() -> game().discriminators(2).omission(1).build(), "[0, 1)", "1.0"),
                refusal(() -> game().historicalAveraging(-1).build(), "historical averaging", "-1"),
                refusal(() -> game().gradientClip(Double.NaN).build(), "gradient clip", "NaN"),
                refusal(() -> game().averageDecay(1).build(), "average", "[0, 1)", "1.0"),
                refusal(() -> game().generatorRate(0).build(), "generator learning rate", "above 0", "0.0"),
                refusal(() -> new Updater.Adam(1e-3, 1, 0.9), "beta1", "[0, 1)"),
                refusal(() -> new Penalty.WassersteinGp(0), "WGAN-GP", "0.0"),
                refusal(() -> new InstanceNoise(-0.1, 0), "-0.1", "iterations"),
                refusal(() -> new RateSchedule.Linear(10, 10), "end", "10"));
    }

    private static Arguments refusal(Supplier<Object> attempt, String... parts) {
        return Arguments.of(List.of(parts), attempt);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("refusals")
    void whatMakesNoSenseIsRefusedInASentence(List<String> parts, Supplier<Object> attempt) {
        assertThatThrownBy(attempt::get)
                .isInstanceOf(MirageException.class)
                .message()
                .contains(parts)
                .doesNotContain("\n");
    }

    @Test
    void allProblemsAreReportedTogether() {
        assertThatThrownBy(() -> game().packing(0)
                        .discriminatorSteps(0)
                        .averageDecay(2)
                        .loss(LossKind.WASSERSTEIN)
                        .build())
                .hasMessageContainingAll("packing", "discriminator steps", "average", "WASSERSTEIN");
    }

    static Stream<GameOptions> games() {
        return Stream.of(
                game().build(),
                game().loss(LossKind.WASSERSTEIN)
                        .penalty(new Penalty.WassersteinGp(10))
                        .discriminatorSteps(5)
                        .generatorUpdater(new Updater.Adam(1e-4, 0, 0.9))
                        .build(),
                game().loss(LossKind.WASSERSTEIN)
                        .weightClip(0.01)
                        .discriminatorUpdater(new Updater.RmsProp(5e-5))
                        .rateSchedule(new RateSchedule.Linear(10, 20))
                        .build(),
                game().penalty(new Penalty.Dragan(10))
                        .instanceNoise(new InstanceNoise(0.1, 100))
                        .rateSchedule(new RateSchedule.Exponential(1000))
                        .build(),
                game().penalty(new Penalty.R1(0.5))
                        .discriminators(3)
                        .omission(0.4)
                        .build(),
                game().penalty(new Penalty.R2(0.5))
                        .generatorUpdater(new Updater.Sgd(0.1))
                        .build());
    }

    @ParameterizedTest
    @MethodSource("games")
    void jsonHoldsAllOfAGame(GameOptions game) throws JsonProcessingException {
        ObjectMapper mapper = new ObjectMapper();
        String json = mapper.writeValueAsString(game);
        assertThat(mapper.readValue(json, GameOptions.class)).isEqualTo(game);
        assertThat(json).doesNotContain("org.mirage4j"); // a file must not choose what is instantiated
    }

    @Test
    void schedulesFallAsTheySay() {
        RateSchedule linear = new RateSchedule.Linear(10, 20);
        assertThat(linear.factor(0)).isEqualTo(1);
        assertThat(linear.factor(10)).isEqualTo(1);
        assertThat(linear.factor(15)).isCloseTo(0.5, within(1e-12));
        assertThat(linear.factor(25)).isEqualTo(0);
        assertThat(new RateSchedule.Exponential(100).factor(200)).isCloseTo(0.25, within(1e-12));
        assertThat(new InstanceNoise(0.2, 10).deviation(5)).isCloseTo(0.1, within(1e-12));
        assertThat(new InstanceNoise(0.2, 10).deviation(11)).isEqualTo(0);
    }
}
