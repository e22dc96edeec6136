package org.mirage4j.core.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

class FlatArrayTest {
    @ParameterizedTest
    @EnumSource(
            value = DataType.class,
            names = {"FLOAT", "DOUBLE"})
    void viewIsReadAndWrittenWhereItLies(DataType type) {
        INDArray whole = Nd4j.arange(24).castTo(type).reshape('c', 8, 3);
        INDArray view = whole.get(NDArrayIndex.interval(2, 7), NDArrayIndex.all())
                .get(NDArrayIndex.interval(1, 3), NDArrayIndex.all());
        FlatArray flat = FlatArray.of(view);
        assertThat(flat.toArray()).containsExactly(9, 10, 11, 12, 13, 14);
        flat.put(4, new double[] {-1, -2}, 2);
        assertThat(whole.getDouble(4, 1)).isEqualTo(-1);
        assertThat(whole.getDouble(4, 2)).isEqualTo(-2);
        assertThat(whole.sumNumber().doubleValue()).isEqualTo(276 - 13 - 14 - 3);
        FlatArray.of(whole.getRow(0)).put(1, FlatArray.of(whole.getRow(7).get(NDArrayIndex.interval(1, 3))));
        assertThat(whole.getRow(0).toDoubleVector()).containsExactly(0, 22, 23);
    }

    @ParameterizedTest
    @EnumSource(
            value = DataType.class,
            names = {"FLOAT", "DOUBLE"})
    void otherOrdersAreReadFromACopyAndNotWritten(DataType type) {
        INDArray whole = Nd4j.arange(24).castTo(type).reshape('c', 4, 6);
        List<INDArray> arrays = List.of(
                whole.dup('f'),
                whole.transpose(),
                whole.get(NDArrayIndex.all(), NDArrayIndex.interval(1, 4)),
                whole.get(NDArrayIndex.interval(0, 2, 4), NDArrayIndex.all()),
                whole.getColumn(3),
                whole.getRow(1).reshape(1, 6).broadcast(4, 6).get(NDArrayIndex.all(), NDArrayIndex.interval(1, 4)));
        for (INDArray array : arrays) {
            assertThatThrownBy(() -> FlatArray.of(array))
                    .as(array.shapeInfoToString())
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("row-major");
            assertThat(FlatArray.reading(array).toArray())
                    .containsExactly(array.dup('c').data().asDouble());
        }
    }
}
