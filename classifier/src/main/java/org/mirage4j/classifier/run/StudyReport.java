package org.mirage4j.classifier.run;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.mirage4j.core.io.AtomicFile;
import org.mirage4j.core.report.HtmlReport;
import org.mirage4j.core.report.LineChart;
import org.mirage4j.core.report.Wording;
import org.mirage4j.core.run.RunDirectory;

/** What a study says: the table in Markdown and JSON, the curves, and a page with both. */
record StudyReport(
        RunDirectory directory, List<StudyCase> cases, int seeds, List<StudyResult> results, MonteCarloTiming timing) {
    private static final List<String> AREAS =
            List.of("network", "images", "mutual information", "entropy", "maximum probability");
    private static final List<String> HEADER = List.of(
            "network",
            "published, %",
            "test error, %",
            "Monte Carlo, %",
            "calibration error, %",
            "with Monte Carlo, %",
            "seeds",
            "epochs",
            "minutes each");

    /** What decides how long a training takes, as a manifest names it. */
    private static final List<String> MACHINE = List.of("cpu", "processors", "threads", "java");

    /** Above, a chart would show the first epochs only. */
    private static final double SHOWN = 0.03;

    void write() {
        AtomicFile.write(
                directory.folder().resolve("study.md"),
                out -> out.write(markdown().getBytes(StandardCharsets.UTF_8)));
        RunJson.write(directory.folder().resolve("study.json"), json());
        new HtmlReport("Study of " + directory.manifest().dataName(), results.size() + " trainings")
                .section("Test error")
                .text("Means over seeds, ± their standard error. The last epoch counts; test examples decided nothing."
                        + " Published: Srivastava et al. (2014, table 2).")
                .table(HEADER, rows())
                .chart(
                        curve(),
                        "curve of the test error",
                        "Share of the test examples misclassified after each epoch, mean over seeds; above 3 % left out")
                .section("Does it notice what it was not trained on")
                .text("Area under the ROC curve with which a measure tells spoilt test images from intact ones: 0.5 is"
                        + " chance, 1 is perfect.")
                .table(AREAS, areas())
                .section("Monte Carlo")
                .text(timed())
                .section("Configuration")
                .facts(Wording.of(directory.config()))
                .section("Environment")
                .facts(Wording.of(directory.manifest().environment()))
                .write(directory.report());
    }

    String markdown() {
        Map<String, String> environment = directory.manifest().environment();
        String machine = MACHINE.stream()
                .filter(environment::containsKey)
                .map(name -> name + " " + environment.get(name))
                .collect(Collectors.joining(", "));
        return table(HEADER, rows())
                + "\nMeans over seeds, ± their standard error; Monte Carlo with "
                + results.stream()
                        .map(result -> Integer.toString(result.monteCarlo().passes()))
                        .findFirst()
                        .orElse("no")
                + " passes. Published: Srivastava et al. (2014, table 2). Trained on: " + machine + ".\n\n"
                + table(AREAS, areas())
                + "\n" + timed() + "\n";
    }

    private static String table(List<String> header, List<List<String>> rows) {
        List<List<String>> lines = new ArrayList<>(List.of(header));
        lines.add(header.stream().map(cell -> "---").toList());
        lines.addAll(rows);
        return lines.stream()
                .map(cells -> "| " + String.join(" | ", cells) + " |\n")
                .collect(Collectors.joining());
    }

    private String timed() {
        return String.format(
                Locale.ROOT,
                "%d passes over %d inputs of %s, without dropout on the input: %.3f s in one call, %.3f s in %d calls, ratio %.2f.",
                timing.passes(),
                timing.inputs(),
                cases.get(cases.size() - 1).description(),
                timing.together(),
                timing.separately(),
                timing.passes(),
                timing.ratio());
    }

    private List<StudyResult> of(StudyCase each) {
        return results.stream()
                .filter(result -> result.name().equals(each.name()))
                .toList();
    }

    private List<List<String>> rows() {
        List<List<String>> rows = new ArrayList<>();
        for (StudyCase each : cases) {
            List<StudyResult> done = of(each);
            if (!done.isEmpty()) {
                rows.add(List.of(
                        each.description(),
                        Double.isNaN(each.published()) ? "-" : percent(each.published()),
                        spread(done, result -> result.ordinary().error()),
                        spread(done, result -> result.monteCarlo().error()),
                        spread(done, result -> result.ordinary().expectedCalibrationError()),
                        spread(done, result -> result.monteCarlo().expectedCalibrationError()),
                        Integer.toString(done.size()),
                        Integer.toString(each.options().epochs()),
                        String.format(Locale.ROOT, "%.1f", mean(done, StudyResult::seconds) / 60)));
            }
        }
        return rows;
    }

    private List<List<String>> areas() {
        List<List<String>> rows = new ArrayList<>();
        for (StudyCase each : cases) {
            List<StudyResult> done = of(each);
            for (int i = 0; !done.isEmpty() && i < done.get(0).spoilt().size(); i++) {
                int kind = i;
                rows.add(List.of(
                        each.description(),
                        done.get(0).spoilt().get(i).images(),
                        area(done, result -> result.spoilt().get(kind).mutualInformation()),
                        area(done, result -> result.spoilt().get(kind).predictiveEntropy()),
                        area(done, result -> result.spoilt().get(kind).maximumProbability())));
            }
        }
        return rows;
    }

    private static String area(List<StudyResult> done, ToDoubleFunction<StudyResult> value) {
        return String.format(Locale.ROOT, "%.3f", mean(done, value));
    }

    private static String spread(List<StudyResult> done, ToDoubleFunction<StudyResult> value) {
        String mean = percent(mean(done, value));
        return done.size() == 1 ? mean : mean + " ± " + percent(standardError(done, value));
    }

    private static String percent(double share) {
        return String.format(Locale.ROOT, "%.2f", 100 * share);
    }

    private static double mean(List<StudyResult> done, ToDoubleFunction<StudyResult> value) {
        return done.stream().mapToDouble(value).average().orElse(Double.NaN);
    }

    private static double standardError(List<StudyResult> done, ToDoubleFunction<StudyResult> value) {
        double mean = mean(done, value);
        double squares = done.stream()
                .mapToDouble(value)
                .map(x -> (x - mean) * (x - mean))
                .sum();
        return Math.sqrt(squares / (done.size() - 1) / done.size());
    }

    private Map<String, Object> json() {
        Map<String, Object> rows = new LinkedHashMap<>();
        for (StudyCase each : cases) {
            List<StudyResult> done = of(each);
            if (!done.isEmpty()) {
                Map<String, Object> row = new LinkedHashMap<>();
                row.put("description", each.description());
                row.put("publishedError", each.published());
                row.put("errors", done.stream().map(r -> r.ordinary().error()).toList());
                row.put("meanError", mean(done, r -> r.ordinary().error()));
                row.put("standardError", standardError(done, r -> r.ordinary().error()));
                row.put(
                        "monteCarloErrors",
                        done.stream().map(r -> r.monteCarlo().error()).toList());
                row.put("meanMonteCarloError", mean(done, r -> r.monteCarlo().error()));
                row.put("standardErrorOfMonteCarlo", standardError(done, r -> r.monteCarlo()
                        .error()));
                row.put("meanSeconds", mean(done, StudyResult::seconds));
                rows.put(each.name(), row);
            }
        }
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("cases", rows);
        json.put("monteCarloTiming", timing);
        return json;
    }

    private Path curve() {
        LineChart chart = new LineChart("Test error", "epoch", "misclassified, %");
        for (StudyCase each : cases) {
            List<StudyResult> done = of(each);
            if (!done.isEmpty()) {
                int epochs = done.stream().mapToInt(r -> r.curve().size()).min().orElse(0);
                double[] means = IntStream.range(0, epochs)
                        .mapToDouble(epoch -> mean(done, r -> r.curve().get(epoch)))
                        .map(error -> error <= SHOWN ? 100 * error : Double.NaN)
                        .toArray();
                chart.series(
                        each.name(),
                        IntStream.rangeClosed(1, epochs).asDoubleStream().toArray(),
                        means);
            }
        }
        Path file = directory.plot("errors");
        chart.write(file);
        return file;
    }
}
