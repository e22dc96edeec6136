package org.mirage4j.gan.watch;

import java.util.Locale;
import java.util.Optional;
import org.mirage4j.core.MirageException;
import org.mirage4j.gan.train.IterationStatistics;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Compares a fixed batch of generated examples with as many real ones, and is raised when the generator has
 * collapsed: a diversity below {@value #LEAST_DIVERSITY} of the data's, a contrast below {@value #LEAST_CONTRAST} of
 * the data's, or more than {@value #MOST_DUPLICATES} of near-duplicates, {@value #PATIENCE} times in a row. It is
 * lowered by one healthy batch. Not safe for concurrent use.
 */
public final class CollapseAlarm {
    static final double LEAST_DIVERSITY = 0.4;
    static final double LEAST_CONTRAST = 0.1;
    static final double MOST_DUPLICATES = 0.6;
    static final int PATIENCE = 10;

    /** D(x) above and D(G(z)) below: the discriminator has left the generator nothing to learn from. */
    private static final double WON = 0.9;

    private final Spread real;
    private int inARow;

    /**
     * Creates an alarm.
     *
     * @param real real examples [N, ...] to compare with, in the generator's range, N at least 2
     * @throws MirageException if they are fewer, or all the same
     */
    public CollapseAlarm(INDArray real) {
        this.real = Spread.of(real);
        if (this.real.meanDistance() == 0 || this.real.variance() == 0) {
            throw new MirageException("the data cannot tell whether a generator has collapsed: " + real.size(0)
                    + " examples of them are all the same");
        }
    }

    /**
     * Looks at a batch.
     *
     * @param samples generated examples [N, ...] of the same latent vectors every time
     * @return how they compare with the data
     */
    public SampleHealth check(INDArray samples) {
        SampleHealth health = compare(samples);
        inARow = isCollapsed(health) ? inARow + 1 : 0;
        return health;
    }

    SampleHealth compare(INDArray samples) {
        Spread generated = Spread.of(samples);
        double contrast = generated.variance() / real.variance();
        // Faint images, as a generator draws them on its way, are near one another without being alike.
        double radius = real.medianNearest() / 2 * Math.sqrt(Math.min(1, contrast));
        return new SampleHealth(generated.meanDistance() / real.meanDistance(), contrast, generated.within(radius));
    }

    private static boolean isCollapsed(SampleHealth health) {
        return health.diversity() < LEAST_DIVERSITY
                || health.contrast() < LEAST_CONTRAST
                || health.nearDuplicates() > MOST_DUPLICATES;
    }

    /**
     * Whether the generator has collapsed.
     *
     * @return true after {@value #PATIENCE} collapsed batches in a row
     */
    public boolean isRaised() {
        return inARow >= PATIENCE;
    }

    /**
     * Names what was seen, the likely cause and the remedy.
     *
     * @param health the batch that raised the alarm
     * @param statistics the iteration before it
     * @return one or two sentences
     */
    public static String explain(SampleHealth health, IterationStatistics statistics) {
        String seen = String.format(
                Locale.ROOT,
                "the generator has collapsed: %.0f %% of the data's diversity, %.0f %% of its contrast,"
                        + " %.0f %% near-duplicates; ",
                100 * health.diversity(),
                100 * health.contrast(),
                100 * health.nearDuplicates());
        return seen + cause(health, statistics).orElse(MODES);
    }

    private static final String MODES = "it has settled on few images that the discriminator accepts:"
            + " try packing, minibatch standard deviation or an unrolled discriminator, or a lower generator rate";

    private static Optional<String> cause(SampleHealth health, IterationStatistics statistics) {
        if (health.contrast() < LEAST_CONTRAST) {
            return Optional.of("its images are blank, so its last layer is saturated or dead: lower its learning rate,"
                    + " or normalise its hidden layers");
        }
        if (statistics.realProbability() > WON && statistics.fakeProbability() < 1 - WON) {
            return Optional.of(String.format(
                    Locale.ROOT,
                    "the discriminator has won (D(x) %.2f, D(G(z)) %.2f) and leaves it no gradient: lower the"
                            + " discriminator's learning rate, give it dropout or a penalty, or smooth its labels",
                    statistics.realProbability(),
                    statistics.fakeProbability()));
        }
        if (statistics.fakeProbability() > Math.max(statistics.realProbability(), WON)) {
            return Optional.of(String.format(
                    Locale.ROOT,
                    "the discriminator learns too slowly to object (D(x) %.2f, D(G(z)) %.2f): raise its learning rate,"
                            + " give it more steps, or lower the generator's rate",
                    statistics.realProbability(),
                    statistics.fakeProbability()));
        }
        return Optional.empty();
    }

    int inARow() {
        return inARow;
    }

    void restore(int saved) {
        inARow = saved;
    }
}
