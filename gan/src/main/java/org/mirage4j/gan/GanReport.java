package org.mirage4j.gan;

import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.mirage4j.core.report.HtmlReport;
import org.mirage4j.core.report.LineChart;
import org.mirage4j.core.report.Wording;
import org.mirage4j.core.run.MetricsTable;
import org.mirage4j.core.run.RunDirectory;
import org.mirage4j.gan.evaluation.TrainingEvaluation;
import org.mirage4j.gan.watch.Watch;

/** The page that shows a GAN run, and the curves on it. */
record GanReport(
        RunDirectory directory,
        GanConfig config,
        String dataName,
        Path finalGrid,
        Optional<TrainingEvaluation> evaluation) {

    /** Writes the page; of a run that broke down the reason is not empty. */
    void write(long iterations, Duration time, Watch watch, String breakdown) {
        GanOptions options = config.options();
        MetricsTable metrics = MetricsTable.read(directory.metrics());
        Path losses = directory.plot("losses");
        chart(
                metrics,
                losses,
                "Losses",
                "loss",
                "discriminator",
                GanMetrics.DISCRIMINATOR_LOSS,
                "generator",
                GanMetrics.GENERATOR_LOSS);
        Path outputs = directory.plot("discriminator-output");
        chart(
                metrics,
                outputs,
                "What the discriminator believes",
                "mean probability of being real",
                "D(x), real",
                GanMetrics.REAL_PROBABILITY,
                "D(G(z)), generated",
                GanMetrics.FAKE_PROBABILITY);
        Path gradients = directory.plot("gradient-norms");
        chart(
                metrics,
                gradients,
                "Gradient norms",
                "Euclidean norm",
                "discriminator",
                GanMetrics.DISCRIMINATOR_GRADIENT,
                "generator",
                GanMetrics.GENERATOR_GRADIENT);
        double seconds = time.toMillis() / 1000.0;
        HtmlReport report = new HtmlReport(
                "GAN on " + dataName,
                options.architecture().name().toLowerCase(Locale.ROOT) + " networks, "
                        + options.game().loss().name().toLowerCase(Locale.ROOT).replace('_', '-') + " loss, seed "
                        + options.seed());
        report.tile("iterations", String.format(Locale.ROOT, "%,d", iterations))
                .tile("training time", String.format(Locale.ROOT, "%.1f s", seconds))
                .tile("iterations per second", String.format(Locale.ROOT, "%.1f", iterations / seconds))
                .tile("D(x)", last(metrics, GanMetrics.REAL_PROBABILITY))
                .tile("D(G(z))", last(metrics, GanMetrics.FAKE_PROBABILITY));
        if (!breakdown.isEmpty()) {
            report.section("Breakdown").text(breakdown);
        }
        report.section("Generated and real")
                .pixels(
                        finalGrid,
                        "grid of generated images",
                        "Generated after " + SampleName.iteration(finalGrid) + " iterations, not selected")
                .pixels(directory.sample("real"), "grid of real images", "Real examples of " + dataName);
        report.section("Training")
                .pixels(
                        directory.animation(),
                        "animation of generated images",
                        "The same latent vectors during training")
                .chart(losses, "curves of both losses", "Losses of both networks")
                .chart(
                        outputs,
                        "curves of the discriminator's mean outputs",
                        "At the equilibrium the discriminator cannot tell: both curves meet at 0.5")
                .chart(gradients, "curves of both gradient norms", "Gradient norms of both networks");
        evaluation.ifPresent(judged -> addEvaluation(report, judged, metrics));
        writeWatch(report, metrics, watch);
        report.section("Configuration").facts(Wording.of(config.describe()));
        report.section("Environment").facts(Wording.of(directory.manifest().environment()));
        report.write(directory.report());
    }

    private void addEvaluation(HtmlReport report, TrainingEvaluation judged, MetricsTable metrics) {
        report.section("Samples judged");
        double[] iterations = metrics.column(GanMetrics.ITERATION);
        Map<String, String> facts = new LinkedHashMap<>();
        for (int i = 0; i < judged.columns().size(); i++) {
            String column = judged.columns().get(i);
            String title = judged.titles().get(i);
            double[] values = metrics.column(column);
            int[] rows = IntStream.range(0, values.length)
                    .filter(row -> Double.isFinite(values[row]))
                    .toArray();
            double[] x = IntStream.of(rows).mapToDouble(row -> iterations[row]).toArray();
            double[] y = IntStream.of(rows).mapToDouble(row -> values[row]).toArray();
            if (y.length == 0) {
                continue;
            }
            facts.put(title, String.format(Locale.ROOT, "%.4g", y[y.length - 1]));
            if (y.length > 1) {
                Path file = directory.plot(column.replace('_', '-'));
                new LineChart(title, GanMetrics.ITERATION, "")
                        .series("samples", x, y)
                        .write(file);
                report.chart(
                        file,
                        "curve of the " + title,
                        title + " of " + judged.samples() + " samples"
                                + (config.knowsShares() ? ", their classes in the data's shares" : ""));
            }
        }
        report.facts(facts);
    }

    private void writeWatch(HtmlReport report, MetricsTable metrics, Watch watch) {
        Path health = directory.plot("sample-health");
        double[] iterations = metrics.column(GanMetrics.ITERATION);
        LineChart chart = new LineChart("Samples beside the data", GanMetrics.ITERATION, "share");
        chart.series("diversity", iterations, metrics.column("sample_diversity"))
                .series("contrast", iterations, metrics.column("sample_contrast"))
                .series("near-duplicates", iterations, metrics.column("near_duplicates"))
                .series("distance", iterations, metrics.column("sample_distance"));
        chart.write(health);
        report.section("Watching").text(verdict(watch));
        if (!watch.events().isEmpty()) {
            report.table(
                    List.of("iteration", "what happened"),
                    watch.events().stream()
                            .map(event -> List.of(String.format(Locale.ROOT, "%,d", event.iteration()), event.text()))
                            .toList());
        }
        report.chart(
                health,
                "curves of diversity, contrast, near-duplicates and distance",
                "Diversity and contrast of a fixed batch relative to the data's, its share of near-duplicates and its"
                        + " distance from the data: about 1, 1, 0 and 0 in health");
    }

    private static String verdict(Watch watch) {
        return watch.reasonToStop()
                .map(reason -> "Training was ended: " + reason + ".")
                .or(() -> watch.imbalance().map(reason -> "At the end the game was not balanced: " + reason + "."))
                .orElse("At the end the game was balanced.");
    }

    private static String last(MetricsTable metrics, String column) {
        return String.format(Locale.ROOT, "%.2f", metrics.column(column)[metrics.rows() - 1]);
    }

    private static void chart(
            MetricsTable metrics,
            Path file,
            String title,
            String yTitle,
            String firstName,
            String firstColumn,
            String secondName,
            String secondColumn) {
        double[] iterations = metrics.column(GanMetrics.ITERATION);
        new LineChart(title, GanMetrics.ITERATION, yTitle)
                .series(firstName, iterations, metrics.column(firstColumn))
                .series(secondName, iterations, metrics.column(secondColumn))
                .write(file);
    }
}
