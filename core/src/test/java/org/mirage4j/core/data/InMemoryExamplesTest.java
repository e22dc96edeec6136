package org.mirage4j.core.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.mirage4j.core.MirageException;
import org.mirage4j.core.random.RandomStreams;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class InMemoryExamplesTest {
    private static final int COUNT = 23;
    private static final int CLASSES = 5;

    /** Example i holds the value i, twice, and has class i mod 5: label and content can be compared. */
    private static InMemoryExamples numbered() {
        float[] values = new float[2 * COUNT];
        INDArray labels = Nd4j.zeros(DataType.FLOAT, COUNT, CLASSES);
        for (int i = 0; i < COUNT; i++) {
            values[2 * i] = i;
            values[2 * i + 1] = i;
            labels.putScalar(i, i % CLASSES, 1);
        }
        return InMemoryExamples.of("numbered", Nd4j.createFromArray(values).reshape(COUNT, 1, 2), labels);
    }

    private static int[] ids(Batch batch) {
        return batch.features().ravel().toIntVector();
    }

    @Test
    void batchIsAFunctionOfTheIterationAlone() {
        InMemoryExamples walked = numbered().shuffledBy(new RandomStreams(3));
        int[][] inOrder =
                IntStream.range(0, 20).mapToObj(i -> ids(walked.batch(i, 4))).toArray(int[][]::new);

        InMemoryExamples resumed = numbered().shuffledBy(new RandomStreams(3));
        for (int i = 19; i >= 0; i -= 3) {
            assertThat(ids(resumed.batch(i, 4))).isEqualTo(inOrder[i]);
        }
        assertThat(ids(numbered().shuffledBy(new RandomStreams(4)).batch(0, 4))).isNotEqualTo(inOrder[0]);
    }

    @Test
    void epochDealsNoExampleTwiceAndDropsTheRemainder() {
        InMemoryExamples examples = numbered();

        assertThat(examples.batchesPerEpoch(4)).isEqualTo(5);
        int[] first = epoch(examples, 0);
        int[] second = epoch(examples, 1);
        assertThat(first).hasSize(20).doesNotHaveDuplicates();
        assertThat(second).hasSize(20).doesNotHaveDuplicates().isNotEqualTo(first);
    }

    private static int[] epoch(InMemoryExamples examples, int epoch) {
        return IntStream.range(5 * epoch, 5 * epoch + 5)
                .flatMap(i -> Arrays.stream(
                        examples.batch(i, 4).features().slice(0, 2).ravel().toIntVector()))
                .toArray();
    }

    @Test
    void labelsFollowTheirExamplesThroughShufflingAndSplitting() {
        InMemoryExamples.Split split = numbered().split(0.4, 1);
        for (InMemoryExamples part : new InMemoryExamples[] {numbered(), split.training(), split.heldOut()}) {
            for (int i = 0; i < 9; i++) {
                Batch batch = part.batch(i, 3);
                int[] labels = batch.labels().orElseThrow().argMax(1).toIntVector();
                for (int row = 0; row < 3; row++) {
                    assertThat(labels[row]).isEqualTo(batch.features().getInt(row, 0, 1) % CLASSES);
                }
            }
        }
    }

    @Test
    void changingABatchChangesNeitherTheNextNorTheSource() {
        INDArray features = Nd4j.rand(DataType.FLOAT, 6, 3);
        INDArray original = features.dup();
        InMemoryExamples examples = InMemoryExamples.of("random", features);
        String fingerprint = examples.fingerprint();

        examples.batch(0, 6).features().assign(-1);
        features.assign(-2);

        assertThat(examples.examples(0, 6).features()).isEqualTo(original);
        assertThat(InMemoryExamples.of("again", original).fingerprint()).isEqualTo(fingerprint);
    }

    @Test
    void splitPartsShareNothingAndMissNothing() {
        InMemoryExamples.Split split = numbered().split(0.25, 7);

        int[] training = ids(split.training().examples(0, 17));
        int[] heldOut = ids(split.heldOut().examples(0, 6));
        assertThat(split.training().size() + split.heldOut().size()).isEqualTo(COUNT);
        assertThat(IntStream.concat(Arrays.stream(training), Arrays.stream(heldOut))
                        .distinct())
                .hasSize(COUNT);
        assertThat(ids(numbered().split(0.25, 7).heldOut().examples(0, 6))).isEqualTo(heldOut);
        assertThat(ids(numbered().split(0.25, 8).heldOut().examples(0, 6))).isNotEqualTo(heldOut);
    }

    @Test
    void rescalingMapsZeroAndOneAndLeavesTheSourceAlone() {
        InMemoryExamples source = InMemoryExamples.of(
                "unit", Nd4j.createFromArray(new float[] {0, 0.5f, 1}).reshape(1, 3));
        ExampleSource rescaled = source.rescaled(-1, 1);

        assertThat(rescaled.batch(0, 1).features().toFloatMatrix()[0]).containsExactly(-1, 0, 1);
        assertThat(source.batch(0, 1).features().toFloatMatrix()[0]).containsExactly(0, 0.5f, 1);
        assertThat(rescaled.fingerprint()).isNotEqualTo(source.fingerprint());
    }

    @Test
    void fingerprintSeesValuesLabelsAndShapeButNotOrderOrName() {
        INDArray features = Nd4j.arange(12).castTo(DataType.FLOAT);
        INDArray labels = Nd4j.eye(2);
        InMemoryExamples one = InMemoryExamples.of("one", features.reshape(2, 6), labels);

        assertThat(one.fingerprint()).hasSize(64).matches("[0-9a-f]+");
        assertThat(InMemoryExamples.of("two", features.reshape(2, 6), labels)
                        .shuffledBy(new RandomStreams(9))
                        .fingerprint())
                .isEqualTo(one.fingerprint());
        assertThat(InMemoryExamples.of("one", features.reshape(2, 6)).fingerprint())
                .isNotEqualTo(one.fingerprint());
        assertThat(InMemoryExamples.of("one", features.reshape(2, 2, 3), labels).fingerprint())
                .isNotEqualTo(one.fingerprint());
        assertThat(InMemoryExamples.of("one", features.add(1).reshape(2, 6), labels)
                        .fingerprint())
                .isNotEqualTo(one.fingerprint());
        assertThat(InMemoryExamples.of(
                                "one", features.reshape(2, 6), Nd4j.createFromArray(new float[][] {{0, 1}, {1, 0}}))
                        .fingerprint())
                .isNotEqualTo(one.fingerprint());
    }

    static Stream<Arguments> mistakes() {
        INDArray four = Nd4j.ones(DataType.FLOAT, 4, 2);
        return Stream.of(
                mistake(
                        () -> numbered().batch(0, 24),
                        "batch size must be in [1, 23] (the number of examples), but is 24"),
                mistake(
                        () -> numbered().batch(0, 0),
                        "batch size must be in [1, 23] (the number of examples), but is 0"),
                mistake(() -> numbered().batch(-1, 4), "iteration must not be negative, but is -1"),
                mistake(
                        () -> numbered().take(24),
                        "numbered: the number of examples to take must be in [1, 23], but is 24"),
                mistake(
                        () -> numbered().examples(4, 4),
                        "numbered: a range of examples must lie in [0, 23) and not be empty, but is [4, 4)"),
                mistake(
                        () -> numbered().split(1, 0),
                        "numbered: the held-out share must be in (0, 1) and leave both parts at least one of 23 examples, but is 1.0"),
                mistake(
                        () -> numbered().split(Double.NaN, 0),
                        "numbered: the held-out share must be in (0, 1) and leave both parts at least one of 23 examples, but is NaN"),
                mistake(
                        () -> numbered().rescaled(1, 1),
                        "the range to rescale to must be finite and not empty, but is [1.0, 1.0]"),
                mistake(
                        () -> InMemoryExamples.of("x", four, Nd4j.ones(3, 2)),
                        "x: labels must have shape [4, classes], but have [3, 2]"),
                mistake(
                        () -> InMemoryExamples.of("x", four, Nd4j.ones(4, 2)),
                        "x: labels must be one-hot (a single 1, the rest 0), but label 0 is [1.0, 1.0]"),
                mistake(
                        () -> InMemoryExamples.of("x", four.div(0)),
                        "x: features must be finite, but example 0, feature 0 is Infinity"),
                mistake(
                        () -> InMemoryExamples.of("x", Nd4j.ones(4)),
                        "x: features must have shape [N, ...] with at least one example, but have [4]"));
    }

    private static Arguments mistake(Runnable action, String sentence) {
        return Arguments.of(action, sentence);
    }

    @ParameterizedTest(name = "{1}")
    @MethodSource("mistakes")
    void mistakeIsNamedInOneSentence(Runnable action, String sentence) {
        assertThatThrownBy(action::run).isInstanceOf(MirageException.class).hasMessage(sentence);
    }
}
