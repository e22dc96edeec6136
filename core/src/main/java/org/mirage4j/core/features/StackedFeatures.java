package org.mirage4j.core.features;

import java.util.ArrayList;
import java.util.List;
import org.mirage4j.core.MirageException;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * Looks at each channel of an image by itself with an extractor of grey images, for stacked digits (Metz et al. 2017):
 * features are those of the channels side by side. If the extractor knows K classes, C channels have K^C, numbered
 * with the first channel as the highest digit, and the logits are the sums of the channels', whose softmax is the
 * product of the channels' probabilities. As safe for concurrent use as the extractor inside.
 */
public final class StackedFeatures implements FeatureExtractor {
    private static final int MAX_CLASSES = 100_000;

    private final FeatureExtractor channel;
    private final int channels;

    /**
     * Wraps an extractor.
     *
     * @param channel looks at one channel
     * @param channels how many there are, at least 1
     * @throws MirageException if the extractor is not of grey images
     */
    public StackedFeatures(FeatureExtractor channel, int channels) {
        if (channel.input().channels() != 1) {
            throw new MirageException("stacked images need an extractor of grey images, but " + channel.name()
                    + " takes " + channel.input());
        }
        this.channel = channel;
        this.channels = channels;
    }

    @Override
    public String name() {
        return channel.name() + ", by channel";
    }

    @Override
    public String fingerprint() {
        return "stacked-" + channels + "-" + channel.fingerprint();
    }

    @Override
    public ImageShape input() {
        return new ImageShape(
                channels, channel.input().height(), channel.input().width());
    }

    @Override
    public Extraction extract(INDArray given) {
        INDArray images = input().checked(given).dup('c');
        List<INDArray> features = new ArrayList<>();
        List<INDArray> logits = new ArrayList<>();
        for (int c = 0; c < channels; c++) {
            INDArray grey = images.get(
                            NDArrayIndex.all(), NDArrayIndex.interval(c, c + 1), NDArrayIndex.all(), NDArrayIndex.all())
                    .dup('c');
            Extraction extraction = channel.extract(grey);
            features.add(extraction.features());
            extraction.logits().ifPresent(logits::add);
        }
        INDArray joined = Nd4j.concat(1, features.toArray(INDArray[]::new));
        return logits.isEmpty() ? Extraction.of(joined) : Extraction.of(joined, sums(logits));
    }

    private static INDArray sums(List<INDArray> logits) {
        INDArray sums = logits.get(0);
        for (INDArray next : logits.subList(1, logits.size())) {
            long count = sums.size(0);
            long classes = sums.size(1) * next.size(1);
            if (classes > MAX_CLASSES) {
                throw new MirageException("stacked images can have at most " + MAX_CLASSES + " classes, but " + classes
                        + " and more are asked for");
            }
            INDArray high = sums.dup('c').reshape('c', count, sums.size(1), 1);
            INDArray low = next.dup('c').reshape('c', count, 1, next.size(1));
            sums = high.add(low).dup('c').reshape('c', count, classes);
        }
        return sums;
    }
}
