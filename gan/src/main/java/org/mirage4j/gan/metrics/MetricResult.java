package org.mirage4j.gan.metrics;

import java.util.List;
import org.mirage4j.core.MirageException;
import org.mirage4j.core.features.ExtractorId;

/**
 * One measured number with everything needed to decide what it may be compared with.
 *
 * @param metric what was measured
 * @param setting the metric's parameters, such as "k=5"; empty if it has none
 * @param value the number
 * @param spread how far it may be off
 * @param realCount number of real samples, 0 if the metric looks at generated ones only
 * @param generatedCount number of generated samples
 * @param extractor where the features or logits came from
 * @param seed the seed of the draws, 0 if the metric draws nothing
 */
public record MetricResult(
        Metric metric,
        String setting,
        double value,
        Spread spread,
        long realCount,
        long generatedCount,
        ExtractorId extractor,
        long seed) {

    /**
     * Refuses an undefined value.
     *
     * @param metric what was measured
     * @param setting the metric's parameters
     * @param value finite
     * @param spread how far it may be off
     * @param realCount number of real samples
     * @param generatedCount number of generated samples
     * @param extractor where the features or logits came from
     * @param seed the seed of the draws
     */
    public MetricResult {
        if (!Double.isFinite(value)) {
            throw new MirageException("a metric must be finite, but the " + metric.title() + " is " + value);
        }
    }

    /**
     * What to call the number in a table. Only Inception features earn the literature's names; with
     * any other extractor the name carries the extractor.
     *
     * @return for example "FID" or "Frechet distance (raw pixels)"
     */
    public String name() {
        if (extractor.equals(ExtractorId.POINTS)) {
            return metric.title();
        }
        if (!extractor.inception()) {
            return metric.title() + " (" + extractor.name() + ")";
        }
        return switch (metric) {
            case FRECHET_DISTANCE -> "FID";
            case KERNEL_DISTANCE -> "KID";
            case INCEPTION_SCORE -> metric.title();
            default -> metric.title() + " (" + extractor.name() + ")";
        };
    }

    /**
     * This value minus another.
     *
     * @param other a result of the same metric, setting and extractor
     * @return the difference
     * @throws MirageException if the two cannot be compared
     */
    public double minus(MetricResult other) {
        requireComparable(other);
        return value - other.value;
    }

    /**
     * Whether this result is better than another, in the metric's own direction.
     *
     * @param other a result of the same metric, setting and extractor
     * @return true if strictly better
     * @throws MirageException if the two cannot be compared
     */
    public boolean betterThan(MetricResult other) {
        double difference = minus(other);
        return metric.higherIsBetter() ? difference > 0 : difference < 0;
    }

    /**
     * Mean and standard error over runs with different seeds, as the literature reports them.
     *
     * @param runs at least two results of the same metric, setting and extractor
     * @return the mean, with sample counts and seed of the first run
     * @throws MirageException if there are fewer than two or they cannot be compared
     */
    public static MetricResult meanOf(List<MetricResult> runs) {
        if (runs.size() < 2) {
            throw new MirageException("a standard error needs at least 2 runs, but there is " + runs.size());
        }
        MetricResult first = runs.get(0);
        runs.forEach(first::requireComparable);
        double[] values = runs.stream().mapToDouble(MetricResult::value).toArray();
        return first.with(
                Moments.mean(values),
                new Spread(Spread.Kind.RUNS, Moments.sampleDeviation(values) / Math.sqrt(values.length)));
    }

    MetricResult with(double newValue, Spread newSpread) {
        return new MetricResult(metric, setting, newValue, newSpread, realCount, generatedCount, extractor, seed);
    }

    private void requireComparable(MetricResult other) {
        if (metric != other.metric || !setting.equals(other.setting)) {
            throw new MirageException("only results of one metric and setting can be compared, but these are "
                    + metric.title() + " [" + setting + "] and " + other.metric.title() + " [" + other.setting + "]");
        }
        Extractors.requireSame(extractor, other.extractor);
    }
}
