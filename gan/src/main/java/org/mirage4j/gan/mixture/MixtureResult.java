package org.mirage4j.gan.mixture;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import org.mirage4j.core.MirageException;
import org.mirage4j.core.io.AtomicFile;

/**
 * What one seed came to, measured on 2,500 points.
 *
 * @param seed the seed
 * @param iterations iterations done
 * @param seconds wall time of training, measuring included
 * @param modes captured modes
 * @param highQualityShare share of points within three standard deviations of their nearest centre
 * @param reverseKl KL divergence of the true histogram over modes from the generated one, in nats
 * @param diverged whether training broke down; it then counts as a generator whose points are all bad and in one place
 */
public record MixtureResult(
        long seed,
        long iterations,
        double seconds,
        int modes,
        double highQualityShare,
        double reverseKl,
        boolean diverged) {
    private static final ObjectMapper MAPPER = new ObjectMapper()
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES);

    static MixtureResult read(Path file) {
        try {
            return MAPPER.readValue(file.toFile(), MixtureResult.class);
        } catch (IOException e) {
            throw new MirageException(
                    file + " does not hold the result of a mixture run; remove its folder to train"
                            + " this seed again",
                    e);
        }
    }

    void write(Path file) {
        AtomicFile.write(file, out -> MAPPER.writerWithDefaultPrettyPrinter().writeValue(out, this));
    }
}
