package org.mirage4j.core.data;

import java.util.Locale;
import org.mirage4j.core.MirageException;
import org.mirage4j.core.random.RandomStreams;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The examples of another source under the map that takes 0 to min and 1 to max. */
record RescaledExamples(ExampleSource source, double min, double max) implements ExampleSource {
    RescaledExamples {
        if (!(min < max) || Double.isInfinite(min) || Double.isInfinite(max)) {
            throw new MirageException(String.format(
                    Locale.ROOT, "the range to rescale to must be finite and not empty, but is [%s, %s]", min, max));
        }
    }

    @Override
    public String name() {
        return source.name();
    }

    @Override
    public long[] exampleShape() {
        return source.exampleShape();
    }

    @Override
    public long size() {
        return source.size();
    }

    @Override
    public int classes() {
        return source.classes();
    }

    @Override
    public long[] classCounts() {
        return source.classCounts();
    }

    @Override
    public Batch batch(long iteration, int batchSize) {
        Batch batch = source.batch(iteration, batchSize);
        INDArray features = Inputs.checked(name(), batch.features()); // a source may be anybody's
        features.muli(max - min).addi(min); // in place: the batch is ours
        return batch.labels().map(labels -> Batch.of(features, labels)).orElseGet(() -> Batch.of(features));
    }

    @Override
    public ExampleSource shuffledBy(RandomStreams streams) {
        return new RescaledExamples(source.shuffledBy(streams), min, max);
    }

    @Override
    public String fingerprint() {
        return new Fingerprint()
                .text(source.fingerprint())
                .number(min)
                .number(max)
                .hex();
    }
}
