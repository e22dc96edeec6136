package org.mirage4j.core.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.mirage4j.core.MirageException;
import org.mirage4j.core.engine.EngineKind;
import org.mirage4j.core.engine.Pass;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class ReplayTest {
    private static final INDArray INPUT = Nd4j.rand(DataType.FLOAT, 4, 3);

    private static Network critic(EngineKind kind) {
        return Network.create(
                NetworkBuilder.vectors(3)
                        .dense(6)
                        .activation(Activation.RELU)
                        .dense(1)
                        .configuration(),
                1,
                kind);
    }

    @ParameterizedTest
    @EnumSource(EngineKind.class)
    void replayNeedsARecordedPassSinceTheLastStep(EngineKind kind) {
        try (Network network = critic(kind)) {
            assertThatThrownBy(() -> network.forward(INPUT, Pass.replay(1)))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("RECORD");
            INDArray output = network.forward(INPUT, Pass.record(1));
            network.backward(Nd4j.onesLike(output));
            network.forward(INPUT, Pass.replay(1));
            network.backward(Nd4j.onesLike(output));
            assertThatThrownBy(() -> network.backward(Nd4j.onesLike(output))).isInstanceOf(IllegalStateException.class);
            network.step(4);
            assertThatThrownBy(() -> network.forward(INPUT, Pass.replay(1))).isInstanceOf(IllegalStateException.class);
        }
    }

    @ParameterizedTest
    @EnumSource(EngineKind.class)
    void replayWithOtherMasksOrOfAnotherShapeIsRefused(EngineKind kind) {
        try (Network network = critic(kind)) {
            network.forward(INPUT, Pass.record(1));
            assertThatThrownBy(() -> network.forward(INPUT, Pass.replay(2)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("mask key");
            INDArray larger = Nd4j.rand(DataType.FLOAT, 5, 3);
            assertThatThrownBy(() -> network.forward(larger, Pass.replay(1)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("[4, 3]")
                    .hasMessageContaining("[5, 3]");
        }
    }

    @ParameterizedTest
    @EnumSource(EngineKind.class)
    void batchNormalisationRefusesInOneSentence(EngineKind kind) {
        var configuration = NetworkBuilder.vectors(3)
                .dense(6)
                .batchNormalization(0.9)
                .named("norm")
                .leakyRelu(0.2)
                .dense(1)
                .configuration();
        try (Network network = Network.create(configuration, 1, kind)) {
            network.forward(INPUT, Pass.record(1));
            assertThat(network.replayRefusal())
                    .hasValueSatisfying(reason -> assertThat(reason).contains("norm"));
            assertThatThrownBy(() -> network.forward(INPUT, Pass.replay(1)))
                    .isInstanceOf(MirageException.class)
                    .hasMessageContaining("batch normalisation");
        }
    }

    @ParameterizedTest
    @EnumSource(EngineKind.class)
    void gatesStayAsTheyWereOnTheOtherSideOfTheKink(EngineKind kind) {
        try (Network network = critic(kind)) {
            INDArray there = network.forward(INPUT, Pass.record(1));
            INDArray farAway = INPUT.mul(-20);
            INDArray replayed = network.forward(farAway, Pass.replay(1));
            INDArray anew = network.forward(farAway, Pass.record(1));
            // Without biases, which start at zero, keeping all gates makes the network linear.
            assertThat(replayed.equalsWithEps(there.mul(-20), 1e-4)).isTrue();
            assertThat(anew.equalsWithEps(there.mul(-20), 1e-4)).isFalse();
        }
    }
}
