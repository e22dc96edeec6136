package org.mirage4j.gan.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.mirage4j.core.MirageException;
import org.mirage4j.core.data.Batch;
import org.mirage4j.core.engine.Pass;
import org.mirage4j.core.network.Network;
import org.mirage4j.core.network.NetworkBuilder;
import org.mirage4j.core.random.RandomStreams;
import org.mirage4j.core.support.NumericGradient;
import org.mirage4j.gan.loss.GanLoss;
import org.mirage4j.gan.loss.LossKind;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Sgd;

/** Labels in the game, held against their definitions written out once more. */
class ConditionalGameTest {
    private static final RandomStreams STREAMS = new RandomStreams(31);
    private static final int BATCH = 5;
    private static final int LATENT = 2;
    private static final int CLASSES = 3;
    private static final int[] LABELS = {2, 0, 1, 1, 2};

    static Stream<Arguments> games() {
        List<Arguments> games = new ArrayList<>();
        for (Conditioning.Kind kind : Conditioning.Kind.values()) {
            if (kind != Conditioning.Kind.NONE) {
                for (LossKind loss : List.of(LossKind.NON_SATURATING, LossKind.RELATIVISTIC)) {
                    games.add(Arguments.of(kind, loss, false));
                    games.add(Arguments.of(kind, loss, true)); // real and generated examples apart
                }
            }
        }
        return games.stream();
    }

    private static INDArray labels() {
        INDArray labels = Nd4j.zeros(DataType.DOUBLE, BATCH, CLASSES);
        for (int i = 0; i < BATCH; i++) {
            labels.putScalar(i, LABELS[i], 1);
        }
        return labels;
    }

    private static Batch real() {
        return Batch.of(STREAMS.gaussian("real", 0, DataType.DOUBLE, BATCH, 4), labels());
    }

    private static NetworkBuilder generator() {
        return NetworkBuilder.vectors(LATENT)
                .input("label", CLASSES)
                .concatenate("input")
                .dense(5)
                .activation(Activation.TANH)
                .dense(4)
                .activation(Activation.TANH);
    }

    private static NetworkBuilder discriminator(Conditioning.Kind kind, boolean normalised) {
        NetworkBuilder builder = NetworkBuilder.vectors(4);
        if (kind == Conditioning.Kind.CONCAT) {
            builder.input("label", CLASSES).concatenate("input");
        }
        builder.dense(6);
        if (normalised) {
            builder.batchNormalization(0.8);
        }
        builder.activation(Activation.TANH);
        if (kind == Conditioning.Kind.CONCAT) {
            return builder.dense(1);
        }
        String features = builder.currentName();
        String scores = builder.dense(CLASSES).currentName();
        return builder.from(features).dense(1).concatenate(scores);
    }

    private static Network build(NetworkBuilder builder) {
        return builder.dataType(DataType.DOUBLE).updater(new Sgd(1)).build(9);
    }

    private static GanTrainer trainer(Network g, Network d, Conditioning.Kind kind, LossKind loss) {
        GameOptions game = GameOptions.builder().loss(loss).build();
        return new GanTrainer(g, List.of(d), new Conditioning(kind, CLASSES), LATENT, game, STREAMS);
    }

    /** The output for examples with the labels of the batch, [N][1 or 1 + classes]. */
    private static double[][] output(Network d, Conditioning.Kind kind, INDArray examples, Pass pass) {
        INDArray[] inputs = kind == Conditioning.Kind.CONCAT
                ? new INDArray[] {examples, Nd4j.tile(labels(), (int) examples.size(0) / BATCH, 1)}
                : new INDArray[] {examples};
        return d.forward(inputs, pass)[0].toDoubleMatrix();
    }

    private static double[] logits(double[][] output, Conditioning.Kind kind) {
        double[] logits = new double[output.length];
        for (int i = 0; i < logits.length; i++) {
            int label = LABELS[i % BATCH];
            logits[i] = output[i][0] + (kind == Conditioning.Kind.PROJECTION ? output[i][1 + label] : 0);
        }
        return logits;
    }

    private static double crossEntropy(double[][] output, Conditioning.Kind kind) {
        if (kind != Conditioning.Kind.AUXILIARY) {
            return 0;
        }
        double sum = 0;
        for (int i = 0; i < output.length; i++) {
            double total = 0;
            for (int c = 1; c <= CLASSES; c++) {
                total += Math.exp(output[i][c]);
            }
            sum += Math.log(total) - output[i][1 + LABELS[i % BATCH]];
        }
        return sum / output.length;
    }

    @ParameterizedTest(name = "{0}, {1}, discriminator normalised {2}")
    @MethodSource("games")
    void discriminatorGradientAgreesWithNumericDifferentiation(
            Conditioning.Kind kind, LossKind lossKind, boolean normalised) {
        GanLoss loss = lossKind.create(1);
        try (Network g = build(generator());
                Network d = build(discriminator(kind, normalised))) {
            GanTrainer trainer = trainer(g, d, kind, lossKind);
            INDArray start = d.parameters().dup();
            Round last = trainer.discriminatorStep(0, 0, step -> real(), false);
            INDArray gradient = withoutStatistics(d, start.sub(d.parameters()));
            d.parameters().assign(start);
            Pass pass = Pass.train(1); // no dropout here
            NumericGradient.check("discriminator", d.parameters(), gradient, () -> {
                if (normalised) {
                    double[][] ofReal = output(d, kind, last.real().features(), pass);
                    double[][] ofFake = output(d, kind, last.fake().features(), pass);
                    return loss.discriminator(logits(ofReal, kind), logits(ofFake, kind))
                                    .value()
                            + crossEntropy(ofReal, kind)
                            + crossEntropy(ofFake, kind);
                }
                double[][] joint = output(
                        d,
                        kind,
                        Nd4j.concat(0, last.real().features(), last.fake().features()),
                        pass);
                double[] all = logits(joint, kind);
                return loss.discriminator(Arrays.copyOfRange(all, 0, BATCH), Arrays.copyOfRange(all, BATCH, 2 * BATCH))
                                .value()
                        + 2 * crossEntropy(joint, kind);
            });
        }
    }

    @ParameterizedTest(name = "{0}, {1}, discriminator normalised {2}")
    @MethodSource("games")
    void generatorGradientAgreesWithNumericDifferentiation(
            Conditioning.Kind kind, LossKind lossKind, boolean normalised) {
        GanLoss loss = lossKind.create(1);
        try (Network g = build(generator());
                Network d = build(discriminator(kind, normalised))) {
            GanTrainer trainer = trainer(g, d, kind, lossKind);
            Round last = trainer.discriminatorStep(0, 0, step -> real(), false);
            INDArray start = g.parameters().dup();
            trainer.generatorStep(0, last, false);
            INDArray gradient = start.sub(g.parameters());
            g.parameters().assign(start);
            INDArray[] inputs = {trainer.latents("latent", 0, BATCH), labels()};
            Pass pass = Pass.train(1); // no dropout here
            NumericGradient.check("generator", g.parameters(), gradient, () -> {
                double[][] ofFake = output(d, kind, g.forward(inputs, pass)[0], pass);
                double[][] ofReal = output(d, kind, last.real().features(), pass);
                return loss.generator(logits(ofReal, kind), logits(ofFake, kind))
                                .value()
                        + crossEntropy(ofFake, kind);
            });
        }
    }

    /** The discriminator as above, its last hidden layer shown. */
    private static NetworkBuilder showing(Conditioning.Kind kind) {
        NetworkBuilder builder = NetworkBuilder.vectors(4);
        if (kind == Conditioning.Kind.CONCAT) {
            builder.input("label", CLASSES).concatenate("input");
        }
        builder.dense(6).activation(Activation.TANH).output();
        if (kind == Conditioning.Kind.CONCAT) {
            return builder.dense(1).output();
        }
        String features = builder.currentName();
        String scores = builder.dense(CLASSES).currentName();
        return builder.from(features).dense(1).concatenate(scores).output();
    }

    @ParameterizedTest
    @EnumSource(
            value = Conditioning.Kind.class,
            names = {"CONCAT", "PROJECTION", "AUXILIARY"})
    void matchedFeaturesTellTheGeneratorOfLabels(Conditioning.Kind kind) {
        GameOptions game = GameOptions.builder().featureMatching(true).build();
        try (Network g = build(generator());
                Network d = build(showing(kind))) {
            GanTrainer trainer = new GanTrainer(g, List.of(d), new Conditioning(kind, CLASSES), LATENT, game, STREAMS);
            Round last = trainer.discriminatorStep(0, 0, step -> real(), false);
            INDArray start = g.parameters().dup();
            double claimed = trainer.generatorStep(0, last, false).loss();
            INDArray gradient = start.sub(g.parameters());
            g.parameters().assign(start);
            INDArray[] inputs = {trainer.latents("latent", 0, BATCH), labels()};
            Pass pass = Pass.train(1); // no dropout here
            ToDoubleFunction<INDArray[]> matching = outputs -> {
                INDArray real = shown(d, kind, last.real().features(), pass)[0];
                INDArray difference = outputs[0].sub(real);
                double cost = Math.pow(difference.mean(0).norm2Number().doubleValue(), 2);
                for (int c = 0; kind == Conditioning.Kind.PROJECTION && c < CLASSES; c++) {
                    INDArray own = labels().getColumn(c, true);
                    cost += Math.pow(
                            difference
                                    .mulColumnVector(own)
                                    .mean(0)
                                    .norm2Number()
                                    .doubleValue(),
                            2);
                }
                return cost;
            };
            assertThat(claimed)
                    .isCloseTo(matching.applyAsDouble(shown(d, kind, g.forward(inputs, pass)[0], pass)), within(1e-12));
            NumericGradient.check("generator", g.parameters(), gradient, () -> {
                INDArray[] ofFake = shown(d, kind, g.forward(inputs, pass)[0], pass);
                return matching.applyAsDouble(ofFake) + crossEntropy(ofFake[1].toDoubleMatrix(), kind);
            });
        }
    }

    /** Four clusters in the plane, one a class: of so many points the nearest centre must be that of the class asked for. */
    @ParameterizedTest
    @EnumSource(
            value = Conditioning.Kind.class,
            names = {"CONCAT", "PROJECTION", "AUXILIARY"})
    void generatorThatMatchesFeaturesDrawsTheClassThatItIsAskedFor(Conditioning.Kind kind) {
        int classes = 4;
        int batch = 64;
        NetworkBuilder judge = NetworkBuilder.vectors(2);
        if (kind == Conditioning.Kind.CONCAT) {
            judge.input("label", classes).concatenate("input");
        }
        judge.dense(32).leakyRelu(0.2).output();
        String features = judge.currentName();
        if (kind != Conditioning.Kind.CONCAT) {
            String scores = judge.dense(classes).currentName();
            judge.from(features).dense(1).concatenate(scores).output();
        } else {
            judge.dense(1).output();
        }
        NetworkBuilder maker = NetworkBuilder.vectors(LATENT)
                .input("label", classes)
                .concatenate("input")
                .dense(32)
                .leakyRelu(0.2)
                .dense(2);
        Updater adam = new Updater.Adam(3e-3, 0.5, 0.999);
        GameOptions game = GameOptions.builder()
                .featureMatching(true)
                .generatorUpdater(adam)
                .discriminatorUpdater(adam)
                .build();
        INDArray labels = Nd4j.tile(Nd4j.eye(classes), batch / classes, 1).castTo(DataType.FLOAT);
        INDArray centres = Nd4j.createFromArray(new float[][] {{2, 0}, {0, 2}, {-2, 0}, {0, -2}});
        INDArray own = labels.mmul(centres);
        try (GanTrainer trainer = GanTrainer.create(
                new Architecture(maker, judge, new Conditioning(kind, classes)), LATENT, game, STREAMS)) {
            for (int i = 0; i < 600; i++) {
                trainer.iterate(
                        i,
                        step -> Batch.of(
                                STREAMS.gaussian("cluster", step, DataType.FLOAT, batch, 2)
                                        .muli(0.3)
                                        .addi(own),
                                labels.dup()),
                        false);
            }
            INDArray points = trainer.generate(trainer.latents("test", 0, batch), labels);
            int right = 0;
            for (int i = 0; i < batch; i++) {
                INDArray distances = centres.subRowVector(points.getRow(i)).norm2(1);
                right += distances.neg().argMax(0).getInt(0) == i % classes ? 1 : 0;
            }
            assertThat(right).as("of 64, 16 by chance").isGreaterThan(55);
        }
    }

    /** Features and last output for examples with the labels of the batch. */
    private static INDArray[] shown(Network d, Conditioning.Kind kind, INDArray examples, Pass pass) {
        return d.forward(
                kind == Conditioning.Kind.CONCAT ? new INDArray[] {examples, labels()} : new INDArray[] {examples},
                pass);
    }

    @Test
    void otherNumbersOfClassesAreNamed() {
        try (Network g = build(generator());
                Network d = build(discriminator(Conditioning.Kind.PROJECTION, false))) {
            GanTrainer trainer = trainer(g, d, Conditioning.Kind.PROJECTION, LossKind.NON_SATURATING);
            INDArray features = real().features();
            INDArray wider = Nd4j.eye(BATCH).castTo(DataType.DOUBLE);
            assertThatThrownBy(() -> trainer.iterate(0, step -> Batch.of(features, wider), false))
                    .isInstanceOf(MirageException.class)
                    .hasMessage("the networks know 3 classes, but the data have 5");
            assertThatThrownBy(() -> trainer.iterate(0, step -> Batch.of(features), false))
                    .isInstanceOf(MirageException.class)
                    .hasMessage("the networks know 3 classes, but the data have no labels");
        }
    }

    @ParameterizedTest
    @EnumSource(Conditioning.Kind.class)
    void realnessIsThatOfAnExampleAsWhatItIsSaidToBe(Conditioning.Kind kind) {
        boolean conditional = kind != Conditioning.Kind.NONE;
        Batch labelled = real();
        Batch bare = Batch.of(labelled.features());
        NetworkBuilder judge = conditional
                ? discriminator(kind, false)
                : NetworkBuilder.vectors(4).dense(1);
        try (Network g = build(generator());
                Network d = build(judge)) {
            Conditioning conditioning = new Conditioning(kind, conditional ? CLASSES : 0);
            GanTrainer trainer = new GanTrainer(
                    g, List.of(d), conditioning, LATENT, GameOptions.builder().build(), STREAMS);
            double[] expected = logits(output(d, kind, labelled.features(), Pass.infer()), kind);
            double[] actual = trainer.realness(conditional ? labelled : bare, 3, STREAMS).stream()
                    .mapToDouble(Realness::logit)
                    .toArray();
            assertThat(actual).containsExactly(expected, within(1e-12));
            assertThatThrownBy(() -> trainer.realness(conditional ? bare : labelled, 3, STREAMS))
                    .isInstanceOf(MirageException.class)
                    .hasMessageContaining(conditional ? "examples have none" : "has not learned of labels");
        }
    }

    private static INDArray withoutStatistics(Network network, INDArray gradient) {
        network.runningStatistics(gradient).forEach(view -> view.assign(0));
        return gradient;
    }
}
