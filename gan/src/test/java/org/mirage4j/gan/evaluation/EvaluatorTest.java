package org.mirage4j.gan.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.mirage4j.core.MirageException;
import org.mirage4j.core.data.ImageSet;
import org.mirage4j.core.data.InMemoryExamples;
import org.mirage4j.core.data.SyntheticDigits;
import org.mirage4j.core.features.Extraction;
import org.mirage4j.core.features.ExtractorId;
import org.mirage4j.core.features.FeatureExtractor;
import org.mirage4j.core.features.ImageShape;
import org.mirage4j.core.features.RandomConvolutions;
import org.mirage4j.core.features.RawPixels;
import org.mirage4j.core.features.StackedFeatures;
import org.mirage4j.core.random.RandomStreams;
import org.mirage4j.gan.metrics.FeatureMatrix;
import org.mirage4j.gan.metrics.Metric;
import org.mirage4j.gan.metrics.Spread;
import org.mirage4j.gan.metrics.StatisticsCache;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class EvaluatorTest {
    private static final ImageShape DIGIT = new ImageShape(1, 28, 28);
    private static final InMemoryExamples REAL = new SyntheticDigits(0).examples(0, 120);
    private static final InMemoryExamples OTHERS = new SyntheticDigits(5).examples(0, 120);

    /** Sorts images by which tenth of the grey scale their mean is in. */
    private static final class Brightness implements FeatureExtractor {
        private int calls;

        @Override
        public String name() {
            return "brightness";
        }

        @Override
        public String fingerprint() {
            return "brightness";
        }

        @Override
        public ImageShape input() {
            return new ImageShape(1, 12, 12);
        }

        @Override
        public Extraction extract(INDArray images) {
            calls++;
            INDArray means = images.mean(1, 2, 3);
            INDArray logits = Nd4j.create(DataType.FLOAT, images.size(0), 10);
            for (int i = 0; i < images.size(0); i++) {
                logits.putScalar(i, Math.min(9, (int) (10 * means.getFloat(i))), 50);
            }
            return Extraction.of(means.reshape(images.size(0), 1), logits);
        }
    }

    /** Plain images of these tenths. */
    private static ImageSet plain(int... tenths) {
        INDArray images = Nd4j.create(DataType.FLOAT, tenths.length, 1, 12, 12);
        for (int i = 0; i < tenths.length; i++) {
            images.tensorAlongDimension(i, 1, 2, 3).assign((tenths[i] + 0.5) / 10);
        }
        return InMemoryExamples.of("plain", images);
    }

    private static EvaluationOptions measuring(Measure... measures) {
        return EvaluationOptions.builder()
                .measures(List.of(measures))
                .subsetSize(50)
                .subsets(5)
                .build();
    }

    private static EvaluationResult judge(Evaluator evaluator, ImageSet fake) {
        return evaluator.evaluate(new Samples.Images(fake), Evaluator.Observer.NONE);
    }

    private static double value(EvaluationResult result, Metric metric) {
        return result.find(metric).orElseThrow().value();
    }

    @Test
    void withoutAChoiceEverythingThatSuitsTheExtractorIsMeasured() {
        EvaluationOptions options = EvaluationOptions.builder().build();

        assertThat(Evaluator.of(REAL, new RawPixels(DIGIT), options).measures())
                .contains(Measure.FRECHET, Measure.COVERAGE)
                .doesNotContain(Measure.MODES, Measure.INCEPTION_SCORE);
        assertThat(Evaluator.of(plain(1, 2), new Brightness(), options).measures())
                .contains(Measure.FRECHET, Measure.MODES, Measure.INCEPTION_SCORE);
    }

    @Test
    void everyResultCarriesSpreadCountsExtractorAndSeed() {
        Evaluator evaluator = Evaluator.of(
                REAL,
                new RandomConvolutions(DIGIT, new RandomStreams(0)),
                measuring(
                        Measure.FRECHET,
                        Measure.KERNEL,
                        Measure.PRECISION,
                        Measure.RECALL,
                        Measure.DENSITY,
                        Measure.COVERAGE,
                        Measure.SLICED_WASSERSTEIN,
                        Measure.MEMORISED));

        EvaluationResult result = judge(evaluator, OTHERS);

        assertThat(result.results()).hasSize(8).allSatisfy(metric -> {
            assertThat(metric.spread().kind()).isNotEqualTo(Spread.Kind.NONE);
            assertThat(metric.realCount()).isEqualTo(120);
            assertThat(metric.generatedCount()).isEqualTo(120);
            assertThat(metric.extractor()).isEqualTo(evaluator.extractor());
            assertThat(metric.name()).contains("random convolutions");
        });
        assertThat(result.seed()).isEqualTo(1);
        assertThat(result.real().fingerprint()).isEqualTo(REAL.fingerprint());
    }

    @Test
    void theSameSeedGivesTheSameNumbersAndAnotherOnesOthers() {
        EvaluationOptions.Builder options =
                EvaluationOptions.builder().measures(Set.of(Measure.SLICED_WASSERSTEIN, Measure.FRECHET));
        EvaluationResult first = judge(Evaluator.of(REAL, new RawPixels(DIGIT), options.build()), OTHERS);
        EvaluationResult same = judge(Evaluator.of(REAL, new RawPixels(DIGIT), options.build()), OTHERS);
        EvaluationResult other =
                judge(Evaluator.of(REAL, new RawPixels(DIGIT), options.seed(2).build()), OTHERS);

        assertThat(same).isEqualTo(first);
        assertThat(value(other, Metric.SLICED_WASSERSTEIN)).isNotEqualTo(value(first, Metric.SLICED_WASSERSTEIN));
        assertThat(value(other, Metric.FRECHET_DISTANCE)).isEqualTo(value(first, Metric.FRECHET_DISTANCE));
    }

    @Test
    void theRealSetIsExtractedOnceForManyEvaluations() {
        Brightness extractor = new Brightness();
        Evaluator evaluator = Evaluator.of(plain(1, 2, 3, 4, 5, 6, 7), extractor, measuring(Measure.COVERAGE));
        judge(evaluator, plain(1, 2, 3, 4, 5, 6));
        int after = extractor.calls;
        judge(evaluator, plain(1, 2, 3, 4, 5, 6));

        assertThat(extractor.calls - after).isEqualTo(1);
    }

    @Test
    void cachedStatisticsSpareTheExtractionOfTheRealSet(@TempDir Path folder) {
        Optional<StatisticsCache> cache = Optional.of(new StatisticsCache(folder.resolve("cache")));
        Brightness first = new Brightness();
        Brightness second = new Brightness();
        ImageSet real = plain(1, 2, 3, 4);
        EvaluationResult computed = judge(Evaluator.of(real, first, measuring(Measure.FRECHET), cache), plain(5, 6));
        EvaluationResult read = judge(Evaluator.of(real, second, measuring(Measure.FRECHET), cache), plain(5, 6));

        assertThat(read).isEqualTo(computed);
        assertThat(second.calls).isEqualTo(first.calls - 1);
    }

    @Test
    void classesAreCountedAgainstUniformOrRealShares() {
        ImageSet real = plain(0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
        ImageSet fake = plain(0, 0, 1, 1);
        EvaluationResult uniform = judge(Evaluator.of(real, new Brightness(), measuring(Measure.MODES)), fake);
        EvaluationResult shares = judge(
                Evaluator.of(
                        real,
                        new Brightness(),
                        EvaluationOptions.builder()
                                .measures(Set.of(Measure.MODES))
                                .classShares(ClassShares.REAL)
                                .build()),
                fake);

        assertThat(value(uniform, Metric.MODES)).isEqualTo(2);
        assertThat(value(uniform, Metric.REVERSE_KL)).isEqualTo(Math.log(5));
        // 1/2 log (1/2 / 3/12) + 1/2 log (1/2 / 1/12)
        assertThat(value(shares, Metric.REVERSE_KL)).isCloseTo((Math.log(2) + Math.log(6)) / 2, Offset.offset(1e-12));
    }

    @Test
    void inceptionScoreIsTheNumberOfClassesForSureAndEvenPredictions() {
        ImageSet even = plain(IntStream.range(0, 100).map(i -> i % 10).toArray());
        EvaluationResult result = judge(Evaluator.of(even, new Brightness(), measuring(Measure.INCEPTION_SCORE)), even);

        assertThat(value(result, Metric.INCEPTION_SCORE)).isCloseTo(10, Offset.offset(1e-6));
    }

    @Test
    void aClassOfEqualImagesHasFullSimilarity() {
        EvaluationResult result =
                judge(Evaluator.of(plain(1, 2), new Brightness(), measuring(Measure.MS_SSIM)), plain(3, 3, 3, 4, 4, 4));
        assertThat(value(result, Metric.WITHIN_CLASS_SIMILARITY)).isCloseTo(1, Offset.offset(1e-9));
    }

    @Test
    void stackedImagesHaveAModeForEachCombinationOfClasses() {
        FeatureExtractor stacked = new StackedFeatures(new Brightness(), 3);
        INDArray images = Nd4j.create(DataType.FLOAT, 3, 3, 12, 12);
        int[][] digits = {{1, 2, 3}, {1, 2, 3}, {9, 0, 5}};
        for (int i = 0; i < 3; i++) {
            for (int c = 0; c < 3; c++) {
                images.tensorAlongDimension(3 * i + c, 2, 3).assign((digits[i][c] + 0.5) / 10);
            }
        }
        ImageSet set = InMemoryExamples.of("stacked", images);

        assertThat(stacked.extract(images).features().size(1)).isEqualTo(3);
        assertThat(stacked.extract(images).logits().orElseThrow().argMax(1).toIntVector())
                .containsExactly(123, 123, 905);
        EvaluationResult result = judge(Evaluator.of(set, stacked, measuring(Measure.MODES)), set);
        assertThat(value(result, Metric.MODES)).isEqualTo(2);
        assertThat(result.find(Metric.MODES).orElseThrow().setting()).isEqualTo("modes=1000");
    }

    @Test
    void ringModesAreCountedForPoints() {
        double[][] points = IntStream.range(0, 16)
                .mapToObj(i -> new double[] {Math.cos(i % 4 * Math.PI / 4), Math.sin(i % 4 * Math.PI / 4)})
                .toArray(double[][]::new);
        FeatureMatrix matrix = FeatureMatrix.of(Nd4j.createFromArray(points), ExtractorId.POINTS);
        Samples.Features samples = new Samples.Features("points", matrix, matrix.fingerprint());
        EvaluationResult result =
                Evaluator.of(samples, measuring(Measure.RING_MODES)).evaluate(samples, Evaluator.Observer.NONE);

        assertThat(value(result, Metric.MODES)).isEqualTo(4);
        assertThat(value(result, Metric.HIGH_QUALITY_SHARE)).isEqualTo(1);
        assertThat(value(result, Metric.REVERSE_KL)).isCloseTo(Math.log(2), Offset.offset(1e-12));
    }

    @ParameterizedTest
    @ValueSource(strings = {"INCEPTION_SCORE", "MODES", "MS_SSIM", "RING_MODES"})
    void whatTheExtractorCannotShowIsRefused(Measure measure) {
        assertThatThrownBy(() -> Evaluator.of(REAL, new RawPixels(DIGIT), measuring(measure)))
                .isInstanceOf(MirageException.class)
                .hasMessageMatching(".*(needs an extractor that classifies|points in the plane).*");
    }

    @Test
    void imagesOfAnotherShapeAreRefusedByName() {
        Evaluator evaluator = Evaluator.of(REAL, new RawPixels(DIGIT), measuring(Measure.COVERAGE));
        assertThatThrownBy(() -> judge(evaluator, plain(1, 2, 3)))
                .isInstanceOf(MirageException.class)
                .hasMessageContainingAll("raw pixels", "[1, 28, 28]", "plain", "[1, 12, 12]");
    }

    @Test
    void resultsAreReadAsTheyWereWritten(@TempDir Path folder) {
        Path file = folder.resolve("result.json");
        EvaluationResult result =
                judge(Evaluator.of(REAL, new RawPixels(DIGIT), measuring(Measure.FRECHET, Measure.COVERAGE)), OTHERS);
        result.write(file);

        assertThat(EvaluationResult.read(file)).isEqualTo(result);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "{}", "[1]", "{\"mirage4jEvaluation\":1,\"results\":[{}]}", "{\"mirage4jEvaluation\":2}"})
    void whatIsNoResultIsRefused(String content, @TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("x.json"), content);
        assertThatThrownBy(() -> EvaluationResult.read(file))
                .isInstanceOf(MirageException.class)
                .hasMessageContaining("x.json");
    }

    @Test
    void resultsAgainstDifferentRealSetsAreNotCompared() {
        RawPixels raw = new RawPixels(DIGIT);
        EvaluationResult first = judge(Evaluator.of(REAL, raw, measuring(Measure.COVERAGE)), OTHERS);
        EvaluationResult other = judge(Evaluator.of(OTHERS, raw, measuring(Measure.COVERAGE)), REAL);
        assertThatThrownBy(() -> first.compareWith(other)).hasMessageContaining("one real set");
        assertThat(first.compareWith(first)).hasSize(1);
    }

    @Test
    void sanitySetsFallShortWhereTheirFaultIs() {
        InMemoryExamples digits = new SyntheticDigits(0).examples(0, 600);
        Map<String, EvaluationResult> results = new SanityCheck(
                        digits,
                        new RandomConvolutions(DIGIT, new RandomStreams(0)),
                        measuring(Measure.FRECHET, Measure.PRECISION, Measure.RECALL),
                        200)
                .run(Evaluator.Observer.NONE);

        assertThat(results.keySet())
                .containsExactly(
                        "real, another part", "noise", "one image", "blurred", "mirrored", "half of the classes");
        double floor = value(found(results, "real, another part"), Metric.FRECHET_DISTANCE);
        results.values().stream().skip(1).forEach(result -> assertThat(value(result, Metric.FRECHET_DISTANCE))
                .isGreaterThan(floor));
        assertThat(value(found(results, "noise"), Metric.PRECISION)).isZero();
        assertThat(value(found(results, "one image"), Metric.PRECISION)).isEqualTo(1);
        assertThat(value(found(results, "one image"), Metric.RECALL)).isLessThan(0.05);
        assertThat(value(found(results, "real, another part"), Metric.RECALL)).isGreaterThan(0.8);
    }

    private static EvaluationResult found(Map<String, EvaluationResult> results, String set) {
        return Objects.requireNonNull(results.get(set), set);
    }

    @Test
    void theBestScoreIsTheLeastWhateverTheDirectionOfTheMetric() {
        Evaluator evaluator = Evaluator.of(REAL, new RawPixels(DIGIT), measuring(Measure.COVERAGE, Measure.FRECHET));
        EvaluationResult result = judge(evaluator, OTHERS);
        TrainingEvaluation byCoverage = new TrainingEvaluation(evaluator, 10, 100, Optional.of(Measure.COVERAGE));
        TrainingEvaluation byFrechet = new TrainingEvaluation(evaluator, 10, 100, Optional.of(Measure.FRECHET));

        assertThat(byCoverage.columns()).containsExactly("frechet_distance", "coverage");
        assertThat(byCoverage.values(result))
                .containsExactly(value(result, Metric.FRECHET_DISTANCE), value(result, Metric.COVERAGE));
        assertThat(byCoverage.score(result)).hasValue(1 / (1 + value(result, Metric.COVERAGE)));
        assertThat(byFrechet.score(result)).hasValue(value(result, Metric.FRECHET_DISTANCE));
        assertThatThrownBy(() -> new TrainingEvaluation(evaluator, 10, 100, Optional.of(Measure.KERNEL)))
                .hasMessageContaining("kernel distance");
    }

    @Test
    void everyMeasureNamesItsMetricsOnce() {
        assertThat(EnumSet.allOf(Measure.class))
                .allSatisfy(measure ->
                        assertThat(measure.metrics()).doesNotHaveDuplicates().contains(measure.metric()));
        assertThat(Arrays.stream(Metric.values())).allSatisfy(metric -> assertThat(EnumSet.allOf(Measure.class))
                .anyMatch(measure -> measure.metrics().contains(metric)));
    }
}
