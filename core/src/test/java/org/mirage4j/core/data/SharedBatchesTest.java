package org.mirage4j.core.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.mirage4j.core.MirageException;
import org.mirage4j.core.random.RandomStreams;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class SharedBatchesTest {
    private static final int COUNT = 10;

    /** Example i holds i and -i, and its target is 100 + i. */
    private static InMemoryExamples numbered() {
        float[][] rows = new float[COUNT][];
        double[] targets = new double[COUNT];
        for (int i = 0; i < COUNT; i++) {
            rows[i] = new float[] {i, -i};
            targets[i] = 100 + i;
        }
        return InMemoryExamples.withTargets("numbered", Nd4j.createFromArray(rows), targets)
                .shuffledBy(new RandomStreams(7));
    }

    @Test
    void everyExampleIsDealtOnceAnEpochWithItsTarget() {
        try (SharedBatches batches = SharedBatches.all(numbered(), 4)) {
            assertThat(batches.perEpoch()).isEqualTo(3);
            int[] sizes = new int[6];
            int[] seen = new int[COUNT];
            for (int i = 0; i < 6; i++) {
                Batch batch = batches.batch(i);
                sizes[i] = batch.size();
                INDArray targets = batch.labels().orElseThrow();
                assertThat(targets.shape()).containsExactly(sizes[i], 1);
                for (int row = 0; row < sizes[i]; row++) {
                    int example = batch.features().getInt(row, 0);
                    assertThat(batch.features().getInt(row, 1)).isEqualTo(-example);
                    assertThat(targets.getInt(row, 0)).isEqualTo(100 + example);
                    seen[example]++;
                }
            }
            assertThat(sizes).containsExactly(4, 4, 2, 4, 4, 2);
            assertThat(seen).containsOnly(2);
        }
    }

    @Test
    void batchIsAFunctionOfTheIterationAndItsArraysServeAgain() {
        try (SharedBatches forwards = SharedBatches.all(numbered(), 4);
                SharedBatches backwards = SharedBatches.all(numbered(), 4)) {
            float[][] walked = IntStream.range(0, 6)
                    .mapToObj(i -> forwards.batch(i).features().dup().data().asFloat())
                    .toArray(float[][]::new);
            assertThat(walked[0]).isNotEqualTo(walked[3]);
            for (int i = 5; i >= 0; i--) {
                assertThat(backwards.batch(i).features().data().asFloat()).isEqualTo(walked[i]);
            }
            assertThat(forwards.batch(0).features()).isSameAs(forwards.batch(4).features());
        }
    }

    @Test
    void wholeBatchesAreThoseOfTheExamples() {
        InMemoryExamples examples = numbered();
        try (SharedBatches batches = SharedBatches.whole(examples, 4)) {
            assertThat(batches.perEpoch()).isEqualTo(2);
            for (int i = 0; i < 5; i++) {
                assertThat(batches.batch(i).features())
                        .isEqualTo(examples.batch(i, 4).features());
                assertThat(batches.batch(i).labels())
                        .isEqualTo(examples.batch(i, 4).labels());
            }
        }
    }

    @Test
    void batchLargerThanAllIsAllOfThem() {
        try (SharedBatches batches = SharedBatches.all(numbered(), 64)) {
            assertThat(batches.perEpoch()).isEqualTo(1);
            int[] dealt = batches.batch(5).features().getColumn(0).toIntVector();
            Arrays.sort(dealt);
            assertThat(dealt).containsExactly(IntStream.range(0, COUNT).toArray());
        }
        assertThatThrownBy(() -> SharedBatches.all(numbered(), 0))
                .isInstanceOf(MirageException.class)
                .hasMessage("batch size must be at least 1, but is 0");
    }

    @Test
    void targetsMustBeFiniteInFloatAndOnePerExample() {
        INDArray rows = Nd4j.ones(2, 3);
        assertThatThrownBy(() -> InMemoryExamples.withTargets("t", rows, new double[] {1, 1e39}))
                .isInstanceOf(MirageException.class)
                .hasMessage("t: targets must be finite, but that of example 1 is 1.0E39");
        assertThatThrownBy(() -> InMemoryExamples.withTargets("t", rows, new double[3]))
                .isInstanceOf(MirageException.class)
                .hasMessage("t: there must be one target per example, but there are 3 for 2 examples");
        InMemoryExamples examples = InMemoryExamples.withTargets("t", rows, new double[] {1, 2});
        assertThat(examples.select(1).targets()).containsExactly(2);
        assertThat(examples.classes()).isZero();
        assertThat(examples.fingerprint())
                .isNotEqualTo(InMemoryExamples.withTargets("t", rows, new double[] {1, 3})
                        .fingerprint());
    }
}
