package org.mirage4j.examples;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import org.mirage4j.core.report.HtmlReport;
import org.mirage4j.core.report.LineChart;
import org.mirage4j.core.report.Wording;
import org.mirage4j.core.run.RunDirectory;
import org.mirage4j.examples.AugmentStudy.Arm;
import org.mirage4j.examples.AugmentStudy.Score;

/** What an {@link AugmentStudy} says, as text and as a page. */
record AugmentReport(RunDirectory directory, AugmentStudy.Plan plan, AugmentStudy study) {

    /**
     * A mean over seeds.
     *
     * @param mean the mean
     * @param error its standard error, NaN for a single value
     */
    record Mean(double mean, double error) {
        static Mean of(double[] values) {
            double mean = IntStream.range(0, values.length)
                            .mapToDouble(i -> values[i])
                            .sum()
                    / values.length;
            double squares = 0;
            for (double value : values) {
                squares += (value - mean) * (value - mean);
            }
            return new Mean(mean, Math.sqrt(squares / (values.length - 1) / values.length));
        }

        private String percent() {
            return text("%.2f", 100);
        }

        private String nats() {
            return text("%.4f", 1);
        }

        /** The mean alone where there is no error to tell. */
        private String text(String number, double factor) {
            String text = String.format(Locale.ROOT, number, factor * mean);
            return Double.isNaN(error) ? text : text + " ± " + String.format(Locale.ROOT, number, factor * error);
        }
    }

    private double[] values(Arm arm, ToDoubleFunction<Score> figure) {
        return study.scores(arm).stream().mapToDouble(figure).toArray();
    }

    /** Header and one row for each training set; means and standard errors over the seeds. */
    List<List<String>> table() {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("training set", "error on rare classes, %", "error, %", "negative log-likelihood"));
        for (Arm arm : Arm.values()) {
            rows.add(List.of(
                    arm.title(),
                    Mean.of(values(arm, Score::rareError)).percent(),
                    Mean.of(values(arm, Score::error)).percent(),
                    Mean.of(values(arm, Score::negativeLogLikelihood)).nats()));
        }
        return rows;
    }

    /** The answer, from the differences seed by seed to the honest baseline. */
    String verdict() {
        return verdict(values(Arm.GENERATED, Score::rareError), values(Arm.REPEATED, Score::rareError));
    }

    static String verdict(double[] generated, double[] repeated) {
        Mean difference = Mean.of(IntStream.range(0, generated.length)
                .mapToDouble(i -> generated[i] - repeated[i])
                .toArray());
        String figure = "against repeating the rare examples, generated ones change the error on rare classes by "
                + difference.percent() + " percentage points";
        if (!(difference.error() >= 0)) {
            return "one seed says nothing: " + figure;
        }
        if (difference.mean() < -2 * difference.error()) {
            return "it helps here: " + figure;
        }
        return difference.mean() > 2 * difference.error()
                ? "it does not help here, it harms: " + figure
                : "it does not help here: " + figure + ", no more than two standard errors";
    }

    void write() {
        Path curves = directory.plot("error-on-rare-classes");
        LineChart chart = new LineChart("Error on rare classes", "seed", "share of test examples");
        for (Arm arm : Arm.values()) {
            double[] values = values(arm, Score::rareError);
            chart.series(
                    arm.title(),
                    IntStream.rangeClosed(1, values.length).asDoubleStream().toArray(),
                    values);
        }
        chart.write(curves);
        List<List<String>> table = table();
        HtmlReport report = new HtmlReport(
                "Filling up rare classes of " + directory.manifest().dataName(),
                "classes " + plan.rare() + " cut to " + plan.keep() + " examples each, " + plan.seeds() + " seeds, "
                        + plan.gan().conditioning().name().toLowerCase(Locale.ROOT) + " GAN");
        report.section("Answer")
                .text(verdict() + ".")
                .table(table.get(0), table.subList(1, table.size()))
                .text((study.scores(Arm.WHOLE).size() == 1 ? "One seed" : "Mean and standard error over the seeds")
                        + ", on real examples that no network has seen.")
                .chart(curves, "curves of the error on rare classes", "Error on rare classes, seed by seed");
        report.section("Examples");
        for (long seed = 1; seed <= study.scores(Arm.WHOLE).size(); seed++) {
            Path picture = directory.sample(AugmentStudy.picture(seed));
            report.pixels(
                    picture,
                    "grid of real and generated images of rare classes",
                    "Seed " + seed
                            + ", for each rare class: real examples that were kept, and below them generated ones");
        }
        report.section("Environment").facts(Wording.of(directory.manifest().environment()));
        report.write(directory.report());
    }
}
