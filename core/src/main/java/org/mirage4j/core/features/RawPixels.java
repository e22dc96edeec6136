package org.mirage4j.core.features;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The pixels themselves as features, [N, C*H*W]. Distances between pixels say little about what an
 * image shows; use them for copies and collapse, not for quality. Safe for concurrent use.
 *
 * @param input the shape of one image
 */
public record RawPixels(ImageShape input) implements FeatureExtractor {

    @Override
    public String name() {
        return "raw pixels";
    }

    @Override
    public String fingerprint() {
        return "raw-pixels-" + input;
    }

    @Override
    public Extraction extract(INDArray given) {
        INDArray images = input.checked(given);
        return Extraction.of(images.dup('c').reshape('c', images.size(0), input.size()));
    }
}
