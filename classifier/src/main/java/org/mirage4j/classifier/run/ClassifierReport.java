package org.mirage4j.classifier.run;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.mirage4j.classifier.ClassifierEvaluation;
import org.mirage4j.classifier.Doubt;
import org.mirage4j.classifier.Prediction;
import org.mirage4j.classifier.calibration.AccuracyCoverage;
import org.mirage4j.classifier.calibration.Auroc;
import org.mirage4j.classifier.calibration.LabelledPredictions;
import org.mirage4j.classifier.calibration.ReliabilityDiagram;
import org.mirage4j.core.report.HtmlReport;
import org.mirage4j.core.report.ImageGrid;
import org.mirage4j.core.report.LineChart;
import org.mirage4j.core.run.RunDirectory;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** The page that shows a classifier run, and the pictures on it. */
record ClassifierReport(RunDirectory directory, ClassifierData data, Evidence evidence, List<Double> learnedRates) {
    private static final EpochPage.Goal GOAL = new EpochPage.Goal(
            "negative log-likelihood in nats", "share misclassified", "Share of the held-out examples misclassified");
    private static final int GRID_COLUMNS = 10;
    private static final int GRID_ROWS = 2;
    private static final int GRID_SCALE = 2;

    /** A bin of fewer examples says more about chance than about the model. */
    private static final int MIN_IN_BIN = 10;

    /** Below this share of the examples the accuracy jumps from one to the next. */
    private static final double MIN_COVERAGE = 0.02;

    /** A larger matrix is no longer read; the table above it says what matters. */
    private static final int MOST_IN_MATRIX = 20;

    void write(int epochs, Duration time) {
        ClassifierEvaluation ordinary = ClassifierEvaluation.of(evidence.ordinary());
        ClassifierEvaluation monteCarlo = ClassifierEvaluation.of(evidence.monteCarlo());
        HtmlReport report = new HtmlReport(
                "Classifier of " + data.name(),
                data.classes().size() + " classes, trained on "
                        + data.training().size() + " examples, measured on "
                        + data.test().size() + " others");
        report.tile("test error", percent(ordinary.error()))
                .tile("test error, Monte Carlo", percent(monteCarlo.error()))
                .tile("calibration error, Monte Carlo", percent(monteCarlo.expectedCalibrationError()));
        EpochPage page = new EpochPage(directory, report);
        page.length(epochs, time);
        report.section("How good it is")
                .table(
                        List.of("prediction", "accuracy", "NLL in nats", "Brier score", "calibration error"),
                        List.of(
                                row("weight scaling (the ordinary one)", ordinary),
                                row("Monte Carlo, " + evidence.passes() + " passes", monteCarlo),
                                row(
                                        String.format(
                                                Locale.ROOT,
                                                "weight scaling at temperature %.2f",
                                                evidence.temperature().temperature()),
                                        ClassifierEvaluation.of(evidence.scaled()))));
        byClass(report);
        trust(report);
        if (!evidence.outOfDistribution().isEmpty()) {
            outOfDistribution(report);
        }
        if (data.preparation().isEmpty()) {
            examples(report);
        }
        page.training(GOAL, learnedRates);
        data.preparation().ifPresent(preparation -> RunSchema.show(report, preparation.schema(), preparation.label()));
        page.missingValues(data.missingValues());
        page.write();
    }

    private static List<String> row(String name, ClassifierEvaluation evaluation) {
        return List.of(
                name,
                percent(evaluation.evaluation().accuracy()),
                String.format(Locale.ROOT, "%.4f", evaluation.negativeLogLikelihood()),
                String.format(Locale.ROOT, "%.4f", evaluation.brierScore()),
                percent(evaluation.expectedCalibrationError()));
    }

    private void byClass(HtmlReport report) {
        ConfusionMatrix confusion = ConfusionMatrix.of(evidence.monteCarlo());
        List<String> classes = data.classes();
        report.section("Class by class")
                .text("What Monte Carlo prediction makes of the examples of each class in the test part.")
                .table(
                        List.of("class", "examples", "found", "right where it is answered", "most often taken for"),
                        IntStream.range(0, classes.size())
                                .mapToObj(k -> List.of(
                                        classes.get(k),
                                        Long.toString(confusion.examples(k)),
                                        percentOrNone(confusion.recall(k)),
                                        percentOrNone(confusion.precision(k)),
                                        mostOften(confusion, k)))
                                .toList());
        if (classes.size() <= MOST_IN_MATRIX) {
            List<String> header = new ArrayList<>(List.of("is, and answered:"));
            header.addAll(classes);
            report.table(
                    header,
                    IntStream.range(0, classes.size())
                            .mapToObj(k -> {
                                List<String> row = new ArrayList<>(List.of(classes.get(k)));
                                for (int answer = 0; answer < classes.size(); answer++) {
                                    row.add(Long.toString(confusion.count(k, answer)));
                                }
                                return row;
                            })
                            .toList());
        }
    }

    private String mostOften(ConfusionMatrix confusion, int right) {
        int answer = confusion.commonestMistake(right);
        return answer < 0 ? "" : data.classes().get(answer) + " (" + confusion.count(right, answer) + ")";
    }

    private static String percentOrNone(double share) {
        return Double.isNaN(share) ? "" : percent(share);
    }

    private void trust(HtmlReport report) {
        report.section("Can it be trusted")
                .text(rule())
                .table(
                        List.of("why a person is asked", "share of the test part"),
                        Arrays.stream(Doubt.values())
                                .map(doubt -> List.of(doubt.title(), shareOfTest(evidence.asked(doubt))))
                                .toList())
                .chart(
                        reliability(),
                        "reliability diagram",
                        "Where a curve lies below the diagonal, the model is surer than it should be; bins of fewer"
                                + " than " + MIN_IN_BIN + " examples are left out")
                .chart(
                        coverage(),
                        "accuracy by coverage",
                        "How accurate the model is on the share of the test part it is surest of");
    }

    private String rule() {
        String promise = evidence.rule().promise();
        long answered = evidence.answered();
        if (answered == 0) {
            return promise;
        }
        return String.format(
                Locale.ROOT,
                "A person is asked where the entropy is above %.4f nats, where the mutual information is above %.4f nats,"
                        + " and where a column holds what training has not seen. %s On the test part the model answers %s"
                        + " by itself, and %s of these answers are right.",
                evidence.rule().entropy(),
                evidence.rule().mutualInformation(),
                promise,
                shareOfTest(answered),
                percent((double) evidence.answeredRightly() / answered));
    }

    private String shareOfTest(long examples) {
        return percent((double) examples / evidence.predictions().size());
    }

    private Path reliability() {
        LineChart chart = new LineChart("Reliability", "mean confidence", "accuracy")
                .series("weight scaling", bins(evidence.ordinary(), true), bins(evidence.ordinary(), false))
                .series("Monte Carlo", bins(evidence.monteCarlo(), true), bins(evidence.monteCarlo(), false))
                .series("temperature", bins(evidence.scaled(), true), bins(evidence.scaled(), false))
                .series("perfectly calibrated", new double[] {0, 1}, new double[] {0, 1});
        return EpochPage.plot(directory, chart, "reliability");
    }

    private static double[] bins(LabelledPredictions predictions, boolean confidence) {
        return ReliabilityDiagram.of(predictions).bins().stream()
                .filter(bin -> bin.count() >= MIN_IN_BIN)
                .mapToDouble(confidence ? ReliabilityDiagram.Bin::confidence : ReliabilityDiagram.Bin::accuracy)
                .toArray();
    }

    private Path coverage() {
        LineChart chart = new LineChart("Accuracy and coverage", "share of the examples answered", "accuracy");
        series(chart, "by confidence, weight scaling", AccuracyCoverage.of(evidence.ordinary()));
        series(chart, "by entropy, Monte Carlo", evidence.by(Prediction::predictiveEntropy));
        series(chart, "by mutual information", evidence.by(Prediction::mutualInformation));
        return EpochPage.plot(directory, chart, "accuracy-coverage");
    }

    private static void series(LineChart chart, String name, AccuracyCoverage curve) {
        List<AccuracyCoverage.Point> points = curve.points().stream()
                .filter(point -> point.coverage() >= MIN_COVERAGE)
                .toList();
        chart.series(
                name,
                points.stream().mapToDouble(AccuracyCoverage.Point::coverage).toArray(),
                points.stream().mapToDouble(AccuracyCoverage.Point::accuracy).toArray());
    }

    private void outOfDistribution(HtmlReport report) {
        report.section("Does it notice what it was not trained on")
                .text("Area under the ROC curve with which a measure of uncertainty tells spoilt test images from the"
                        + " same images intact: 0.5 is chance, 1 is perfect. Some shapes stay what they are when they"
                        + " are turned, so 1 may be out of reach.")
                .table(
                        List.of("images", "mutual information", "entropy", "maximum probability, weight scaling"),
                        evidence.outOfDistribution().stream()
                                .map(OutOfDistribution.Detection::areas)
                                .map(result -> List.of(
                                        result.images(),
                                        area(result.mutualInformation()),
                                        area(result.predictiveEntropy()),
                                        area(result.maximumProbability())))
                                .toList());
        evidence.outOfDistribution()
                .forEach(detection -> report.chart(
                        detection(detection),
                        "receiver operating characteristic, "
                                + detection.areas().images(),
                        "Images " + detection.areas().images() + ": the further above the diagonal, the better"));
    }

    private Path detection(OutOfDistribution.Detection detection) {
        String images = detection.areas().images();
        LineChart chart = new LineChart("Told apart: " + images, "share of intact images flagged", "share detected");
        detection
                .curves()
                .forEach((measure, points) -> chart.series(
                        measure,
                        points.stream().mapToDouble(Auroc.Point::falseAlarms).toArray(),
                        points.stream().mapToDouble(Auroc.Point::detected).toArray()));
        return EpochPage.plot(directory, chart, "detection-" + images.replace(' ', '-'));
    }

    private static String area(double value) {
        return String.format(Locale.ROOT, "%.3f", value);
    }

    private void examples(HtmlReport report) {
        int[] order = evidence.bySureness();
        int count = Math.min(GRID_COLUMNS * GRID_ROWS, order.length);
        int[] surest = IntStream.range(0, count).map(i -> order[i]).toArray();
        int[] leastSure =
                IntStream.range(0, count).map(i -> order[order.length - 1 - i]).toArray();
        report.section("The surest and the least sure")
                .pixels(
                        grid("most-certain", surest),
                        "grid of the images with the lowest entropy",
                        "Lowest entropy. " + classes(surest))
                .pixels(
                        grid("least-certain", leastSure),
                        "grid of the images with the highest entropy",
                        "Highest entropy. " + classes(leastSure));
    }

    private Path grid(String name, int[] positions) {
        List<INDArray> images = new ArrayList<>();
        for (int position : positions) {
            images.add(data.test().examples(position, position + 1).features());
        }
        Path file = directory.sample(name);
        new ImageGrid(GRID_ROWS, GRID_COLUMNS, 2, GRID_SCALE)
                .write(Nd4j.concat(0, images.toArray(INDArray[]::new)), file);
        return file;
    }

    /** Row by row what was predicted, and what is right where that differs. */
    private String classes(int[] positions) {
        return IntStream.of(positions)
                .mapToObj(position -> {
                    String predicted = data.classes()
                            .get(evidence.predictions().get(position).predictedClass());
                    String right = data.classes().get(evidence.monteCarlo().label(position));
                    return predicted.equals(right) ? predicted : predicted + " (is " + right + ")";
                })
                .collect(Collectors.joining(", ", "Predicted: ", ""));
    }

    private static String percent(double share) {
        return String.format(Locale.ROOT, "%.2f %%", 100 * share);
    }
}
