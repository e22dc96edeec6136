package org.mirage4j.core.data;

import org.mirage4j.core.random.RandomStreams;

/**
 * Training examples, asked for by iteration. {@link #batch} is a function of the source (its content
 * and its seed), the iteration and the batch size and of nothing else, so a run that resumes at any
 * iteration sees what it would have seen without the break.
 *
 * <p>Image sources deliver float32 in [0, 1], 0 the background, shaped [N, channels, height, width].
 */
public interface ExampleSource {

    /**
     * What the data are called in logs and manifests.
     *
     * @return a short name, "mnist-train" say
     */
    String name();

    /**
     * The shape of one example, without the batch dimension.
     *
     * @return a copy, [1, 28, 28] or [784] say
     */
    long[] exampleShape();

    /**
     * How many examples make an epoch.
     *
     * @return at least 1; for an endless source a nominal number
     */
    long size();

    /**
     * How many classes the labels know.
     *
     * @return the width of the one-hot labels; 0 if the examples are unlabelled
     */
    int classes();

    /**
     * How many examples of each class an epoch has, of an endless source in the mean.
     *
     * @return one number for each class; none if the examples are unlabelled, or the source does not know
     */
    default long[] classCounts() {
        return new long[0];
    }

    /**
     * The batch of one iteration. Every batch has the size asked for: what is left over at the end of
     * an epoch is dropped.
     *
     * @param iteration the iteration, counted from 0 over all epochs
     * @param batchSize number of examples
     * @return a batch whose arrays belong to the caller
     * @throws org.mirage4j.core.MirageException if the iteration is negative or the batch size is not
     *     in [1, {@link #size()}]
     */
    Batch batch(long iteration, int batchSize);

    /**
     * Identifies the content, not the name and not the order in which it is dealt.
     *
     * @return SHA-256 over shape, values and labels, in lower-case hexadecimal
     */
    String fingerprint();

    /**
     * How many batches make an epoch.
     *
     * @param batchSize number of examples in a batch, in [1, {@link #size()}]
     * @return whole batches, at least 1
     */
    default long batchesPerEpoch(int batchSize) {
        return new Epochs(size(), batchSize).batches();
    }

    /**
     * The same examples dealt in the order of a run's random streams. A source whose order is its own, an
     * endless one or an iterator, returns itself.
     *
     * @param streams the run's random streams
     * @return a view of this source
     */
    default ExampleSource shuffledBy(RandomStreams streams) {
        return this;
    }

    /**
     * The same examples with 0 mapped to {@code min} and 1 to {@code max}: (-1, 1) for a generator
     * that ends in tanh.
     *
     * @param min what 0 becomes
     * @param max what 1 becomes, above {@code min}
     * @return a view of this source
     */
    default ExampleSource rescaled(double min, double max) {
        return new RescaledExamples(this, min, max);
    }
}
