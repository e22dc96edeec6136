package org.mirage4j.gan.metrics;

/** What was measured, what the field calls it, and which direction is better. */
public enum Metric {
    /** Salimans et al. 2016: confident and varied predictions. */
    INCEPTION_SCORE("Inception score", true),
    /** Heusel et al. 2017: distance between two Gaussians fitted to features. */
    FRECHET_DISTANCE("Frechet distance", false),
    /** Binkowski et al. 2018: squared maximum mean discrepancy with a cubic kernel. */
    KERNEL_DISTANCE("kernel distance", false),
    /** Kynkaanniemi et al. 2019: share of generated samples that look real. */
    PRECISION("precision", true),
    /** Kynkaanniemi et al. 2019: share of real samples that the generator could have made. */
    RECALL("recall", true),
    /** Naeem et al. 2020: how many real neighbourhoods a generated sample lies in, over the expected. */
    DENSITY("density", true),
    /** Naeem et al. 2020: share of real samples with a generated one in their neighbourhood. */
    COVERAGE("coverage", true),
    /** Rabin et al. 2011: Wasserstein-2 distance over random one-dimensional projections. */
    SLICED_WASSERSTEIN("sliced Wasserstein distance", false),
    /** Number of modes that at least one sample falls on. */
    MODES("modes", true),
    /** Share of samples within three standard deviations of a mode. */
    HIGH_QUALITY_SHARE("high-quality share", true),
    /** KL divergence of the true mode histogram from the generated one, in nats. */
    REVERSE_KL("reverse KL", false),
    /** Alaa et al. 2022: share of samples as close to a training sample as that one's own neighbour. */
    MEMORISED_SHARE("memorised share", false),
    /** Odena et al. 2017: mean similarity of pairs within a class; lower is more varied. */
    WITHIN_CLASS_SIMILARITY("within-class MS-SSIM", false);

    private final String title;
    private final boolean higherIsBetter;

    Metric(String title, boolean higherIsBetter) {
        this.title = title;
        this.higherIsBetter = higherIsBetter;
    }

    /**
     * The name of the definition, whatever the extractor.
     *
     * @return for example "Frechet distance"
     */
    public String title() {
        return title;
    }

    /**
     * Which direction is better.
     *
     * @return true if a larger value is better
     */
    public boolean higherIsBetter() {
        return higherIsBetter;
    }
}
