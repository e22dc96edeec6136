package org.mirage4j.core.features;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.mirage4j.core.MirageException;
import org.mirage4j.core.random.RandomStreams;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.ops.transforms.Transforms;

class FeatureExtractorTest {
    private static final ImageShape SHAPE = new ImageShape(1, 12, 10);
    private static final INDArray IMAGES =
            Transforms.sigmoid(new RandomStreams(1).gaussian("images", 0, DataType.FLOAT, 5, 1, 12, 10));

    @Test
    void rawPixelsAreTheImagesInRowOrder() {
        INDArray features = new RawPixels(SHAPE).extract(IMAGES).features();

        assertThat(features.shape()).containsExactly(5, 120);
        assertThat(features.getFloat(3, 4 * 10 + 7)).isEqualTo(IMAGES.getFloat(3, 0, 4, 7));
    }

    @Test
    void rawPixelsAreACopy() {
        INDArray images = IMAGES.dup();
        new RawPixels(SHAPE).extract(images).features().assign(0);

        assertThat(images).isEqualTo(IMAGES);
    }

    @Test
    void randomConvolutionsRepeatThemselvesFromTheSeed() {
        RandomConvolutions first = new RandomConvolutions(SHAPE, new RandomStreams(3));
        RandomConvolutions second = new RandomConvolutions(SHAPE, new RandomStreams(3));

        assertThat(first.id()).isEqualTo(second.id());
        assertThat(first.extract(IMAGES).features())
                .isEqualTo(second.extract(IMAGES).features());
        assertThat(first.extract(IMAGES).features().shape()).containsExactly(5, 224);
    }

    @Test
    void randomConvolutionsOfAnotherSeedHaveAnotherFingerprint() {
        assertThat(new RandomConvolutions(SHAPE, new RandomStreams(3)).fingerprint())
                .isNotEqualTo(new RandomConvolutions(SHAPE, new RandomStreams(4)).fingerprint());
    }

    @Test
    void firstConvolutionIsTheOneWrittenOut() {
        ImageShape one = new ImageShape(1, 1, 1);
        RandomConvolutions extractor = new RandomConvolutions(one, new RandomStreams(3));
        INDArray features =
                extractor.extract(Nd4j.ones(DataType.FLOAT, 1, 1, 1, 1)).features();

        // One pixel under a 3x3 kernel with same padding meets the centre weight only.
        var random = new RandomStreams(3).generator("random-convolutions", 0);
        double scale = Math.sqrt(2.0 / 9);
        float[] weights = new float[9 * 32];
        for (int i = 0; i < weights.length; i++) {
            weights[i] = (float) (scale * random.nextGaussian());
        }
        for (int filter = 0; filter < 32; filter++) {
            float weight = weights[4 * 32 + filter];
            float expected = weight > 0 ? weight : 0.2f * weight;
            assertThat(features.getFloat(0, filter)).isCloseTo(expected, within());
        }
    }

    @Test
    void mirroredImagesHaveOtherRandomFeatures() {
        RandomConvolutions extractor = new RandomConvolutions(SHAPE, new RandomStreams(3));
        INDArray mirrored = Nd4j.reverse(IMAGES.dup('c').reshape(5 * 12, 10)).reshape(5, 1, 12, 10);

        assertThat(extractor
                        .extract(mirrored)
                        .features()
                        .distance2(extractor.extract(IMAGES).features()))
                .isGreaterThan(0.1);
    }

    @Test
    void neitherClassifies() {
        assertThat(new RawPixels(SHAPE).extract(IMAGES).logits()).isEmpty();
        assertThat(new RandomConvolutions(SHAPE, new RandomStreams(3))
                        .extract(IMAGES)
                        .logits())
                .isEmpty();
        assertThat(new RawPixels(SHAPE).id().inception()).isFalse();
    }

    @Test
    void imagesOfAnotherShapeAreRefusedWithBothShapes() {
        assertThatThrownBy(() -> new RawPixels(new ImageShape(3, 12, 10)).extract(IMAGES))
                .isInstanceOf(MirageException.class)
                .hasMessage("images must have shape [N, 3, 12, 10], but have [5, 1, 12, 10]");
    }

    @Test
    void imagesOutsideTheUnitRangeAreRefused() {
        assertThatThrownBy(() -> new RawPixels(SHAPE).extract(IMAGES.mul(2).sub(1)))
                .isInstanceOf(MirageException.class)
                .hasMessageStartingWith(
                        "images: pixels must be floating-point numbers in [0, 1], or bytes from 0 to 255, but"
                                + " are of type float32 and lie in [-");
    }

    @Test
    void logitsMustHaveTheFeaturesRows() {
        INDArray features = Nd4j.zeros(4, 3);
        assertThat(Extraction.of(features, Nd4j.zeros(4, 10)).logits()).isPresent();
        assertThatThrownBy(() -> Extraction.of(features, Nd4j.zeros(5, 10)))
                .isInstanceOf(MirageException.class)
                .hasMessageContaining("5 and 4");
    }

    private static org.assertj.core.data.Offset<Float> within() {
        return org.assertj.core.data.Offset.offset(1e-6f);
    }
}
