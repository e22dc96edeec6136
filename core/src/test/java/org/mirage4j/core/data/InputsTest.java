package org.mirage4j.core.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.deeplearning4j.datasets.iterator.utilty.ListDataSetIterator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.mirage4j.core.MirageException;
import org.mirage4j.core.features.ImageShape;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;

class InputsTest {
    private static final String ALLOWED =
            "x: pixels must be floating-point numbers in [0, 1], or bytes from 0 to 255, but are of type ";

    /** Two images of two channels, two rows and three columns; the last pixel is the given one. */
    private static INDArray images(DataType type, double last) {
        return Nd4j.zeros(type, 2, 2, 2, 3).putScalar(23, last);
    }

    static Stream<Arguments> refused() {
        return Stream.of(
                Arguments.of(images(DataType.FLOAT, 255), ALLOWED + "float32 and lie in [0.0, 255.0]"),
                Arguments.of(images(DataType.FLOAT, 1.00001), ALLOWED + "float32 and lie in [0.0, 1.00001]"),
                Arguments.of(images(DataType.FLOAT, -1), ALLOWED + "float32 and lie in [-1.0, 0.0]"),
                Arguments.of(images(DataType.DOUBLE, -0.5), ALLOWED + "float64 and lie in [-0.5, 0.0]"),
                Arguments.of(images(DataType.FLOAT16, 2), ALLOWED + "float16 and lie in [0.0, 2.0]"),
                Arguments.of(images(DataType.INT64, 255), ALLOWED + "int64 and lie in [0.0, 255.0]"),
                Arguments.of(images(DataType.INT64, 1), ALLOWED + "int64 and lie in [0.0, 1.0]"),
                Arguments.of(images(DataType.INT32, 200), ALLOWED + "int32 and lie in [0.0, 200.0]"),
                Arguments.of(images(DataType.INT8, -1), ALLOWED + "int8 and lie in [-1.0, 0.0]"),
                Arguments.of(
                        images(DataType.UINT8, 1),
                        "x: pixels stored as bytes must reach from black, 0, to white, 255, but are all 0 or 1;"
                                + " multiply them by 255"),
                Arguments.of(
                        images(DataType.FLOAT, Double.NaN),
                        "x: pixels must be finite, but image 1, channel 1, row 1, column 2 is NaN"),
                Arguments.of(
                        images(DataType.DOUBLE, Double.NEGATIVE_INFINITY),
                        "x: pixels must be finite, but image 1, channel 1, row 1, column 2 is -Infinity"),
                Arguments.of(
                        Nd4j.zeros(DataType.DOUBLE, 3, 4).putScalar(9, 1e39),
                        "x: features must be finite, but example 2, feature 1 is 1.0E39, which overflows 32 bits"),
                Arguments.of(
                        Nd4j.zeros(DataType.FLOAT, 3, 4).putScalar(9, Double.NaN),
                        "x: features must be finite, but example 2, feature 1 is NaN"));
    }

    @ParameterizedTest(name = "{1}")
    @MethodSource("refused")
    void whatIsOnAnotherScaleIsRefusedWhereverItComesIn(INDArray examples, String sentence) {
        assertRefused(sentence, () -> Inputs.checked("x", examples));
        assertRefused(sentence, () -> InMemoryExamples.of("x", examples));
        assertRefused(sentence, () -> InMemoryExamples.of("x", examples, Nd4j.ones(examples.size(0), 1)));
        DataSet data = new DataSet(examples, Nd4j.ones(examples.size(0), 1));
        assertRefused(
                sentence.replace("image 1", "image 3").replace("example 2", "example 5"),
                () -> new IteratorExamples(
                        "x",
                        new ListDataSetIterator<>(
                                List.of(
                                        new DataSet(
                                                Nd4j.zeros(DataType.FLOAT, examples.shape()),
                                                Nd4j.ones(examples.size(0), 1)),
                                        data),
                                1)));
        if (examples.rank() == 4) {
            assertRefused(sentence, () -> Inputs.images("x", examples));
            assertRefused(sentence.replace("x: ", "images: "), () -> new ImageShape(2, 2, 3).checked(examples));
        }
    }

    private static void assertRefused(String sentence, Runnable action) {
        assertThatThrownBy(action::run).isInstanceOf(MirageException.class).hasMessage(sentence);
    }

    @Test
    void bytesAreDividedBy255() {
        float[] expected = {0, 51 / 255f, 1};
        INDArray bytes = Nd4j.createFromArray(0, 51, 255).castTo(DataType.UINT8).reshape(1, 1, 1, 3);

        assertThat(Inputs.checked("x", bytes).ravel().toFloatVector()).containsExactly(expected);
        assertThat(InMemoryExamples.of("x", bytes)
                        .examples(0, 1)
                        .features()
                        .ravel()
                        .toFloatVector())
                .containsExactly(expected);
        assertThat(new ImageShape(1, 1, 3).checked(bytes).ravel().toFloatVector())
                .containsExactly(expected);
        assertThat(Inputs.checked("x", bytes.castTo(DataType.UINT8).reshape(1, 3))
                        .ravel()
                        .toFloatVector())
                .as("features are no pixels")
                .containsExactly(0, 51, 255);
        assertThat(Inputs.checked("x", images(DataType.INT8, 127)).getFloat(23)).isEqualTo(127 / 255f);
    }

    @Test
    void whatFitsIsHandedOnAsItIs() {
        INDArray images = images(DataType.FLOAT, 1);
        INDArray features = Nd4j.createFromArray(new double[][] {{-1e30, 1e6}});
        assertThat(Inputs.checked("x", images)).isSameAs(images);
        assertThat(Inputs.images("x", images)).isSameAs(images);
        assertThat(Inputs.checked("x", features)).isSameAs(features);
        assertThat(Inputs.checked("x", images(DataType.UINT8, 0)).sumNumber().doubleValue())
                .as("black bytes")
                .isZero();
    }

    @Test
    void imagesMayStandInOtherOrders() {
        INDArray images = Nd4j.rand(DataType.FLOAT, 2, 3, 5, 6);
        assertThat(Inputs.images("x", images.permute(0, 2, 3, 1).dup())).isEqualTo(images);
        assertThat(Inputs.images("x", Nd4j.zeros(2, 5, 6)).shape()).containsExactly(2, 1, 5, 6);
        assertThatThrownBy(() -> Inputs.images("x", Nd4j.zeros(2, 30)))
                .isInstanceOf(MirageException.class)
                .hasMessage("x must hold images [N, C, H, W], [N, H, W, C] or [N, H, W] of at most 4 channels, but has"
                        + " shape [2, 30]");
    }

    @Test
    void blackAndWhiteBytesOfAnIdxFileAreRefused(@TempDir Path folder) throws IOException {
        Path file = Files.write(
                folder.resolve("images"), new byte[] {0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 2, 0, 1});
        assertThatThrownBy(() -> IdxFile.readImages("x", file))
                .isInstanceOf(MirageException.class)
                .hasMessage(file + ": pixels stored as bytes must reach from black, 0, to white, 255, but are all 0 or"
                        + " 1; multiply them by 255");
    }
}
