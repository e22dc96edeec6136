package org.mirage4j.gan.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.mirage4j.core.MirageException;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.ops.transforms.Transforms;

class MultiScaleSimilarityTest {
    private static final double C1 = 1e-4;
    private static final double C2 = 9e-4;

    @Test
    void identicalImagesHaveOne() {
        INDArray images = images("images", 3, 3, 64, 50);

        assertThat(MultiScaleSimilarity.between(images, images.dup()))
                .containsExactly(new double[] {1, 1, 1}, Tolerance.ROUNDING);
    }

    @Test
    void oneWindowIsTheFormulaWrittenOut() {
        INDArray a = images("a", 1, 1, 11, 11);
        INDArray b = images("b", 1, 1, 11, 11).addi(a).divi(2);
        double total = 0;
        double muA = 0;
        double muB = 0;
        for (int y = 0; y < 11; y++) {
            for (int x = 0; x < 11; x++) {
                double weight = weight(y, x);
                total += weight;
                muA += weight * a.getDouble(0, 0, y, x);
                muB += weight * b.getDouble(0, 0, y, x);
            }
        }
        muA /= total;
        muB /= total;
        double varianceA = 0;
        double varianceB = 0;
        double covariance = 0;
        for (int y = 0; y < 11; y++) {
            for (int x = 0; x < 11; x++) {
                double weight = weight(y, x) / total;
                double da = a.getDouble(0, 0, y, x) - muA;
                double db = b.getDouble(0, 0, y, x) - muB;
                varianceA += weight * da * da;
                varianceB += weight * db * db;
                covariance += weight * da * db;
            }
        }
        double expected = (2 * muA * muB + C1)
                / (muA * muA + muB * muB + C1)
                * (2 * covariance + C2)
                / (varianceA + varianceB + C2);

        assertThat(expected).isGreaterThan(0.1);
        assertThat(MultiScaleSimilarity.between(a, b)[0]).isCloseTo(expected, Tolerance.ROUNDING);
    }

    @Test
    void digitsHaveTwoScalesWithLuminanceInTheSecond() {
        INDArray dark = Nd4j.valueArrayOf(new long[] {1, 1, 28, 28}, 0.2, DataType.DOUBLE);
        INDArray light = Nd4j.valueArrayOf(new long[] {1, 1, 28, 28}, 0.9, DataType.DOUBLE);
        double luminance = (2 * 0.2 * 0.9 + C1) / (0.04 + 0.81 + C1);
        double expected = Math.pow(luminance, 0.2856 / (0.0448 + 0.2856));

        // Flat images have equal structure; the variances are rounding, far below C2.
        assertThat(MultiScaleSimilarity.between(dark, light)[0])
                .isCloseTo(expected, Tolerance.relative(expected, Tolerance.GOLDEN));
    }

    @Test
    void oppositeImagesCountAsNothingAlike() {
        INDArray image = images("image", 1, 1, 28, 28);

        assertThat(MultiScaleSimilarity.between(image, image.rsub(1))[0]).isZero();
    }

    @Test
    void aClassOfOneImageIsAlikeAndAVariedOneIsNot() {
        INDArray images = images("images", 20, 1, 16, 16);
        int[] labels = new int[20];
        for (int i = 0; i < 10; i++) {
            images.slice(i).assign(images.slice(0));
            labels[10 + i] = 1;
        }
        INDArray collapsed = images.get(NDArrayIndex.interval(0, 10));
        MetricResult both = MultiScaleSimilarity.withinClasses(images, labels, 30, Sets.STREAMS);
        MetricResult one = MultiScaleSimilarity.withinClasses(collapsed, new int[10], 30, Sets.STREAMS);

        assertThat(one.value()).isCloseTo(1, Tolerance.ROUNDING);
        assertThat(both.value()).isBetween(0.5, 0.7);
        assertThat(both.spread().kind()).isEqualTo(Spread.Kind.CLASSES);
        assertThat(both.spread().value()).isCloseTo(1 - both.value(), Tolerance.ROUNDING);
        assertThat(MultiScaleSimilarity.withinClasses(images, labels, 30, Sets.STREAMS))
                .isEqualTo(both);
    }

    @Test
    void imagesThatDoNotFitAreRefused() {
        INDArray small = images("small", 2, 1, 10, 28);
        INDArray image = images("image", 2, 1, 28, 28);

        assertThatThrownBy(() -> MultiScaleSimilarity.between(small, small))
                .isInstanceOf(MirageException.class)
                .hasMessage("MS-SSIM needs images of at least 11 x 11 pixels, but these are 1x10x28");
        assertThatThrownBy(() -> MultiScaleSimilarity.between(image, images("other", 2, 3, 28, 28)))
                .isInstanceOf(MirageException.class);
        assertThatThrownBy(() -> MultiScaleSimilarity.withinClasses(image, new int[] {0, 1}, 5, Sets.STREAMS))
                .isInstanceOf(MirageException.class)
                .hasMessageContaining("at least 2 images");
        assertThatThrownBy(() -> MultiScaleSimilarity.withinClasses(image, new int[3], 5, Sets.STREAMS))
                .isInstanceOf(MirageException.class);
    }

    private static double weight(int y, int x) {
        return Math.exp(-((y - 5) * (y - 5) + (x - 5) * (x - 5)) / (2 * 1.5 * 1.5));
    }

    private static INDArray images(String name, int count, int channels, int height, int width) {
        return Transforms.sigmoid(Sets.STREAMS.gaussian(name, 0, DataType.DOUBLE, count, channels, height, width));
    }
}
