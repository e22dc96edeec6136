package org.mirage4j.classifier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.mirage4j.core.MirageException;

class AskingRuleTest {
    private static final List<String> INSIDE = List.of();
    private static final List<String> OUTSIDE = List.of("size");

    /** Of two classes: class 0 with a probability of 1 - doubt, about which two passes disagree by the spread. */
    private static Prediction prediction(double doubt, double spread) {
        Prediction.Accumulator sums = new Prediction.Accumulator(2);
        sums.add(new double[] {1 - doubt - spread, doubt + spread});
        sums.add(new double[] {1 - doubt + spread, doubt - spread});
        return sums.prediction();
    }

    private static AskingRule fit(List<Prediction> predictions, int[] labels, double accuracy) {
        return AskingRule.fit(
                predictions, Collections.nCopies(labels.length, INSIDE), labels, accuracy, AskingRule.CONFIDENCE);
    }

    /** Predictions of rising entropy and alike mutual information. */
    private static List<Prediction> rising(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> prediction(0.1 + 0.3 * i / count, 0.01))
                .toList();
    }

    @ParameterizedTest
    @CsvSource({
        "0.01, 0.05, 0, 299",
        "0.01, 0.05, 1, 473",
        "0.01, 0.05, 2, 628",
        "0.1, 0.05, 0, 29",
        "0.05, 0.01, 0, 90"
    })
    void trialsThatShowALimit(double limit, double level, int failures, int trials) {
        assertThat(new BinomialBound(limit).trials(failures, level)).isEqualTo(trials);
    }

    @Test
    void noNumberOfTrialsShowsThatNothingEverFails() {
        assertThat(new BinomialBound(0).trials(0, 0.05)).isEqualTo(BinomialBound.NEVER);
    }

    /** One who is right with exactly the probability that he states. */
    private static final class Population {
        private static final int SIZE = 20_000;

        private final List<Prediction> predictions = new ArrayList<>();
        private final List<List<String>> outside = new ArrayList<>();
        private final double[] entropies = new double[SIZE];
        private final double[] disagreements = new double[SIZE];
        private final boolean[] far = new boolean[SIZE];
        private final double[] right = new double[SIZE];

        Population(DoubleUnaryOperator doubt, SplittableRandom random) {
            for (int i = 0; i < SIZE; i++) {
                double wrong = doubt.applyAsDouble(random.nextDouble());
                predictions.add(prediction(wrong, wrong * random.nextDouble() * random.nextDouble()));
                entropies[i] = predictions.get(i).predictiveEntropy();
                disagreements[i] = predictions.get(i).mutualInformation();
                far[i] = random.nextInt(20) == 0; // out of range he is no better than chance
                outside.add(far[i] ? OUTSIDE : INSIDE);
                right[i] = far[i] ? 0.5 : 1 - wrong;
            }
        }

        AskingRule fit(int examples, double accuracy, SplittableRandom random) {
            int[] chosen = IntStream.generate(() -> random.nextInt(SIZE))
                    .limit(examples)
                    .toArray();
            int[] labels = IntStream.of(chosen)
                    .map(i -> random.nextDouble() < right[i] ? 0 : 1)
                    .toArray();
            return AskingRule.fit(
                    IntStream.of(chosen).mapToObj(predictions::get).toList(),
                    IntStream.of(chosen).mapToObj(outside::get).toList(),
                    labels,
                    accuracy,
                    AskingRule.CONFIDENCE);
        }

        /** The share that the rule answers and how many of these answers are right, not estimated but known. */
        double[] coverageAndAccuracy(AskingRule rule) {
            double answered = 0;
            double rightly = 0;
            for (int i = 0; i < SIZE; i++) {
                if (entropies[i] <= rule.entropy() && disagreements[i] <= rule.mutualInformation() && !far[i]) {
                    answered++;
                    rightly += right[i];
                }
            }
            return new double[] {answered / SIZE, rightly / answered};
        }
    }

    /** The largest share that could be answered with the accuracy by a threshold of entropy, if all were known. */
    private static double mostCoverage(Population population, double accuracy) {
        int[] order = IntStream.range(0, Population.SIZE)
                .filter(i -> population.outside.get(i).isEmpty())
                .boxed()
                .sorted((a, b) -> Double.compare(population.entropies[a], population.entropies[b]))
                .mapToInt(Integer::intValue)
                .toArray();
        double rightly = 0;
        int most = 0;
        for (int i = 0; i < order.length; i++) {
            rightly += population.right[order[i]];
            most = rightly / (i + 1) >= accuracy ? i + 1 : most;
        }
        return (double) most / Population.SIZE;
    }

    /**
     * The promise, over and over: at most one rule in twenty, and what chance adds to that, may answer less accurately
     * than it says.
     */
    @ParameterizedTest
    @CsvSource({
        // power of the doubt, doubt even about the surest, least share of what could be answered at 1000 and 5000
        "6, 0, 0.6, 0.9",
        "8, 0.003, 0.2, 0.75"
    })
    void promiseHoldsForTheThresholdsThatWereChosen(double power, double floor, double of1000, double of5000) {
        double accuracy = 0.99;
        int runs = 400;
        SplittableRandom random = new SplittableRandom(1);
        Population population = new Population(u -> floor + 0.45 * Math.pow(u, power), random);
        double most = mostCoverage(population, accuracy);
        for (int examples : new int[] {100, 400, 1000, 5000}) {
            int broken = 0;
            double coverage = 0;
            for (int run = 0; run < runs; run++) {
                AskingRule rule = population.fit(examples, accuracy, random.split());
                if (rule.answered() > 0) {
                    double[] known = population.coverageAndAccuracy(rule);
                    coverage += known[0] / runs;
                    broken += known[1] < accuracy ? 1 : 0;
                }
            }
            double chance = 3 * Math.sqrt(0.05 * 0.95 / runs);
            assertThat((double) broken / runs).as("%s examples", examples).isLessThanOrEqualTo(0.05 + chance);
            double least = examples == 1000 ? of1000 : examples == 5000 ? of5000 : 0;
            assertThat(coverage / most).as("%s examples", examples).isGreaterThanOrEqualTo(least);
        }
    }

    @Test
    void oneErrorAmongTheSurestDoesNotEndTheSearch() {
        int[] labels = new int[3000];
        labels[5] = 1;
        labels[250] = 1;
        assertThat(fit(rising(3000), labels, 0.99).answered()).isGreaterThan(2900);
    }

    @Test
    void errorsAmongTheLeastSureSetTheThreshold() {
        int[] labels = new int[1000];
        for (int i = 700; i < 1000; i += 2) {
            labels[i] = 1;
        }
        List<Prediction> predictions = rising(1000);
        AskingRule rule = fit(predictions, labels, 0.99);
        assertThat(rule.answered()).isBetween(690, 712);
        assertThat(rule.entropy())
                .isBetween(
                        predictions.get(690).predictiveEntropy(),
                        predictions.get(715).predictiveEntropy());
        assertThat(rule.promise())
                .isEqualTo("What the model answers by itself is at least 99 % right at 95 % confidence: of 1000"
                        + " calibration examples it answers " + rule.answered() + ", " + rule.wrong()
                        + " of them wrongly.");
    }

    @ParameterizedTest
    @ValueSource(ints = {30, 302})
    void personIsAlwaysAskedWhereNothingCanBePromised(int examples) {
        AskingRule rule = fit(rising(examples), new int[examples], 0.99);
        assertThat(rule.answered()).isZero();
        assertThat(rule.doubts(prediction(0, 0), INSIDE)).containsExactly(Doubt.UNPROVEN);
        assertThat(rule.promise())
                .isEqualTo("A person is always asked: from " + examples + " calibration examples nothing can be"
                        + " promised that is 99 % right at 95 % confidence; that takes at least 303 of them, 299"
                        + " answered without an error.");
    }

    @Test
    void leastNumberOfExamplesIsEnough() {
        AskingRule rule = fit(rising(303), new int[303], 0.99);
        assertThat(rule.answered()).isEqualTo(300);
        assertThat(rule.wrong()).isZero();
    }

    @Test
    void tooManyErrorsAreNamedAsTheReason() {
        int[] some = new int[400];
        some[10] = 1;
        assertThat(fit(rising(400), some, 0.99).promise())
                .matches("A person is always asked: .*; about \\d+ examples like these would do\\.");
        int[] many = IntStream.range(0, 400).map(i -> i % 10 == 0 ? 1 : 0).toArray();
        assertThat(fit(rising(400), many, 0.99).promise())
                .endsWith(", nor from more like these; it takes a better model or less accuracy.");
        assertThat(fit(rising(400), new int[400], 1).promise())
                .endsWith(
                        "100 % right at 95 % confidence, as no number of examples shows that no answer is ever wrong.");
    }

    @Test
    void examplesOutsideTheRangeAreAskedAboutWhateverTheySay() {
        int[] labels = new int[800];
        List<List<String>> outside = new ArrayList<>();
        for (int i = 0; i < 800; i++) {
            labels[i] = i < 400 ? 1 : 0; // the surest half is wrong, but outside
            outside.add(i < 400 ? OUTSIDE : INSIDE);
        }
        AskingRule rule = AskingRule.fit(rising(800), outside, labels, 0.99, 0.95);
        assertThat(rule.answered()).isGreaterThan(390);
        assertThat(rule.wrong()).isZero();
        assertThat(rule.doubts(prediction(0.3, 0.01), OUTSIDE)).containsExactly(Doubt.RANGE);
        assertThat(rule.doubts(prediction(0.3, 0.01), INSIDE)).isEmpty();
    }

    @Test
    void passesThatDisagreeAsNeverInCalibrationAreADoubtOfTheirOwn() {
        SplittableRandom random = new SplittableRandom(2);
        List<Prediction> predictions = IntStream.range(0, 1000)
                .mapToObj(i -> prediction(0.1 + 0.2 * random.nextDouble(), 0.05 * random.nextDouble()))
                .toList();
        AskingRule rule = fit(predictions, new int[1000], 0.99);
        long above = predictions.stream()
                .filter(p -> p.mutualInformation() > rule.mutualInformation())
                .count();
        assertThat(above).isEqualTo(9); // of 1000, the 991st sets the threshold
        assertThat(rule.doubts(prediction(0.1, 0.1), INSIDE)).containsExactly(Doubt.MUTUAL_INFORMATION);
        assertThat(rule.doubts(prediction(0.5, 0.01), INSIDE)).containsExactly(Doubt.ENTROPY);
        assertThat(rule.doubts(prediction(0.5, 0.5), OUTSIDE))
                .containsExactly(Doubt.ENTROPY, Doubt.MUTUAL_INFORMATION, Doubt.RANGE);
    }

    @Test
    void modelsWithoutNoiseAreAnsweredAsWell() {
        List<Prediction> predictions = IntStream.range(0, 500)
                .mapToObj(i -> prediction(0.1 + 0.3 * i / 500, 0))
                .toList();
        assertThat(fit(predictions, new int[500], 0.99).answered()).isGreaterThan(490);
    }

    @Test
    void whatIsNotANumberIsNeverCertain() {
        AskingRule rule = fit(rising(400), new int[400], 0.99);
        Prediction.Accumulator sums = new Prediction.Accumulator(2);
        sums.add(Softmax.of(new double[] {Double.NaN, 0}));
        Prediction nothing = sums.prediction();
        assertThat(nothing.predictiveEntropy()).isNaN();
        assertThat(nothing.mutualInformation()).isNaN();
        assertThat(nothing.confidence()).isNaN();
        assertThat(rule.doubts(nothing, INSIDE)).containsExactly(Doubt.ENTROPY, Doubt.MUTUAL_INFORMATION);
        assertThatThrownBy(() -> fit(List.of(nothing), new int[1], 0.9))
                .isInstanceOf(MirageException.class)
                .hasMessageContaining("prediction 0 must be 2 probabilities with sum 1");
    }

    @ParameterizedTest
    @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY})
    void softmaxOfWhatIsNotFiniteIsNotANumber(double logit) {
        assertThat(Softmax.of(new double[] {1, logit, 2})).containsOnly(Double.NaN);
        assertThat(Softmax.entropy(Softmax.of(new double[] {1, logit, 2}))).isNaN();
        assertThat(Softmax.entropy(new double[] {1, logit})).isNaN();
    }

    @ParameterizedTest
    @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY})
    void thresholdsAreFinite(double threshold) {
        assertThatThrownBy(() -> new AskingRule(threshold, 1, 0.9, 0.95, 1, 1, 0, 1))
                .isInstanceOf(MirageException.class)
                .hasMessageEndingWith("must be finite, but are " + threshold + " and 1.0");
        assertThatThrownBy(() -> new AskingRule(1, threshold, 0.9, 0.95, 1, 1, 0, 1))
                .isInstanceOf(MirageException.class)
                .hasMessageEndingWith("must be finite, but are 1.0 and " + threshold);
    }

    @Test
    void entropyOfCertaintyIsZero() {
        assertThat(Softmax.entropy(new double[] {0, 1})).isZero();
        assertThat(Softmax.of(new double[] {-1e308, 1e308})).containsExactly(0, 1);
    }

    @Test
    void ruleSurvivesTheFile(@TempDir Path folder) throws IOException {
        AskingRule rule = fit(rising(400), new int[400], 0.99);
        rule.save(folder);
        assertThat(AskingRule.load(folder)).isEqualTo(rule);
        Path file = folder.resolve("threshold.json");
        Files.writeString(file, "{\"entropy\" : 0.5, \"accuracy\" : 0.99}");
        assertThatThrownBy(() -> AskingRule.load(folder))
                .isInstanceOf(MirageException.class)
                .hasMessageStartingWith(file + " cannot be read as a rule when to ask a person: ")
                .hasMessageEndingWith("(if an earlier version wrote it, train again)");
    }
}
