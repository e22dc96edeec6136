package org.mirage4j.gan.evaluation;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.mirage4j.core.MirageException;
import org.mirage4j.core.data.ImageSet;
import org.mirage4j.core.features.Extraction;
import org.mirage4j.core.features.ExtractorId;
import org.mirage4j.core.features.FeatureExtractor;
import org.mirage4j.core.features.ImageShape;
import org.mirage4j.core.random.RandomStreams;
import org.mirage4j.gan.metrics.Bootstrap;
import org.mirage4j.gan.metrics.FeatureMatrix;
import org.mirage4j.gan.metrics.FeatureStatistics;
import org.mirage4j.gan.metrics.FrechetDistance;
import org.mirage4j.gan.metrics.InceptionScore;
import org.mirage4j.gan.metrics.KernelDistance;
import org.mirage4j.gan.metrics.Memorisation;
import org.mirage4j.gan.metrics.MetricResult;
import org.mirage4j.gan.metrics.MixtureModes;
import org.mirage4j.gan.metrics.ModeCoverage;
import org.mirage4j.gan.metrics.MultiScaleSimilarity;
import org.mirage4j.gan.metrics.Neighbourhoods;
import org.mirage4j.gan.metrics.SlicedWasserstein;
import org.mirage4j.gan.metrics.StatisticsAccumulator;
import org.mirage4j.gan.metrics.StatisticsCache;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Judges sets of samples against one real set. What is computed from the real set is computed once and kept, so that
 * one evaluator serves many sets, the snapshots of a training say. Not safe for concurrent use.
 */
public final class Evaluator {
    private static final int BATCH = 256;

    /** What needs no labels, training set or plane. */
    private static final Set<Measure> USUAL = EnumSet.of(
            Measure.FRECHET,
            Measure.KERNEL,
            Measure.PRECISION,
            Measure.RECALL,
            Measure.DENSITY,
            Measure.COVERAGE,
            Measure.SLICED_WASSERSTEIN);

    private static final Set<Measure> USUAL_OF_CLASSIFIERS = EnumSet.of(Measure.INCEPTION_SCORE, Measure.MODES);

    private final Samples real;
    private final @Nullable FeatureExtractor extractor;
    private final ExtractorId extractorId;
    private final EvaluationOptions options;
    private final Set<Measure> measures;
    private final RandomStreams streams;
    private final @Nullable StatisticsCache cache;

    private @Nullable FeatureStatistics realStatistics;
    private @Nullable Extracted realExtracted;

    /** Watches how far the extraction of features is, which takes most of the time where images are large. */
    @FunctionalInterface
    public interface Observer {
        /** Watches nothing. */
        Observer NONE = (set, done, total) -> {};

        /**
         * Called after each batch.
         *
         * @param set the set's name
         * @param done images done
         * @param total images in all
         */
        void extracted(String set, long done, long total);
    }

    private record Extracted(FeatureMatrix features, @Nullable FeatureMatrix logits) {
        FeatureMatrix requiredLogits() {
            if (logits == null) {
                throw new IllegalStateException("the extractor gave logits before, but does not now");
            }
            return logits;
        }
    }

    private Evaluator(
            Samples real,
            @Nullable FeatureExtractor extractor,
            ExtractorId extractorId,
            EvaluationOptions options,
            boolean classifies,
            boolean plane,
            @Nullable StatisticsCache cache) {
        this.real = real;
        this.extractor = extractor;
        this.extractorId = extractorId;
        this.options = options;
        this.streams = new RandomStreams(options.seed());
        this.cache = cache;
        this.measures = EnumSet.noneOf(Measure.class);
        if (options.measures().isEmpty()) {
            measures.addAll(USUAL);
            if (classifies) {
                measures.addAll(USUAL_OF_CLASSIFIERS);
            }
        } else {
            measures.addAll(options.measures());
        }
        for (Measure measure : measures) {
            requirePossible(measure, classifies, plane);
        }
    }

    private void requirePossible(Measure measure, boolean classifies, boolean plane) {
        if (measure.needsLogits() && !classifies) {
            throw new MirageException("the " + measure.metric().title()
                    + " needs an extractor that classifies, a classifier's run say, but " + extractorId.name()
                    + " gives no logits");
        }
        if (measure.needs() == Measure.Needs.POINTS && !plane) {
            throw new MirageException("the modes of a mixture are counted for points in the plane, which are arrays"
                    + " [N, 2], but " + real.name() + " is not one");
        }
    }

    /**
     * An evaluator of features or points.
     *
     * @param real the real set
     * @param options what to measure
     * @return an evaluator that takes features of the same extractor
     * @throws MirageException if something is to be measured that features do not show
     */
    public static Evaluator of(Samples.Features real, EvaluationOptions options) {
        boolean plane = real.features().columns() == 2;
        return new Evaluator(real, null, real.features().extractor(), options, false, plane, null);
    }

    /**
     * An evaluator of images.
     *
     * @param real the real set
     * @param extractor what makes features
     * @param options what to measure
     * @return an evaluator that takes images of the same shape
     * @throws MirageException if the extractor does not take such images, or something is to be measured that its
     *     features do not show
     */
    public static Evaluator of(ImageSet real, FeatureExtractor extractor, EvaluationOptions options) {
        return of(real, extractor, options, Optional.empty());
    }

    /**
     * An evaluator of images that keeps the real set's mean and covariance on disk. With a cache and the Frechet
     * distance alone, a set that was seen before is read for its fingerprint only.
     *
     * @param real the real set
     * @param extractor what makes features
     * @param options what to measure
     * @param cache where statistics are kept
     * @return an evaluator that takes images of the same shape
     * @throws MirageException if the extractor does not take such images, or something is to be measured that its
     *     features do not show
     */
    public static Evaluator of(
            ImageSet real, FeatureExtractor extractor, EvaluationOptions options, Optional<StatisticsCache> cache) {
        requireShape(real, extractor);
        boolean classifies = extractor.extract(real.images(0)).logits().isPresent();
        return new Evaluator(
                new Samples.Images(real), extractor, extractor.id(), options, classifies, false, cache.orElse(null));
    }

    private static void requireShape(ImageSet set, FeatureExtractor extractor) {
        ImageShape input = extractor.input();
        long[] wanted = {input.channels(), input.height(), input.width()};
        if (!Arrays.equals(set.exampleShape(), wanted)) {
            throw new MirageException("the extractor, " + extractor.name() + ", takes images of shape "
                    + Arrays.toString(wanted) + ", but those of " + set.name() + " have "
                    + Arrays.toString(set.exampleShape()));
        }
    }

    /**
     * What is measured.
     *
     * @return the measures, in the order of results
     */
    public Set<Measure> measures() {
        return EnumSet.copyOf(measures);
    }

    /**
     * Where features come from.
     *
     * @return the extractor
     */
    public ExtractorId extractor() {
        return extractorId;
    }

    /**
     * Judges a set.
     *
     * @param fake the set, of the same kind and shape as the real one
     * @param observer told how far extraction is
     * @return all results
     * @throws MirageException if a set has too few samples for a metric, or the two cannot be compared
     */
    public EvaluationResult evaluate(Samples fake, Observer observer) {
        Extracted generated = extract(fake, observer);
        List<MetricResult> results = new ArrayList<>();
        Neighbourhoods neighbourhoods = null;
        for (Measure measure : measures) {
            if (measure.isNeighbourhood() && neighbourhoods == null) {
                neighbourhoods = Neighbourhoods.of(
                        realFeatures(observer).features(), generated.features(), options.neighbours());
            }
            switch (measure) {
                case INCEPTION_SCORE -> results.add(InceptionScore.of(generated.requiredLogits(), options.splits()));
                case FRECHET -> results.add(frechet(generated.features(), observer));
                case KERNEL ->
                    results.add(KernelDistance.ofSubsets(
                            realFeatures(observer).features(),
                            generated.features(),
                            options.subsets(),
                            options.subsetSize(),
                            streams));
                case PRECISION, RECALL, DENSITY, COVERAGE -> results.add(of(measure, neighbourhoods));
                case SLICED_WASSERSTEIN ->
                    results.add(SlicedWasserstein.of(
                            realFeatures(observer).features(), generated.features(), options.directions(), streams));
                case MEMORISED ->
                    results.add(Memorisation.of(realFeatures(observer).features(), generated.features()));
                case MODES -> results.addAll(classModes(generated.requiredLogits(), observer));
                case RING_MODES -> results.addAll(mixtureModes(generated.features(), MixtureModes.ring()));
                case GRID_MODES -> results.addAll(mixtureModes(generated.features(), MixtureModes.grid()));
                case MS_SSIM -> results.add(similarity(fake, generated.requiredLogits()));
            }
        }
        return new EvaluationResult(
                EvaluationResult.SetFacts.of(real),
                EvaluationResult.SetFacts.of(fake),
                extractorId,
                options.seed(),
                results);
    }

    private static MetricResult of(Measure measure, @Nullable Neighbourhoods neighbourhoods) {
        if (neighbourhoods == null) {
            throw new IllegalStateException("neighbourhoods are computed before they are asked for");
        }
        return switch (measure) {
            case PRECISION -> neighbourhoods.precision();
            case RECALL -> neighbourhoods.recall();
            case DENSITY -> neighbourhoods.density();
            case COVERAGE -> neighbourhoods.coverage();
            default -> throw new IllegalArgumentException(measure + " is no neighbourhood");
        };
    }

    private MetricResult frechet(FeatureMatrix generated, Observer observer) {
        FeatureStatistics statistics = realStatistics(observer);
        return withSpread(generated, resampled -> FrechetDistance.between(statistics, FeatureStatistics.of(resampled)));
    }

    private MetricResult withSpread(FeatureMatrix generated, Function<FeatureMatrix, MetricResult> metric) {
        return options.resamples() == 0
                ? metric.apply(generated)
                : Bootstrap.of(generated, options.resamples(), streams, metric);
    }

    private List<MetricResult> classModes(FeatureMatrix logits, Observer observer) {
        double[] shares = shares(logits.columns(), observer);
        Function<FeatureMatrix, ModeCoverage> coverage =
                drawn -> ModeCoverage.ofLabels(drawn.largestColumns(), shares, extractorId);
        return List.of(
                withSpread(logits, drawn -> coverage.apply(drawn).modes()),
                withSpread(logits, drawn -> coverage.apply(drawn).reverseKl()));
    }

    private double[] shares(int classes, Observer observer) {
        double[] shares = new double[classes];
        if (options.classShares() == ClassShares.UNIFORM) {
            Arrays.fill(shares, 1.0 / classes);
            return shares;
        }
        int[] labels = realFeatures(observer).requiredLogits().largestColumns();
        for (int label : labels) {
            shares[label] += 1.0 / labels.length;
        }
        return shares;
    }

    private List<MetricResult> mixtureModes(FeatureMatrix points, MixtureModes mixture) {
        Function<FeatureMatrix, ModeCoverage> coverage = drawn -> ModeCoverage.ofMixture(drawn, mixture);
        return List.of(
                withSpread(points, drawn -> coverage.apply(drawn).modes()),
                coverage.apply(points).highQualityShare().orElseThrow(),
                withSpread(points, drawn -> coverage.apply(drawn).reverseKl()));
    }

    private MetricResult similarity(Samples fake, FeatureMatrix logits) {
        if (!(fake instanceof Samples.Images set)) {
            throw new MirageException("within-class similarity needs images, but " + fake.name() + " has features");
        }
        INDArray images = set.images().range(0, (int) fake.size());
        return MultiScaleSimilarity.withinClasses(images, logits.largestColumns(), options.pairs(), streams);
    }

    private FeatureStatistics realStatistics(Observer observer) {
        FeatureStatistics known = realStatistics;
        if (known == null) {
            boolean cached = cache != null && real instanceof Samples.Images;
            known = cached && cache != null
                    ? cache.get(real.fingerprint(), extractorId, () -> computeStatistics(observer))
                    : computeStatistics(observer);
            realStatistics = known;
        }
        return known;
    }

    /** From the features where they are needed anyway, else batch by batch. */
    private FeatureStatistics computeStatistics(Observer observer) {
        if (!(real instanceof Samples.Images set) || measures.stream().anyMatch(this::needsRealFeatures)) {
            return FeatureStatistics.of(realFeatures(observer).features());
        }
        Accumulation accumulation = new Accumulation();
        extractAll(set.images(), observer, accumulation);
        return accumulation.required().statistics();
    }

    private boolean needsRealFeatures(Measure measure) {
        return measure.needsRealFeatures() || (measure == Measure.MODES && options.classShares() == ClassShares.REAL);
    }

    private Extracted realFeatures(Observer observer) {
        Extracted known = realExtracted;
        if (known == null) {
            known = extract(real, observer);
            realExtracted = known;
        }
        return known;
    }

    private Extracted extract(Samples samples, Observer observer) {
        if (samples instanceof Samples.Features given) {
            if (extractor != null) {
                throw new MirageException("only sets of one kind can be compared, but " + real.name()
                        + " has images and " + given.name() + " has features");
            }
            return new Extracted(given.features(), null);
        }
        ImageSet images = ((Samples.Images) samples).images();
        if (extractor == null) {
            throw new MirageException("only sets of one kind can be compared, but " + real.name() + " has features and "
                    + images.name() + " has images");
        }
        requireShape(images, extractor);
        List<INDArray> features = new ArrayList<>();
        List<INDArray> logits = new ArrayList<>();
        extractAll(images, observer, extraction -> {
            features.add(extraction.features());
            extraction.logits().ifPresent(logits::add);
        });
        try {
            return new Extracted(
                    FeatureMatrix.of(features, extractorId),
                    logits.isEmpty() ? null : FeatureMatrix.of(logits, extractorId));
        } catch (MirageException e) {
            throw new MirageException(images.name() + ": " + e.getMessage(), e);
        }
    }

    private void extractAll(ImageSet images, Observer observer, Taker taker) {
        if (extractor == null) {
            throw new IllegalStateException("features need no extraction");
        }
        int size = Math.toIntExact(images.size());
        for (int from = 0; from < size; from += BATCH) {
            int to = Math.min(size, from + BATCH);
            INDArray batch = images.range(from, to);
            try {
                taker.take(extractor.extract(batch));
            } catch (MirageException e) {
                throw new MirageException(
                        String.format(
                                Locale.ROOT, "%s, images %d to %d: %s", images.name(), from, to - 1, e.getMessage()),
                        e);
            }
            batch.close();
            observer.extracted(images.name(), to, size);
        }
    }

    private interface Taker {
        void take(Extraction extraction);
    }

    private final class Accumulation implements Taker {
        private @Nullable StatisticsAccumulator accumulator;

        @Override
        public void take(Extraction extraction) {
            StatisticsAccumulator known = accumulator;
            if (known == null) {
                known = new StatisticsAccumulator((int) extraction.features().size(1), extractorId);
                accumulator = known;
            }
            known.add(FeatureMatrix.of(extraction.features(), extractorId));
        }

        StatisticsAccumulator required() {
            if (accumulator == null) {
                throw new IllegalStateException("a set has at least one image");
            }
            return accumulator;
        }
    }
}
