package org.mirage4j.gan.evaluation;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.mirage4j.core.MirageException;
import org.mirage4j.gan.metrics.KernelDistance;
import org.mirage4j.gan.metrics.SlicedWasserstein;

/**
 * What is measured and how. The defaults are the literature's.
 *
 * @param measures what to measure; empty for all that suit most sets: Frechet and kernel distance, precision, recall,
 *     density, coverage, sliced Wasserstein distance, and Inception score and modes where the extractor classifies
 * @param neighbours the neighbour that sets the radius of a neighbourhood, at least 1
 * @param subsets number of subsets of the kernel distance, at least 1
 * @param subsetSize samples in a subset, at least 2
 * @param directions number of directions of the sliced Wasserstein distance, at least 1
 * @param splits number of splits of the Inception score, at least 1
 * @param resamples bootstrap resamples for the spread of the Frechet distance and of modes; 0 for no spread
 * @param pairs pairs per class for the within-class similarity, at least 1
 * @param classShares what the classes of generated samples are compared with
 * @param seed the seed of all draws
 */
public record EvaluationOptions(
        Set<Measure> measures,
        int neighbours,
        int subsets,
        int subsetSize,
        int directions,
        int splits,
        int resamples,
        int pairs,
        ClassShares classShares,
        long seed) {

    /**
     * Checks every value.
     *
     * @param measures any
     * @param neighbours at least 1
     * @param subsets at least 1
     * @param subsetSize at least 2
     * @param directions at least 1
     * @param splits at least 1
     * @param resamples 0 or at least 2
     * @param pairs at least 1
     * @param classShares any
     * @param seed any
     */
    public EvaluationOptions {
        List<String> problems = new ArrayList<>();
        atLeast(1, "number of neighbours", neighbours, problems);
        atLeast(1, "number of subsets", subsets, problems);
        atLeast(2, "size of a subset", subsetSize, problems);
        atLeast(1, "number of directions", directions, problems);
        atLeast(1, "number of splits", splits, problems);
        atLeast(1, "number of pairs", pairs, problems);
        if (resamples < 0 || resamples == 1) {
            problems.add("number of resamples must be 0 or at least 2, but is " + resamples);
        }
        if (!problems.isEmpty()) {
            throw new MirageException(String.join("; ", problems));
        }
        EnumSet<Measure> copy = EnumSet.noneOf(Measure.class);
        copy.addAll(measures);
        measures = Collections.unmodifiableSet(copy);
    }

    private static void atLeast(int least, String what, int value, List<String> problems) {
        if (value < least) {
            problems.add(what + " must be at least " + least + ", but is " + value);
        }
    }

    /**
     * The defaults, to be changed one by one.
     *
     * @return a builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /** Collects options; {@link #build} checks them. Not safe for concurrent use. */
    public static final class Builder {
        private Set<Measure> measures = Set.of();
        private int neighbours = 5;
        private int subsets = KernelDistance.SUBSETS;
        private int subsetSize = KernelDistance.SUBSET_SIZE;
        private int directions = SlicedWasserstein.DIRECTIONS;
        private int splits = 10;
        private int resamples = 10;
        private int pairs = 100;
        private ClassShares classShares = ClassShares.UNIFORM;
        private long seed = 1;

        private Builder() {}

        /**
         * Sets what to measure.
         *
         * @param value any measures; none for the default
         * @return this
         */
        public Builder measures(Collection<Measure> value) {
            measures = Set.copyOf(value);
            return this;
        }

        /**
         * Sets the neighbour of precision, recall, density and coverage.
         *
         * @param value at least 1; default 5
         * @return this
         */
        public Builder neighbours(int value) {
            neighbours = value;
            return this;
        }

        /**
         * Sets the number of subsets of the kernel distance.
         *
         * @param value at least 1; default 100
         * @return this
         */
        public Builder subsets(int value) {
            subsets = value;
            return this;
        }

        /**
         * Sets the samples in a subset of the kernel distance.
         *
         * @param value at least 2; default 1000
         * @return this
         */
        public Builder subsetSize(int value) {
            subsetSize = value;
            return this;
        }

        /**
         * Sets the directions of the sliced Wasserstein distance.
         *
         * @param value at least 1; default 128
         * @return this
         */
        public Builder directions(int value) {
            directions = value;
            return this;
        }

        /**
         * Sets the splits of the Inception score.
         *
         * @param value at least 1; default 10
         * @return this
         */
        public Builder splits(int value) {
            splits = value;
            return this;
        }

        /**
         * Sets the bootstrap resamples.
         *
         * @param value 0 or at least 2; default 10
         * @return this
         */
        public Builder resamples(int value) {
            resamples = value;
            return this;
        }

        /**
         * Sets the pairs per class of the within-class similarity.
         *
         * @param value at least 1; default 100
         * @return this
         */
        public Builder pairs(int value) {
            pairs = value;
            return this;
        }

        /**
         * Sets what classes are compared with.
         *
         * @param value default uniform
         * @return this
         */
        public Builder classShares(ClassShares value) {
            classShares = value;
            return this;
        }

        /**
         * Sets the seed of all draws.
         *
         * @param value any; default 1
         * @return this
         */
        public Builder seed(long value) {
            seed = value;
            return this;
        }

        /**
         * Checks and returns the options.
         *
         * @return the options
         * @throws MirageException with every value that is out of range
         */
        public EvaluationOptions build() {
            return new EvaluationOptions(
                    measures, neighbours, subsets, subsetSize, directions, splits, resamples, pairs, classShares, seed);
        }
    }
}
