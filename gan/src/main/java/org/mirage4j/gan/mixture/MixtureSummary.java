package org.mirage4j.gan.mixture;

import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * One method on one mixture, over its seeds.
 *
 * @param mixture the mixture's name
 * @param modeCount how many modes it has
 * @param preset the method
 * @param results one result per seed, at least one, in order of the seeds
 */
public record MixtureSummary(String mixture, int modeCount, MixturePreset preset, List<MixtureResult> results) {

    /**
     * Copies the list.
     *
     * @param mixture the mixture's name
     * @param modeCount how many modes it has
     * @param preset the method
     * @param results one result per seed
     */
    public MixtureSummary {
        results = List.copyOf(results);
    }

    /**
     * Captured modes.
     *
     * @return mean and standard error over the seeds
     */
    public Estimate modes() {
        return over(MixtureResult::modes);
    }

    /**
     * Share of points of high quality.
     *
     * @return mean and standard error over the seeds
     */
    public Estimate highQualityShare() {
        return over(MixtureResult::highQualityShare);
    }

    /**
     * Reverse KL divergence, in nats.
     *
     * @return mean and standard error over the seeds
     */
    public Estimate reverseKl() {
        return over(MixtureResult::reverseKl);
    }

    /**
     * Wall time of one training.
     *
     * @return mean and standard error over the seeds, in seconds
     */
    public Estimate seconds() {
        return over(MixtureResult::seconds);
    }

    private Estimate over(ToDoubleFunction<MixtureResult> value) {
        return Estimate.of(results.stream().mapToDouble(value).toArray());
    }
}
