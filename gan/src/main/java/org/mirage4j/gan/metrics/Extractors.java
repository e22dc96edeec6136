package org.mirage4j.gan.metrics;

import org.mirage4j.core.MirageException;
import org.mirage4j.core.features.ExtractorId;

/** The rule that nothing is compared across extractors. */
final class Extractors {
    private Extractors() {}

    static void requireSame(ExtractorId first, ExtractorId second) {
        if (!first.fingerprint().equals(second.fingerprint())) {
            throw new MirageException("only features of one extractor can be compared, but these are of " + first.name()
                    + " [" + first.fingerprint() + "] and " + second.name() + " [" + second.fingerprint() + "]");
        }
    }

    static void requireSame(FeatureMatrix first, FeatureMatrix second) {
        requireSame(first.extractor(), second.extractor());
        requireSameWidth(first.columns(), second.columns());
    }

    static void requireSameWidth(int first, int second) {
        if (first != second) {
            throw new MirageException(
                    "feature sets must have the same number of columns, but have " + first + " and " + second);
        }
    }
}
