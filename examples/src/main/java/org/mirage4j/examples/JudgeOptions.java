package org.mirage4j.examples;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.mirage4j.core.MirageException;
import org.mirage4j.core.data.ExampleSource;
import org.mirage4j.core.data.ImageSet;
import org.mirage4j.core.random.RandomStreams;
import org.mirage4j.gan.evaluation.EvaluationOptions;
import org.mirage4j.gan.evaluation.Evaluator;
import org.mirage4j.gan.evaluation.Measure;
import org.mirage4j.gan.evaluation.TrainingEvaluation;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/** How samples are judged while a generator trains. */
final class JudgeOptions {
    private static final String EVERY = "evaluate-every";
    private static final int SAMPLES = 2000;
    private static final int SUBSETS = 10;
    private static final List<Measure> USUAL =
            List.of(Measure.FRECHET, Measure.KERNEL, Measure.PRECISION, Measure.RECALL);

    @Spec(Target.MIXEE)
    @SuppressWarnings("NullAway.Init") // picocli fills it in
    private CommandSpec spec;

    @Option(
            names = "--evaluate-every",
            converter = PositiveInteger.class,
            paramLabel = "N",
            description = "Judge samples every N iterations and at the end. Default: never.")
    private @Nullable Integer every;

    @Option(
            names = "--evaluate-samples",
            converter = PositiveInteger.class,
            paramLabel = "N",
            description = "Samples, and real examples, to judge by. Default: 2000.")
    private @Nullable Integer samples;

    @Option(
            names = "--evaluate-metrics",
            split = ",",
            paramLabel = "NAME",
            converter = EvaluateCommand.Measures.class,
            completionCandidates = EvaluateCommand.Measures.class,
            description = "What to measure: ${COMPLETION-CANDIDATES}. Default: frechet, kernel, precision, recall.")
    private List<Measure> measures = List.of();

    @Option(
            names = "--best-by",
            converter = EvaluateCommand.Measures.class,
            paramLabel = "NAME",
            description = "Metric by which the best checkpoint is kept. Default: the first that is measured.")
    private @Nullable Measure bestBy;

    @Mixin
    private final ExtractorOptions extractor = new ExtractorOptions();

    /**
     * Checks what was given and takes the rest from another run.
     *
     * @param remembered how that run was judged; empty for a new run like no other
     * @param goesOn whether that run goes on, rather than a new one being like it
     */
    void checkCombinations(Map<String, String> remembered, boolean goesOn) {
        boolean given = samples != null || !measures.isEmpty() || bestBy != null || extractor.isGiven();
        if (goesOn && (given || every != null)) {
            throw usage("a run that goes on is judged as before, so --evaluate-every and what belongs to it cannot be"
                    + " given");
        }
        if (every == null && given && !remembered.containsKey(EVERY)) {
            throw usage("--evaluate-samples, --evaluate-metrics, --best-by and --extractor go with --evaluate-every");
        }
        extractor.checkCombinations();
        restore(remembered);
    }

    private void restore(Map<String, String> remembered) {
        if (!remembered.containsKey(EVERY)) {
            return;
        }
        EvaluateCommand.Measures names = new EvaluateCommand.Measures();
        if (every == null) {
            every = new PositiveInteger().convert(remembered.getOrDefault(EVERY, ""));
        }
        if (samples == null) {
            samples = new PositiveInteger().convert(remembered.getOrDefault("evaluate-samples", ""));
        }
        if (bestBy == null && measures.isEmpty()) { // else what was best before may not be measured
            bestBy = names.convert(remembered.getOrDefault("best-by", ""));
        }
        if (measures.isEmpty()) {
            measures = Stream.of(remembered.getOrDefault("evaluate-metrics", "").split(","))
                    .map(names::convert)
                    .toList();
        }
        if (!extractor.isGiven()) {
            extractor.restore(remembered);
        }
    }

    Map<String, String> toMap() {
        Map<String, String> map = new LinkedHashMap<>();
        if (every != null) {
            map.put(EVERY, every.toString());
            map.put("evaluate-samples", Integer.toString(count()));
            map.put("evaluate-metrics", chosen().stream().map(KebabEnum::spell).collect(Collectors.joining(",")));
            map.put("best-by", KebabEnum.spell(decisive()));
            map.putAll(extractor.toMap());
        }
        return map;
    }

    private int count() {
        return samples == null ? SAMPLES : samples;
    }

    private List<Measure> chosen() {
        return measures.isEmpty() ? USUAL : measures;
    }

    private Measure decisive() {
        return bestBy == null ? chosen().get(0) : bestBy;
    }

    /** Empty if samples are not to be judged. */
    Optional<TrainingEvaluation> evaluation(ExampleSource data, long seed) {
        if (every == null) {
            return Optional.empty();
        }
        if (!(data instanceof ImageSet images)) {
            throw new MirageException("samples can be judged against images only, but " + data.name() + " are not");
        }
        if (data.size() < count()) {
            throw new MirageException("samples are judged against as many real examples, but " + data.name() + " has "
                    + data.size() + " and --evaluate-samples is " + count());
        }
        EvaluationOptions options = EvaluationOptions.builder()
                .measures(chosen())
                .resamples(0)
                .subsets(SUBSETS)
                .subsetSize(
                        Math.min(count(), EvaluationOptions.builder().build().subsetSize()))
                .seed(seed)
                .build();
        ImageSet real = images.select(drawn((int) data.size(), new RandomStreams(seed)));
        Evaluator evaluator = Evaluator.of(real, extractor.open(data.exampleShape()), options);
        return Optional.of(new TrainingEvaluation(evaluator, every, count(), Optional.of(decisive())));
    }

    private int[] drawn(int size, RandomStreams streams) {
        SplittableRandom random = streams.generator("evaluation-real", 0);
        return IntStream.generate(() -> random.nextInt(size))
                .distinct()
                .limit(count())
                .sorted()
                .toArray();
    }

    private ParameterException usage(String message) {
        return new ParameterException(spec.commandLine(), message);
    }
}
