package org.mirage4j.examples;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.mirage4j.core.MirageException;
import org.mirage4j.core.data.IdxFile;
import org.mirage4j.core.data.ImageSet;
import org.mirage4j.core.data.InMemoryExamples;
import org.mirage4j.core.data.Inputs;
import org.mirage4j.core.data.NpyFile;
import org.mirage4j.core.data.PngFolder;
import org.mirage4j.core.data.SyntheticDigits;
import org.mirage4j.core.features.ExtractorId;
import org.mirage4j.core.random.RandomStreams;
import org.mirage4j.core.run.RunDirectory;
import org.mirage4j.gan.GanSampler;
import org.mirage4j.gan.evaluation.Samples;
import org.mirage4j.gan.metrics.FeatureMatrix;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Opens what a user names on the command line as a set of samples. */
final class SampleSets {
    /** What the gan command learns from where nothing else is said. */
    static final String SYNTHETIC_DIGITS = "synthetic-digits";

    private static final int DIGITS = 20_000;
    private static final int FROM_A_RUN = 10_000;

    private final int count;
    private final boolean best;
    private final RunClasses classes;
    private final RandomStreams streams;

    /** Which of the two sets; if both are one file, their parts are drawn apart. */
    enum Role {
        REAL,
        FAKE
    }

    /**
     * @param count how many samples of each set, drawn at random from files; 0 for all, and 10,000 from a run
     * @param best whether a run gives its best checkpoint rather than its newest
     * @param classes which classes a run that knows them draws
     */
    SampleSets(int count, boolean best, RunClasses classes, long seed) {
        this.count = count;
        this.best = best;
        this.classes = classes;
        this.streams = new RandomStreams(seed);
    }

    /** An array [N, D] as features, everything else as images. */
    Samples open(Role role, String given, ExtractorId ofFeatures) {
        Path path = Path.of(given);
        if (given.endsWith(".npy")) {
            INDArray array = NpyFile.read(path);
            return array.rank() == 2
                    ? features(role, path, array, ofFeatures)
                    : new Samples.Images(images(role, path, array));
        }
        return new Samples.Images(openImages(role, given));
    }

    ImageSet openImages(Role role, String given) {
        Path path = Path.of(given);
        if (given.equals(SYNTHETIC_DIGITS)) {
            return part(role, new SyntheticDigits(0).examples(0, DIGITS), given);
        }
        if (!Files.exists(path)) {
            throw new MirageException(path + " does not exist");
        }
        if (given.endsWith(".npy")) {
            return images(role, path, NpyFile.read(path));
        }
        if (Files.isRegularFile(path)) {
            return part(role, IdxFile.readImages(name(path), path), given);
        }
        if (Files.exists(path.resolve("manifest.json"))) {
            return generated(path);
        }
        return part(role, PngFolder.open(path), given);
    }

    private ImageSet generated(Path run) {
        String kind = RunDirectory.open(run).manifest().kind();
        if (!kind.equals("gan")) {
            throw new MirageException("run " + run + " must be a GAN's to sample from, but is of kind " + kind);
        }
        try (GanSampler sampler = best ? GanSampler.openBest(run) : GanSampler.open(run)) {
            boolean asInData = classes == RunClasses.AS_IN_DATA && sampler.knowsShares();
            int samples = count == 0 ? FROM_A_RUN : count;
            long seed = streams.key("evaluation-sample", 0);
            String name = name(run);
            if (sampler.classes() > 0) {
                name += asInData ? " (classes in its data's shares)" : " (classes in turn)";
            }
            return InMemoryExamples.of(
                    name, asInData ? sampler.sampleAsInData(samples, seed) : sampler.sample(samples, seed));
        }
    }

    private Samples features(Role role, Path path, INDArray array, ExtractorId extractor) {
        FeatureMatrix all;
        try {
            all = FeatureMatrix.of(array, extractor);
        } catch (MirageException e) {
            throw new MirageException(path + ": " + e.getMessage(), e);
        }
        requireEnough(path.toString(), all.rows());
        FeatureMatrix part = count == 0 ? all : all.select(drawn(role, all.rows()));
        return new Samples.Features(name(path), part, part.fingerprint());
    }

    private ImageSet images(Role role, Path path, INDArray array) {
        INDArray images = Inputs.images(path.toString(), array);
        return part(role, InMemoryExamples.of(name(path), images), path.toString());
    }

    private ImageSet part(Role role, ImageSet all, String given) {
        requireEnough(given, all.size());
        return count == 0 ? all : all.select(drawn(role, (int) all.size()));
    }

    private void requireEnough(String given, long size) {
        if (size < count) {
            throw new MirageException(
                    given + " has " + size + " samples, but --samples asks for " + count + " of each set");
        }
    }

    /** In ascending order. */
    private int[] drawn(Role role, int size) {
        int[] order = IntStream.range(0, size).toArray();
        SplittableRandom random = streams.generator("evaluation-part-" + role, 0);
        for (int i = 0; i < count; i++) {
            int j = random.nextInt(i, size);
            int held = order[i];
            order[i] = order[j];
            order[j] = held;
        }
        return IntStream.of(order).limit(count).sorted().toArray();
    }

    private static String name(Path path) {
        return String.valueOf(path.toAbsolutePath().normalize().getFileName());
    }
}
