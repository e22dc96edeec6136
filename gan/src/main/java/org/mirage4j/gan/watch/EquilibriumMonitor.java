package org.mirage4j.gan.watch;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.mirage4j.gan.loss.GanLoss;
import org.mirage4j.gan.train.IterationStatistics;

/**
 * Tests over a moving window whether the game is balanced: neither network is winning, nothing drifts, and the
 * samples, where their distance from the data, their diversity or a metric is told, are near the data and have stopped
 * changing and improving. A game can stand still long before its generator has learned anything, between networks that
 * are both bad: that the samples are near is what tells.
 *
 * <p>Level tests: the discriminator's mean loss is at least {@value #LOWEST_LOSS} times that of a discriminator which
 * cannot tell, and D(x) exceeds D(G(z)) by no more than {@value #LARGEST_GAP}, nor falls short of it by more than
 * {@value #LARGEST_LEAD}. Trend
 * tests: over the window, D(x) and D(G(z)) change by less than {@value #PROBABILITY_CHANGE}, each loss by less than
 * {@value #LOSS_CHANGE} of its scale, both with 95 % confidence. A loss without a level of its own (Wasserstein) is
 * tested for trends only. Not safe for concurrent use.
 */
public final class EquilibriumMonitor {
    static final double LOWEST_LOSS = 0.3;
    static final double LARGEST_GAP = 0.6;
    static final double LARGEST_LEAD = 0.1;
    static final double PROBABILITY_CHANGE = 0.1;
    static final double LOSS_CHANGE = 0.2;

    /** Newest diversities that are compared. */
    static final int DIVERSITIES = 10;

    static final double DIVERSITY_CHANGE = 0.05;

    /** Newest distances that are compared, one half with the other. */
    static final int DISTANCES = 10;

    static final double DISTANCE_IMPROVEMENT = 0.1;

    /** Newest values of the sample metric that are compared, one half with the other. */
    static final int METRICS = 6;

    private static final double METRIC_IMPROVEMENT = 0.03;

    private final double indifferentLoss;
    private final long window;
    private final Series discriminatorLoss;
    private final Series generatorLoss;
    private final Series realProbability;
    private final Series fakeProbability;
    private List<Double> metrics = List.of();
    private List<Double> diversities = List.of();
    private List<Double> distances = List.of();
    private double allowedDistance = Double.NaN;

    /** What has been seen, for a checkpoint. */
    record State(
            Series.State discriminatorLoss,
            Series.State generatorLoss,
            Series.State realProbability,
            Series.State fakeProbability,
            List<Double> metrics,
            List<Double> diversities,
            List<Double> distances,
            double allowedDistance) {}

    /**
     * Creates a monitor that has seen nothing.
     *
     * @param loss what the networks minimise
     * @param window iterations to look back; rounded up to a multiple of 20
     */
    public EquilibriumMonitor(GanLoss loss, long window) {
        this.indifferentLoss = indifferentLoss(loss);
        long block = Math.max(1, (window + Series.BLOCKS - 1) / Series.BLOCKS);
        this.window = block * Series.BLOCKS;
        this.discriminatorLoss = new Series(block);
        this.generatorLoss = new Series(block);
        this.realProbability = new Series(block);
        this.fakeProbability = new Series(block);
    }

    /** The loss of the best discriminator that gives every example the same logit. */
    private static double indifferentLoss(GanLoss loss) {
        double low = -4; // every loss here has its best constant logit between -1 and 3
        double high = 4;
        for (int i = 0; i < 100; i++) { // the loss is convex in that logit: ternary search
            double left = low + (high - low) / 3;
            double right = high - (high - low) / 3;
            if (constantLoss(loss, left) <= constantLoss(loss, right)) {
                high = right;
            } else {
                low = left;
            }
        }
        return constantLoss(loss, (low + high) / 2);
    }

    private static double constantLoss(GanLoss loss, double logit) {
        return loss.discriminator(new double[] {logit}, new double[] {logit}).value();
    }

    /**
     * Takes in one iteration.
     *
     * @param statistics what it came to
     */
    public void add(IterationStatistics statistics) {
        discriminatorLoss.add(statistics.discriminatorLoss());
        generatorLoss.add(statistics.generatorLoss());
        realProbability.add(statistics.realProbability());
        fakeProbability.add(statistics.fakeProbability());
    }

    /**
     * Takes in a value of a sample metric. Once one is known, the game counts as balanced only when the metric has
     * stopped improving.
     *
     * @param value the value; less is better
     */
    public void addMetric(double value) {
        metrics = Series.append(metrics, value, METRICS);
    }

    /**
     * Takes in the diversity of a fixed batch of samples. Once one is known, the game counts as balanced only when the
     * last {@value #DIVERSITIES} lie within {@value #DIVERSITY_CHANGE}.
     *
     * @param diversity relative to the data's
     */
    public void addDiversity(double diversity) {
        diversities = Series.append(diversities, diversity, DIVERSITIES);
    }

    /**
     * Takes in how far a fixed batch of samples is from the data. Once that is known, the game counts as balanced only
     * while they are near, and have not come nearer by more than {@value #DISTANCE_IMPROVEMENT} of their way between
     * the halves of the last {@value #DISTANCES}.
     *
     * @param value the distance; less is better
     * @param floor how far real examples are, below which there is nothing to improve
     * @param allowed the largest that is near, at least the floor
     */
    public void addDistance(double value, double floor, double allowed) {
        distances = Series.append(distances, Math.max(value, floor), DISTANCES);
        allowedDistance = allowed;
    }

    /**
     * What speaks against balance.
     *
     * @return the first test that fails, in words; empty if the game is balanced
     */
    public Optional<String> imbalance() {
        if (!realProbability.isFull()) {
            return Optional.of("fewer than " + window + " iterations have been seen");
        }
        List<String> failures = new ArrayList<>();
        levels(failures);
        distance(failures);
        trend(failures, "D(x)", realProbability, PROBABILITY_CHANGE);
        trend(failures, "D(G(z))", fakeProbability, PROBABILITY_CHANGE);
        trend(failures, "the discriminator's loss", discriminatorLoss, lossTolerance(discriminatorLoss));
        trend(failures, "the generator's loss", generatorLoss, lossTolerance(generatorLoss));
        diversity(failures);
        metric(failures);
        return failures.stream().findFirst();
    }

    private void levels(List<String> failures) {
        if (!hasLevel()) {
            return;
        }
        double share = discriminatorLoss.mean() / indifferentLoss;
        double gap = realProbability.mean() - fakeProbability.mean();
        if (share < LOWEST_LOSS || gap > LARGEST_GAP) {
            failures.add(say(
                    "the discriminator is winning: D(x) %.2f, D(G(z)) %.2f",
                    realProbability.mean(), fakeProbability.mean()));
        } else if (gap < -LARGEST_LEAD) {
            failures.add(say(
                    "the generator is winning: D(x) %.2f, D(G(z)) %.2f",
                    realProbability.mean(), fakeProbability.mean()));
        }
    }

    private boolean hasLevel() {
        return indifferentLoss > 1e-9; // rounding of the search; Wasserstein's is 0
    }

    private double lossTolerance(Series series) {
        return LOSS_CHANGE
                * (hasLevel()
                        ? Math.max(Math.abs(series.mean()), indifferentLoss)
                        : Math.max(discriminatorLoss.largest(), generatorLoss.largest()));
    }

    private void trend(List<String> failures, String what, Series series, double tolerance) {
        double change = series.largestChange();
        if (change >= tolerance) {
            failures.add(say(
                    "%s may still change by %.3g over %d iterations (allowed %.3g)", what, change, window, tolerance));
        }
    }

    private void distance(List<String> failures) {
        if (distances.isEmpty()) {
            return;
        }
        double last = distances.get(distances.size() - 1);
        if (!(last <= allowedDistance)) { // NaN is not near either
            failures.add(say("the samples are far from the data: %.3g (allowed %.3g)", last, allowedDistance));
        } else if (distances.size() < DISTANCES) {
            failures.add("the samples' distance from the data has been measured " + distances.size() + " of "
                    + DISTANCES + " times");
        } else {
            double before = best(distances.subList(0, DISTANCES / 2));
            double now = best(distances.subList(DISTANCES / 2, DISTANCES));
            if (now < before * (1 - DISTANCE_IMPROVEMENT)) {
                failures.add(say("the samples still come nearer to the data: %.3g after %.3g", now, before));
            }
        }
    }

    private void diversity(List<String> failures) {
        if (diversities.isEmpty()) {
            return;
        }
        double range =
                diversities.stream().mapToDouble(Double::doubleValue).max().orElseThrow() - best(diversities);
        if (diversities.size() < DIVERSITIES || range >= DIVERSITY_CHANGE) {
            failures.add(say(
                    "the samples' diversity has changed by %.3g over the last %d checks (allowed %.3g over %d)",
                    range, diversities.size(), DIVERSITY_CHANGE, DIVERSITIES));
        }
    }

    private void metric(List<String> failures) {
        if (metrics.isEmpty()) {
            return;
        }
        if (metrics.size() < METRICS) {
            failures.add("the sample metric has been measured " + metrics.size() + " of " + METRICS + " times");
            return;
        }
        double before = best(metrics.subList(0, METRICS / 2));
        double now = best(metrics.subList(METRICS / 2, METRICS));
        if (now < before * (1 - METRIC_IMPROVEMENT)) {
            failures.add(say("the sample metric still improves: %.4g after %.4g", now, before));
        }
    }

    private static double best(List<Double> values) {
        return values.stream().mapToDouble(Double::doubleValue).min().orElseThrow();
    }

    private static String say(String format, Object... arguments) {
        return String.format(Locale.ROOT, format, arguments);
    }

    State state() {
        return new State(
                discriminatorLoss.state(),
                generatorLoss.state(),
                realProbability.state(),
                fakeProbability.state(),
                metrics,
                diversities,
                distances,
                allowedDistance);
    }

    void restore(State saved) {
        discriminatorLoss.restore(saved.discriminatorLoss());
        generatorLoss.restore(saved.generatorLoss());
        realProbability.restore(saved.realProbability());
        fakeProbability.restore(saved.fakeProbability());
        metrics = List.copyOf(saved.metrics());
        diversities = List.copyOf(saved.diversities());
        distances = List.copyOf(saved.distances());
        allowedDistance = saved.allowedDistance();
    }
}
