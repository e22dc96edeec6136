package org.mirage4j.gan.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.mirage4j.core.MirageException;
import org.mirage4j.core.engine.Pass;
import org.mirage4j.core.engine.Wanted;
import org.mirage4j.core.features.ImageShape;
import org.mirage4j.core.network.DropoutRate;
import org.mirage4j.core.network.Network;
import org.mirage4j.core.network.NetworkBuilder;
import org.mirage4j.core.random.RandomStreams;
import org.mirage4j.core.support.NumericGradient;
import org.mirage4j.gan.train.Architecture.Purpose;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.NoOp;

class ArchitectureTest {
    private static final RandomStreams STREAMS = new RandomStreams(19);
    private static final int LATENT = 2;
    private static final int CLASSES = 3;
    private static final List<String> NAMES = List.of("dense", "dcgan", "residual");

    private static Purpose purpose(int width, int side, int packing, Conditioning.Kind kind) {
        return new Purpose(
                width,
                LATENT,
                new ImageShape(1, side, side),
                GameOptions.builder().packing(packing).build(),
                new Conditioning(kind, kind == Conditioning.Kind.NONE ? 0 : CLASSES),
                DropoutRate.of(0.2),
                DropoutRate.of(0.2));
    }

    /** Every architecture, and every way of conditioning where the networks are smallest. */
    static Stream<Arguments> pairs() {
        List<Arguments> cases = new ArrayList<>();
        for (Conditioning.Kind kind : Conditioning.Kind.values()) {
            cases.add(Arguments.of("dense", kind));
        }
        cases.add(Arguments.of("dcgan", Conditioning.Kind.CONCAT));
        cases.add(Arguments.of("residual", Conditioning.Kind.NONE));
        return cases.stream();
    }

    private static Architecture describe(String name, Purpose purpose) {
        return switch (name) {
            case "dense" -> Architecture.dense(purpose);
            case "dcgan" -> Architecture.dcgan(purpose);
            case "residual" -> Architecture.residual(purpose);
            default -> throw new IllegalArgumentException(name);
        };
    }

    private static INDArray[] discriminatorInputs(DataType type, int count, Purpose purpose) {
        ImageShape image = purpose.image();
        INDArray images = STREAMS.gaussian(
                "image",
                0,
                type,
                count,
                (long) purpose.game().packing() * image.channels(),
                image.height(),
                image.width());
        return purpose.conditioning().readsLabel()
                ? new INDArray[] {images, labels(type, count)}
                : new INDArray[] {images};
    }

    private static INDArray[] generatorInputs(DataType type, int count, Purpose purpose) {
        INDArray latents = STREAMS.gaussian("latent", 0, type, count, LATENT);
        return purpose.conditioning().classes() > 0
                ? new INDArray[] {latents, labels(type, count)}
                : new INDArray[] {latents};
    }

    private static INDArray labels(DataType type, int count) {
        INDArray labels = Nd4j.zeros(type, count, CLASSES);
        for (int i = 0; i < count; i++) {
            labels.putScalar(i, i % CLASSES, 1);
        }
        return labels;
    }

    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("pairs")
    void gradientsAgreeWithNumericDifferentiation(String name, Conditioning.Kind kind) {
        Purpose purpose = purpose(1, 4, 1, kind);
        Architecture pair = describe(name, purpose);
        checkGradients(name + " generator", pair.generator(), generatorInputs(DataType.DOUBLE, 4, purpose));
        checkGradients(name + " discriminator", pair.discriminator(), discriminatorInputs(DataType.DOUBLE, 4, purpose));
    }

    private static void checkGradients(String what, NetworkBuilder builder, INDArray... inputs) {
        try (Network network =
                builder.dataType(DataType.DOUBLE).updater(new NoOp()).build(3)) {
            // away from biases of zero, with which a ReLU behind dead units sits on its kink
            network.parameters()
                    .addi(STREAMS.gaussian(
                                    "shift",
                                    0,
                                    DataType.DOUBLE,
                                    network.parameters().shape())
                            .muli(0.1));
            Pass pass = Pass.train(5);
            INDArray output = network.forward(inputs, pass)[0];
            INDArray weights = STREAMS.gaussian("loss", 0, DataType.DOUBLE, output.shape());
            INDArray toInput = network.backward(new INDArray[] {weights}, Wanted.BOTH)[0];
            INDArray gradient = network.gradients().dup();
            network.runningStatistics(gradient).forEach(view -> view.assign(0)); // pending updates, no gradients
            NumericGradient.check(what + " input", inputs[0], toInput, () -> loss(network, inputs, pass, weights));
            NumericGradient.check(
                    what + " parameters", network.parameters(), gradient, () -> loss(network, inputs, pass, weights));
        }
    }

    private static double loss(Network network, INDArray[] inputs, Pass pass, INDArray weights) {
        return network.forward(inputs, pass)[0].mul(weights).sumNumber().doubleValue();
    }

    static Stream<Arguments> sizes() {
        List<Arguments> cases = new ArrayList<>();
        for (String name : NAMES) {
            for (int side : new int[] {28, 32, 64}) {
                cases.add(Arguments.of(name, Conditioning.Kind.NONE, side));
            }
            cases.add(Arguments.of(name, Conditioning.Kind.CONCAT, 28));
            cases.add(Arguments.of(name, Conditioning.Kind.PROJECTION, 28));
        }
        return cases.stream();
    }

    @ParameterizedTest(name = "{0}, {1}, {2} x {2}")
    @MethodSource("sizes")
    void pairFitsItselfAndRunsOnTheCompiledPlan(String name, Conditioning.Kind kind, int side) {
        Purpose purpose = purpose(2, side, 1, kind);
        Architecture pair = describe(name, purpose);
        try (Network generator = pair.generator().build(1);
                Network discriminator = pair.discriminator().build(2)) {
            assertThat(generator.engine()).isEqualTo("onednn-plan");
            assertThat(discriminator.engine()).isEqualTo("onednn-plan");
            INDArray images = generator.forward(generatorInputs(DataType.FLOAT, 3, purpose), Pass.train(1))[0];
            assertThat(images.shape()).containsExactly(3, 1, side, side);
            assertThat(images.amaxNumber().doubleValue()).isLessThanOrEqualTo(1);
            INDArray[] inputs = discriminatorInputs(DataType.FLOAT, 3, purpose);
            inputs[0] = images;
            INDArray judged = discriminator.forward(inputs, Pass.train(1))[0];
            assertThat(judged.shape()).containsExactly(3, purpose.conditioning().scoresClasses() ? 1 + CLASSES : 1);
            INDArray toImages = discriminator.backward(new INDArray[] {Nd4j.onesLike(judged)}, Wanted.BOTH)[0];
            assertThat(toImages.shape()).containsExactly(3, 1, side, side);
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("names")
    void discriminatorReadsPacks(String name) {
        Architecture pair = describe(name, purpose(2, 8, 3, Conditioning.Kind.NONE));
        try (Network discriminator = pair.discriminator().build(2)) {
            INDArray pack = STREAMS.gaussian("pack", 0, DataType.FLOAT, 2, 3, 8, 8);
            assertThat(discriminator.forward(pack, Pass.infer()).shape()).containsExactly(2, 1);
        }
        assertThat(pair.generator().currentShape()).containsExactly(1, 8, 8);
    }

    static Stream<String> names() {
        return NAMES.stream();
    }

    @Test
    void imagesThatCannotBeHalvedAreRefused() {
        assertThatThrownBy(() -> Architecture.dcgan(purpose(2, 36, 1, Conditioning.Kind.NONE)))
                .isInstanceOf(MirageException.class)
                .hasMessageContaining("36 x 36")
                .hasMessageContaining("multiples of 8");
        assertThatThrownBy(() -> Architecture.residual(purpose(2, 30, 1, Conditioning.Kind.NONE)))
                .hasMessageContaining("residual")
                .hasMessageContaining("multiples of 4");
    }

    @Test
    void conditioningNeedsClassesOnlyWithLabels() {
        assertThatThrownBy(() -> new Conditioning(Conditioning.Kind.PROJECTION, 1))
                .hasMessageContaining("at least 2 classes");
        assertThatThrownBy(() -> new Conditioning(Conditioning.Kind.NONE, 10)).hasMessageContaining("0 classes");
    }
}
