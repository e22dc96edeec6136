package org.mirage4j.gan.evaluation;

import org.mirage4j.gan.metrics.Metric;

/** What can be asked of an evaluation, and the metrics that answer. */
public enum Measure {
    /** Salimans et al. 2016; needs logits. */
    INCEPTION_SCORE(Metric.INCEPTION_SCORE, Needs.LOGITS),
    /** Heusel et al. 2017. */
    FRECHET(Metric.FRECHET_DISTANCE, Needs.FEATURES),
    /** Binkowski et al. 2018. */
    KERNEL(Metric.KERNEL_DISTANCE, Needs.FEATURES),
    /** Kynkaanniemi et al. 2019. */
    PRECISION(Metric.PRECISION, Needs.FEATURES),
    /** Kynkaanniemi et al. 2019. */
    RECALL(Metric.RECALL, Needs.FEATURES),
    /** Naeem et al. 2020. */
    DENSITY(Metric.DENSITY, Needs.FEATURES),
    /** Naeem et al. 2020. */
    COVERAGE(Metric.COVERAGE, Needs.FEATURES),
    /** Rabin et al. 2011. */
    SLICED_WASSERSTEIN(Metric.SLICED_WASSERSTEIN, Needs.FEATURES),
    /** Alaa et al. 2022; the real set must be the training set. */
    MEMORISED(Metric.MEMORISED_SHARE, Needs.FEATURES),
    /** Number of classes that a classifier sees, and their KL divergence; needs logits. */
    MODES(Metric.MODES, Needs.LOGITS),
    /** Modes of the ring of eight, high-quality share and KL divergence; of points in the plane. */
    RING_MODES(Metric.MODES, Needs.POINTS),
    /** Modes of the grid of twenty-five, high-quality share and KL divergence; of points in the plane. */
    GRID_MODES(Metric.MODES, Needs.POINTS),
    /** Odena et al. 2017: mean structural similarity of pairs within a class; needs images and logits. */
    MS_SSIM(Metric.WITHIN_CLASS_SIMILARITY, Needs.IMAGES_AND_LOGITS);

    /** What a measure is computed from. */
    enum Needs {
        FEATURES,
        LOGITS,
        POINTS,
        IMAGES_AND_LOGITS
    }

    private final Metric metric;
    private final Needs needs;

    Measure(Metric metric, Needs needs) {
        this.metric = metric;
        this.needs = needs;
    }

    /**
     * The metric that gives the measure its direction and comes first in a result.
     *
     * @return the metric
     */
    public Metric metric() {
        return metric;
    }

    Needs needs() {
        return needs;
    }

    boolean needsLogits() {
        return needs == Needs.LOGITS || needs == Needs.IMAGES_AND_LOGITS;
    }

    /** Whether only the real set's mean and covariance are needed, or nothing of it at all. */
    boolean needsRealFeatures() {
        return needs == Needs.FEATURES && this != FRECHET;
    }

    boolean isNeighbourhood() {
        return this == PRECISION || this == RECALL || this == DENSITY || this == COVERAGE;
    }
}
