package org.mirage4j.core.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.stream.IntStream;
import org.deeplearning4j.datasets.iterator.utilty.ListDataSetIterator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.mirage4j.core.MirageException;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.factory.Nd4j;

class IteratorExamplesTest {
    /** Eleven examples in batches of four, the last one ragged; example i holds i and has class i mod 3. */
    private static final DataSet DATA = numbered(11);

    private static DataSet numbered(int count) {
        INDArray labels = Nd4j.zeros(DataType.FLOAT, count, 3);
        for (int i = 0; i < count; i++) {
            labels.putScalar(i, i % 3, 1);
        }
        return new DataSet(Nd4j.arange(count).castTo(DataType.FLOAT).reshape(count, 1), labels);
    }

    private static DataSetIterator iterator() {
        return new ListDataSetIterator<>(DATA.copy().asList(), 4);
    }

    private static int[] ids(Batch batch) {
        return batch.features().ravel().toIntVector();
    }

    @Test
    void examplesAreDealtInOrderWhateverTheBatchSizes() {
        IteratorExamples examples = new IteratorExamples("list", iterator());

        assertThat(examples.size()).isEqualTo(11);
        assertThat(examples.exampleShape()).containsExactly(1);
        assertThat(examples.classes()).isEqualTo(3);
        assertThat(ids(examples.batch(0, 5))).containsExactly(0, 1, 2, 3, 4);
        assertThat(ids(examples.batch(1, 5))).containsExactly(5, 6, 7, 8, 9);
        assertThat(ids(examples.batch(2, 5))).as("next epoch").containsExactly(0, 1, 2, 3, 4);
        assertThat(ids(examples.batch(0, 11)))
                .as("over the ragged end")
                .hasSize(11)
                .endsWith(8, 9, 10);
    }

    @Test
    void batchIsAFunctionOfTheIteration() {
        IteratorExamples walked = new IteratorExamples("list", iterator());
        int[][] inOrder =
                IntStream.range(0, 12).mapToObj(i -> ids(walked.batch(i, 3))).toArray(int[][]::new);

        IteratorExamples jumped = new IteratorExamples("list", iterator());
        for (int i : new int[] {5, 2, 2, 11, 0, 7, 8, 1}) {
            Batch batch = jumped.batch(i, 3);
            assertThat(ids(batch)).isEqualTo(inOrder[i]);
            assertThat(batch.labels().orElseThrow().argMax(1).toIntVector())
                    .isEqualTo(IntStream.of(ids(batch)).map(id -> id % 3).toArray());
        }
    }

    @Test
    void changingABatchChangesNeitherTheNextNorTheUsersArrays() {
        List<DataSet> users = List.of(numbered(4));
        IteratorExamples examples = new IteratorExamples("list", new ListDataSetIterator<>(users, 1));

        Batch batch = examples.batch(0, 4);
        batch.features().assign(-1);
        batch.labels().orElseThrow().assign(-1);

        assertThat(users.get(0)).isEqualTo(numbered(4));
        assertThat(examples.batch(0, 4).features()).isEqualTo(numbered(4).getFeatures());
    }

    @Test
    void fingerprintDoesNotDependOnTheIteratorsBatches() {
        assertThat(new IteratorExamples("a", new ListDataSetIterator<>(DATA.asList(), 3)).fingerprint())
                .isEqualTo(new IteratorExamples("b", iterator()).fingerprint())
                .isNotEqualTo(new IteratorExamples(
                                "c", new ListDataSetIterator<>(numbered(10).asList(), 3))
                        .fingerprint());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "0.5, 0.5, 0 | soft",
                "1, 1, 1 | all one",
                "0, 0, 0 | all zero",
                "3.7, 0, 0 | a number",
                "1, 0, NaN | not a number"
            })
    void labelsThatAreNotOneHotAreNamedAndCanBeLeftOut(String row, String what) {
        INDArray labels = numbered(4).getLabels();
        String[] numbers = row.split(", ");
        for (int c = 0; c < 3; c++) {
            labels.putScalar(2, c, Float.parseFloat(numbers[c]));
        }
        DataSet bad = new DataSet(numbered(4).getFeatures(), labels);
        List<DataSet> parts = List.of(numbered(5), bad);

        assertThatThrownBy(() -> new IteratorExamples("list", new ListDataSetIterator<>(parts, 1)))
                .as(what)
                .isInstanceOf(MirageException.class)
                .hasMessageStartingWith("list: labels must be one-hot (a single 1, the rest 0), but label 7 is [");
        IteratorExamples bare = IteratorExamples.unlabelled("list", new ListDataSetIterator<>(parts, 1));
        assertThat(bare.classes()).isZero();
        assertThat(bare.size()).isEqualTo(9);
        assertThat(bare.batch(0, 3).labels()).isEmpty();
    }

    @Test
    void numbersToBePredictedAreNoLabels() {
        DataSet prices =
                new DataSet(Nd4j.ones(2, 5), Nd4j.createFromArray(2.5f, 1f).reshape(2, 1));

        assertThatThrownBy(() -> new IteratorExamples("prices", new ListDataSetIterator<>(List.of(prices), 1)))
                .isInstanceOf(MirageException.class)
                .hasMessageContaining("but label 0 is [2.5]");
    }

    @Test
    void examplesOfEachClassAreCounted() {
        assertThat(new IteratorExamples("list", iterator()).rescaled(-1, 1).classCounts())
                .containsExactly(4, 4, 3);
        assertThat(InMemoryExamples.of("rows", DATA.getFeatures(), DATA.getLabels())
                        .select(0, 3, 1)
                        .classCounts())
                .containsExactly(2, 1, 0);
        assertThat(new SyntheticDigits(1).classCounts()).hasSize(10).containsOnly(6000);
        assertThat(InMemoryExamples.of("bare", DATA.getFeatures()).classCounts())
                .isEmpty();
    }

    @Test
    void unusableIteratorsAreNamed() {
        assertThatThrownBy(() -> new IteratorExamples("none", new ListDataSetIterator<>(List.of(), 1)))
                .isInstanceOf(MirageException.class)
                .hasMessage("none: the iterator must have at least one example, but is empty");
        List<DataSet> mixed = List.of(numbered(2), new DataSet(Nd4j.ones(2, 5), Nd4j.ones(2, 3)));
        assertThatThrownBy(() -> new IteratorExamples("mixed", new ListDataSetIterator<>(mixed, 1)))
                .isInstanceOf(MirageException.class)
                .hasMessageContaining(
                        "mixed: all examples must have shape [1] and 3 classes, but those from number 2 have [5] and 3");
    }
}
