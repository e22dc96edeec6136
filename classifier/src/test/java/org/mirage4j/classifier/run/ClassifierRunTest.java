package org.mirage4j.classifier.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.mirage4j.classifier.ClassifierOptions;
import org.mirage4j.classifier.DropoutClassifier;
import org.mirage4j.classifier.dropout.DropoutKind;
import org.mirage4j.classifier.table.TablePrediction;
import org.mirage4j.core.MirageException;
import org.mirage4j.core.data.SyntheticDigits;
import org.mirage4j.core.features.Extraction;
import org.mirage4j.core.features.FeatureExtractor;
import org.mirage4j.core.network.DropoutRate;
import org.mirage4j.core.run.Manifest;
import org.mirage4j.core.run.MetricsTable;
import org.mirage4j.core.run.RunDirectory;
import org.mirage4j.core.table.CsvTable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class ClassifierRunTest {
    private static final ClassifierOptions OPTIONS =
            ClassifierOptions.builder().hidden(32).epochs(3).seed(4).build();
    private static final int PASSES = 7;

    @TempDir
    private Path folder;

    private static ClassifierData digits() {
        return ClassifierData.ofImages(
                new SyntheticDigits(0).examples(0, 600), new SyntheticDigits(1).examples(0, 200), 4);
    }

    private ClassifierData table(int rows) throws IOException {
        Random random = new Random(2);
        StringBuilder csv = new StringBuilder("weight,colour,fruit\n");
        for (int i = 0; i < rows; i++) {
            boolean plum = i % 2 == 0;
            String weight = i % 10 == 3 ? "" : Double.toString((plum ? 60 : 160) + 10 * random.nextGaussian());
            csv.append(weight).append(plum ? ",blue,plum\n" : ",green,pear\n");
        }
        Path file = folder.resolve("fruit.csv");
        Files.writeString(file, csv);
        return ClassifierData.ofTable(CsvTable.read(file), "fruit", 4);
    }

    private static ClassifierRun.Result train(Path out, ClassifierData data) {
        return train(out, OPTIONS, data);
    }

    private static ClassifierRun.Result train(Path out, ClassifierOptions options, ClassifierData data) {
        try (ClassifierRun run = ClassifierRun.create(out, options, data, PASSES, 0.95)) {
            return run.train(report -> true);
        }
    }

    private static JsonNode evaluation(Path run) throws IOException {
        return new ObjectMapper().readTree(run.resolve("evaluation.json").toFile());
    }

    @Test
    void folderTellsEverything() throws IOException {
        Path out = folder.resolve("run");
        ClassifierRun.Result result = train(out, digits());
        RunDirectory directory = RunDirectory.open(out);
        assertThat(directory.manifest().kind()).isEqualTo("classifier");
        assertThat(directory.manifest().status()).isEqualTo(Manifest.Status.FINISHED);
        assertThat(directory.manifest().environment()).containsKey("engine");
        assertThat(directory.config()).containsEntry("hiddenDropout", List.of("bernoulli 0.5"));
        MetricsTable metrics = MetricsTable.read(directory.metrics());
        assertThat(metrics.column("epoch")).containsExactly(1, 2, 3);
        assertThat(metrics.column("held_out_loss")).doesNotContain(Double.NaN);
        JsonNode evaluation = evaluation(out);
        assertThat(evaluation.at("/testExamples").asInt()).isEqualTo(200);
        assertThat(evaluation.at("/calibrationExamples").asInt()).isEqualTo(60);
        assertThat(evaluation.at("/weightScaling/error").asDouble())
                .isEqualTo(result.ordinary().error());
        assertThat(evaluation.at("/monteCarlo/negativeLogLikelihood").asDouble())
                .isEqualTo(result.monteCarlo().negativeLogLikelihood());
        assertThat(evaluation.at("/temperatureScaling/temperature").asDouble()).isPositive();
        // the temperature changes no class
        assertThat(evaluation.at("/temperatureScaling/accuracy")).isEqualTo(evaluation.at("/weightScaling/accuracy"));
        for (String spoilt : List.of("upside down", "quarter turn", "blurred", "noise added")) {
            assertThat(evaluation
                            .at("/outOfDistributionAuroc/" + spoilt + "/predictiveEntropy")
                            .asDouble())
                    .isStrictlyBetween(0.0, 1.0);
        }
        assertThat(evaluation.at("/monteCarlo/accuracyByCoverage/1.0"))
                .isEqualTo(evaluation.at("/monteCarlo/accuracy"));
        int counted = 0;
        for (JsonNode bin : evaluation.at("/weightScaling/reliability")) {
            counted += bin.at("/count").asInt();
        }
        assertThat(counted).isEqualTo(200);
        for (String chart : List.of(
                "reliability", "accuracy-coverage", "losses", "errors", "detection-upside-down", "detection-blurred")) {
            assertThat(directory.plot(chart)).isNotEmptyFile();
        }
        assertThat(directory.sample("least-certain")).isNotEmptyFile();
        assertThat(Files.readString(result.report())).contains("Can it be trusted", "7 passes", "The surest");
    }

    @Test
    void learnedRatesAreTold() throws IOException {
        Path out = folder.resolve("run");
        ClassifierOptions options = OPTIONS.toBuilder()
                .hiddenDropout(new DropoutKind.Concrete(DropoutRate.of(0.3), 0.01))
                .build();
        ClassifierRun.Result result = train(out, options, digits());
        double learned = evaluation(out).at("/dropoutRatesLearned/0").asDouble();
        assertThat(learned).isStrictlyBetween(0.0, 1.0).isNotEqualTo(0.3);
        assertThat(Files.readString(result.report())).contains(String.format(Locale.ROOT, "%.3f", learned));
    }

    @Test
    void equalSeedsMeasureEqual() throws IOException {
        train(folder.resolve("one"), digits());
        train(folder.resolve("two"), digits());
        assertThat(evaluation(folder.resolve("two"))).isEqualTo(evaluation(folder.resolve("one")));
    }

    @Test
    void observerEndsTheRunAndWhatWasTrainedPredicts() {
        Path out = folder.resolve("run");
        try (ClassifierRun run = ClassifierRun.create(out, OPTIONS, digits(), PASSES, 0.95)) {
            assertThat(run.train(report -> false).epochs()).isEqualTo(1);
        }
        assertThat(RunDirectory.open(out).manifest().status()).isEqualTo(Manifest.Status.STOPPED);
        INDArray images = new SyntheticDigits(2).examples(0, 3).examples(0, 3).features();
        try (RunPredictor predictor = RunPredictor.open(out)) {
            assertThat(predictor.predict(images, 5, 1)).hasSize(3);
        }
    }

    @Test
    void predictorAsksForTheShareThatTheEvaluationTold() throws IOException {
        Path out = folder.resolve("run");
        train(out, digits());
        INDArray test = new SyntheticDigits(1).examples(0, 200).examples(0, 200).features();
        try (RunPredictor predictor = RunPredictor.open(out)) {
            List<TablePrediction> predictions = predictor.predict(test, PASSES, OPTIONS.seed());
            assertThat(predictions.stream().filter(p -> !p.askPerson()).count())
                    .isEqualTo(evaluation(out).at("/askAPerson/answeredByModel").asLong());
        }
    }

    @Test
    void convolutionalRunOpensAsAFeatureExtractor() {
        Path out = folder.resolve("run");
        ClassifierOptions options = ClassifierOptions.convolutional().toBuilder()
                .channels(8, 16)
                .hidden(24)
                .epochs(4)
                .batchSize(16)
                .build();
        // a guess would be wrong nine times in ten
        assertThat(train(out, options, digits()).ordinary().error()).isLessThan(0.5);
        INDArray images = new SyntheticDigits(2).examples(0, 40).examples(0, 40).features();
        FeatureExtractor extractor;
        try (RunPredictor predictor = RunPredictor.open(out)) {
            extractor = predictor.featureExtractor(); // outlives the predictor
        }
        Extraction extraction = extractor.extract(images);
        try (DropoutClassifier classifier = DropoutClassifier.load(out.resolve("model"))) {
            assertThat(extraction.logits().orElseThrow().equalsWithEps(classifier.logits(images), 1e-4))
                    .isTrue();
            assertThat(extractor.id()).isEqualTo(classifier.featureExtractor().id());
        }
        assertThat(extraction.features().shape()).containsExactly(40, 24);
    }

    @Test
    void partsOfATableShareNoRowAndOnlyTrainingTeachesThePreparation() throws IOException {
        ClassifierData data = table(100);
        assertThat(data.training().size()).isEqualTo(60);
        assertThat(data.calibration().size()).isEqualTo(20);
        assertThat(data.test().size()).isEqualTo(20);
        // standardised by the training part, so that its mean is 0 and the others' is not
        assertThat(meanOfFirst(data.training().examples(0, 60).features())).isBetween(-1e-5, 1e-5);
        assertThat(Math.abs(meanOfFirst(data.test().examples(0, 20).features())))
                .isGreaterThan(1e-4);
    }

    private static double meanOfFirst(INDArray rows) {
        return rows.getColumn(0).meanNumber().doubleValue();
    }

    @Test
    void tablesLeaveAModelThatPredictsTheirRows() throws IOException {
        Path out = folder.resolve("run");
        ClassifierRun.Result result = train(out, OPTIONS.toBuilder().epochs(60).build(), table(200));
        assertThat(evaluation(out).at("/outOfDistributionAuroc")).isEmpty();
        assertThat(Files.readString(result.report()))
                .contains("Missing values", "weight", "A person is always asked: from 40");
        CsvTable rows = CsvTable.read(folder.resolve("fruit.csv"));
        RunPredictor predictor = RunPredictor.open(out);
        try (predictor) {
            List<TablePrediction> predictions = predictor.predict(rows, PASSES, 1);
            assertThat(predictions).hasSize(200);
            assertThat(predictions.get(0).label()).isEqualTo("plum");
            assertThat(predictions.get(1).label()).isEqualTo("pear");
            assertThat(predictor.predict(inHand(rows), PASSES, 1)).isEqualTo(predictions);
            assertThat(predictor.predict(inHand(rows).get(3)))
                    .isEqualTo(predictor
                            .predict(List.of(inHand(rows).get(3)), predictor.passes(), predictor.seed())
                            .get(0));
            assertThatThrownBy(() -> predictor.predict(Nd4j.zeros(1, 1, 28, 28), PASSES, 1))
                    .isInstanceOf(MirageException.class)
                    .hasMessageContaining("was trained on a table");
            assertThatThrownBy(() -> predictor.predict(Map.of("weight", 60)))
                    .isInstanceOf(MirageException.class)
                    .hasMessageContaining("row 1 lacks the columns [colour] that the model was trained on");
        }
        assertThatThrownBy(() -> predictor.predict(rows, PASSES, 1))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageEndingWith("is closed");
    }

    /** Weights as numbers or null, as a server has them. */
    private static List<Map<String, Object>> inHand(CsvTable table) {
        List<Map<String, Object>> rows = new ArrayList<>();
        for (int row = 0; row < table.size(); row++) {
            String weight = table.value(row, table.column("weight"));
            Map<String, Object> values = new HashMap<>();
            values.put("weight", weight.isEmpty() ? null : Double.valueOf(weight));
            values.put("colour", table.value(row, table.column("colour")));
            rows.add(values);
        }
        return rows;
    }

    @Test
    void runsOfAnotherKindAndUnfinishedOnesAreRefused() {
        Path other = folder.resolve("other");
        RunDirectory.create(other, Manifest.start("gan", 1, "d", "f", Map.of()), Map.of())
                .close();
        assertThatThrownBy(() -> RunPredictor.open(other))
                .isInstanceOf(MirageException.class)
                .hasMessageContaining("must be a classifier's, but is of kind gan");
        Path untrained = folder.resolve("untrained");
        ClassifierRun.create(untrained, OPTIONS, digits(), PASSES, 0.95).close();
        assertThatThrownBy(() -> RunPredictor.open(untrained))
                .isInstanceOf(MirageException.class)
                .hasMessageContaining("holds no model");
    }

    @Test
    void badValuesAreRefusedBeforeAFolderIsMade() {
        Path out = folder.resolve("run");
        assertThatThrownBy(() -> ClassifierRun.create(out, OPTIONS, digits(), 0, 0.95))
                .hasMessageContaining("at least 1 pass");
        assertThatThrownBy(() ->
                        ClassifierRun.create(out, new ClassifierRun.Recipe(OPTIONS, 1, 0.9, 1, Map.of()), digits()))
                .isInstanceOf(MirageException.class)
                .hasMessage("the confidence of a promise must be in (0, 1), but is 1.0");
        assertThatThrownBy(() -> ClassifierRun.create(out, OPTIONS, digits(), 1, 1.5))
                .hasMessageContaining("(0, 1]");
        ClassifierOptions large = OPTIONS.toBuilder().batchSize(1000).build();
        assertThatThrownBy(() -> ClassifierRun.create(out, large, digits(), 1, 0.9))
                .hasMessageContaining("540");
        assertThat(out).doesNotExist();
    }

    @Test
    void imagesAreTurnedPixelByPixel() {
        INDArray images =
                Nd4j.createFromArray(new float[] {1, 2, 3, 4, 5, 6, 7, 8}).reshape(2, 1, 2, 2);
        assertThat(OutOfDistribution.upsideDown(images).data().asFloat()).containsExactly(4, 3, 2, 1, 8, 7, 6, 5);
        assertThat(OutOfDistribution.quarterTurn(images).data().asFloat()).containsExactly(3, 1, 4, 2, 7, 5, 8, 6);
    }

    @Test
    void blurredPixelIsTheMeanOfItsSurroundings() {
        INDArray images = Nd4j.zeros(1, 1, 7, 7);
        images.putScalar(new int[] {0, 0, 3, 3}, 1);
        images.putScalar(new int[] {0, 0, 0, 0}, 0.5);
        INDArray blurred = OutOfDistribution.blurred(images);
        assertThat(blurred.getFloat(0, 0, 5, 5)).isEqualTo(1 / 25f);
        assertThat(blurred.getFloat(0, 0, 2, 2)).isEqualTo(1.5f / 25);
        assertThat(blurred.getFloat(0, 0, 6, 3)).isZero();
        assertThat(blurred.getFloat(0, 0, 6, 0)).isZero();
    }
}
