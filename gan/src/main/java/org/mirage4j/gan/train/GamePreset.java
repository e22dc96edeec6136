package org.mirage4j.gan.train;

import org.mirage4j.gan.loss.LossKind;

/** Well-known recipes by name: what each changes in the game that suits an architecture. */
public enum GamePreset {
    /** Goodfellow et al. 2014, section 3. */
    NON_SATURATING {
        @Override
        public GameOptions.Builder change(GameOptions.Builder game) {
            return game.loss(LossKind.NON_SATURATING);
        }
    },
    /** Mao et al. 2017. */
    LSGAN {
        @Override
        public GameOptions.Builder change(GameOptions.Builder game) {
            return game.loss(LossKind.LEAST_SQUARES);
        }
    },
    /** Arjovsky et al. 2017: clipping at 0.01, five critic steps, RMSProp at 5e-5. */
    WGAN {
        @Override
        public GameOptions.Builder change(GameOptions.Builder game) {
            return game.loss(LossKind.WASSERSTEIN)
                    .weightClip(0.01)
                    .discriminatorSteps(5)
                    .generatorUpdater(new Updater.RmsProp(5e-5))
                    .discriminatorUpdater(new Updater.RmsProp(5e-5));
        }
    },
    /** Gulrajani et al. 2017: lambda 10, five critic steps, Adam at 1e-4 with betas 0 and 0.9. */
    WGAN_GP {
        @Override
        public GameOptions.Builder change(GameOptions.Builder game) {
            return game.loss(LossKind.WASSERSTEIN)
                    .penalty(new Penalty.WassersteinGp(10))
                    .discriminatorSteps(5)
                    .generatorUpdater(new Updater.Adam(1e-4, 0, 0.9))
                    .discriminatorUpdater(new Updater.Adam(1e-4, 0, 0.9));
        }
    },
    /** Kodali et al. 2017: lambda 10. */
    DRAGAN {
        @Override
        public GameOptions.Builder change(GameOptions.Builder game) {
            return game.loss(LossKind.NON_SATURATING).penalty(new Penalty.Dragan(10));
        }
    },
    /** Mescheder et al. 2018: gamma 10. */
    R1 {
        @Override
        public GameOptions.Builder change(GameOptions.Builder game) {
            return game.loss(LossKind.NON_SATURATING).penalty(new Penalty.R1(10));
        }
    },
    /** Lim and Ye 2017 with the constraint of Miyato et al. 2018. */
    HINGE_SN {
        @Override
        public GameOptions.Builder change(GameOptions.Builder game) {
            return game.loss(LossKind.HINGE).spectralNormalization(true);
        }
    },
    /** Jolicoeur-Martineau 2019, against the batch mean. */
    RELATIVISTIC {
        @Override
        public GameOptions.Builder change(GameOptions.Builder game) {
            return game.loss(LossKind.RELATIVISTIC_AVERAGE);
        }
    },
    /** Lin et al. 2018: packs of two. */
    PACGAN {
        @Override
        public GameOptions.Builder change(GameOptions.Builder game) {
            return game.loss(LossKind.NON_SATURATING).packing(2);
        }
    },
    /** Metz et al. 2017 to first order: five steps ahead, without the gradient through them. */
    UNROLLED {
        @Override
        public GameOptions.Builder change(GameOptions.Builder game) {
            return game.loss(LossKind.NON_SATURATING).unrolledSteps(5);
        }
    },
    /** Mordido et al. 2018: five discriminators, each left out with probability 0.5. */
    DROPOUT_GAN {
        @Override
        public GameOptions.Builder change(GameOptions.Builder game) {
            return game.loss(LossKind.NON_SATURATING).discriminators(5).omission(0.5);
        }
    };

    /**
     * Applies the recipe; what it says nothing about stays.
     *
     * @param game the game to change
     * @return the same builder
     */
    public abstract GameOptions.Builder change(GameOptions.Builder game);
}
