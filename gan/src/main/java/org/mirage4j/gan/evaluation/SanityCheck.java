package org.mirage4j.gan.evaluation;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.mirage4j.core.MirageException;
import org.mirage4j.core.data.ImageSet;
import org.mirage4j.core.data.InMemoryExamples;
import org.mirage4j.core.features.FeatureExtractor;
import org.mirage4j.core.memory.NativeMemory;
import org.mirage4j.core.memory.Room;
import org.mirage4j.core.random.RandomStreams;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * What every metric says of sets whose faults are known, all judged against one part of a real set: another part of it
 * (the floor, which no generator gets below), noise, one image over and over, blurred, mirrored and with half of the
 * classes missing. A metric that does not tell a fault from the floor cannot be trusted to see it in a generator.
 */
public final class SanityCheck {
    private static final int BATCH = 256;
    private static final double[] BLUR = {1 / 16.0, 4 / 16.0, 6 / 16.0, 4 / 16.0, 1 / 16.0};

    private final ImageSet reference;
    private final ImageSet others;
    private final FeatureExtractor extractor;
    private final EvaluationOptions options;
    private final int samples;

    /**
     * Parts a real set at random.
     *
     * @param all real images, in [0, 1]
     * @param extractor what makes features
     * @param options what to measure; its seed also decides the parts
     * @param samples images in each set; a third of all at most
     * @throws MirageException if there are too few images
     */
    public SanityCheck(ImageSet all, FeatureExtractor extractor, EvaluationOptions options, int samples) {
        if (samples < 1 || samples > all.size() / 3) {
            throw new MirageException("a sanity check needs three times as many images as its samples, but "
                    + all.name() + " has " + all.size() + " and " + samples + " samples are asked for");
        }
        int[] order = new RandomStreams(options.seed()).permutation("sanity-parts", 0, (int) all.size());
        this.reference = all.select(Arrays.copyOf(order, samples));
        this.others = all.select(Arrays.copyOfRange(order, samples, order.length));
        this.extractor = extractor;
        this.options = options;
        this.samples = samples;
    }

    /**
     * Judges all sets.
     *
     * @param observer told how far extraction is
     * @return a result for each set, by its description; that of missing classes is there only where classes are
     *     known, from labels or from an extractor that classifies
     * @throws MirageException if a set has too few samples for a metric
     */
    public Map<String, EvaluationResult> run(Evaluator.Observer observer) {
        Evaluator evaluator = Evaluator.of(reference, extractor, options);
        Map<String, ImageSet> sets = new LinkedHashMap<>();
        ImageSet floor = others.select(IntStream.range(0, samples).toArray());
        sets.put("real, another part", floor);
        sets.put("noise", noise());
        sets.put("one image", others.select(new int[samples]));
        sets.put("blurred", changed("blurred", floor, SanityCheck::blurred));
        sets.put("mirrored", changed("mirrored", floor, SanityCheck::mirrored));
        halfOfTheClasses().ifPresent(half -> sets.put("half of the classes", half));
        Map<String, EvaluationResult> results = new LinkedHashMap<>();
        sets.forEach((what, set) -> results.put(what, evaluator.evaluate(new Samples.Images(set), observer)));
        return results;
    }

    private static ImageSet changed(String name, ImageSet set, UnaryOperator<INDArray> change) {
        List<INDArray> batches = new ArrayList<>();
        for (int from = 0; from < set.size(); from += BATCH) {
            batches.add(change.apply(set.range(from, (int) Math.min(set.size(), from + BATCH))));
        }
        return InMemoryExamples.of(name, Nd4j.concat(0, batches.toArray(INDArray[]::new)));
    }

    private ImageSet noise() {
        long[] shape = others.exampleShape();
        float[] values = new float[Room.elements("samples of images", samples, shape[0], shape[1], shape[2])];
        SplittableRandom random = new RandomStreams(options.seed()).generator("sanity-noise", 0);
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextDouble();
        }
        return InMemoryExamples.of(
                "noise", Nd4j.createFromArray(values).reshape('c', samples, shape[0], shape[1], shape[2]));
    }

    private static INDArray mirrored(INDArray images) {
        return perRow(images, (source, from, target, width) -> {
            for (int x = 0; x < width; x++) {
                target[from + x] = source[from + width - 1 - x];
            }
        });
    }

    /** By a binomial window of five pixels, about a Gaussian of deviation 1; beyond the edge lies the edge. */
    private static INDArray blurred(INDArray images) {
        INDArray alongRows = perRow(images, SanityCheck::blurRow);
        return perRow(alongRows.permute(0, 1, 3, 2), SanityCheck::blurRow).permute(0, 1, 3, 2);
    }

    private static void blurRow(float[] source, int from, float[] target, int width) {
        for (int x = 0; x < width; x++) {
            double sum = 0;
            for (int i = 0; i < BLUR.length; i++) {
                int neighbour = Math.min(width - 1, Math.max(0, x + i - BLUR.length / 2));
                sum += BLUR[i] * source[from + neighbour];
            }
            target[from + x] = (float) sum;
        }
    }

    private interface RowChange {
        void apply(float[] source, int from, float[] target, int width);
    }

    private static INDArray perRow(INDArray images, RowChange change) {
        float[] source = NativeMemory.floats(images);
        float[] target = new float[source.length];
        int width = (int) images.size(3);
        for (int from = 0; from < source.length; from += width) {
            change.apply(source, from, target, width);
        }
        return Nd4j.createFromArray(target).reshape('c', images.shape());
    }

    private Optional<ImageSet> halfOfTheClasses() {
        return others.labels().or(this::predictedLabels).map(labels -> {
            int classes = Arrays.stream(labels).max().orElseThrow() + 1;
            int[] kept = IntStream.range(0, labels.length)
                    .filter(i -> labels[i] < (classes + 1) / 2)
                    .limit(samples)
                    .toArray();
            return others.select(kept);
        });
    }

    private Optional<int[]> predictedLabels() {
        if (extractor.extract(others.images(0)).logits().isEmpty()) {
            return Optional.empty();
        }
        int[] labels = new int[(int) others.size()];
        for (int from = 0; from < labels.length; from += BATCH) {
            int to = Math.min(labels.length, from + BATCH);
            INDArray logits = extractor.extract(others.range(from, to)).logits().orElseThrow();
            System.arraycopy(logits.argMax(1).toIntVector(), 0, labels, from, to - from);
        }
        return Optional.of(labels);
    }
}
