package org.mirage4j.examples;

import java.util.Objects;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import org.mirage4j.classifier.ClassifierOptions;
import org.mirage4j.classifier.dropout.DropoutKind;
import org.mirage4j.core.MirageException;
import org.mirage4j.core.network.DropoutRate;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.learning.config.Adam;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/** How a classifier is built and trained. */
final class NetworkOptions {
    private static final double HELD_OUT = 0.1;
    private static final double RATE = 0.5;
    private static final long SEED = 1;
    private static final double LENGTH_SCALE = 0.01;

    enum Preset {
        ARTICLE,
        CNN;

        ClassifierOptions options() {
            return switch (this) {
                case ARTICLE -> ClassifierOptions.article();
                case CNN -> ClassifierOptions.convolutional();
            };
        }
    }

    enum Noise {
        BERNOULLI,
        GAUSSIAN,
        ADDITIVE,
        ALPHA,
        DROP_CONNECT,
        CONCRETE;

        DropoutKind at(double rate) {
            return switch (this) {
                case BERNOULLI -> new DropoutKind.Bernoulli(DropoutRate.of(rate));
                case GAUSSIAN -> new DropoutKind.Gaussian(DropoutRate.of(rate));
                case ADDITIVE -> new DropoutKind.Additive(rate);
                case ALPHA -> new DropoutKind.Alpha(DropoutRate.of(rate));
                case DROP_CONNECT -> new DropoutKind.DropConnect(DropoutRate.of(rate));
                case CONCRETE -> new DropoutKind.Concrete(DropoutRate.of(rate), LENGTH_SCALE);
            };
        }
    }

    static final class Presets extends KebabEnum<Preset> {
        Presets() {
            super(Preset.class);
        }
    }

    static final class Noises extends KebabEnum<Noise> {
        Noises() {
            super(Noise.class);
        }
    }

    static final class Activations extends KebabEnum<Activation> {
        Activations() {
            super(Activation.class);
        }
    }

    @Spec(Target.MIXEE)
    @SuppressWarnings("NullAway.Init") // picocli fills it in
    private CommandSpec spec;

    @Option(
            names = "--preset",
            converter = Presets.class,
            completionCandidates = Presets.class,
            description = "What the other options start from: article (128 rectified units, half of them dropped,"
                    + " Adam at 0.001, 10 epochs of batches of 32) or cnn (for images: before these, convolutions of 32 and 64"
                    + " channels; batch normalisation, falling rate, averaged weights, 5 epochs of batches of 64)."
                    + " Default: article; for numbers, that of regress, which its help tells.")
    private @Nullable Preset preset;

    @Option(
            names = "--channels",
            split = ",",
            converter = PositiveInteger.class,
            paramLabel = "N",
            description = "Channels of each convolution layer in front of the hidden ones, such as 16,32: 3x3 windows,"
                    + " then the largest of each 2x2. Default: none.")
    private int @Nullable [] channels;

    @Option(
            names = "--hidden",
            split = ",",
            converter = PositiveInteger.class,
            paramLabel = "N",
            description = "Units of each hidden layer, such as 1024,1024. Default: the preset's.")
    private int @Nullable [] hidden;

    @Option(
            names = "--activation",
            converter = Activations.class,
            completionCandidates = Activations.class,
            paramLabel = "NAME",
            description = "Activation of convolution and hidden layers, such as relu or selu. Default: relu.")
    private @Nullable Activation activation;

    @Option(
            names = "--batch-normalization",
            negatable = true,
            description = "Batch normalisation before each activation. Default: no, with the preset cnn yes.")
    private @Nullable Boolean batchNormalization;

    @Option(
            names = "--noise",
            converter = Noises.class,
            completionCandidates = Noises.class,
            description = "Kind of dropout: ${COMPLETION-CANDIDATES}. Default: bernoulli.")
    private @Nullable Noise noise;

    @Option(
            names = "--dropout",
            converter = Decimal.class,
            paramLabel = "P",
            description = "Share dropped of each hidden layer; where concrete dropout starts; standard deviation of"
                    + " additive noise. Default: the preset's.")
    private @Nullable Double dropout;

    @Option(
            names = "--dropout-input",
            converter = Decimal.class,
            paramLabel = "P",
            description = "The same of the input. Default: 0.")
    private @Nullable Double inputDropout;

    @Option(
            names = "--dropout-channels",
            converter = Decimal.class,
            paramLabel = "P",
            description = "Share of whole channels dropped between convolution layers. Default: 0.")
    private @Nullable Double channelDropout;

    @Option(
            names = "--max-norm",
            converter = Decimal.class,
            paramLabel = "R",
            description = "Largest norm of a unit's incoming weights; 0 for no limit. Default: 0.")
    private @Nullable Double maxNorm;

    @Option(
            names = "--l1",
            converter = Decimal.class,
            paramLabel = "C",
            description = "Coefficient of the L1 penalty on weights. Default: 0.")
    private @Nullable Double l1;

    @Option(
            names = "--l2",
            converter = Decimal.class,
            paramLabel = "C",
            description = "Coefficient of the L2 penalty on weights. Default: the preset's.")
    private @Nullable Double l2;

    @Option(
            names = "--rate",
            converter = Decimal.class,
            paramLabel = "RATE",
            description = "Adam's learning rate. Default: the preset's.")
    private @Nullable Double learningRate;

    @Option(
            names = "--decaying-rate",
            negatable = true,
            description = "Let the learning rate fall epoch by epoch, to 0 after the last. Default: the" + " preset's.")
    private @Nullable Boolean decaying;

    @Option(
            names = "--average",
            converter = Decimal.class,
            paramLabel = "DECAY",
            description = "Keep the exponential moving average of the weights, with this decay at each step, such as"
                    + " 0.999, instead of the last weights. Default: 0, none.")
    private @Nullable Double average;

    @Option(
            names = "--epochs",
            converter = PositiveInteger.class,
            paramLabel = "N",
            description = "Most passes over the data. Default: the preset's.")
    private @Nullable Integer epochs;

    @Option(
            names = "--batch",
            converter = PositiveInteger.class,
            paramLabel = "N",
            description = "Batch size. Default: the preset's.")
    private @Nullable Integer batch;

    @Option(
            names = "--seed",
            converter = WholeNumber.class,
            paramLabel = "N",
            description = "Seed of every random draw. Default: 1.")
    private @Nullable Long seed;

    @Option(
            names = "--patience",
            converter = PositiveInteger.class,
            paramLabel = "N",
            description = "Stop after N epochs without a better loss on a held-out share. Default: never.")
    private @Nullable Integer patience;

    @Option(
            names = "--held-out",
            converter = Decimal.class,
            paramLabel = "SHARE",
            description = "Share of the training data held out for --patience. Default: 0.1.")
    private @Nullable Double heldOut;

    /** For commands that choose the hidden layers' dropout themselves. */
    void refuseHiddenDropout(String reason) {
        if (dropout != null || (noise != null && noise != Noise.BERNOULLI)) {
            throw new ParameterException(spec.commandLine(), "--dropout and --noise cannot be given: " + reason);
        }
    }

    /** How many epochs were asked for, if any. */
    OptionalInt epochs() {
        return epochs == null ? OptionalInt.empty() : OptionalInt.of(epochs);
    }

    /** Whether a learning rate was asked for. */
    boolean hasRate() {
        return learningRate != null;
    }

    /** The options given, checked. */
    ClassifierOptions read() {
        return read(null);
    }

    /** @param remembered what options that were not given stay at; null for the preset */
    ClassifierOptions read(@Nullable ClassifierOptions remembered) {
        boolean fresh = preset != null || remembered == null;
        boolean patient = preset == null && remembered != null && remembered.patience() > 0;
        if (heldOut != null && patience == null && !patient) {
            throw new ParameterException(spec.commandLine(), "--held-out goes with --patience only");
        }
        try {
            ClassifierOptions base = preset == null && remembered != null
                    ? remembered
                    : Objects.requireNonNullElse(preset, Preset.ARTICLE).options().toBuilder()
                            .seed(SEED)
                            .build();
            return options(base, fresh);
        } catch (MirageException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage());
        }
    }

    private ClassifierOptions options(ClassifierOptions base, boolean fresh) {
        ClassifierOptions.Builder builder = base.toBuilder();
        if (seed != null) {
            builder.seed(seed);
        }
        if (channels != null) {
            builder.channels(channels);
        }
        if (hidden != null) {
            builder.hidden(hidden);
        }
        if (activation != null) {
            builder.activation(activation);
        }
        if (batchNormalization != null) {
            builder.batchNormalization(batchNormalization);
        }
        noise(builder, base);
        if (maxNorm != null) {
            builder.maxNorm(maxNorm);
        }
        if (l1 != null) {
            builder.l1(l1);
        }
        if (l2 != null) {
            builder.l2(l2);
        }
        if (average != null) {
            builder.averageDecay(average);
        }
        if (epochs != null) {
            builder.epochs(epochs);
        }
        rate(builder, base, fresh);
        if (batch != null) {
            builder.batchSize(batch);
        }
        if (patience != null || heldOut != null) {
            builder.earlyStopping(
                    patience == null ? base.patience() : patience,
                    heldOut != null ? heldOut : base.patience() > 0 ? base.heldOutShare() : HELD_OUT);
        }
        ClassifierOptions options = builder.build();
        ClassifierOptions.epochsOfDecay(options.updater()).ifPresent(over -> {
            if (over < options.epochs()) {
                throw new MirageException("the learning rate falls to 0 over " + over + " epochs, so there cannot be "
                        + options.epochs() + "; give a rate of its own for as many, with --decaying-rate");
            }
        });
        return options;
    }

    /** The kind stays where only a strength is given, and the other way round. */
    private void noise(ClassifierOptions.Builder builder, ClassifierOptions base) {
        DropoutKind before = base.hiddenDropout().isEmpty()
                ? DropoutKind.none()
                : base.hiddenDropout().get(0);
        DropoutKind inputBefore = base.inputDropout();
        if (noise != null || dropout != null) {
            builder.hiddenDropout(changed(before, dropout));
        }
        if (inputDropout != null) {
            // of the kind of the hidden layers, unless the input has one
            builder.inputDropout(changed(isActive(inputBefore) ? inputBefore : before, inputDropout));
        } else if (noise != null && isActive(inputBefore)) {
            builder.inputDropout(changed(inputBefore, null));
        }
        if (channelDropout != null) {
            builder.channelDropout(new DropoutKind.Spatial(DropoutRate.of(channelDropout)));
        }
    }

    private DropoutKind changed(DropoutKind before, @Nullable Double strength) {
        if (noise == null) {
            return strength == null ? before : before.withStrength(strength);
        }
        double kept = isActive(before) ? before.strength() : RATE;
        return noise.at(strength == null ? kept : strength);
    }

    private static boolean isActive(DropoutKind kind) {
        return kind.strength() > 0;
    }

    /** A rate that falls goes on doing so, and over as many epochs, unless it is given anew. */
    private void rate(ClassifierOptions.Builder builder, ClassifierOptions base, boolean fresh) {
        boolean fell = ClassifierOptions.epochsOfDecay(base.updater()).isPresent();
        boolean falls = decaying == null ? fell : decaying;
        boolean anew = decaying != null || learningRate != null || (fresh && epochs != null);
        if (anew && (falls || fell || learningRate != null)) {
            double rate = learningRate == null ? base.updater().getLearningRate(0, 0) : learningRate;
            requirePositive(rate);
            builder.updater(
                    falls ? ClassifierOptions.decayingAdam(rate, builder.build().epochs()) : new Adam(rate));
        }
    }

    private static void requirePositive(double rate) {
        if (!(rate > 0 && rate < Double.POSITIVE_INFINITY)) {
            throw new MirageException("the learning rate must be finite and above 0, but is " + rate);
        }
    }
}
