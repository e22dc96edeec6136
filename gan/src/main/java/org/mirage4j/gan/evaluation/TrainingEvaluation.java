package org.mirage4j.gan.evaluation;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import org.mirage4j.core.MirageException;
import org.mirage4j.gan.metrics.Metric;
import org.mirage4j.gan.metrics.MetricResult;

/**
 * How samples are judged while a generator trains.
 *
 * @param evaluator judges them; keeps what it has computed of the real set
 * @param every iterations between two evaluations, at least 1
 * @param samples how many images are generated for each, at least 2
 * @param bestBy the measure by which the best checkpoint is kept; empty to keep none
 */
public record TrainingEvaluation(Evaluator evaluator, long every, int samples, Optional<Measure> bestBy) {

    /**
     * Checks the numbers.
     *
     * @param evaluator any
     * @param every at least 1
     * @param samples at least 2
     * @param bestBy empty or one of the evaluator's measures
     */
    public TrainingEvaluation {
        if (every < 1 || samples < 2) {
            throw new MirageException("an evaluation must come every 1 iterations or more, of 2 samples or more, but"
                    + " is to come every " + every + " of " + samples);
        }
        bestBy.filter(measure -> !evaluator.measures().contains(measure)).ifPresent(measure -> {
            throw new MirageException("the best checkpoint can be kept only by what is measured, but the "
                    + measure.metric().title() + " is not");
        });
    }

    /**
     * Names of the metrics, in the order of {@link #values}.
     *
     * @return names in lower case with underscores, "frechet_distance" say
     */
    public List<String> columns() {
        return metrics().stream()
                .map(metric -> metric.name().toLowerCase(Locale.ROOT))
                .toList();
    }

    /**
     * A title for each column.
     *
     * @return titles with the extractor where the metric has one
     */
    public List<String> titles() {
        return metrics().stream()
                .map(metric -> metric.title() + " (" + evaluator.extractor().name() + ")")
                .toList();
    }

    private List<Metric> metrics() {
        return evaluator.measures().stream()
                .flatMap(measure -> measure.metrics().stream())
                .distinct()
                .toList();
    }

    /**
     * The numbers of a result.
     *
     * @param result of this evaluator
     * @return one number per column
     */
    public double[] values(EvaluationResult result) {
        return metrics().stream()
                .mapToDouble(metric -> result.find(metric).orElseThrow().value())
                .toArray();
    }

    /**
     * How good a result is by the measure that decides: its value, or 1 / (1 + value) where more is better.
     *
     * @param result of this evaluator
     * @return a number of which less is better; empty if nothing decides
     */
    public OptionalDouble score(EvaluationResult result) {
        if (bestBy.isEmpty()) {
            return OptionalDouble.empty();
        }
        MetricResult decisive = result.find(bestBy.orElseThrow().metric()).orElseThrow();
        return OptionalDouble.of(decisive.metric().higherIsBetter() ? 1 / (1 + decisive.value()) : decisive.value());
    }
}
