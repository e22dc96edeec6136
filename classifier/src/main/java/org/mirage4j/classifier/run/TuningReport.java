package org.mirage4j.classifier.run;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import org.mirage4j.classifier.table.TableFolds;
import org.mirage4j.classifier.table.TargetFolds;
import org.mirage4j.classifier.tuning.CandidateScore;
import org.mirage4j.classifier.tuning.FoldSource;
import org.mirage4j.core.report.HtmlReport;
import org.mirage4j.core.report.LineChart;
import org.mirage4j.core.report.Wording;
import org.mirage4j.core.run.RunDirectory;

/** The numbers, the chart and the page of a search. */
record TuningReport(RunDirectory directory, TuningPlan plan, FoldSource source, TuningRun.Result result) {
    /** Errors of a target in large units need no decimals. */
    private static final double LARGE = 10;

    void write() {
        RunJson.write(directory.folder().resolve("tuning.json"), json());
        chart();
        HtmlReport report = new HtmlReport(
                "Dropout rate for " + directory.manifest().dataName(),
                plan.folds() + "-fold stratified cross-validation"
                        + (plan.halving() ? " with successive halving" : ""));
        result.choice().ifPresent(choice -> report.tile(
                        "lowest loss", choice.best().candidate().name())
                .tile(
                        "within one standard error",
                        choice.oneStandardError().candidate().name()));
        report.section("Scores");
        if (!result.finished()) {
            report.text("The search was ended early: scores are over the folds that were finished, and nothing was"
                    + " chosen.");
        }
        report.text("Loss: " + source.lossName() + ". Error: " + source.errorName() + ".")
                .table(List.of("candidate", "folds", "epochs", "loss", "± s.e.", "error", "± s.e."), rows());
        report.chart(
                directory.plot("rates"),
                "loss by dropout rate",
                "Loss (" + source.lossName()
                        + ") on held-out folds; the choice is the highest rate whose mean is within one"
                        + " standard error of the lowest");
        if (plan.halving()) {
            report.text("Rates left behind were trained for fewer epochs, so only losses of equal epochs compare.");
        }
        if (!plan.rivals().isEmpty()) {
            report.text("Rivals were trained on the same folds without dropout, each at one strength: another"
                    + " strength may do better.");
            comparison(report);
        }
        if (source instanceof TableFolds table) {
            RunSchema.show(report, table.schema(), table.label());
        } else if (source instanceof TargetFolds folds) {
            RunSchema.show(report, folds.table().schema(), folds.table().target());
        }
        report.section("Configuration").facts(Wording.of(directory.config()));
        report.section("Environment").facts(Wording.of(directory.manifest().environment()));
        report.write(directory.report());
    }

    private void comparison(HtmlReport report) {
        List<CandidateScore> differences = differences();
        if (differences.isEmpty()) {
            return;
        }
        String reference = result.rivals().get(0).candidate().name();
        LineChart chart = new LineChart("Loss against " + reference, "fold", "difference of the loss");
        double[] folds = IntStream.rangeClosed(1, plan.folds()).asDoubleStream().toArray();
        chart.series(reference, folds, new double[plan.folds()]);
        for (CandidateScore score : differences) {
            chart.series(
                    score.candidate().name(),
                    folds,
                    score.losses().stream().mapToDouble(Double::doubleValue).toArray());
        }
        Path file = directory.plot("comparison");
        chart.write(file);
        report.section("What each changes")
                .text("Differences to " + reference + " on the same folds: below 0 is better.")
                .table(
                        List.of("candidate", "loss", "± s.e.", "error", "± s.e."),
                        differences.stream()
                                .map(score -> List.of(
                                        score.candidate().name(),
                                        number(score.meanLoss()),
                                        number(score.standardErrorOfLoss()),
                                        number(score.meanError()),
                                        number(score.standardErrorOfError())))
                                .toList())
                .chart(file, "difference of the loss by fold", "Differences of the loss, fold by fold");
    }

    /** Of the best rate and of the other rivals to the first; empty before the end. */
    private List<CandidateScore> differences() {
        return result.choice()
                .filter(choice -> !result.rivals().isEmpty())
                .map(choice -> {
                    CandidateScore reference = result.rivals().get(0);
                    List<CandidateScore> all =
                            new ArrayList<>(List.of(choice.best().against(reference)));
                    result.rivals().stream()
                            .skip(1)
                            .map(rival -> rival.against(reference))
                            .forEach(all::add);
                    return all;
                })
                .orElse(List.of());
    }

    private List<List<String>> rows() {
        List<CandidateScore> scores = result.all();
        return IntStream.range(0, scores.size())
                .mapToObj(i -> List.of(
                        scores.get(i).candidate().name(),
                        Integer.toString(scores.get(i).losses().size()),
                        Integer.toString(result.epochs().get(i)),
                        number(scores.get(i).meanLoss()),
                        number(scores.get(i).standardErrorOfLoss()),
                        number(scores.get(i).meanError()),
                        number(scores.get(i).standardErrorOfError())))
                .toList();
    }

    private static String number(double value) {
        return Math.abs(value) < LARGE && Double.isFinite(value)
                ? String.format(Locale.ROOT, "%.4f", value)
                : Wording.figure(value);
    }

    private Map<String, Object> json() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("finished", result.finished());
        List<CandidateScore> scores = result.all();
        List<Map<String, Object>> candidates = new ArrayList<>();
        for (int i = 0; i < scores.size(); i++) {
            CandidateScore score = scores.get(i);
            Map<String, Object> candidate = new LinkedHashMap<>();
            candidate.put("name", score.candidate().name());
            candidate.put("epochs", result.epochs().get(i));
            candidate.put("losses", score.losses());
            candidate.put("meanLoss", score.meanLoss());
            candidate.put("standardErrorOfLoss", score.standardErrorOfLoss());
            candidate.put("errors", score.errors());
            candidate.put("meanError", score.meanError());
            candidate.put("standardErrorOfError", score.standardErrorOfError());
            candidates.add(candidate);
        }
        map.put("candidates", candidates);
        Map<String, Object> against = new LinkedHashMap<>();
        for (CandidateScore score : differences()) {
            Map<String, Object> difference = new LinkedHashMap<>();
            difference.put("meanLoss", score.meanLoss());
            difference.put("standardErrorOfLoss", score.standardErrorOfLoss());
            difference.put("meanError", score.meanError());
            difference.put("standardErrorOfError", score.standardErrorOfError());
            against.put(score.candidate().name(), difference);
        }
        map.put("againstFirstRival", against);
        result.choice().ifPresent(choice -> {
            map.put("best", choice.best().candidate().name());
            map.put("oneStandardError", choice.oneStandardError().candidate().name());
        });
        return map;
    }

    private void chart() {
        double[] rates = result.rates().stream()
                .mapToDouble(score -> TuningPlan.rate(score.candidate()))
                .toArray();
        LineChart chart = new LineChart("Held-out loss", "dropout rate", "loss");
        chart.series("dropout, mean over folds", rates, bound(0));
        chart.series("plus one standard error", rates, bound(1));
        chart.series("minus one standard error", rates, bound(-1));
        double[] across = rates.length == 0 ? new double[] {0, 1} : new double[] {rates[0], rates[rates.length - 1]};
        for (CandidateScore rival : result.rivals()) {
            chart.series(rival.candidate().name(), across, new double[] {rival.meanLoss(), rival.meanLoss()});
        }
        chart.write(directory.plot("rates"));
    }

    private double[] bound(int errors) {
        return result.rates().stream()
                .mapToDouble(score ->
                        errors == 0 ? score.meanLoss() : score.meanLoss() + errors * score.standardErrorOfLoss())
                .toArray();
    }
}
