package org.mirage4j.gan.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.mirage4j.core.MirageException;
import org.mirage4j.core.random.RandomStreams;
import org.mirage4j.core.support.NumericGradient;
import org.mirage4j.core.support.Tolerances;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** What every adversarial loss has to hold; a new loss is one line in {@link #losses}. */
class GanLossContractTest {
    private static final RandomStreams STREAMS = new RandomStreams(11);

    static Stream<Arguments> losses() {
        return Stream.of(
                Arguments.of("minimax", new Minimax()),
                Arguments.of("nonSaturating", new NonSaturating()),
                Arguments.of("leastSquares", new LeastSquares()),
                Arguments.of("wasserstein", new Wasserstein()),
                Arguments.of("hinge", new Hinge()),
                Arguments.of("relativistic", new Relativistic()),
                Arguments.of("relativisticAverage", new RelativisticAverage()));
    }

    static Stream<Arguments> lossesAndSmoothedOnes() {
        return Stream.concat(
                losses(),
                Stream.of(
                        Arguments.of("smoothed minimax", new Minimax(0.9)),
                        Arguments.of("smoothed nonSaturating", new NonSaturating(0.9)),
                        Arguments.of("smoothed leastSquares", new LeastSquares(0.9))));
    }

    private interface Side {
        LossValue of(double[] real, double[] fake);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("losses")
    void valuesAreTheGoldenOnes(String name, GanLoss loss) throws IOException {
        JsonNode golden = golden();
        double[] real = doubles(golden.get("realLogits"));
        double[] fake = doubles(golden.get("fakeLogits"));
        JsonNode expected = golden.get("values").get(name);
        assertRelative(
                loss.discriminator(real, fake).value(),
                expected.get("discriminator").asDouble());
        assertRelative(
                loss.generator(real, fake).value(), expected.get("generator").asDouble());
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("lossesAndSmoothedOnes")
    void gradientsAgreeWithNumericDifferentiation(String name, GanLoss loss) {
        double[] real = logits(0, 7);
        double[] fake = logits(1, 7);
        checkGradients(name + " discriminator", loss::discriminator, real, fake);
        checkGradients(name + " generator", loss::generator, real, fake);
    }

    private static void checkGradients(String what, Side side, double[] real, double[] fake) {
        INDArray realVariable = Nd4j.createFromArray(real.clone());
        INDArray fakeVariable = Nd4j.createFromArray(fake.clone());
        LossValue loss = side.of(real, fake);
        NumericGradient.check(what + " real", realVariable, Nd4j.createFromArray(loss.realGradient()), () -> side.of(
                        realVariable.toDoubleVector(), fake)
                .value());
        NumericGradient.check(what + " fake", fakeVariable, Nd4j.createFromArray(loss.fakeGradient()), () -> side.of(
                        real, fakeVariable.toDoubleVector())
                .value());
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("lossesAndSmoothedOnes")
    void orderInTheBatchOnlyPermutesGradients(String name, GanLoss loss) {
        double[] real = logits(2, 6);
        double[] fake = logits(3, 6);
        LossValue straight = loss.discriminator(real, fake);
        LossValue reversed = loss.discriminator(reverse(real), reverse(fake));
        assertThat(reversed.value()).isCloseTo(straight.value(), within(1e-12));
        assertThat(reverse(reversed.realGradient())).containsExactly(straight.realGradient(), within(1e-12));
        assertThat(reverse(reversed.fakeGradient())).containsExactly(straight.fakeGradient(), within(1e-12));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("lossesAndSmoothedOnes")
    void extremeLogitsDoNotOverflow(String name, GanLoss loss) {
        double[] real = {1e4, -1e4, 1e4, -1e4};
        double[] fake = {1e4, 1e4, -1e4, -1e4};
        for (LossValue value : new LossValue[] {loss.discriminator(real, fake), loss.generator(real, fake)}) {
            assertThat(value.value()).isFinite();
            assertThat(value.realGradient()).doesNotContain(Double.NaN);
            assertThat(value.fakeGradient()).doesNotContain(Double.NaN);
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("lossesAndSmoothedOnes")
    void lossesThatDoNotPairCanBeComputedInTwoHalves(String name, GanLoss loss) {
        double[] real = logits(4, 5);
        double[] fake = logits(5, 5);
        if (loss.pairs()) {
            return;
        }
        LossValue whole = loss.discriminator(real, fake);
        LossValue first = loss.discriminator(real, new double[0]);
        LossValue second = loss.discriminator(new double[0], fake);
        assertThat(first.value() + second.value()).isCloseTo(whole.value(), within(1e-12));
        assertThat(first.realGradient()).isEqualTo(whole.realGradient());
        assertThat(second.fakeGradient()).isEqualTo(whole.fakeGradient());
    }

    @Test
    void smoothedDiscriminatorIsContentAtTheLabelNotAtCertainty() {
        NonSaturating loss = new NonSaturating(0.9);
        double atLabel = Math.log(0.9 / 0.1);
        assertThat(loss.discriminator(new double[] {atLabel}, new double[0]).realGradient()[0])
                .isCloseTo(0, within(1e-12));
    }

    @Test
    void labelOutsideItsRangeIsNamed() {
        assertThatThrownBy(() -> new NonSaturating(1.2))
                .isInstanceOf(MirageException.class)
                .hasMessageContaining("(0, 1]")
                .hasMessageContaining("1.2");
    }

    private static void assertRelative(double actual, double expected) {
        assertThat(Math.abs(actual - expected)).isLessThanOrEqualTo(Tolerances.GOLDEN_LOSS * Math.abs(expected));
    }

    private static double[] logits(long stream, int count) {
        return STREAMS.generator("logits", stream).doubles(count, -3, 3).toArray();
    }

    private static double[] reverse(double[] values) {
        double[] reversed = new double[values.length];
        for (int i = 0; i < values.length; i++) {
            reversed[i] = values[values.length - 1 - i];
        }
        return reversed;
    }

    private static JsonNode golden() throws IOException {
        try (InputStream in =
                Objects.requireNonNull(GanLossContractTest.class.getResourceAsStream("/golden/expected.json"))) {
            return new ObjectMapper().readTree(in).get("losses");
        }
    }

    private static double[] doubles(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false)
                .mapToDouble(JsonNode::asDouble)
                .toArray();
    }
}
