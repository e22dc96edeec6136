package org.mirage4j.classifier.run;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.mirage4j.core.report.HtmlReport;
import org.mirage4j.core.report.LineChart;
import org.mirage4j.core.report.Wording;
import org.mirage4j.core.run.MetricsTable;
import org.mirage4j.core.run.RunDirectory;

/** What the page of an {@link EpochRun} shows, whatever the network predicts, and the files of its charts. */
record EpochPage(RunDirectory directory, HtmlReport report) {
    /**
     * What a network is trained for, in the words of its page.
     *
     * @param loss the loss and its unit
     * @param error the error of the held-out examples
     * @param caption what stands below the curve of that error
     */
    record Goal(String loss, String error, String caption) {}

    void length(int epochs, Duration time) {
        report.tile("epochs", Integer.toString(epochs))
                .tile("training time", String.format(Locale.ROOT, "%.1f s", time.toMillis() / 1000.0));
    }

    void training(Goal goal, List<Double> learnedRates) {
        report.section("Training")
                .chart(losses(goal.loss()), "learning curves", "Loss by epoch")
                .chart(errors(goal.error()), "curve of the error", goal.caption());
        if (!learnedRates.isEmpty()) {
            report.text("Dropout rates that the network learned, from input to output: "
                    + learnedRates.stream()
                            .map(rate -> String.format(Locale.ROOT, "%.3f", rate))
                            .collect(Collectors.joining(", ")));
        }
    }

    private Path losses(String unit) {
        MetricsTable metrics = MetricsTable.read(directory.metrics());
        double[] epochs = metrics.column(EpochRun.EPOCH);
        return plot(
                directory,
                new LineChart("Loss", "epoch", unit)
                        .series("training, with dropout and penalties", epochs, metrics.column(EpochRun.TRAINING_LOSS))
                        .series("held out, without dropout", epochs, metrics.column(EpochRun.HELD_OUT_LOSS)),
                "losses");
    }

    private Path errors(String unit) {
        MetricsTable metrics = MetricsTable.read(directory.metrics());
        return plot(
                directory,
                new LineChart("Error", "epoch", unit)
                        .series("held out", metrics.column(EpochRun.EPOCH), metrics.column(EpochRun.HELD_OUT_ERROR)),
                "errors");
    }

    static Path plot(RunDirectory directory, LineChart chart, String name) {
        Path file = directory.plot(name);
        chart.write(file);
        return file;
    }

    void missingValues(List<String> sentences) {
        if (!sentences.isEmpty()) {
            report.section("Missing values in the training part");
            sentences.forEach(report::text);
        }
    }

    /** Ends the page with how the run was made, and writes it. */
    void write() {
        report.section("Configuration").facts(Wording.of(directory.config()));
        report.section("Environment").facts(Wording.of(directory.manifest().environment()));
        report.write(directory.report());
    }
}
