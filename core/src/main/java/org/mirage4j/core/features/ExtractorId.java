package org.mirage4j.core.features;

import org.mirage4j.core.MirageException;

/**
 * Which extractor some features came from. Two sets of features may be compared only if their
 * fingerprints are equal.
 *
 * @param name what a table shows
 * @param fingerprint equal for two extractors if and only if they compute the same function
 * @param inception whether this is the Inception network of the literature, whose Frechet distance
 *     may be called FID
 */
public record ExtractorId(String name, String fingerprint, boolean inception) {

    /** Points that are compared as they are, such as samples of a two-dimensional mixture. */
    public static final ExtractorId POINTS = new ExtractorId("points", "points", false);

    /**
     * Refuses a blank name or fingerprint.
     *
     * @param name not blank
     * @param fingerprint not blank
     * @param inception true only for the network of the literature
     */
    public ExtractorId {
        if (name.isBlank() || fingerprint.isBlank()) {
            throw new MirageException("an extractor needs a name and a fingerprint, but has name \"" + name
                    + "\" and fingerprint \"" + fingerprint + "\"");
        }
    }
}
