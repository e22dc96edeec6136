package org.mirage4j.gan;

import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;
import org.mirage4j.gan.train.IterationStatistics;
import org.mirage4j.gan.watch.Watch;

/** The columns of a GAN run's metrics.csv. */
final class GanMetrics {
    static final String ITERATION = "iteration";
    static final String SECONDS = "seconds";
    static final String DISCRIMINATOR_LOSS = "discriminator_loss";
    static final String GENERATOR_LOSS = "generator_loss";
    static final String REAL_PROBABILITY = "d_real";
    static final String FAKE_PROBABILITY = "d_fake";
    static final String CLASS_LOSS = "class_loss";
    static final String DISCRIMINATOR_GRADIENT = "discriminator_gradient_norm";
    static final String GENERATOR_GRADIENT = "generator_gradient_norm";

    /** 1 in the last row of a run that broke down, in which a number is not finite and others are not known. */
    static final String DIVERGED = "diverged";

    static final List<String> COLUMNS = join(
            Watch.COLUMNS,
            ITERATION,
            "epoch",
            SECONDS,
            DISCRIMINATOR_LOSS,
            GENERATOR_LOSS,
            REAL_PROBABILITY,
            FAKE_PROBABILITY,
            CLASS_LOSS,
            DISCRIMINATOR_GRADIENT,
            GENERATOR_GRADIENT,
            DIVERGED);

    private GanMetrics() {}

    private static List<String> join(List<String> last, String... first) {
        return Stream.concat(Stream.of(first), last.stream()).toList();
    }

    static double[] row(
            long iteration, long epoch, double seconds, IterationStatistics statistics, boolean diverged, Watch watch) {
        double[] game = {
            iteration,
            epoch,
            seconds,
            statistics.discriminatorLoss(),
            statistics.generatorLoss(),
            statistics.realProbability(),
            statistics.fakeProbability(),
            statistics.classLoss(),
            statistics.discriminatorGradientNorm(),
            statistics.generatorGradientNorm(),
            diverged ? 1 : 0
        };
        return DoubleStream.concat(DoubleStream.of(game), DoubleStream.of(watch.row()))
                .toArray();
    }
}
