package org.mirage4j.gan.evaluation;

import java.util.List;
import org.mirage4j.gan.metrics.Metric;

/** What can be asked of an evaluation, and the metrics that answer. */
public enum Measure {
    /** Salimans et al. 2016; needs logits. */
    INCEPTION_SCORE(Needs.LOGITS, Metric.INCEPTION_SCORE),
    /** Heusel et al. 2017. */
    FRECHET(Needs.FEATURES, Metric.FRECHET_DISTANCE),
    /** Binkowski et al. 2018. */
    KERNEL(Needs.FEATURES, Metric.KERNEL_DISTANCE),
    /** Kynkaanniemi et al. 2019. */
    PRECISION(Needs.FEATURES, Metric.PRECISION),
    /** Kynkaanniemi et al. 2019. */
    RECALL(Needs.FEATURES, Metric.RECALL),
    /** Naeem et al. 2020. */
    DENSITY(Needs.FEATURES, Metric.DENSITY),
    /** Naeem et al. 2020. */
    COVERAGE(Needs.FEATURES, Metric.COVERAGE),
    /** Rabin et al. 2011. */
    SLICED_WASSERSTEIN(Needs.FEATURES, Metric.SLICED_WASSERSTEIN),
    /** Alaa et al. 2022; the real set must be the training set. */
    MEMORISED(Needs.FEATURES, Metric.MEMORISED_SHARE),
    /** Number of classes that a classifier sees, and their KL divergence; needs logits. */
    MODES(Needs.LOGITS, Metric.MODES, Metric.REVERSE_KL),
    /** Modes of the ring of eight, high-quality share and KL divergence; of points in the plane. */
    RING_MODES(Needs.POINTS, Metric.MODES, Metric.HIGH_QUALITY_SHARE, Metric.REVERSE_KL),
    /** Modes of the grid of twenty-five, high-quality share and KL divergence; of points in the plane. */
    GRID_MODES(Needs.POINTS, Metric.MODES, Metric.HIGH_QUALITY_SHARE, Metric.REVERSE_KL),
    /** Odena et al. 2017: mean structural similarity of pairs within a class; needs images and logits. */
    MS_SSIM(Needs.IMAGES_AND_LOGITS, Metric.WITHIN_CLASS_SIMILARITY);

    /** What a measure is computed from. */
    enum Needs {
        FEATURES,
        LOGITS,
        POINTS,
        IMAGES_AND_LOGITS
    }

    private final Needs needs;

    @SuppressWarnings("ImmutableEnumChecker") // List.of cannot be changed
    private final List<Metric> metrics;

    Measure(Needs needs, Metric... metrics) {
        this.needs = needs;
        this.metrics = List.of(metrics);
    }

    /**
     * The metric that gives the measure its direction and comes first in a result.
     *
     * @return the metric
     */
    public Metric metric() {
        return metrics.get(0);
    }

    /**
     * All metrics that the measure answers with.
     *
     * @return at least one, in the order of results
     */
    public List<Metric> metrics() {
        return metrics;
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
