package org.mirage4j.gan.metrics;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.mirage4j.core.MirageException;
import org.mirage4j.core.features.ImageShape;
import org.mirage4j.core.features.RawPixels;
import org.mirage4j.core.random.RandomStreams;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Multi-scale structural similarity of Wang, Simoncelli and Bovik 2003, and its mean over pairs within
 * a class as a measure of variety (Odena, Olah and Shlens 2017).
 *
 * <p>Values are in [0, 1], the window is a Gaussian of 11 x 11 with deviation 1.5 and lies wholly in
 * the image; K1 is 0.01 and K2 0.03. Each scale halves the image by the mean of 2 x 2 pixels (an odd
 * last row or column is left out). There are five scales, or as many as the window fits in: 28 x 28
 * images have two (28 and 14), 64 x 64 three, and the literature's weights of those scales are divided
 * by their sum. The last scale has the luminance term too. A negative contrast-structure mean counts as
 * 0; several channels are averaged.
 */
public final class MultiScaleSimilarity {
    private static final double[] WEIGHTS = {0.0448, 0.2856, 0.3001, 0.2363, 0.1333};
    private static final int WINDOW = 11;
    private static final double[] GAUSSIAN = gaussian(1.5);
    private static final double C1 = 0.01 * 0.01;
    private static final double C2 = 0.03 * 0.03;

    private MultiScaleSimilarity() {}

    /**
     * The similarity of images pair by pair.
     *
     * @param first [N, C, H, W] in [0, 1], at least 11 pixels high and wide
     * @param second of the same shape
     * @return N similarities in [0, 1]; 1 for equal images
     * @throws MirageException if the shapes differ, the images are too small or values are out of range
     */
    public static double[] between(INDArray first, INDArray second) {
        Images a = Images.of(first);
        Images b = Images.of(second);
        if (!a.shape.equals(b.shape) || a.count != b.count) {
            throw new MirageException("images must be compared in pairs of one shape, but there are " + a.count + " of "
                    + a.shape + " and " + b.count + " of " + b.shape);
        }
        return IntStream.range(0, a.count)
                .mapToDouble(i -> similarity(a, i, b, i))
                .toArray();
    }

    /**
     * The mean similarity of random pairs within each class, averaged over classes. Lower is more
     * varied; a class that always gives one image has 1.
     *
     * @param images [N, C, H, W] in [0, 1], at least 11 pixels high and wide
     * @param labels one label per image, not negative; classes with fewer than two images are left out
     * @param pairsPerClass number of pairs, each of two different images; the literature has 100
     * @param streams where the pairs are drawn from
     * @return the similarity, with the population standard deviation of the classes' means
     * @throws MirageException if the images do not fit, or no class has two
     */
    public static MetricResult withinClasses(INDArray images, int[] labels, int pairsPerClass, RandomStreams streams) {
        Images all = Images.of(images);
        if (labels.length != all.count || pairsPerClass < 1) {
            throw new MirageException("within-class similarity needs one label per image and at least 1 pair, but has "
                    + labels.length + " labels, " + all.count + " images and " + pairsPerClass + " pairs");
        }
        double[] means = IntStream.of(labels)
                .distinct()
                .sorted()
                .mapToObj(label -> new ClassMembers(
                        label,
                        IntStream.range(0, labels.length)
                                .filter(i -> labels[i] == label)
                                .toArray()))
                .filter(members -> members.indices.length >= 2)
                .mapToDouble(members -> mean(all, members, pairsPerClass, streams))
                .toArray();
        if (means.length == 0) {
            throw new MirageException("within-class similarity needs a class of at least 2 images, but there is none");
        }
        return new MetricResult(
                Metric.WITHIN_CLASS_SIMILARITY,
                "pairs=" + pairsPerClass + ", classes=" + means.length,
                Moments.mean(means),
                Spread.over(Spread.Kind.CLASSES, means),
                0,
                all.count,
                new RawPixels(all.shape).id(),
                streams.seed());
    }

    private static double mean(Images images, ClassMembers members, int pairs, RandomStreams streams) {
        SplittableRandom random = streams.generator("ms-ssim-pairs", members.label);
        int size = members.indices.length;
        double sum = 0;
        for (int pair = 0; pair < pairs; pair++) {
            int first = random.nextInt(size);
            int second = (first + 1 + random.nextInt(size - 1)) % size;
            sum += similarity(images, members.indices[first], images, members.indices[second]);
        }
        return sum / pairs;
    }

    private static double similarity(Images a, int i, Images b, int j) {
        double sum = 0;
        for (int channel = 0; channel < a.shape.channels(); channel++) {
            sum += similarity(a.plane(i, channel), b.plane(j, channel));
        }
        return sum / a.shape.channels();
    }

    private static double similarity(Plane first, Plane second) {
        Plane a = first;
        Plane b = second;
        int scales = scales(a.height, a.width);
        double weightSum = Arrays.stream(WEIGHTS, 0, scales).sum();
        double product = 1;
        for (int scale = 0; scale < scales; scale++) {
            boolean last = scale == scales - 1;
            product *= Math.pow(Math.max(0, term(a, b, last)), WEIGHTS[scale] / weightSum);
            if (!last) {
                a = a.halved();
                b = b.halved();
            }
        }
        return product;
    }

    private static int scales(int height, int width) {
        int scales = 0;
        int side = Math.min(height, width);
        while (scales < WEIGHTS.length && side >= WINDOW) {
            scales++;
            side /= 2;
        }
        return scales;
    }

    /** The mean over windows of contrast times structure, and of luminance too if asked for. */
    private static double term(Plane a, Plane b, boolean luminance) {
        Plane meanA = a.blurred();
        Plane meanB = b.blurred();
        Plane squareA = a.times(a).blurred();
        Plane squareB = b.times(b).blurred();
        Plane product = a.times(b).blurred();
        double sum = 0;
        for (int i = 0; i < meanA.values.length; i++) {
            double muA = meanA.values[i];
            double muB = meanB.values[i];
            double varianceA = squareA.values[i] - muA * muA;
            double varianceB = squareB.values[i] - muB * muB;
            double covariance = product.values[i] - muA * muB;
            double value = (2 * covariance + C2) / (varianceA + varianceB + C2);
            if (luminance) {
                value *= (2 * muA * muB + C1) / (muA * muA + muB * muB + C1);
            }
            sum += value;
        }
        return sum / meanA.values.length;
    }

    private static double[] gaussian(double deviation) {
        double[] weights = new double[WINDOW];
        for (int i = 0; i < WINDOW; i++) {
            double distance = i - WINDOW / 2;
            weights[i] = Math.exp(-distance * distance / (2 * deviation * deviation));
        }
        double sum = Arrays.stream(weights).sum();
        return Arrays.stream(weights).map(weight -> weight / sum).toArray();
    }

    private static final class ClassMembers {
        private final int label;
        private final int[] indices;

        ClassMembers(int label, int[] indices) {
            this.label = label;
            this.indices = indices;
        }
    }

    /** A batch of images on the heap. */
    private static final class Images {
        private final double[] values;
        private final int count;
        private final ImageShape shape;

        private Images(double[] values, int count, ImageShape shape) {
            this.values = values;
            this.count = count;
            this.shape = shape;
        }

        static Images of(INDArray given) {
            if (given.rank() != 4) {
                throw new MirageException(
                        "images must have shape [N, C, H, W], but have " + Arrays.toString(given.shape()));
            }
            ImageShape shape = new ImageShape((int) given.size(1), (int) given.size(2), (int) given.size(3));
            INDArray images = shape.checked(given);
            if (shape.height() < WINDOW || shape.width() < WINDOW) {
                throw new MirageException("MS-SSIM needs images of at least " + WINDOW + " x " + WINDOW
                        + " pixels, but these are " + shape);
            }
            return new Images(RowMajor.of(images), (int) images.size(0), shape);
        }

        Plane plane(int image, int channel) {
            int size = shape.height() * shape.width();
            int from = image * shape.size() + channel * size;
            return new Plane(Arrays.copyOfRange(values, from, from + size), shape.height(), shape.width());
        }
    }

    /** One channel of one image. */
    private static final class Plane {
        private final double[] values;
        private final int height;
        private final int width;

        Plane(double[] values, int height, int width) {
            this.values = values;
            this.height = height;
            this.width = width;
        }

        Plane times(Plane other) {
            double[] product = new double[values.length];
            for (int i = 0; i < product.length; i++) {
                product[i] = values[i] * other.values[i];
            }
            return new Plane(product, height, width);
        }

        /** The window's weighted means, rows first, then columns. */
        Plane blurred() {
            int narrow = width - WINDOW + 1;
            int low = height - WINDOW + 1;
            double[] rows = new double[height * narrow];
            for (int y = 0; y < height; y++) {
                for (int x = 0; x < narrow; x++) {
                    double sum = 0;
                    for (int i = 0; i < WINDOW; i++) {
                        sum += GAUSSIAN[i] * values[y * width + x + i];
                    }
                    rows[y * narrow + x] = sum;
                }
            }
            double[] blurred = new double[low * narrow];
            for (int y = 0; y < low; y++) {
                for (int x = 0; x < narrow; x++) {
                    double sum = 0;
                    for (int i = 0; i < WINDOW; i++) {
                        sum += GAUSSIAN[i] * rows[(y + i) * narrow + x];
                    }
                    blurred[y * narrow + x] = sum;
                }
            }
            return new Plane(blurred, low, narrow);
        }

        Plane halved() {
            int low = height / 2;
            int narrow = width / 2;
            double[] halved = new double[low * narrow];
            for (int y = 0; y < low; y++) {
                for (int x = 0; x < narrow; x++) {
                    int at = 2 * y * width + 2 * x;
                    halved[y * narrow + x] =
                            (values[at] + values[at + 1] + values[at + width] + values[at + width + 1]) / 4;
                }
            }
            return new Plane(halved, low, narrow);
        }
    }
}
