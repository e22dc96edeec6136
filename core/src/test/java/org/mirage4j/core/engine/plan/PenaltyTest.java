package org.mirage4j.core.engine.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.mirage4j.core.network.Network;
import org.mirage4j.core.network.NetworkBuilder;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class PenaltyTest {

    @Test
    void scoreHoldsThePenaltiesOfWeightsAndNotOfBiases() {
        try (Network network = NetworkBuilder.vectors(13)
                .l1(0.01)
                .l2(0.3)
                .dense(90)
                .activation(Activation.RELU)
                .squaredErrorOutput(1)
                .build(4)) {
            double expected = 0;
            for (Map.Entry<String, INDArray> parameter :
                    network.graph().paramTable().entrySet()) {
                if (parameter.getKey().endsWith("_W")) {
                    for (double w : parameter.getValue().dup().data().asDouble()) {
                        expected += 0.01 * Math.abs(w) + 0.15 * w * w;
                    }
                }
            }
            INDArray zeros = Nd4j.zeros(DataType.FLOAT, 4, 13);
            INDArray targets = Nd4j.zeros(DataType.FLOAT, 4, 1);
            assertThat(network.engine()).isEqualTo("onednn-plan");
            assertThat(network.differentiate(zeros, targets, 1)).isCloseTo(expected, within(1e-12 * expected));
        }
    }
}
