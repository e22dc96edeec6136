package org.mirage4j.gan.watch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.mirage4j.core.data.SyntheticDigits;
import org.mirage4j.core.random.RandomStreams;
import org.mirage4j.gan.train.IterationStatistics;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class CollapseAlarmTest {
    private static final int COUNT = 100;
    private static final RandomStreams STREAMS = new RandomStreams(2);
    private static final IterationStatistics EVEN = new IterationStatistics(1.2, 0.9, 0.6, 0.4, 0, 1, 1);
    private static final IterationStatistics FOOLED = new IterationStatistics(7, 0.01, 0.8, 0.99, 0, 1, 1);
    private static final IterationStatistics WON = new IterationStatistics(0.01, 6, 0.99, 0.01, 0, 1, 1);

    private final CollapseAlarm alarm = new CollapseAlarm(digits(0));

    private static INDArray digits(long first) {
        return new SyntheticDigits(3).examples(first, COUNT).examples(0, COUNT).features();
    }

    private static INDArray grain(double size) {
        return STREAMS.gaussian("grain", 0, DataType.FLOAT, COUNT, 1, 28, 28).muli(size);
    }

    /** Copies of the first few digits in turn, each with a little grain of its own. */
    private static INDArray copiesOf(int different) {
        INDArray digits = digits(1000);
        INDArray copies = grain(0.01);
        for (int i = 0; i < COUNT; i++) {
            copies.slice(i).addi(digits.slice(i % different));
        }
        return copies;
    }

    /** A fifth of the contrast, as generators draw on their way. */
    private static INDArray faint(INDArray digits) {
        return digits.mul(0.45);
    }

    private boolean raisedBy(INDArray samples) {
        return raisedBy(alarm, samples);
    }

    private static boolean raisedBy(CollapseAlarm alarm, INDArray samples) {
        for (int i = 0; i < CollapseAlarm.PATIENCE; i++) {
            alarm.check(samples);
        }
        return alarm.isRaised();
    }

    static Stream<Arguments> samples() {
        return Stream.of(
                Arguments.of("other real digits", digits(1000), false),
                Arguments.of("real digits with grain", digits(1000).add(grain(0.1)), false),
                Arguments.of("faint real digits", faint(digits(1000)), false),
                Arguments.of("ten faint digits", faint(copiesOf(10)), true),
                Arguments.of("one constant image", Nd4j.zeros(COUNT, 1, 28, 28), true),
                Arguments.of("blank but for a little grain", grain(0.01), true),
                Arguments.of("one digit", copiesOf(1), true),
                Arguments.of("three digits", copiesOf(3), true),
                Arguments.of("ten digits", copiesOf(10), true));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("samples")
    void collapsedGeneratorRaisesTheAlarmAndAHealthyOneDoesNot(String name, INDArray samples, boolean collapsed) {
        assertThat(raisedBy(samples)).isEqualTo(collapsed);
    }

    /** Points around as many of the ring's eight modes, 0.01 about each. */
    private static INDArray ring(String stream, int modes) {
        INDArray points = STREAMS.gaussian(stream, 0, DataType.FLOAT, COUNT, 2).muli(0.01);
        for (int i = 0; i < COUNT; i++) {
            double angle = Math.PI / 4 * (i % modes);
            points.getRow(i).addi(Nd4j.createFromArray((float) Math.cos(angle), (float) Math.sin(angle)));
        }
        return points;
    }

    @ParameterizedTest
    @CsvSource({"8, false", "7, false", "1, true"})
    void onMixturesAllModesAreHealthyAndOneIsACollapse(int modes, boolean collapsed) {
        assertThat(raisedBy(new CollapseAlarm(ring("real", 8)), ring("generated", modes)))
                .isEqualTo(collapsed);
    }

    @Test
    void figuresAreRelativeToTheData() {
        SampleHealth same = alarm.check(digits(0));
        assertThat(same.diversity()).isEqualTo(1);
        assertThat(same.contrast()).isEqualTo(1);
        assertThat(same.nearDuplicates()).isLessThan(0.2);
        SampleHealth one = alarm.check(copiesOf(1));
        assertThat(one.diversity()).isLessThan(0.1);
        assertThat(one.contrast()).isGreaterThan(0.5);
        assertThat(one.nearDuplicates()).isEqualTo(1);
        SampleHealth blank = alarm.check(Nd4j.valueArrayOf(new long[] {COUNT, 1, 28, 28}, 0.7f));
        assertThat(blank.contrast()).isLessThan(1e-12);
    }

    @Test
    void alarmNeedsPatienceAndIsLoweredByOneHealthyBatch() {
        for (int i = 1; i < CollapseAlarm.PATIENCE; i++) {
            alarm.check(copiesOf(1));
            assertThat(alarm.isRaised()).isFalse();
        }
        alarm.check(copiesOf(1));
        assertThat(alarm.isRaised()).isTrue();
        alarm.check(digits(1000));
        assertThat(alarm.isRaised()).isFalse();
    }

    static Stream<Arguments> causes() {
        return Stream.of(
                Arguments.of(new SampleHealth(0.01, 0.01, 1), WON, "saturated or dead"),
                Arguments.of(new SampleHealth(0.1, 0.9, 1), WON, "discriminator has won"),
                Arguments.of(new SampleHealth(0.1, 0.9, 1), FOOLED, "learns too slowly"),
                Arguments.of(new SampleHealth(0.1, 0.9, 1), EVEN, "packing"));
    }

    @ParameterizedTest
    @MethodSource("causes")
    void alarmNamesCauseAndRemedy(SampleHealth health, IterationStatistics statistics, String expected) {
        assertThat(CollapseAlarm.explain(health, statistics))
                .contains("collapsed")
                .contains(expected);
    }

    @Test
    void dataWithoutDiversityAreRefused() {
        assertThatThrownBy(() -> new CollapseAlarm(Nd4j.ones(5, 1, 2, 2))).hasMessageContaining("all the same");
        assertThatThrownBy(() -> new CollapseAlarm(Nd4j.ones(1, 1, 2, 2))).hasMessageContaining("at least 2");
    }
}
