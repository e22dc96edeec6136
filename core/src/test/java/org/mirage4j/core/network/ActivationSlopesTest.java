package org.mirage4j.core.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.mirage4j.core.engine.EngineKind;
import org.mirage4j.core.engine.Pass;
import org.mirage4j.core.engine.Wanted;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationELU;
import org.nd4j.linalg.activations.impl.ActivationLReLU;
import org.nd4j.linalg.activations.impl.ActivationReLU;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Values and slopes of every activation: those of its function, finite everywhere, the same on both engines. */
class ActivationSlopesTest {
    private static final double[] POINTS = {
        -1e6, -1000, -300, -100, -89, -50, -30, -12, -4, -2.4, -1.3, -0.6, -0.2, -0.01, 0.01, 0.2, 0.6, 1.3, 2.4, 4, 12,
        21, 30, 41, 50, 89, 100, 300, 711, 1000, 1e6
    };
    /** Where some function has a kink; these numbers are exact in float. */
    private static final double[] KINKS = {-2.5, -1, -0.0, 0, 1, 2.5, 6};

    static Stream<IActivation> activations() {
        return Stream.concat(
                Stream.of(Activation.values())
                        .filter(kind -> kind != Activation.SOFTMAX && kind != Activation.RRELU)
                        .filter(kind -> kind != Activation.IDENTITY)
                        .map(Activation::getActivationFunction),
                Stream.of(
                        new ActivationELU(0.4),
                        new ActivationELU(2),
                        new ActivationLReLU(0.3),
                        new ActivationReLU(null, 0.0, 0.1),
                        new ActivationReLU(1.0, 0.25, 0.1)));
    }

    private record Answer(List<Double> values, List<Double> slopes) {}

    private static Answer ask(IActivation activation, DataType type, EngineKind engine, double[] points) {
        var configuration = new NeuralNetConfiguration.Builder()
                .dataType(type)
                .graphBuilder()
                .addInputs("in")
                .addLayer("tested", new ActivationLayer(activation), "in")
                .setOutputs("tested")
                .build();
        try (Network network = Network.create(configuration, 1, engine)) {
            INDArray in = Nd4j.createFromArray(points).castTo(type).reshape(1, points.length);
            INDArray values = network.forward(in, Pass.train(1));
            INDArray slopes = network.backwardToInput(Nd4j.onesLike(in), Wanted.BOTH);
            return new Answer(doubles(values), doubles(slopes));
        }
    }

    private static List<Double> doubles(INDArray array) {
        return Arrays.stream(array.castTo(DataType.DOUBLE).toDoubleVector())
                .boxed()
                .toList();
    }

    @ParameterizedTest
    @MethodSource("activations")
    void slopeIsThatOfTheFunctionAndFinite(IActivation activation) {
        List<Double> moved = new ArrayList<>();
        for (double point : POINTS) {
            double step = 1e-6 * Math.max(1, Math.abs(point));
            moved.add(point - step);
            moved.add(point + step);
        }
        List<Double> around = ask(
                        activation,
                        DataType.DOUBLE,
                        EngineKind.STOCK,
                        moved.stream().mapToDouble(d -> d).toArray())
                .values();
        for (DataType type : List.of(DataType.DOUBLE, DataType.FLOAT)) {
            for (EngineKind engine : EngineKind.values()) {
                Answer answer = ask(activation, type, engine, POINTS);
                for (int i = 0; i < POINTS.length; i++) {
                    double numeric =
                            (around.get(2 * i + 1) - around.get(2 * i)) / (moved.get(2 * i + 1) - moved.get(2 * i));
                    double scale = Math.max(1, Math.abs(numeric));
                    assertThat(answer.slopes().get(i))
                            .as("%s at %s, %s on %s", activation, POINTS[i], type, engine)
                            .isCloseTo(numeric, within(1e-6 * scale));
                    assertThat(answer.values().get(i)).isFinite();
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("activations")
    void enginesAgreeAtKinks(IActivation activation) {
        Answer stock = ask(activation, DataType.FLOAT, EngineKind.STOCK, KINKS);
        Answer automatic = ask(activation, DataType.FLOAT, EngineKind.AUTOMATIC, KINKS);
        for (int i = 0; i < KINKS.length; i++) {
            assertThat(automatic.slopes().get(i))
                    .as("%s at %s", activation, KINKS[i])
                    .isCloseTo(stock.slopes().get(i), within(1e-6));
        }
    }
}
