package org.mirage4j.gan.evaluation;

import org.mirage4j.core.data.ImageSet;
import org.mirage4j.gan.metrics.FeatureMatrix;

/** A set to be judged, or to judge by. */
public sealed interface Samples {

    /**
     * What the set is called in results.
     *
     * @return a short name
     */
    String name();

    /**
     * How many samples there are.
     *
     * @return at least 1
     */
    long size();

    /**
     * Identifies the content.
     *
     * @return a token
     */
    String fingerprint();

    /**
     * Features that somebody has extracted already, or points that are compared as they are.
     *
     * @param name what to call them
     * @param features one row per sample
     * @param fingerprint identifies the content
     */
    record Features(String name, FeatureMatrix features, String fingerprint) implements Samples {
        @Override
        public long size() {
            return features.rows();
        }
    }

    /**
     * Images, from which an extractor makes features.
     *
     * @param images the images
     */
    record Images(ImageSet images) implements Samples {
        @Override
        public String name() {
            return images.name();
        }

        @Override
        public long size() {
            return images.size();
        }

        @Override
        public String fingerprint() {
            return images.fingerprint();
        }
    }
}
