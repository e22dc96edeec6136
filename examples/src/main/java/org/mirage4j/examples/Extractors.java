package org.mirage4j.examples;

import java.nio.file.Files;
import java.nio.file.Path;
import org.mirage4j.classifier.run.RunPredictor;
import org.mirage4j.core.MirageException;
import org.mirage4j.core.features.FeatureExtractor;
import org.mirage4j.core.features.ImageShape;
import org.mirage4j.core.features.RandomConvolutions;
import org.mirage4j.core.features.RawPixels;
import org.mirage4j.core.random.RandomStreams;

/** Opens what a user names on the command line as a feature extractor. */
final class Extractors {
    static final String RAW = "raw";
    static final String RANDOM = "random";

    private Extractors() {}

    /** @param images the shape of the images to look at, [channels, height, width] */
    static FeatureExtractor open(String given, long[] images) {
        ImageShape shape = shape(images);
        if (given.equals(RAW)) {
            return new RawPixels(shape);
        }
        if (given.equals(RANDOM)) {
            return new RandomConvolutions(shape, new RandomStreams(0)); // one for all, whatever an evaluation's seed
        }
        Path path = Path.of(given);
        if (Files.exists(path.resolve("manifest.json"))) {
            return RunPredictor.open(path).featureExtractor();
        }
        throw new MirageException("the extractor must be raw, random or a classifier's run folder, but is " + given);
    }

    private static ImageShape shape(long[] images) {
        return new ImageShape((int) images[0], (int) images[1], (int) images[2]);
    }
}
