package org.mirage4j.gan.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.mirage4j.core.MirageException;
import org.mirage4j.core.features.ExtractorId;
import org.mirage4j.core.features.ImageShape;
import org.mirage4j.core.features.RawPixels;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class FeatureMatrixTest {

    @Test
    void rowsOfAllBatchesAreKeptInOrderWhateverTheirLayout() {
        INDArray first = Nd4j.createFromArray(new float[][] {{1, 2}, {3, 4}}).dup('f');
        INDArray second = Nd4j.createFromArray(new double[][] {{5, 6}});

        FeatureMatrix matrix = FeatureMatrix.of(List.of(first, second), ExtractorId.POINTS);

        assertThat(matrix.values()).containsExactly(1, 2, 3, 4, 5, 6);
        assertThat(matrix.select(new int[] {2, 0, 2}).values()).containsExactly(5, 6, 1, 2, 5, 6);
    }

    @Test
    void blocksOfALargeSetAreJoinedWithoutASeam() {
        INDArray large = Sets.STREAMS.gaussian("large", 0, DataType.DOUBLE, 2500, 3);

        assertThat(Sets.points(large).values()).hasSize(7500);
        for (int row : new int[] {0, 1023, 1024, 2047, 2048, 2499}) {
            assertThat(Sets.points(large).get(row, 2)).isEqualTo(large.getDouble(row, 2));
        }
    }

    @Test
    void featuresOfImagesCarryTheirExtractor() {
        RawPixels pixels = new RawPixels(new ImageShape(1, 2, 2));
        FeatureMatrix matrix =
                FeatureMatrix.extract(pixels, List.of(Nd4j.zeros(3, 1, 2, 2), Nd4j.ones(DataType.FLOAT, 1, 1, 2, 2)));

        assertThat(matrix.rows()).isEqualTo(4);
        assertThat(matrix.get(3, 3)).isEqualTo(1);
        assertThat(matrix.extractor()).isEqualTo(pixels.id());
    }

    @Test
    void nanNamesItsRowAndColumn() {
        INDArray features = Nd4j.zeros(DataType.FLOAT, 5, 3).putScalar(4, 1, Float.NaN);

        assertThatThrownBy(() -> Sets.points(features))
                .isInstanceOf(MirageException.class)
                .hasMessage("features must be finite, but row 4 has NaN in column 1");
    }

    @Test
    void batchesOfDifferentWidthsAreRefused() {
        assertThatThrownBy(() -> FeatureMatrix.of(List.of(Nd4j.zeros(2, 3), Nd4j.zeros(2, 4)), ExtractorId.POINTS))
                .isInstanceOf(MirageException.class)
                .hasMessageContaining("3 and 4");
    }

    @Test
    void anythingButAMatrixIsRefused() {
        assertThatThrownBy(() -> Sets.points(Nd4j.zeros(2, 3, 4)))
                .isInstanceOf(MirageException.class)
                .hasMessageContaining("[2, 3, 4]");
        assertThatThrownBy(() -> FeatureMatrix.of(List.of(), ExtractorId.POINTS))
                .isInstanceOf(MirageException.class);
    }
}
