package org.mirage4j.gan.mixture;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.mirage4j.core.report.HtmlReport;
import org.mirage4j.core.report.LineChart;
import org.mirage4j.core.report.Wording;
import org.mirage4j.core.run.MetricsTable;
import org.mirage4j.core.run.RunDirectory;
import org.mirage4j.gan.metrics.ModeCoverage;
import org.mirage4j.gan.train.DivergedException;
import org.mirage4j.gan.train.IterationStatistics;

/** The metrics of a mixture run and the page that shows them. */
record MixtureReport(RunDirectory directory, Mixture mixture, Path lastFrame) {
    private static final String ITERATION = "iteration";
    private static final String MODES = "modes";
    private static final String QUALITY = "high_quality_share";
    private static final String REVERSE_KL = "reverse_kl";
    private static final String DISCRIMINATOR_LOSS = "discriminator_loss";
    private static final String GENERATOR_LOSS = "generator_loss";

    static final List<String> COLUMNS = List.of(
            ITERATION, "seconds", DISCRIMINATOR_LOSS, GENERATOR_LOSS, "d_real", "d_fake", MODES, QUALITY, REVERSE_KL);

    /** Of an iteration that broke down there is no coverage, which then is null. */
    static double[] row(
            long iteration, double seconds, IterationStatistics statistics, @Nullable ModeCoverage coverage) {
        return new double[] {
            iteration,
            seconds,
            statistics.discriminatorLoss(),
            statistics.generatorLoss(),
            statistics.realProbability(),
            statistics.fakeProbability(),
            coverage == null ? Double.NaN : coverage.modes().value(),
            coverage == null
                    ? Double.NaN
                    : coverage.highQualityShare().orElseThrow().value(),
            coverage == null ? Double.NaN : coverage.reverseKl().value()
        };
    }

    void write(MixtureResult result, @Nullable DivergedException divergence) {
        int count = mixture.modes().count();
        HtmlReport report = new HtmlReport(
                "GAN on the mixture " + mixture.name(),
                "preset " + directory.config().get("preset") + ", seed " + result.seed());
        report.tile("modes", result.modes() + " of " + count)
                .tile("high quality", String.format(Locale.ROOT, "%.1f %%", 100 * result.highQualityShare()))
                .tile("reverse KL", String.format(Locale.ROOT, "%.3f", result.reverseKl()))
                .tile("iterations", String.format(Locale.ROOT, "%,d", result.iterations()))
                .tile("training time", String.format(Locale.ROOT, "%.1f s", result.seconds()));
        if (divergence != null) {
            report.section("Breakdown").text(String.valueOf(divergence.getMessage()));
        }
        report.section("Generated points")
                .pixels(lastFrame, "generated points over the density", "Generated points (dots) over the true density")
                .pixels(
                        directory.animation(),
                        "animation of generated points",
                        "The same latent vectors during training");
        MetricsTable metrics = MetricsTable.read(directory.metrics());
        double[] iterations = metrics.column(ITERATION);
        Path quality = directory.plot("coverage");
        new LineChart("Modes and quality", ITERATION, "share")
                .series("captured modes", iterations, scaled(metrics.column(MODES), 1.0 / count))
                .series("points of high quality", iterations, metrics.column(QUALITY))
                .write(quality);
        Path balance = directory.plot("reverse-kl");
        new LineChart("Reverse KL", ITERATION, "nats")
                .series("reverse KL", iterations, metrics.column(REVERSE_KL))
                .write(balance);
        Path losses = directory.plot("losses");
        new LineChart("Losses", ITERATION, "loss")
                .series("discriminator", iterations, metrics.column(DISCRIMINATOR_LOSS))
                .series("generator", iterations, metrics.column(GENERATOR_LOSS))
                .write(losses);
        report.section("Training")
                .chart(quality, "shares of captured modes and good points", "Both should reach 1")
                .chart(balance, "reverse KL", "How unevenly the modes are served; 0 is even")
                .chart(losses, "curves of both losses", "Losses of both networks");
        report.section("Configuration").facts(facts(directory.config()));
        report.section("Environment").facts(Wording.of(directory.manifest().environment()));
        report.write(directory.report());
    }

    private static double[] scaled(double[] values, double factor) {
        double[] scaled = values.clone();
        for (int i = 0; i < scaled.length; i++) {
            scaled[i] *= factor;
        }
        return scaled;
    }

    private static Map<String, String> facts(Map<String, Object> config) {
        Map<String, String> facts = new LinkedHashMap<>();
        config.forEach((name, value) -> facts.put(name, String.valueOf(value)));
        return facts;
    }
}
