package org.mirage4j.gan.metrics;

import java.util.function.Function;
import org.mirage4j.core.MirageException;
import org.mirage4j.core.random.RandomStreams;

/**
 * A spread for metrics that have none of their own, by drawing the generated samples again with
 * replacement (Efron 1979). Not for {@link Neighbourhoods} and {@link KernelDistance}, which compare
 * generated samples with each other: one drawn twice is its own neighbour at distance zero.
 */
public final class Bootstrap {
    private Bootstrap() {}

    /**
     * The metric of all samples, with the standard deviation over resamples as its spread.
     *
     * @param generated the samples
     * @param resamples how often to draw again, at least 2
     * @param streams where the draws come from
     * @param metric computes the metric of a set of samples
     * @return the metric's result with the spread and the seed put in
     * @throws MirageException if there are fewer than 2 resamples, or the metric refuses a set
     */
    public static MetricResult of(
            FeatureMatrix generated,
            int resamples,
            RandomStreams streams,
            Function<FeatureMatrix, MetricResult> metric) {
        if (resamples < 2) {
            throw new MirageException("a bootstrap needs at least 2 resamples, but is asked for " + resamples);
        }
        double[] values = new double[resamples];
        for (int i = 0; i < resamples; i++) {
            int[] drawn = Draws.with(generated.rows(), generated.rows(), streams.generator("bootstrap", i));
            values[i] = metric.apply(generated.select(drawn)).value();
        }
        MetricResult whole = metric.apply(generated);
        return new MetricResult(
                whole.metric(),
                whole.setting(),
                whole.value(),
                new Spread(Spread.Kind.BOOTSTRAP, Moments.sampleDeviation(values)),
                whole.realCount(),
                whole.generatedCount(),
                whole.extractor(),
                streams.seed());
    }
}
