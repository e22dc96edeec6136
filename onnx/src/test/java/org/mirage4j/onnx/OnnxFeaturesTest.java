package org.mirage4j.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.mirage4j.core.MirageException;
import org.mirage4j.core.features.Extraction;
import org.mirage4j.core.features.FeatureExtractor;
import org.mirage4j.core.features.ImageShape;
import org.mirage4j.core.features.OnnxModel;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class OnnxFeaturesTest {
    private static final ImageShape GREY = new ImageShape(1, 2, 2);

    /** Three features of four pixels: the first, the second less the third, their mean. */
    private static final float[][] HIDDEN = {{1, 0, 0.25f}, {0, 1, 0.25f}, {0, -1, 0.25f}, {0, 0, 0.25f}};

    private static final float[][] HEAD = {{1, -1}, {0, 2}, {1, 0}};

    @TempDir
    private Path folder;

    private Path file(long... input) throws IOException {
        Path file = folder.resolve("net.onnx");
        OnnxFile.write(file, input, HIDDEN, HEAD);
        return file;
    }

    private static OnnxModel model(Path file) {
        return new OnnxModel(file, GREY, 2, 2, OnnxModel.Layout.NCHW, 0, 1, "features", Optional.of("logits"), false);
    }

    @Test
    void featuresAndLogitsAreWhatTheGraphComputes() throws IOException {
        FeatureExtractor extractor = model(file(1, 2, 2)).open();
        INDArray images =
                Nd4j.createFromArray(new float[][][][] {{{{0.5f, 0.75f}, {0.25f, 1}}}, {{{0, 0.25f}, {1, 0}}}});

        Extraction found = extractor.extract(images);

        assertThat(found.features().toFloatMatrix())
                .isDeepEqualTo(new float[][] {{0.5f, 0.5f, 0.625f}, {0, 0, 0.3125f}});
        assertThat(found.logits().orElseThrow().toFloatMatrix())
                .isDeepEqualTo(new float[][] {{1.125f, 0.5f}, {0.3125f, 0}});
    }

    @Test
    void theValueRangeIsMappedBeforeTheNetwork() throws IOException {
        Path file = file(1, 2, 2);
        FeatureExtractor extractor = new OnnxModel(
                        file, GREY, 2, 2, OnnxModel.Layout.NCHW, -1, 3, "features", Optional.empty(), false)
                .open();

        Extraction found = extractor.extract(Nd4j.createFromArray(new float[][][][] {{{{1, 0.5f}, {0.25f, 0}}}}));

        assertThat(found.logits()).isEmpty();
        // 3, 1, 0, -1
        assertThat(found.features().toFloatMatrix()).isDeepEqualTo(new float[][] {{3, 1, 0.75f}});
    }

    @Test
    void channelsComeLastForTensorFlowsOrderAndGreyIsRepeated() throws IOException {
        float[][] weights = new float[12][1];
        for (int i = 0; i < 12; i++) {
            weights[i][0] = i % 3 == 2 ? i : 0; // the third channel of each of four pixels
        }
        Path file = folder.resolve("last.onnx");
        OnnxFile.write(file, new long[] {2, 2, 3}, weights, new float[][] {{1}});
        FeatureExtractor grey = new OnnxModel(
                        file, GREY, 2, 2, OnnxModel.Layout.NHWC, 0, 1, "features", Optional.empty(), false)
                .open();

        Extraction found = grey.extract(Nd4j.createFromArray(new float[][][][] {{{{1, 0.5f}, {0, 0.25f}}}}));

        assertThat(found.features().getFloat(0)).isEqualTo(2 + 0.5f * 5 + 0.25f * 11);
    }

    @Test
    void imagesAreResizedToTheInput() throws IOException {
        FeatureExtractor extractor = new OnnxModel(
                        file(1, 2, 2),
                        new ImageShape(1, 4, 4),
                        2,
                        2,
                        OnnxModel.Layout.NCHW,
                        0,
                        1,
                        "features",
                        Optional.empty(),
                        false)
                .open();
        INDArray image = Nd4j.zeros(1, 1, 4, 4);
        image.putScalar(new int[] {0, 0, 0, 0}, 1);
        image.putScalar(new int[] {0, 0, 1, 1}, 1);

        // half of the four pixels around the upper left sample are 1
        assertThat(extractor.extract(image).features().getFloat(0)).isEqualTo(0.5f);
    }

    @Test
    void fingerprintsTellFilesAndUsesApart() throws IOException {
        Path file = file(1, 2, 2);
        String first = model(file).open().fingerprint();
        String same = model(file).open().fingerprint();
        String otherRange = new OnnxModel(
                        file, GREY, 2, 2, OnnxModel.Layout.NCHW, -1, 1, "features", Optional.of("logits"), false)
                .open()
                .fingerprint();

        assertThat(same).isEqualTo(first);
        assertThat(otherRange).isNotEqualTo(first);
    }

    @Test
    void onlyADeclaredInceptionIsOne() throws IOException {
        Path file = file(1, 2, 2);
        assertThat(model(file).open().id().inception()).isFalse();
        assertThat(new OnnxModel(file, GREY, 2, 2, OnnxModel.Layout.NCHW, 0, 1, "features", Optional.empty(), true)
                        .open()
                        .id()
                        .inception())
                .isTrue();
    }

    @Test
    void anOutputThatIsNotThereIsNamed() throws IOException {
        OnnxModel model =
                new OnnxModel(file(1, 2, 2), GREY, 2, 2, OnnxModel.Layout.NCHW, 0, 1, "pool3", Optional.empty(), false);
        assertThatThrownBy(model::open)
                .isInstanceOf(MirageException.class)
                .hasMessageContainingAll("net.onnx", "no output \"pool3\"", "features, logits");
    }

    @Test
    void anotherInputSizeIsNamed() throws IOException {
        OnnxModel model = new OnnxModel(
                file(1, 2, 2), GREY, 3, 3, OnnxModel.Layout.NCHW, 0, 1, "features", Optional.empty(), false);
        assertThatThrownBy(model::open)
                .isInstanceOf(MirageException.class)
                .hasMessageContainingAll("[-1, 1, 2, 2]", "3 x 3");
    }

    @Test
    void whatIsNoOnnxFileIsRefusedInOneSentence() throws IOException {
        Path file = folder.resolve("junk.onnx");
        Files.writeString(file, "not a model");
        assertThatThrownBy(() -> model(file).open())
                .isInstanceOf(MirageException.class)
                .hasMessageContaining("junk.onnx cannot be opened as an ONNX file")
                .hasMessageNotContaining("\n");
        assertThatThrownBy(() -> model(folder.resolve("gone.onnx")).open()).hasMessageContaining("does not exist");
    }
}
