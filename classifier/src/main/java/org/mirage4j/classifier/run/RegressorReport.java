package org.mirage4j.classifier.run;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.mirage4j.core.report.HtmlReport;
import org.mirage4j.core.report.LineChart;
import org.mirage4j.core.report.Wording;
import org.mirage4j.core.run.RunDirectory;

/** The page that shows a regressor's run, and the pictures on it. */
record RegressorReport(
        RunDirectory directory, RegressionData data, RegressionEvidence evidence, List<Double> learnedRates) {
    private static final EpochPage.Goal GOAL = new EpochPage.Goal(
            "loss of the standardised target",
            "root mean squared error",
            "Root mean squared error on the held-out rows");
    private static final int SHOWN_ROWS = 120;
    private static final int MOST_BINS = 10;

    /** A bin of fewer rows says more about chance than about the model. */
    private static final int MIN_IN_BIN = 10;

    void write(int epochs, Duration time) {
        HtmlReport report = new HtmlReport(
                "Regressor of " + data.table().target() + " in " + data.name(),
                "trained on " + data.parts().training().size() + " rows, intervals calibrated on "
                        + evidence.interval().calibrated() + ", measured on " + evidence.tested() + " others");
        report.tile("test error (RMSE)", number(evidence.monteCarlo().rmse()))
                .tile("variance explained", percent(evidence.explained()))
                .tile(percent(evidence.interval().coverage()) + " intervals hold", percent(evidence.coverage()))
                .tile("median width", number(evidence.medianWidth()));
        EpochPage page = new EpochPage(directory, report);
        page.length(epochs, time);
        report.section("How good it is")
                .table(
                        List.of("prediction", "RMSE", "mean absolute error", "log-likelihood in nats"),
                        List.of(
                                List.of("mean of the training rows", number(evidence.meanError()), "", ""),
                                List.of("weight scaling (the ordinary one)", number(evidence.ordinaryError()), "", ""),
                                List.of(
                                        "Monte Carlo, " + evidence.passes() + " passes",
                                        number(evidence.monteCarlo().rmse()),
                                        number(evidence.meanAbsoluteError()),
                                        String.format(
                                                Locale.ROOT,
                                                "%.3f",
                                                evidence.monteCarlo().logLikelihood()))))
                .chart(
                        rows(),
                        "predictions, intervals and observed values",
                        "Test rows by rising prediction"
                                + (evidence.tested() > SHOWN_ROWS
                                        ? ", " + SHOWN_ROWS + " of them at equal distances"
                                        : ""));
        trust(report);
        page.training(GOAL, learnedRates);
        RunSchema.show(report, data.table().schema(), data.table().target());
        page.missingValues(data.missingValues());
        page.write();
    }

    private void trust(HtmlReport report) {
        double[] usual = evidence.usualCoverage();
        int all = evidence.tested();
        report.section("Can the intervals be trusted")
                .text(String.format(
                        Locale.ROOT,
                        "An interval is the mean plus and minus %.3f deviations, calibrated on %d rows so that a new row"
                                + " from the same source lies inside with a probability of at least %s. On the test part"
                                + " %s lie inside; of %d rows, %s to %s are usual (in 95 of 100 runs).",
                        evidence.interval().factor(),
                        evidence.interval().calibrated(),
                        percent(evidence.interval().coverage()),
                        percent(evidence.coverage()),
                        all,
                        percent(usual[0]),
                        percent(usual[1])))
                .table(
                        List.of("why a person is asked", "share of the test part"),
                        List.of(
                                List.of("the interval is too wide", percent((double) evidence.tooWide() / all)),
                                List.of("a column is out of range", percent((double) evidence.outOfRange() / all)),
                                List.of("either", percent((double) evidence.asked() / all))))
                .chart(
                        coverage(),
                        "coverage by coverage wanted",
                        "The share of the test part inside intervals of each coverage: on the diagonal they hold what"
                                + " they promise");
        if (evidence.tested() >= 2 * MIN_IN_BIN) {
            report.chart(
                    sharpness(),
                    "error by half width",
                    "Test rows by rising width of their intervals: where the model says it is less sure, its errors"
                            + " should be larger");
        }
    }

    private Path rows() {
        List<Integer> order = IntStream.range(0, evidence.tested())
                .boxed()
                .sorted(Comparator.comparingDouble(
                        (Integer row) -> evidence.predictions().get(row).mean()))
                .toList();
        int count = Math.min(SHOWN_ROWS, order.size());
        double[] x = new double[count];
        double[] lower = new double[count];
        double[] mean = new double[count];
        double[] upper = new double[count];
        double[] observed = new double[count];
        for (int i = 0; i < count; i++) {
            int row = order.get((int) ((long) i * order.size() / count));
            x[i] = i + 1;
            lower[i] = evidence.estimates().get(row).lower();
            mean[i] = evidence.estimates().get(row).mean();
            upper[i] = evidence.estimates().get(row).upper();
            observed[i] = evidence.target(row);
        }
        return EpochPage.plot(
                directory,
                new LineChart("Predictions", "row", data.table().target())
                        .series("observed", x, observed)
                        .series("predicted mean", x, mean)
                        .series("lower end", x, lower)
                        .series("upper end", x, upper),
                "predictions");
    }

    private Path coverage() {
        return EpochPage.plot(
                directory,
                new LineChart("Coverage", "coverage wanted", "share of the test part inside")
                        .series("intervals", evidence.levels(), evidence.covered())
                        .series("as promised", new double[] {0, 1}, new double[] {0, 1}),
                "coverage");
    }

    private Path sharpness() {
        List<Integer> order = evidence.bySureness();
        int bins = Math.min(MOST_BINS, order.size() / MIN_IN_BIN);
        List<double[]> points = new ArrayList<>();
        for (int bin = 0; bin < bins; bin++) {
            List<Integer> rows = order.subList(bin * order.size() / bins, (bin + 1) * order.size() / bins);
            points.add(new double[] {
                rows.stream()
                        .mapToDouble(row -> evidence.interval()
                                .halfWidth(evidence.predictions().get(row)))
                        .average()
                        .orElseThrow(),
                rows.stream()
                        .mapToDouble(
                                row -> Math.abs(evidence.predictions().get(row).mean() - evidence.target(row)))
                        .average()
                        .orElseThrow()
            });
        }
        double[] widths = points.stream().mapToDouble(point -> point[0]).toArray();
        return EpochPage.plot(
                directory,
                new LineChart("Error by width", "half width of the interval", "mean absolute error")
                        .series(
                                "test part",
                                widths,
                                points.stream().mapToDouble(point -> point[1]).toArray()),
                "error-by-width");
    }

    private static String number(double value) {
        return Wording.figure(value);
    }

    private static String percent(double share) {
        return String.format(Locale.ROOT, "%.1f %%", 100 * share);
    }
}
