package org.mirage4j.gan.mixture;

import java.util.Locale;
import org.mirage4j.core.network.DropoutRate;
import org.mirage4j.gan.loss.LossKind;
import org.mirage4j.gan.train.GameOptions;
import org.mirage4j.gan.train.Latents;
import org.mirage4j.gan.train.Penalty;
import org.mirage4j.gan.train.RateSchedule;
import org.mirage4j.gan.train.Updater;

/**
 * The methods that are compared on mixtures, all under one protocol: the same networks, batch and iterations, Adam
 * with rates that fall linearly to a quarter, a moving average of the generator. {@link #note} says where a method's own
 * recipe asks for something else.
 */
public enum MixturePreset {
    /** Goodfellow et al. 2014, section 3. */
    NON_SATURATING("non-saturating", ""),
    /** Mao et al. 2017. */
    LEAST_SQUARES("least squares", ""),
    /** Arjovsky et al. 2017. */
    WASSERSTEIN_CLIP("Wasserstein, clipping", "weights in [-0.1, 0.1], 5 critic steps, RMSProp at 0.0005"),
    /** Gulrajani et al. 2017, with the weight of their toy problems. */
    WGAN_GP("WGAN-GP", "lambda 0.1, 5 critic steps"),
    /** Lim and Ye 2017, Miyato et al. 2018. */
    HINGE_SPECTRAL("hinge, spectral norm", ""),
    /** Mescheder et al. 2018. */
    R1("non-saturating, R1", "gamma 0.05"),
    /** Lin et al. 2018. */
    PACKING_2("packing 2", ""),
    /** Lin et al. 2018. */
    PACKING_3("packing 3", ""),
    /** Lin et al. 2018. */
    PACKING_4("packing 4", ""),
    /** Metz et al. 2017, without the gradient through the steps ahead. */
    UNROLLED_5("unrolled 5", ""),
    /** Mordido et al. 2018. */
    DROPOUT_GAN("Dropout-GAN", "5 discriminators, each left out with probability 0.5"),
    /** Dropout in the discriminator, redrawn for the generator's step. */
    DROPOUT_D("dropout in D", "rate 0.2"),
    /** Dropout in the discriminator, its mask kept for the generator's step. */
    DROPOUT_D_KEPT("dropout in D, mask kept", "rate 0.2"),
    /** Dropout in the generator as noise, in training and at sampling time (Isola et al. 2017). */
    DROPOUT_G("dropout in G", "rate 0.2, also when sampling"),
    /** Huang et al. 2024: relativistic pairs with both zero-centred penalties. */
    RELATIVISTIC_R1_R2("relativistic, R1 and R2", "gamma 0.05"),
    /** The default: the relativistic game with both penalties, and a latent space that is as disconnected as the data. */
    RECOMMENDED("recommended", "relativistic, R1 and R2, gamma 0.05, latent vectors of 10 signs");

    private static final int WIDTH = 128;
    private static final int LAYERS = 3;
    private static final int LATENT = 2;
    private static final int SIGNS = 10;

    /** Divisible by all sizes of packs. */
    private static final int BATCH = 120;

    /** How long methods train unless told otherwise. */
    public static final long ITERATIONS = 2_400;

    /** The rates would reach 0 after so many times the iterations: they end at a quarter. */
    private static final double DECAY = 4 / 3.0;

    private static final double RATE = 2e-3;
    private static final double BETA1 = 0;
    private static final double BETA2 = 0.99;
    private static final double AVERAGE_DECAY = 0.999;
    private static final DropoutRate DROPOUT = DropoutRate.of(0.2);

    private final String title;
    private final String note;

    MixturePreset(String title, String note) {
        this.title = title;
        this.note = note;
    }

    /**
     * The name on the command line and of folders.
     *
     * @return lower-case words with dashes between them
     */
    public String id() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /**
     * What tables call the method.
     *
     * @return a few words
     */
    public String title() {
        return title;
    }

    /**
     * Values of the method's own and where it leaves the common protocol.
     *
     * @return a few words; empty if there is nothing to say
     */
    public String note() {
        return note;
    }

    /**
     * How the method trains.
     *
     * @return options with the default number of iterations
     */
    public MixtureOptions options() {
        return options(ITERATIONS);
    }

    /**
     * How the method trains for longer or shorter.
     *
     * @param iterations iterations of the game, over which the rates fall to a quarter
     * @return the options
     */
    public MixtureOptions options(long iterations) {
        GameOptions.Builder game = GameOptions.builder()
                .generatorUpdater(new Updater.Adam(RATE, BETA1, BETA2))
                .discriminatorUpdater(new Updater.Adam(RATE, BETA1, BETA2))
                .rateSchedule(new RateSchedule.Linear(0, Math.round(Math.ceil(DECAY * iterations))))
                .averageDecay(AVERAGE_DECAY);
        boolean inDiscriminator = this == DROPOUT_D || this == DROPOUT_D_KEPT;
        return new MixtureOptions(
                WIDTH,
                LAYERS,
                this == RECOMMENDED ? SIGNS : LATENT,
                BATCH,
                iterations,
                this == DROPOUT_G ? DROPOUT : DropoutRate.NONE,
                inDiscriminator ? DROPOUT : DropoutRate.NONE,
                adapted(game).build());
    }

    /** The common game with what the method changes in it. */
    private GameOptions.Builder adapted(GameOptions.Builder game) {
        return switch (this) {
            case NON_SATURATING, DROPOUT_D -> game;
            case LEAST_SQUARES -> game.loss(LossKind.LEAST_SQUARES);
            case WASSERSTEIN_CLIP ->
                game.loss(LossKind.WASSERSTEIN)
                        .weightClip(0.1)
                        .discriminatorSteps(5)
                        .generatorUpdater(new Updater.RmsProp(5e-4))
                        .discriminatorUpdater(new Updater.RmsProp(5e-4));
            case WGAN_GP ->
                game.loss(LossKind.WASSERSTEIN)
                        .penalty(new Penalty.WassersteinGp(0.1))
                        .discriminatorSteps(5);
            case HINGE_SPECTRAL -> game.loss(LossKind.HINGE).spectralNormalization(true);
            case R1 -> game.penalty(new Penalty.R1(0.05));
            case PACKING_2 -> game.packing(2);
            case PACKING_3 -> game.packing(3);
            case PACKING_4 -> game.packing(4);
            case UNROLLED_5 -> game.unrolledSteps(5);
            case DROPOUT_GAN -> game.discriminators(5).omission(0.5);
            case DROPOUT_D_KEPT -> game.maskKept(true);
            case DROPOUT_G -> game.samplingDropout(true);
            case RELATIVISTIC_R1_R2 -> game.loss(LossKind.RELATIVISTIC).penalty(new Penalty.R1R2(0.05));
            case RECOMMENDED ->
                game.loss(LossKind.RELATIVISTIC).penalty(new Penalty.R1R2(0.05)).latents(Latents.BINARY);
        };
    }
}
