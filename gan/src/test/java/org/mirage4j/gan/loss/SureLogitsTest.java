package org.mirage4j.gan.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Gradients of discriminators that are sure, right or wrong: against arithmetic with 60 digits. */
class SureLogitsTest {
    /** The double next to 0.9, all its digits, since the loss computes with it. */
    private static final BigDecimal LABEL = new BigDecimal("0.90000000000000002220446049250313080847263336181640625");

    private static final MathContext DIGITS = new MathContext(60);
    private static final double RELATIVE = 2e-15;
    private static final double[] LOGITS = {0, 0.3, 5, 20, 36, 37, 40, 100, 300, 700};

    private interface Gradient {
        double at(double logit);
    }

    private interface Expected {
        BigDecimal at(BigDecimal logit);
    }

    private static Arguments loss(String name, Gradient actual, Expected expected) {
        return Arguments.of(name, actual, expected);
    }

    private static double[] of(double logit) {
        return new double[] {logit};
    }

    private static double onReal(GanLoss loss, double real, double fake) {
        return loss.discriminator(of(real), of(fake)).realGradient()[0];
    }

    private static double onFake(GanLoss loss, double real, double fake) {
        return loss.discriminator(of(real), of(fake)).fakeGradient()[0];
    }

    private static double ofGenerator(GanLoss loss, double real, double fake) {
        return loss.generator(of(real), of(fake)).fakeGradient()[0];
    }

    static Stream<Arguments> losses() {
        return Stream.of(
                loss("real", a -> onReal(new NonSaturating(), a, 0), a -> sigmoid(a)
                        .subtract(BigDecimal.ONE)),
                loss("smoothed real", a -> onReal(new NonSaturating(0.9), a, 0), a -> sigmoid(a)
                        .subtract(LABEL)),
                loss("fake", b -> onFake(new NonSaturating(), 0, b), SureLogitsTest::sigmoid),
                loss("generator", b -> ofGenerator(new NonSaturating(), 0, b), b -> sigmoid(b)
                        .subtract(BigDecimal.ONE)),
                loss("minimax real", a -> onReal(new Minimax(), a, 0), a -> sigmoid(a)
                        .subtract(BigDecimal.ONE)),
                loss("minimax generator", b -> ofGenerator(new Minimax(), 0, b), b -> sigmoid(b)
                        .negate()),
                loss("least squares real", a -> onReal(new LeastSquares(), a, 0), a -> a.subtract(BigDecimal.ONE)),
                loss(
                        "least squares generator",
                        b -> ofGenerator(new LeastSquares(), 0, b),
                        b -> b.subtract(BigDecimal.ONE)),
                loss("relativistic real", a -> onReal(new Relativistic(), a, 0.25), a -> sigmoid(
                                a.subtract(new BigDecimal(0.25)))
                        .subtract(BigDecimal.ONE)),
                loss("relativistic generator", b -> ofGenerator(new Relativistic(), 0.25, b), b -> sigmoid(
                                b.subtract(new BigDecimal(0.25)))
                        .subtract(BigDecimal.ONE)),
                loss("relativistic average real", a -> onReal(new RelativisticAverage(), a, 0.25), a -> sigmoid(
                                a.subtract(new BigDecimal(0.25)))
                        .subtract(BigDecimal.ONE)),
                loss(
                        "relativistic average generator",
                        b -> ofGenerator(new RelativisticAverage(), 0.25, b),
                        b -> sigmoid(b.subtract(new BigDecimal(0.25))).subtract(BigDecimal.ONE)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("losses")
    void gradientsAreRightInAllTheirDigits(String name, Gradient actual, Expected expected) {
        DoubleStream.of(LOGITS).flatMap(logit -> DoubleStream.of(logit, -logit)).forEach(logit -> {
            double exact = expected.at(new BigDecimal(logit)).doubleValue();
            assertThat(actual.at(logit)).as("at %s", logit).isCloseTo(exact, within(RELATIVE * Math.abs(exact)));
        });
    }

    /** 1 / (1 + exp(-x)), the exponential of |x| by repeated squaring of its series. */
    private static BigDecimal sigmoid(BigDecimal x) {
        BigDecimal exponential = exp(x.abs());
        BigDecimal small = BigDecimal.ONE.divide(
                BigDecimal.ONE.add(exponential), DIGITS.getPrecision() + 320, RoundingMode.HALF_EVEN);
        return x.signum() < 0 ? small : BigDecimal.ONE.subtract(small);
    }

    private static BigDecimal exp(BigDecimal x) {
        BigDecimal part = x.divide(new BigDecimal(1024), DIGITS);
        BigDecimal term = BigDecimal.ONE;
        BigDecimal sum = BigDecimal.ONE;
        for (int i = 1; i < 60; i++) {
            term = term.multiply(part, DIGITS).divide(new BigDecimal(i), DIGITS);
            sum = sum.add(term, DIGITS);
        }
        for (int i = 0; i < 10; i++) {
            sum = sum.multiply(sum, DIGITS);
        }
        return sum;
    }
}
