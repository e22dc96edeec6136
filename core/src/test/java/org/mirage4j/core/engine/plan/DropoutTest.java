package org.mirage4j.core.engine.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.mirage4j.core.engine.plan.Compare.assertClose;

import java.util.List;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.dropout.AlphaDropout;
import org.deeplearning4j.nn.conf.dropout.Dropout;
import org.deeplearning4j.nn.conf.dropout.GaussianDropout;
import org.deeplearning4j.nn.conf.dropout.GaussianNoise;
import org.deeplearning4j.nn.conf.dropout.IDropout;
import org.deeplearning4j.nn.conf.dropout.SpatialDropout;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.DropoutLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.mirage4j.core.engine.Pass;
import org.mirage4j.core.engine.Wanted;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

final class DropoutTest {

    @ParameterizedTest
    @EnumSource(
            value = Activation.class,
            names = {"IDENTITY", "RELU", "LEAKYRELU", "TANH", "SOFTPLUS", "SELU"})
    void dropoutBehindAnyActivationAgreesWithStockOnTheSameMasks(Activation activation) {
        assertAgreement(dense(activation, new Dropout(0.5), new Dropout(0.8)), Nd4j.rand(DataType.FLOAT, 9, 12));
    }

    static Stream<IDropout> kinds() {
        return Stream.of(new Dropout(0.3), new GaussianDropout(0.4), new AlphaDropout(0.7), new GaussianNoise(0.3));
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void kindOfDropoutAgreesWithStockOnTheSameMasks(IDropout kind) {
        assertAgreement(dense(Activation.RELU, kind, kind.clone()), Nd4j.rand(DataType.FLOAT, 9, 12));
    }

    static Stream<IDropout> imageKinds() {
        return Stream.of(new Dropout(0.3), new SpatialDropout(0.6));
    }

    @ParameterizedTest
    @MethodSource("imageKinds")
    void dropoutOfImagesAgreesWithStockOnTheSameMasks(IDropout kind) {
        ComputationGraphConfiguration configuration = new NeuralNetConfiguration.Builder()
                .seed(1)
                .graphBuilder()
                .addInputs("in")
                .addLayer(
                        "first",
                        new ConvolutionLayer.Builder(3, 3)
                                .nIn(3)
                                .nOut(20)
                                .activation(Activation.RELU)
                                .build(),
                        "in")
                .addLayer(
                        "second",
                        new ConvolutionLayer.Builder(3, 3)
                                .nIn(20)
                                .nOut(4)
                                .dropOut(kind)
                                .build(),
                        "first")
                .setOutputs("second")
                .build();
        assertAgreement(configuration, Nd4j.rand(DataType.FLOAT, 9, 3, 8, 8));
    }

    private static ComputationGraphConfiguration dense(Activation activation, IDropout first, IDropout second) {
        return new NeuralNetConfiguration.Builder()
                .seed(1)
                .graphBuilder()
                .addInputs("in")
                .addLayer(
                        "hidden",
                        new DenseLayer.Builder()
                                .nIn(12)
                                .nOut(30)
                                .activation(activation)
                                .build(),
                        "in")
                .addLayer("dropped", new DropoutLayer.Builder(first).build(), "hidden")
                .addLayer(
                        "next",
                        new DenseLayer.Builder()
                                .nIn(30)
                                .nOut(20)
                                .activation(activation)
                                .build(),
                        "dropped")
                .addLayer(
                        "out",
                        new DenseLayer.Builder().nIn(20).nOut(4).dropOut(second).build(),
                        "next")
                .setOutputs("out")
                .build();
    }

    private static void assertAgreement(ComputationGraphConfiguration configuration, INDArray input) {
        ComputationGraph graph = DenseLayersTest.graph(configuration.clone());
        ComputationGraph stockGraph = DenseLayersTest.graph(configuration.clone());
        stockGraph.setParams(graph.params());
        INDArray[] inputs = {input};
        try (PlanEngine engine = PlanEngine.compile(graph)) {
            INDArray actual = engine.forward(inputs, Pass.train(77))[0];
            INDArray[] outputGradients = {
                Nd4j.rand(DataType.FLOAT, actual.shape()).subi(0.5)
            };
            INDArray inputGradient = engine.backward(outputGradients, Wanted.BOTH)[0];
            List<DropUnits> dropouts = engine.plan(inputs, Pass.Mode.TRAIN).dropouts();
            assertThat(dropouts).isNotEmpty();
            for (DropUnits dropout : dropouts) {
                stockGraph.getLayer(dropout.layer()).conf().getLayer().setIDropout(replayed(dropout));
            }
            StockReference stock = new StockReference(stockGraph);
            INDArray expected = stock.forward(true, input.dup())[0];
            INDArray expectedInputGradient = stock.backward(outputGradients[0].dup())[0];
            assertClose("output", actual, expected);
            assertClose("parameter gradients", graph.getGradientsViewArray(), stockGraph.getGradientsViewArray());
            assertClose("input gradient", inputGradient, expectedInputGradient);
        }
    }

    /** What the plan's dropout did in its last pass. */
    static ReplayedDropout replayed(DropUnits dropout) {
        Memory added = dropout.shift();
        INDArray factor = dropout.multiplies() ? array(dropout.mask()) : null;
        INDArray shift = added == null ? null : array(added);
        return new ReplayedDropout(
                factor == null ? Nd4j.onesLike(shift) : factor, shift == null ? Nd4j.zerosLike(factor) : shift);
    }

    private static INDArray array(Memory memory) {
        float[] values = new float[Math.toIntExact(memory.layout().length())];
        Arena.floats(memory.address(), values.length).get(values);
        return Nd4j.createFromArray(values).reshape(memory.layout().dims());
    }

    @Test
    void masksKeepTheRightShareAtTheRightScale() {
        for (double retain : new double[] {0.1, 0.5, 0.8, 0.999}) {
            ComputationGraph graph =
                    DenseLayersTest.graph(dense(Activation.RELU, new Dropout(retain), new Dropout(0.5)));
            try (PlanEngine engine = PlanEngine.compile(graph)) {
                INDArray[] inputs = {Nd4j.rand(DataType.FLOAT, 5000, 12)};
                engine.forward(inputs, Pass.train(1));
                INDArray mask = array(
                        engine.plan(inputs, Pass.Mode.TRAIN).dropouts().get(0).mask());
                double kept = mask.gt(0).castTo(DataType.DOUBLE).meanNumber().doubleValue();
                // five standard deviations of a share of 150,000 draws
                double tolerance = 5 * Math.sqrt(retain * (1 - retain) / mask.length());
                assertThat(kept).as("share kept at " + retain).isCloseTo(retain, within(tolerance));
                assertThat(mask.maxNumber().floatValue()).isEqualTo((float) (1 / retain));
            }
        }
    }

    @Test
    void masksOfDifferentPassesLayersAndNeighboursAreUncorrelated() {
        ComputationGraph graph = DenseLayersTest.graph(dense(Activation.RELU, new Dropout(0.5), new Dropout(0.5)));
        try (PlanEngine engine = PlanEngine.compile(graph)) {
            INDArray[] inputs = {Nd4j.rand(DataType.FLOAT, 5000, 12)};
            engine.forward(inputs, Pass.train(1));
            Plan plan = engine.plan(inputs, Pass.Mode.TRAIN);
            INDArray first = signs(plan, 0);
            INDArray other = signs(plan, 1);
            engine.forward(inputs, Pass.train(2));
            INDArray second = signs(plan, 0);
            engine.forward(inputs, Pass.train(1));
            assertThat(signs(plan, 0)).as("the same key again").isEqualTo(first);
            long count = Math.min(first.length(), other.length());
            assertUncorrelated(first, second, 0, first.length());
            assertUncorrelated(first, other, 0, count);
            for (int lag : new int[] {1, 2, 3, 8, 16, 30, 64, 4096}) {
                assertUncorrelated(first, first, lag, first.length() - lag);
                assertUncorrelated(first, second, lag, first.length() - lag);
            }
        }
    }

    private static INDArray signs(Plan plan, int index) {
        INDArray mask = array(plan.dropouts().get(index).mask());
        return mask.reshape(mask.length()).sub(1).castTo(DataType.DOUBLE);
    }

    private static void assertUncorrelated(INDArray left, INDArray right, int lag, long count) {
        double[] a = left.toDoubleVector();
        double[] b = right.toDoubleVector();
        double sum = 0;
        for (int i = 0; i < count; i++) {
            sum += a[i] * b[i + lag];
        }
        assertThat(sum / count).as("correlation at lag " + lag).isCloseTo(0, within(5 / Math.sqrt((double) count)));
    }

    @Test
    void monteCarloPassesDropUnitsAndInferenceDoesNot() {
        ComputationGraph graph = DenseLayersTest.graph(dense(Activation.RELU, new Dropout(0.5), new Dropout(0.5)));
        try (PlanEngine engine = PlanEngine.compile(graph)) {
            INDArray[] inputs = {Nd4j.rand(DataType.FLOAT, 9, 12)};
            INDArray first = engine.forward(inputs, Pass.monteCarlo(1))[0];
            assertThat(engine.forward(inputs, Pass.monteCarlo(1))[0]).isEqualTo(first);
            assertThat(engine.forward(inputs, Pass.monteCarlo(2))[0]).isNotEqualTo(first);
            assertThat(engine.forward(inputs, Pass.train(1))[0]).isEqualTo(first);
            INDArray plain = engine.forward(inputs, Pass.infer())[0];
            assertThat(engine.forward(inputs, Pass.infer())[0]).isEqualTo(plain);
            assertClose("inference", plain, graph.outputSingle(inputs[0]));
        }
    }
}
