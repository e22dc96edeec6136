package org.mirage4j.examples;

import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.mirage4j.core.MirageException;
import org.mirage4j.gan.loss.LossKind;
import org.mirage4j.gan.train.GameOptions;
import org.mirage4j.gan.train.GamePreset;
import org.mirage4j.gan.train.InstanceNoise;
import org.mirage4j.gan.train.Latents;
import org.mirage4j.gan.train.Penalty;
import org.mirage4j.gan.train.RateSchedule;
import org.mirage4j.gan.train.Updater;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** Options of commands that play an adversarial game: a preset, and what to change in it. */
final class GameFlags {
    private static final int NOISY_ITERATIONS = 1000;

    @Option(
            names = "--preset",
            converter = Presets.class,
            completionCandidates = Presets.class,
            description = "A known recipe to start from: ${COMPLETION-CANDIDATES}. See docs/gans.md.")
    private @Nullable GamePreset preset;

    @Option(
            names = "--loss",
            converter = Losses.class,
            completionCandidates = Losses.class,
            description = "Loss: ${COMPLETION-CANDIDATES}. Default: non-saturating.")
    private @Nullable LossKind loss;

    @Option(
            names = "--real-label",
            converter = Decimal.class,
            paramLabel = "LABEL",
            description = "Target for real examples; below 1 is one-sided label smoothing. Default: 1.")
    private @Nullable Double realLabel;

    @Option(
            names = "--penalty",
            converter = PenaltyKind.Names.class,
            completionCandidates = PenaltyKind.Names.class,
            description = "Gradient penalty of the discriminator: ${COMPLETION-CANDIDATES}. Default: none.")
    private @Nullable PenaltyKind penalty;

    @Option(
            names = "--penalty-weight",
            converter = Decimal.class,
            paramLabel = "W",
            description = "Lambda or gamma of --penalty, of each in r1-r2. Default: 10.")
    private @Nullable Double penaltyWeight;

    @Option(
            names = "--weight-clip",
            converter = Decimal.class,
            paramLabel = "C",
            description = "Clip the discriminator's weights into [-C, C]; 0 for no clipping. Default: 0.")
    private @Nullable Double weightClip;

    @Option(names = "--spectral-norm", negatable = true, description = "Spectral normalisation of the discriminator.")
    private @Nullable Boolean spectralNormalization;

    @Option(
            names = "--d-steps",
            converter = PositiveInteger.class,
            paramLabel = "N",
            description = "Discriminator steps for each generator step. Default: 1.")
    private @Nullable Integer discriminatorSteps;

    @Option(
            names = "--pack",
            converter = PositiveInteger.class,
            paramLabel = "M",
            description = "Examples the discriminator judges at once, 1 to 10. Default: 1.")
    private @Nullable Integer packing;

    @Option(
            names = "--unroll",
            converter = PositiveInteger.class,
            paramLabel = "K",
            description = "Steps the discriminator is ahead in the generator's step. Default: none.")
    private @Nullable Integer unrolledSteps;

    @Option(
            names = "--discriminators",
            converter = PositiveInteger.class,
            paramLabel = "K",
            description = "Number of discriminators. Default: 1.")
    private @Nullable Integer discriminators;

    @Option(
            names = "--omit",
            converter = Decimal.class,
            paramLabel = "P",
            description = "Probability to leave each discriminator out of a generator step. Default: 0.")
    private @Nullable Double omission;

    @Option(
            names = "--minibatch-deviation",
            negatable = true,
            description = "Show the discriminator how much a batch varies.")
    private @Nullable Boolean minibatchDeviation;

    @Option(
            names = "--feature-matching",
            negatable = true,
            description = "The generator matches mean features instead of fooling.")
    private @Nullable Boolean featureMatching;

    @Option(
            names = "--historical-averaging",
            converter = Decimal.class,
            paramLabel = "W",
            description = "Weight of the distance from the mean of past parameters. Default: 0.")
    private @Nullable Double historicalAveraging;

    @Option(
            names = "--prior",
            converter = Priors.class,
            completionCandidates = Priors.class,
            description = "What latent vectors are drawn from: ${COMPLETION-CANDIDATES} (every number -1 or 1)."
                    + " Default: normal.")
    private @Nullable Latents prior;

    @Option(
            names = "--instance-noise",
            converter = Noise.class,
            paramLabel = "SD[:N]",
            description = "Noise on all the discriminator sees, falling to 0 over N iterations. Default N: 1000.")
    private @Nullable InstanceNoise instanceNoise;

    @Option(
            names = "--gradient-clip",
            converter = Decimal.class,
            paramLabel = "NORM",
            description = "Largest norm of each network's gradient; 0 for no clipping. Default: 0.")
    private @Nullable Double gradientClip;

    @Option(
            names = "--ema",
            converter = Decimal.class,
            paramLabel = "DECAY",
            description = "Decay of the moving average of the generator's weights; 0 for none. Default: 0.995.")
    private @Nullable Double averageDecay;

    @Option(
            names = "--optimizer",
            converter = OptimizerKind.Names.class,
            completionCandidates = OptimizerKind.Names.class,
            description = "Updater of both networks: ${COMPLETION-CANDIDATES}. Default: adam.")
    private @Nullable OptimizerKind optimizer;

    @Option(
            names = "--beta1",
            converter = Decimal.class,
            paramLabel = "B",
            description = "Adam's decay of the first moment. Default: 0.5.")
    private @Nullable Double beta1;

    @Option(
            names = "--beta2",
            converter = Decimal.class,
            paramLabel = "B",
            description = "Adam's decay of the second moment. Default: 0.999.")
    private @Nullable Double beta2;

    @Option(
            names = "--g-rate",
            converter = Decimal.class,
            paramLabel = "RATE",
            description = "Generator's learning rate. Default: by architecture.")
    private @Nullable Double generatorRate;

    @Option(
            names = "--d-rate",
            converter = Decimal.class,
            paramLabel = "RATE",
            description = "Discriminator's learning rate. Default: by architecture.")
    private @Nullable Double discriminatorRate;

    @Option(
            names = "--rate-schedule",
            converter = Schedules.class,
            paramLabel = "HOW",
            description = "constant, linear:FROM:TO (to 0, between two iterations) or exponential:HALF_LIFE."
                    + " Default: constant.")
    private @Nullable RateSchedule rateSchedule;

    @Option(
            names = "--keep-mask",
            negatable = true,
            description = "Keep the discriminator's dropout mask for the generator's step.")
    private @Nullable Boolean maskKept;

    @Option(
            names = "--sampling-dropout",
            negatable = true,
            description = "Leave the generator's dropout on while sampling.")
    private @Nullable Boolean samplingDropout;

    /** The game that results from the options given. */
    GameOptions change(GameOptions before) {
        GameOptions.Builder game = before.toBuilder();
        if (preset != null) {
            preset.change(game);
        }
        given(loss, game::loss);
        given(realLabel, game::realLabel);
        if (penalty != null) {
            game.penalty(penalty.of(Objects.requireNonNullElse(penaltyWeight, 10.0)));
        } else if (penaltyWeight != null) {
            game.penalty(PenaltyKind.of(game.build().penalty())
                    .orElseThrow(() -> new MirageException("--penalty-weight goes with --penalty only"))
                    .of(penaltyWeight));
        }
        given(weightClip, game::weightClip);
        given(discriminatorSteps, game::discriminatorSteps);
        given(packing, game::packing);
        given(unrolledSteps, game::unrolledSteps);
        given(discriminators, game::discriminators);
        given(omission, game::omission);
        given(historicalAveraging, game::historicalAveraging);
        given(prior, game::latents);
        given(instanceNoise, game::instanceNoise);
        given(gradientClip, game::gradientClip);
        given(averageDecay, game::averageDecay);
        given(rateSchedule, game::rateSchedule);
        given(spectralNormalization, game::spectralNormalization);
        given(minibatchDeviation, game::minibatchDeviation);
        given(featureMatching, game::featureMatching);
        given(maskKept, game::maskKept);
        given(samplingDropout, game::samplingDropout);
        GameOptions soFar = game.build();
        game.generatorUpdater(updater(soFar.generatorUpdater()))
                .discriminatorUpdater(updater(soFar.discriminatorUpdater()));
        given(generatorRate, game::generatorRate);
        given(discriminatorRate, game::discriminatorRate);
        return game.build();
    }

    private static <T> void given(@Nullable T value, Consumer<T> setter) {
        if (value != null) {
            setter.accept(value);
        }
    }

    private Updater updater(Updater before) {
        Updater changed = optimizer == null ? before : optimizer.withRate(before.rate());
        if (beta1 == null && beta2 == null) {
            return changed;
        }
        if (changed instanceof Updater.Adam adam) {
            return new Updater.Adam(
                    adam.rate(),
                    Objects.requireNonNullElse(beta1, adam.beta1()),
                    Objects.requireNonNullElse(beta2, adam.beta2()));
        }
        throw new MirageException("--beta1 and --beta2 go with --optimizer adam only");
    }

    /** The penalties by name. */
    enum PenaltyKind {
        NONE,
        WGAN_GP,
        DRAGAN,
        R1,
        R2,
        R1_R2;

        /** Which of them a penalty is; empty for none. */
        static Optional<PenaltyKind> of(Penalty penalty) {
            return Stream.of(values())
                    .filter(kind -> kind != NONE && kind.of(1).getClass() == penalty.getClass())
                    .findFirst();
        }

        Penalty of(double weight) {
            return switch (this) {
                case NONE -> new Penalty.None();
                case WGAN_GP -> new Penalty.WassersteinGp(weight);
                case DRAGAN -> new Penalty.Dragan(weight);
                case R1 -> new Penalty.R1(weight);
                case R2 -> new Penalty.R2(weight);
                case R1_R2 -> new Penalty.R1R2(weight);
            };
        }

        static final class Names extends KebabEnum<PenaltyKind> {
            Names() {
                super(PenaltyKind.class);
            }
        }
    }

    /** The updaters by name. */
    enum OptimizerKind {
        ADAM,
        RMSPROP,
        SGD;

        Updater withRate(double rate) {
            return switch (this) {
                case ADAM -> new Updater.Adam(rate, 0.5, 0.999);
                case RMSPROP -> new Updater.RmsProp(rate);
                case SGD -> new Updater.Sgd(rate);
            };
        }

        static final class Names extends KebabEnum<OptimizerKind> {
            Names() {
                super(OptimizerKind.class);
            }
        }
    }

    static final class Presets extends KebabEnum<GamePreset> {
        Presets() {
            super(GamePreset.class);
        }
    }

    static final class Priors extends KebabEnum<Latents> {
        Priors() {
            super(Latents.class);
        }
    }

    static final class Losses extends KebabEnum<LossKind> {
        Losses() {
            super(LossKind.class);
        }
    }

    /** A standard deviation and, after a colon, a number of iterations. */
    static final class Noise implements ITypeConverter<InstanceNoise> {
        private static final Pattern FORM = Pattern.compile("([^:]+)(?::(\\d{1,18}))?");

        @Override
        public InstanceNoise convert(String value) {
            Matcher matcher = FORM.matcher(value);
            if (!matcher.matches()) {
                throw new TypeConversionException("found '" + value + "', allowed is SD or SD:ITERATIONS");
            }
            long iterations = matcher.group(2) == null ? NOISY_ITERATIONS : Long.parseLong(matcher.group(2));
            return refusable(() -> new InstanceNoise(new Decimal().convert(matcher.group(1)), iterations));
        }
    }

    /** A schedule's name and, after colons, its iterations. */
    static final class Schedules implements ITypeConverter<RateSchedule> {
        private static final Pattern FORM =
                Pattern.compile("constant|linear:(\\d{1,18}):(\\d{1,18})|exponential:(\\d{1,18})");

        @Override
        public RateSchedule convert(String value) {
            Matcher matcher = FORM.matcher(value);
            if (!matcher.matches()) {
                throw new TypeConversionException(
                        "found '" + value + "', allowed are constant, linear:FROM:TO and exponential:HALF_LIFE");
            }
            if (matcher.group(1) != null) {
                return refusable(() ->
                        new RateSchedule.Linear(Long.parseLong(matcher.group(1)), Long.parseLong(matcher.group(2))));
            }
            return matcher.group(3) == null
                    ? new RateSchedule.Constant()
                    : refusable(() -> new RateSchedule.Exponential(Long.parseLong(matcher.group(3))));
        }
    }

    /** What an options record refuses is wrong usage on the command line. */
    private static <T> T refusable(Supplier<T> attempt) {
        try {
            return attempt.get();
        } catch (MirageException e) {
            throw new TypeConversionException(String.valueOf(e.getMessage()));
        }
    }
}
