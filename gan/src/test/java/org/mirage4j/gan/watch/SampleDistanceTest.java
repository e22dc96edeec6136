package org.mirage4j.gan.watch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.mirage4j.core.data.SyntheticDigits;
import org.mirage4j.core.random.RandomStreams;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class SampleDistanceTest {
    private static final RandomStreams STREAMS = new RandomStreams(4);
    private static final SampleDistance DIGITS = new SampleDistance(digits(0, 500));

    private static INDArray digits(int first, int count) {
        return new SyntheticDigits(3)
                .examples(first, count)
                .examples(0, count)
                .features()
                .muli(2)
                .subi(1);
    }

    private static INDArray gaussian(String stream, long... shape) {
        return STREAMS.gaussian(stream, 0, DataType.FLOAT, shape);
    }

    /** Every pixel has the values that it has in the data, and none knows of another. */
    private static INDArray independentPixels() {
        INDArray digits = digits(2000, 100).reshape(100, 784);
        for (int pixel = 0; pixel < 784; pixel++) {
            int[] order = STREAMS.permutation("pixel", pixel, 100);
            digits.putColumn(pixel, digits.getColumn(pixel).dup().get(Nd4j.createFromArray(order)));
        }
        return digits.reshape(100, 1, 28, 28);
    }

    static Stream<Arguments> samples() {
        return Stream.of(
                Arguments.of("other digits", digits(1000, 100), true),
                Arguments.of("fewer digits", digits(3000, 40), true),
                Arguments.of(
                        "digits with a little grain",
                        digits(1000, 100).add(gaussian("grain", 100, 1, 28, 28).mul(0.05)),
                        true),
                Arguments.of("noise", gaussian("noise", 100, 1, 28, 28), false),
                Arguments.of("faint noise", gaussian("noise", 100, 1, 28, 28).mul(0.1), false),
                Arguments.of("noise of the data's pixels", independentPixels(), false),
                Arguments.of(
                        "digits under noise",
                        digits(1000, 100).add(gaussian("grain", 100, 1, 28, 28).mul(0.5)),
                        false),
                Arguments.of("blank", Nd4j.valueArrayOf(new long[] {100, 1, 28, 28}, -1f), false),
                Arguments.of("one digit", Nd4j.tile(digits(1000, 1), 100, 1, 1, 1), false),
                Arguments.of("negatives", digits(1000, 100).neg(), false));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("samples")
    void onlyWhatIsLikeTheDataIsNear(String name, INDArray samples, boolean near) {
        assertThat(DIGITS.of(samples) <= DIGITS.allowed()).isEqualTo(near);
    }

    @Test
    void figuresAreMeasuredOnTheData() {
        assertThat(DIGITS.floor()).isBetween(1e-4, 0.02);
        assertThat(DIGITS.noise()).isBetween(0.1, 1.0);
        assertThat(new SampleDistance(digits(0, 500)).allowed()).isEqualTo(DIGITS.allowed());
    }

    @Test
    void colourImagesAndPointsAreComparedToo() {
        INDArray colour = Nd4j.concat(1, digits(0, 200), digits(200, 200), digits(400, 200));
        SampleDistance distance = new SampleDistance(colour);
        assertThat(distance.of(Nd4j.concat(1, digits(600, 100), digits(700, 100), digits(800, 100))))
                .isLessThan(distance.allowed());
        assertThat(distance.of(gaussian("colour", 100, 3, 28, 28))).isGreaterThan(distance.allowed());

        SampleDistance plane = new SampleDistance(gaussian("real", 400, 2));
        assertThat(plane.of(gaussian("other", 100, 2))).isLessThanOrEqualTo(plane.allowed());
        assertThat(plane.of(gaussian("other", 100, 2).add(2))).isGreaterThan(plane.allowed());
    }

    /** Their pixels have nothing to do with each other in the first place, so noise is no measure, only the floor. */
    @Test
    void dataThatAreNoiseAreNearNoise() {
        SampleDistance distance = new SampleDistance(gaussian("real", 500, 1, 8, 8));
        assertThat(distance.allowed()).isEqualTo(distance.floor());
        assertThat(distance.of(gaussian("other", 100, 1, 8, 8).mul(0.5))).isGreaterThan(distance.allowed());
    }

    @Test
    void fewOrTinyExamplesAreNoReasonToFail() {
        assertThat(new SampleDistance(digits(0, 2)).of(digits(10, 5))).isBetween(-1.0, 1.0);
        assertThat(new SampleDistance(gaussian("tiny", 40, 2, 1, 1)).of(gaussian("other", 40, 2, 1, 1)))
                .isBetween(-1.0, 1.0);
        assertThat(new SampleDistance(Nd4j.ones(10, 1, 4, 4)).of(Nd4j.ones(10, 1, 4, 4)))
                .isZero();
    }
}
