package org.mirage4j.gan.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayerWithBackprop;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.mirage4j.core.data.Batch;
import org.mirage4j.core.engine.EngineKind;
import org.mirage4j.core.network.Network;
import org.mirage4j.core.random.RandomStreams;
import org.mirage4j.gan.loss.LossKind;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.learning.config.Adam;

class FrozenPlayersTest {
    private static final RandomStreams STREAMS = new RandomStreams(7);
    private static final int SIZE = 4;

    /** Two frozen layers, then two that learn. */
    private static Network network(DataType type, UnaryOperator<Layer> freezing, int out) {
        return Network.create(configuration(type, freezing, new BatchNormalization.Builder().build(), out), 3);
    }

    private static ComputationGraphConfiguration configuration(
            DataType type, UnaryOperator<Layer> freezing, Layer second, int out) {
        return new NeuralNetConfiguration.Builder()
                .dataType(type)
                .updater(new Adam(0.05))
                .l2(0.1)
                .graphBuilder()
                .addInputs("in")
                .setInputTypes(InputType.feedForward(SIZE))
                .addLayer(
                        "features",
                        freezing.apply(new DenseLayer.Builder()
                                .nOut(6)
                                .activation(Activation.LEAKYRELU)
                                .build()),
                        "in")
                .addLayer("normal", freezing.apply(second), "features")
                .addLayer(
                        "hidden",
                        new DenseLayer.Builder()
                                .nOut(5)
                                .activation(Activation.LEAKYRELU)
                                .build(),
                        "normal")
                .addLayer(
                        "out",
                        new DenseLayer.Builder()
                                .nOut(out)
                                .activation(Activation.IDENTITY)
                                .build(),
                        "hidden")
                .setOutputs("out")
                .build();
    }

    static Stream<Arguments> cases() {
        List<GameOptions> games = List.of(
                GameOptions.builder()
                        .loss(LossKind.WASSERSTEIN)
                        .weightClip(0.01)
                        .historicalAveraging(0.1)
                        .gradientClip(0.5)
                        .averageDecay(0.9)
                        .build(),
                GameOptions.builder().spectralNormalization(true).build());
        List<UnaryOperator<Layer>> freezings = List.of(FrozenLayer::new, FrozenLayerWithBackprop::new);
        return games.stream()
                .flatMap(game -> freezings.stream().flatMap(freezing -> Stream.of(DataType.FLOAT, DataType.DOUBLE)
                        .map(type -> Arguments.of(game, freezing, type))));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void frozenLayersStayAndTheOthersLearn(GameOptions game, UnaryOperator<Layer> freezing, DataType type) {
        Network g = network(type, freezing, SIZE);
        Network d = network(type, freezing, 1);
        assertThat(d.engine()).isEqualTo(type == DataType.FLOAT ? "onednn-plan" : "deeplearning4j");
        INDArray generatorBefore = g.parameters().dup();
        INDArray discriminatorBefore = d.parameters().dup();
        try (GanTrainer trainer = new GanTrainer(g, List.of(d), SIZE, game, STREAMS)) {
            for (int i = 0; i < 3; i++) {
                trainer.iterate(i, step -> Batch.of(STREAMS.gaussian("real", step, type, 8, SIZE)), true);
            }
            check(g, g.parameters(), generatorBefore);
            check(d, d.parameters(), discriminatorBefore);
        }
    }

    static Stream<UnaryOperator<Layer>> freezings() {
        return Stream.of(FrozenLayer::new, FrozenLayerWithBackprop::new);
    }

    @ParameterizedTest
    @MethodSource("freezings")
    void penaltiesPassFrozenLayersAlikeOnBothEngines(UnaryOperator<Layer> freezing) {
        GameOptions game = GameOptions.builder().penalty(new Penalty.R1(10)).build();
        List<INDArray> results = new ArrayList<>();
        for (EngineKind kind : EngineKind.values()) {
            Layer second = new DenseLayer.Builder()
                    .nOut(6)
                    .dropOut(0.5)
                    .activation(Activation.TANH)
                    .build();
            Network g = network(DataType.FLOAT, freezing, SIZE);
            Network d = Network.create(configuration(DataType.FLOAT, freezing, second, 1), 3, kind);
            INDArray before = d.parameters().dup();
            try (GanTrainer trainer = new GanTrainer(g, List.of(d), SIZE, game, STREAMS)) {
                for (int i = 0; i < 3; i++) {
                    trainer.iterate(i, step -> Batch.of(STREAMS.gaussian("real", step, DataType.FLOAT, 8, SIZE)), true);
                }
                check(d, d.parameters(), before);
                results.add(d.parameters().dup());
            }
        }
        assertThat(results.get(0).equalsWithEps(results.get(1), 1e-4)).isTrue();
    }

    private static void check(Network network, INDArray after, INDArray before) {
        long frozen = network.graph().getLayer("features").numParams()
                + network.graph().getLayer("normal").numParams();
        assertThat(part(after, 0, frozen)
                        .sub(part(before, 0, frozen))
                        .amaxNumber()
                        .doubleValue())
                .isZero();
        INDArray learned = part(after, frozen, after.length()).sub(part(before, frozen, after.length()));
        assertThat(learned.amaxNumber().doubleValue()).isGreaterThan(1e-3);
    }

    private static INDArray part(INDArray flat, long from, long to) {
        return flat.reshape(flat.length()).get(NDArrayIndex.interval(from, to));
    }
}
