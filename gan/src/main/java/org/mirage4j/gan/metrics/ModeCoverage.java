package org.mirage4j.gan.metrics;

import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.mirage4j.core.MirageException;
import org.mirage4j.core.features.ExtractorId;

/**
 * How many modes of a known distribution a generator falls on, and how evenly (Srivastava et al. 2017,
 * Lin et al. 2018). The KL divergence is that of the true histogram from the generated one, sum p log
 * (p / q) with p generated and q true, in nats: finite although modes are missing.
 */
public final class ModeCoverage {
    private static final int QUALITY_DEVIATIONS = 3;

    private final int[] counts;
    private final MetricResult modes;
    private final MetricResult reverseKl;
    private final @Nullable MetricResult highQualityShare;

    private ModeCoverage(
            int[] counts, MetricResult modes, MetricResult reverseKl, @Nullable MetricResult highQualityShare) {
        this.counts = counts;
        this.modes = modes;
        this.reverseKl = reverseKl;
        this.highQualityShare = highQualityShare;
    }

    /**
     * Points of a mixture; 2,500 in the literature. Every point counts for its nearest centre in the
     * histogram; a mode is captured if a point within three standard deviations falls on it.
     *
     * @param points [N, D]
     * @param mixture the true modes, in D dimensions
     * @return captured modes, KL divergence and share of points within three standard deviations
     * @throws MirageException if the dimensions differ
     */
    public static ModeCoverage ofMixture(FeatureMatrix points, MixtureModes mixture) {
        Extractors.requireSameWidth(mixture.dimension(), points.columns());
        int[] counts = new int[mixture.count()];
        boolean[] captured = new boolean[mixture.count()];
        int highQuality = 0;
        for (int row = 0; row < points.rows(); row++) {
            int nearest = 0;
            double least = Double.POSITIVE_INFINITY;
            for (int mode = 0; mode < mixture.count(); mode++) {
                double distance = mixture.squaredDistance(points, row, mode);
                if (distance < least) {
                    least = distance;
                    nearest = mode;
                }
            }
            counts[nearest]++;
            if (Math.sqrt(least) <= QUALITY_DEVIATIONS * mixture.deviation(nearest)) {
                captured[nearest] = true;
                highQuality++;
            }
        }
        int modes = 0;
        for (boolean hit : captured) {
            modes += hit ? 1 : 0;
        }
        Results results = new Results(mixture.count(), points.rows(), points.extractor());
        double share = (double) highQuality / points.rows();
        return new ModeCoverage(
                counts,
                results.of(Metric.MODES, modes, Spread.NONE),
                results.of(Metric.REVERSE_KL, reverseKl(counts, mixture.shares()), Spread.NONE),
                results.of(Metric.HIGH_QUALITY_SHARE, share, Spread.ofShare(share, points.rows())));
    }

    /**
     * Labels that a classifier gave to generated samples, against equally likely classes.
     *
     * @param labels one label per sample, from 0 to classes - 1
     * @param classes number of classes
     * @param classifier what named the labels
     * @return captured classes and KL divergence
     * @throws MirageException if there is no label, or one is out of range
     */
    public static ModeCoverage ofLabels(int[] labels, int classes, ExtractorId classifier) {
        if (classes < 1) {
            throw new MirageException("labels need at least 1 class, but there are " + classes);
        }
        return ofLabels(labels, uniform(classes), classifier);
    }

    /**
     * Labels that a classifier gave to generated samples, against known shares of the classes.
     *
     * @param labels one label per sample, from 0 to the number of classes - 1
     * @param trueShares the share of each class, positive, in sum 1
     * @param classifier what named the labels
     * @return captured classes and KL divergence
     * @throws MirageException if there is no label, one is out of range, or the shares are none
     */
    public static ModeCoverage ofLabels(int[] labels, double[] trueShares, ExtractorId classifier) {
        if (labels.length == 0) {
            throw new MirageException("mode coverage needs at least 1 label, but there is none");
        }
        double sum = Arrays.stream(trueShares).sum();
        if (!(Math.abs(sum - 1) < 1e-6) || !Arrays.stream(trueShares).allMatch(share -> share > 0)) {
            throw new MirageException("the true shares of the classes must be positive and sum to 1, but are "
                    + Arrays.toString(trueShares));
        }
        int[] counts = new int[trueShares.length];
        for (int i = 0; i < labels.length; i++) {
            if (labels[i] < 0 || labels[i] >= counts.length) {
                throw new MirageException(
                        "labels must be from 0 to " + (counts.length - 1) + ", but label " + i + " is " + labels[i]);
            }
            counts[labels[i]]++;
        }
        int modes = (int) Arrays.stream(counts).filter(count -> count > 0).count();
        Results results = new Results(counts.length, labels.length, classifier);
        return new ModeCoverage(
                counts,
                results.of(Metric.MODES, modes, Spread.NONE),
                results.of(Metric.REVERSE_KL, reverseKl(counts, trueShares), Spread.NONE),
                null);
    }

    /**
     * The labels of stacked digits: 1,000 modes named by the digit in each of three channels.
     *
     * @param hundreds the first channel's digits, 0 to 9
     * @param tens the second channel's digits
     * @param ones the third channel's digits
     * @return 100 hundreds + 10 tens + ones, one label per sample
     * @throws MirageException if the lengths differ or something is no digit
     */
    public static int[] stackDigits(int[] hundreds, int[] tens, int[] ones) {
        if (hundreds.length != tens.length || hundreds.length != ones.length) {
            throw new MirageException("stacked digits need three labels per sample, but the channels have "
                    + hundreds.length + ", " + tens.length + " and " + ones.length);
        }
        int[] labels = new int[hundreds.length];
        for (int i = 0; i < labels.length; i++) {
            labels[i] = 100 * digit(hundreds[i], i) + 10 * digit(tens[i], i) + digit(ones[i], i);
        }
        return labels;
    }

    private static int digit(int value, int sample) {
        if (value < 0 || value > 9) {
            throw new MirageException("digits must be from 0 to 9, but sample " + sample + " has " + value);
        }
        return value;
    }

    /**
     * How many samples each mode is nearest to, or each class was named.
     *
     * @return a copy, one count per mode
     */
    public int[] counts() {
        return counts.clone();
    }

    /**
     * How many modes were captured.
     *
     * @return the number of modes
     */
    public MetricResult modes() {
        return modes;
    }

    /**
     * How far the histogram over modes is from the true one.
     *
     * @return the divergence in nats
     */
    public MetricResult reverseKl() {
        return reverseKl;
    }

    /**
     * Share of points within three standard deviations of their nearest centre.
     *
     * @return the share; empty for labels, which have no distance
     */
    public Optional<MetricResult> highQualityShare() {
        return Optional.ofNullable(highQualityShare);
    }

    private static double[] uniform(int modes) {
        double[] shares = new double[modes];
        Arrays.fill(shares, 1.0 / modes);
        return shares;
    }

    private static double reverseKl(int[] counts, double[] trueShares) {
        double total = Arrays.stream(counts).sum();
        double sum = 0;
        for (int i = 0; i < counts.length; i++) {
            double share = counts[i] / total;
            sum += share > 0 ? share * Math.log(share / trueShares[i]) : 0;
        }
        return sum;
    }

    private record Results(int modes, int samples, ExtractorId extractor) {
        MetricResult of(Metric metric, double value, Spread spread) {
            return new MetricResult(metric, "modes=" + modes, value, spread, 0, samples, extractor, 0);
        }
    }
}
