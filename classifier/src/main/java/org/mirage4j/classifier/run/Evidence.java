package org.mirage4j.classifier.run;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import org.mirage4j.classifier.AskingRule;
import org.mirage4j.classifier.ClassifierEvaluation;
import org.mirage4j.classifier.Doubt;
import org.mirage4j.classifier.DropoutClassifier;
import org.mirage4j.classifier.Prediction;
import org.mirage4j.classifier.calibration.AccuracyCoverage;
import org.mirage4j.classifier.calibration.LabelledPredictions;
import org.mirage4j.classifier.calibration.ReliabilityDiagram;
import org.mirage4j.classifier.calibration.TemperatureScaling;
import org.mirage4j.core.data.Batch;
import org.mirage4j.core.data.InMemoryExamples;

/**
 * What a trained classifier is worth on the test part.
 *
 * @param ordinary predictions by weight scaling
 * @param monteCarlo means over passes
 * @param scaled ordinary predictions divided by the temperature
 * @param predictions what the means come from
 * @param temperature fitted on the calibration part
 * @param rule when a person is asked, fitted on the calibration part
 * @param doubts why, by example of the test part
 * @param passes Monte Carlo passes
 * @param outOfDistribution on spoilt images; empty for tables
 */
record Evidence(
        LabelledPredictions ordinary,
        LabelledPredictions monteCarlo,
        LabelledPredictions scaled,
        List<Prediction> predictions,
        TemperatureScaling temperature,
        AskingRule rule,
        List<Set<Doubt>> doubts,
        int passes,
        List<OutOfDistribution.Detection> outOfDistribution) {
    private static final int SPOILT = 1000;

    static Evidence gather(
            DropoutClassifier classifier,
            ClassifierData data,
            int passes,
            double accuracy,
            double confidence,
            long seed) {
        Batch calibration = all(data.calibration());
        int[] calibrationLabels = labels(calibration);
        TemperatureScaling temperature = TemperatureScaling.fit(rows(classifier, calibration), calibrationLabels);
        AskingRule rule = AskingRule.fit(
                classifier.predict(calibration.features(), passes, seed),
                data.calibrationOutside(),
                calibrationLabels,
                accuracy,
                confidence);
        Batch test = all(data.test());
        int[] labels = labels(test);
        List<Prediction> predictions = classifier.predict(test.features(), passes, seed);
        return new Evidence(
                LabelledPredictions.of(classifier.probabilities(test.features()), labels),
                LabelledPredictions.of(
                        predictions.stream().map(Prediction::probabilities).toList(), labels),
                LabelledPredictions.of(
                        rows(classifier, test).stream()
                                .map(temperature::probabilities)
                                .toList(),
                        labels),
                predictions,
                temperature,
                rule,
                IntStream.range(0, labels.length)
                        .mapToObj(i -> rule.doubts(
                                predictions.get(i), data.testOutside().get(i)))
                        .toList(),
                passes,
                outOfDistribution(classifier, data, passes, seed));
    }

    private static List<OutOfDistribution.Detection> outOfDistribution(
            DropoutClassifier classifier, ClassifierData data, int passes, long seed) {
        if (data.preparation().isPresent()) {
            return List.of();
        }
        int count = (int) Math.min(SPOILT, data.test().size());
        return OutOfDistribution.measure(
                classifier, data.test().examples(0, count).features(), passes, seed);
    }

    private static Batch all(InMemoryExamples examples) {
        return examples.examples(0, (int) examples.size());
    }

    private static int[] labels(Batch batch) {
        return batch.labels().orElseThrow().argMax(1).toIntVector();
    }

    private static List<double[]> rows(DropoutClassifier classifier, Batch batch) {
        return List.of(classifier.logits(batch.features()).toDoubleMatrix());
    }

    /** How accurate the Monte Carlo prediction is on the share with the least of a measure. */
    AccuracyCoverage by(ToDoubleFunction<Prediction> uncertainty) {
        return AccuracyCoverage.of(
                monteCarlo, predictions.stream().mapToDouble(uncertainty).toArray());
    }

    /** Positions in the test part, the surest first. */
    int[] bySureness() {
        return IntStream.range(0, predictions.size())
                .boxed()
                .sorted((a, b) -> Double.compare(
                        predictions.get(a).predictiveEntropy(),
                        predictions.get(b).predictiveEntropy()))
                .mapToInt(Integer::intValue)
                .toArray();
    }

    /** How many of the test part the model answers by itself. */
    long answered() {
        return doubts.stream().filter(Set::isEmpty).count();
    }

    /** How many of these rightly. */
    long answeredRightly() {
        return IntStream.range(0, doubts.size())
                .filter(i -> doubts.get(i).isEmpty() && monteCarlo.isRight(i))
                .count();
    }

    /** About how many of the test part a person is asked for some reason, perhaps among others. */
    long asked(Doubt doubt) {
        return doubts.stream().filter(all -> all.contains(doubt)).count();
    }

    Map<String, Object> toMap() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("testExamples", ordinary.size());
        map.put("calibrationExamples", rule.calibrated());
        map.put("weightScaling", numbers(ordinary));
        Map<String, Object> mean = numbers(monteCarlo);
        mean.put("passes", passes);
        map.put("monteCarlo", mean);
        Map<String, Object> cooled = numbers(scaled);
        cooled.put("temperature", temperature.temperature());
        map.put("temperatureScaling", cooled);
        Map<String, Object> asking = new LinkedHashMap<>();
        asking.put("entropyThreshold", rule.entropy());
        asking.put("mutualInformationThreshold", rule.mutualInformation());
        asking.put("accuracyWanted", rule.accuracy());
        asking.put("confidence", rule.confidence());
        asking.put("promise", rule.promise());
        asking.put("answeredByModel", answered());
        asking.put("ofTheseRight", answeredRightly());
        asking.put("askedForWantOfProof", asked(Doubt.UNPROVEN));
        asking.put("askedForEntropy", asked(Doubt.ENTROPY));
        asking.put("askedForMutualInformation", asked(Doubt.MUTUAL_INFORMATION));
        asking.put("askedForRange", asked(Doubt.RANGE));
        map.put("askAPerson", asking);
        map.put("accuracyByCoverageOfEntropy", coverage(by(Prediction::predictiveEntropy)));
        map.put("accuracyByCoverageOfMutualInformation", coverage(by(Prediction::mutualInformation)));
        Map<String, Object> spoilt = new LinkedHashMap<>();
        outOfDistribution.stream().map(OutOfDistribution.Detection::areas).forEach(result -> {
            Map<String, Object> areas = new LinkedHashMap<>();
            areas.put("mutualInformation", result.mutualInformation());
            areas.put("predictiveEntropy", result.predictiveEntropy());
            areas.put("maximumProbability", result.maximumProbability());
            spoilt.put(result.images(), areas);
        });
        map.put("outOfDistributionAuroc", spoilt);
        return map;
    }

    /** By coverage in steps of a tenth. */
    private static Map<String, Double> coverage(AccuracyCoverage curve) {
        Map<String, Double> accuracies = new LinkedHashMap<>();
        for (int tenths = 1; tenths <= 10; tenths++) {
            double share = tenths / 10.0;
            accuracies.put(Double.toString(share), curve.at(share).accuracy());
        }
        return accuracies;
    }

    private static Map<String, Object> numbers(LabelledPredictions predictions) {
        ClassifierEvaluation evaluation = ClassifierEvaluation.of(predictions);
        Map<String, Object> numbers = new LinkedHashMap<>();
        numbers.put("accuracy", evaluation.evaluation().accuracy());
        numbers.put("error", evaluation.error());
        numbers.put("negativeLogLikelihood", evaluation.negativeLogLikelihood());
        numbers.put("brierScore", evaluation.brierScore());
        numbers.put("expectedCalibrationError", evaluation.expectedCalibrationError());
        numbers.put(
                "reliability",
                ReliabilityDiagram.of(predictions).bins().stream()
                        .filter(bin -> bin.count() > 0)
                        .toList());
        numbers.put("accuracyByCoverage", coverage(AccuracyCoverage.of(predictions)));
        return numbers;
    }
}
