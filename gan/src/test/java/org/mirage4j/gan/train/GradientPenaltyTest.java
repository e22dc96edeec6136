package org.mirage4j.gan.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.mirage4j.core.MirageException;
import org.mirage4j.core.engine.EngineKind;
import org.mirage4j.core.engine.Pass;
import org.mirage4j.core.engine.Wanted;
import org.mirage4j.core.network.DropoutRate;
import org.mirage4j.core.network.Network;
import org.mirage4j.core.network.NetworkBuilder;
import org.mirage4j.core.random.RandomStreams;
import org.mirage4j.core.support.NumericGradient;
import org.mirage4j.gan.train.Sight.Seen;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class GradientPenaltyTest {
    private static final RandomStreams STREAMS = new RandomStreams(31);
    private static final Draw DRAW = new Draw(STREAMS, "discriminator", 3);
    private static final int BATCH = 5;

    /** What float32 rounding leaves of a penalty's gradient, relative to its norm. */
    private static final double SINGLE_PRECISION = 1e-4;

    private enum Critic {
        DENSE {
            @Override
            NetworkBuilder describe(DropoutRate dropout) {
                return NetworkBuilder.images(1, 4, 4)
                        .dense(9)
                        .leakyRelu(0.2)
                        .dropout(dropout)
                        .dense(7)
                        .activation(Activation.RELU)
                        .dropout(dropout)
                        .dense(1);
            }
        },
        CONVOLUTIONAL {
            @Override
            NetworkBuilder describe(DropoutRate dropout) {
                return NetworkBuilder.images(1, 4, 4)
                        .convolution(3, 3, 1, 1)
                        .leakyRelu(0.2)
                        .dropout(dropout)
                        .maxPooling(2)
                        .convolution(4, 2, 1, 0)
                        .leakyRelu(0.2)
                        .dropout(dropout)
                        .dense(1);
            }
        },
        SMOOTH {
            @Override
            NetworkBuilder describe(DropoutRate dropout) {
                return NetworkBuilder.images(1, 4, 4)
                        .dense(6)
                        .activation(Activation.TANH)
                        .dropout(dropout)
                        .dense(5)
                        .activation(Activation.SOFTPLUS)
                        .dense(1);
            }
        };

        abstract NetworkBuilder describe(DropoutRate dropout);
    }

    private static final List<Penalty> PENALTIES = List.of(
            new Penalty.WassersteinGp(10),
            new Penalty.Dragan(10),
            new Penalty.R1(2),
            new Penalty.R2(3),
            new Penalty.R1R2(2));

    static Stream<Arguments> penaltiesAndCritics() {
        return PENALTIES.stream()
                .flatMap(penalty -> Stream.of(Critic.values()).map(critic -> Arguments.of(penalty, critic)));
    }

    private static Network build(Critic critic, double dropout, DataType type, EngineKind engine) {
        var configuration =
                critic.describe(DropoutRate.of(dropout)).dataType(type).configuration();
        return Network.create(configuration, 5, engine);
    }

    private static Discriminator discriminator(Network network, Penalty penalty) {
        return new Discriminator(
                0, network, GameOptions.builder().penalty(penalty).build(), Conditioning.NONE);
    }

    private static Seen examples(String name, DataType type) {
        return new Seen(STREAMS.gaussian(name, 0, type, BATCH, 1, 4, 4), null, false);
    }

    private static INDArray gradient(Network network, Penalty penalty, DataType type) {
        Discriminator discriminator = discriminator(network, penalty);
        new GradientPenalty(penalty).add(discriminator, examples("real", type), examples("fake", type), DRAW);
        discriminator.sum().finish();
        return network.gradients().dup();
    }

    /** The penalty from its definition, with the norm of each example's own gradient. */
    private static double value(Network network, INDArray points, Pass pass, ToDoubleFunction<Double> ofNorm) {
        return mean(inputGradient(network, points, pass), ofNorm);
    }

    private static INDArray inputGradient(Network network, INDArray points, Pass pass) {
        network.forward(points, pass);
        return network.backwardToInput(Nd4j.ones(points.dataType(), points.size(0), 1), Wanted.INPUT);
    }

    private static double mean(INDArray gradient, ToDoubleFunction<Double> ofNorm) {
        long count = gradient.size(0);
        double sum = 0;
        for (long i = 0; i < count; i++) {
            sum += ofNorm.applyAsDouble(gradient.slice(i).norm2Number().doubleValue());
        }
        return sum / count;
    }

    private static Pass pass() {
        return Pass.record(STREAMS.key("discriminator-penalty-mask-0", DRAW.index()));
    }

    /** The points of each penalty, written down once more. */
    private static INDArray points(Penalty penalty, DataType type) {
        INDArray real = examples("real", type).examples();
        INDArray fake = examples("fake", type).examples();
        if (penalty instanceof Penalty.WassersteinGp) {
            var random = STREAMS.generator("discriminator-interpolation", DRAW.index());
            INDArray between = real.dup();
            for (int i = 0; i < BATCH; i++) {
                double share = random.nextDouble();
                between.slice(i)
                        .assign(real.slice(i).mul(share).add(fake.slice(i).mul(1 - share)));
            }
            return between;
        }
        if (penalty instanceof Penalty.Dragan) {
            var random = STREAMS.generator("discriminator-disturbance", DRAW.index());
            INDArray around = real.dup();
            double deviation = real.stdNumber(false).doubleValue();
            for (long i = 0; i < around.length(); i++) {
                around.putScalar(i, around.getDouble(i) + 0.5 * deviation * random.nextDouble());
            }
            return around;
        }
        if (penalty instanceof Penalty.R1R2) {
            return Nd4j.concat(0, real, fake);
        }
        return penalty instanceof Penalty.R1 ? real : fake;
    }

    /** In double every critic; in float32, on both engines, those that are affine and so can be differentiated at all. */
    static Stream<Arguments> penaltiesCriticsAndPrecisions() {
        return penaltiesAndCritics().flatMap(arguments -> {
            Object penalty = arguments.get()[0];
            Object critic = arguments.get()[1];
            Stream<Arguments> exact = Stream.of(Arguments.of(penalty, critic, DataType.DOUBLE, EngineKind.STOCK));
            return critic == Critic.SMOOTH
                    ? exact
                    : Stream.concat(
                            exact,
                            Stream.of(EngineKind.values())
                                    .map(engine -> Arguments.of(penalty, critic, DataType.FLOAT, engine)));
        });
    }

    @ParameterizedTest(name = "{0}, {1}, {2}, {3}")
    @MethodSource("penaltiesCriticsAndPrecisions")
    void gradientAgreesWithNumericDifferentiationUnderDropout(
            Penalty penalty, Critic critic, DataType type, EngineKind engine) {
        try (Network network = build(critic, 0.3, type, engine)) {
            INDArray points = points(penalty, type);
            INDArray gradient = gradient(network, penalty, type);
            if (type == DataType.DOUBLE) {
                NumericGradient.check(
                        penalty + " of " + critic,
                        network.parameters(),
                        gradient,
                        () -> value(network, points, pass(), penalty::value));
            } else {
                INDArray expected = affineDifferences(network, points, penalty);
                assertThat(relativeError(gradient.castTo(DataType.DOUBLE), expected))
                        .isLessThan(SINGLE_PRECISION);
            }
        }
    }

    /**
     * With its gates held, the gradient in the input is affine in each parameter: two distant values of the parameter
     * tell it with all that float32 has, under the very masks that the network draws, and between them the penalty is
     * differentiated in double.
     */
    private static INDArray affineDifferences(Network network, INDArray points, Penalty penalty) {
        network.forward(points, pass());
        Pass replay = Pass.replay(pass().maskKey());
        inputGradient(network, points, replay); // the stock engine records gates when first asked
        INDArray parameters = network.parameters().reshape(network.parameters().length());
        INDArray differences = Nd4j.zeros(DataType.DOUBLE, parameters.length());
        double near = 1e-6;
        for (long i = 0; i < parameters.length(); i++) {
            float original = parameters.getFloat(i);
            parameters.putScalar(i, original + 0.5f);
            INDArray above = inputGradient(network, points, replay).castTo(DataType.DOUBLE);
            parameters.putScalar(i, original - 0.5f);
            INDArray below = inputGradient(network, points, replay).castTo(DataType.DOUBLE);
            parameters.putScalar(i, original);
            INDArray centre = above.add(below).divi(2);
            INDArray slope = above.subi(below);
            double up = mean(centre.add(slope.mul(near)), penalty::value);
            double down = mean(centre.subi(slope.mul(near)), penalty::value);
            differences.putScalar(i, (up - down) / (2 * near));
        }
        return differences;
    }

    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("penaltiesAndCritics")
    void valueIsTheMeanOverExamples(Penalty penalty, Critic critic) {
        try (Network network = build(critic, 0.3, DataType.DOUBLE, EngineKind.STOCK)) {
            double value = new GradientPenalty(penalty)
                    .add(
                            discriminator(network, penalty),
                            examples("real", DataType.DOUBLE),
                            examples("fake", DataType.DOUBLE),
                            DRAW);
            assertThat(value)
                    .isPositive()
                    .isCloseTo(value(network, points(penalty, DataType.DOUBLE), pass(), penalty::value), within(1e-9));
        }
    }

    @Test
    void bothZeroCentredPenaltiesTogetherAreTheirSum() {
        try (Network network = build(Critic.DENSE, 0, DataType.DOUBLE, EngineKind.STOCK)) {
            INDArray together = gradient(network, new Penalty.R1R2(3), DataType.DOUBLE);
            INDArray sum = gradient(network, new Penalty.R1(3), DataType.DOUBLE)
                    .add(gradient(network, new Penalty.R2(3), DataType.DOUBLE));
            assertThat(relativeError(together, sum)).isLessThan(1e-12);
        }
    }

    static Stream<Arguments> penaltiesCriticsAndEngines() {
        return penaltiesAndCritics().flatMap(arguments -> Stream.of(EngineKind.values())
                .map(engine -> Arguments.of(arguments.get()[0], arguments.get()[1], engine)));
    }

    @ParameterizedTest(name = "{0}, {1}, {2}")
    @MethodSource("penaltiesCriticsAndEngines")
    void singlePrecisionIsEnough(Penalty penalty, Critic critic, EngineKind engine) {
        try (Network exact = build(critic, 0, DataType.DOUBLE, EngineKind.STOCK);
                Network single = build(critic, 0, DataType.FLOAT, engine)) {
            exact.parameters().assign(single.parameters().castTo(DataType.DOUBLE));
            INDArray expected = gradient(exact, penalty, DataType.DOUBLE);
            INDArray actual = gradient(single, penalty, DataType.FLOAT).castTo(DataType.DOUBLE);
            assertThat(relativeError(actual, expected)).isLessThan(SINGLE_PRECISION);
        }
    }

    private static double relativeError(INDArray actual, INDArray expected) {
        INDArray flat = expected.reshape(expected.length());
        return actual.reshape(actual.length()).distance2(flat)
                / flat.norm2Number().doubleValue();
    }

    @Test
    void flatPointsHaveNoDirectionAndNoHarm() {
        try (Network network = build(Critic.DENSE, 0, DataType.DOUBLE, EngineKind.STOCK)) {
            network.parameters().assign(0);
            assertThat(gradient(network, new Penalty.WassersteinGp(10), DataType.DOUBLE)
                            .toDoubleVector())
                    .containsOnly(0);
        }
    }

    @Test
    void criticsThatCoupleExamplesAreRefused() {
        try (Network network = NetworkBuilder.vectors(4)
                .dense(5)
                .batchNormalization(0.9)
                .dense(1)
                .build(1)) {
            assertThatThrownBy(() -> discriminator(network, new Penalty.R1(1)))
                    .isInstanceOf(MirageException.class)
                    .hasMessageContaining("gradient penalty")
                    .hasMessageContaining("batch normalisation");
        }
    }
}
