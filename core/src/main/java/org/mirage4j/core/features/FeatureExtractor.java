package org.mirage4j.core.features;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Turns images into feature vectors, the same images always into the same vectors. Not safe for
 * concurrent use unless the implementation says so.
 */
public interface FeatureExtractor {

    /**
     * A short name for tables.
     *
     * @return the name
     */
    String name();

    /**
     * What the extractor computes, in one token: architecture, weights and preprocessing. Equal
     * fingerprints mean equal features.
     *
     * @return the fingerprint
     */
    String fingerprint();

    /**
     * The images the extractor takes.
     *
     * @return the shape of one image
     */
    ImageShape input();

    /**
     * Runs the extractor on one batch.
     *
     * @param images [N, C, H, W] with the channels, height and width of {@link #input()}, values in
     *     [0, 1]; not modified
     * @return features, and logits if the extractor classifies
     * @throws org.mirage4j.core.MirageException if the images do not fit the input contract
     */
    Extraction extract(INDArray images);

    /**
     * Whether this is the Inception network of the literature with its preprocessing, so that results
     * may carry the literature's names.
     *
     * @return false unless an implementation says otherwise
     */
    default boolean inception() {
        return false;
    }

    /**
     * Name and fingerprint as the value that results carry.
     *
     * @return the identity of this extractor
     */
    default ExtractorId id() {
        return new ExtractorId(name(), fingerprint(), inception());
    }
}
