package org.mirage4j.core.engine.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mirage4j.core.engine.plan.Compare.assertClose;
import static org.mirage4j.core.engine.plan.DenseLayersTest.graph;

import java.lang.management.ManagementFactory;
import org.bytedeco.javacpp.Pointer;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.L2NormalizeVertex;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.mirage4j.core.MirageException;
import org.mirage4j.core.engine.Pass;
import org.mirage4j.core.engine.Wanted;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

final class PlanEngineTest {
    private static ComputationGraphConfiguration.GraphBuilder builder() {
        return new NeuralNetConfiguration.Builder().seed(1).graphBuilder().addInputs("in");
    }

    private static DenseLayer dense(int in, int out) {
        return new DenseLayer.Builder()
                .nIn(in)
                .nOut(out)
                .activation(Activation.TANH)
                .build();
    }

    private static ComputationGraph small() {
        return graph(
                builder().addLayer("out", dense(4, 3), "in").setOutputs("out").build());
    }

    private static INDArray[] input(int batch) {
        return new INDArray[] {Nd4j.rand(DataType.FLOAT, batch, 4)};
    }

    @Test
    void graphWithAnUnknownVertexIsRefusedByName() {
        ComputationGraph graph = graph(builder()
                .addLayer("first", dense(4, 3), "in")
                .addVertex("unit", new L2NormalizeVertex(), "first")
                .addLayer("out", dense(3, 2), "unit")
                .setOutputs("out")
                .build());
        assertThat(PlanEngine.unsupportedReason(graph)).contains("\"unit\" is a L2NormalizeVertex");
        assertThatThrownBy(() -> PlanEngine.compile(graph))
                .isInstanceOf(MirageException.class)
                .hasMessageContaining("unit");
    }

    @Test
    void doublePrecisionIsLeftToTheStockLayers() {
        ComputationGraph graph = graph(new NeuralNetConfiguration.Builder()
                .dataType(DataType.DOUBLE)
                .graphBuilder()
                .addInputs("in")
                .addLayer("out", dense(4, 3), "in")
                .setOutputs("out")
                .build());
        assertThat(PlanEngine.unsupportedReason(graph))
                .hasValueSatisfying(reason -> assertThat(reason).contains("FLOAT"));
    }

    @Test
    void inputOfTheWrongSizeIsRefusedInOneSentence() {
        try (PlanEngine engine = PlanEngine.compile(small())) {
            INDArray[] wrong = {Nd4j.rand(DataType.FLOAT, 5, 7)};
            assertThatThrownBy(() -> engine.forward(wrong, Pass.infer()))
                    .isInstanceOf(MirageException.class)
                    .hasMessage("layer \"out\" takes 4 features or channels, but its input has shape [5, 7]");
        }
    }

    @Test
    void backwardNeedsATrainingPassOfItsOwn() {
        try (PlanEngine engine = PlanEngine.compile(small())) {
            INDArray[] gradient = {Nd4j.ones(DataType.FLOAT, 5, 3)};
            assertThatThrownBy(() -> engine.backward(gradient, Wanted.BOTH)).isInstanceOf(MirageException.class);
            engine.forward(input(5), Pass.train(0));
            engine.forward(input(5), Pass.infer());
            engine.backward(gradient, Wanted.BOTH);
            assertThatThrownBy(() -> engine.backward(gradient, Wanted.BOTH)).isInstanceOf(MirageException.class);
        }
    }

    @Test
    void inputsOfAnyOrderAndTypeGiveTheSameResultAndStayAsTheyWere() {
        try (PlanEngine engine = PlanEngine.compile(small())) {
            INDArray plain = Nd4j.rand(DataType.FLOAT, 5, 4);
            INDArray expected = engine.forward(new INDArray[] {plain.dup('c')}, Pass.infer())[0];
            INDArray wide = Nd4j.rand(DataType.FLOAT, 9, 6);
            INDArray view = wide.get(NDArrayIndex.interval(2, 7), NDArrayIndex.interval(1, 5));
            view.assign(plain);
            for (INDArray input : new INDArray[] {plain.dup('f'), view, plain.castTo(DataType.DOUBLE)}) {
                INDArray before = input.dup();
                assertClose("output", engine.forward(new INDArray[] {input}, Pass.infer())[0], expected, 0);
                assertThat(input).isEqualTo(before);
            }
        }
    }

    @Test
    void parametersSetInTheGraphAreFollowed() {
        ComputationGraph graph = small();
        try (PlanEngine engine = PlanEngine.compile(graph)) {
            INDArray[] x = input(5);
            INDArray before = engine.forward(x, Pass.infer())[0];
            graph.setParams(graph.params().mul(2));
            INDArray after = engine.forward(x, Pass.infer())[0];
            assertThat(after).isNotEqualTo(before);
            assertClose("output", after, graph.outputSingle(x[0]));
        }
    }

    @Test
    void changingBatchSizesLeaveNoMemoryBehind() {
        assertNoMemoryIsLeftBehind(600);
    }

    @Test
    @Tag("long")
    void changingBatchSizesForLongLeaveNoMemoryBehind() {
        assertNoMemoryIsLeftBehind(10_000);
    }

    private static void assertNoMemoryIsLeftBehind(int plans) {
        ComputationGraph graph = small();
        INDArray everything = Nd4j.rand(DataType.FLOAT, 100, 4);
        INDArray gradients = Nd4j.ones(DataType.FLOAT, 100, 3);
        long settled = 0;
        try (PlanEngine engine = PlanEngine.compile(graph)) {
            for (int i = 0; i < plans; i++) {
                int batch = 1 + i % 99;
                INDArray[] x = {everything.get(NDArrayIndex.interval(0, batch), NDArrayIndex.all())};
                engine.forward(x, Pass.train(i));
                engine.backward(
                        new INDArray[] {gradients.get(NDArrayIndex.interval(0, batch), NDArrayIndex.all())},
                        Wanted.PARAMETERS);
                if (i == plans / 3) {
                    settled = nativeBytes();
                }
            }
        }
        // One plan has some 40 kB of buffers and descriptions.
        assertThat(nativeBytes() - settled).isLessThan(1L << 20);
    }

    @Test
    void allocationOfAStepDoesNotGrowWithTheNetwork() {
        long narrow = allocatedByAStep(16);
        long wide = allocatedByAStep(2048);
        assertThat(wide - narrow).as("%d and %d bytes", narrow, wide).isLessThan(1024);
        assertThat(wide).isLessThan(64 * 1024);
    }

    private static long allocatedByAStep(int units) {
        ComputationGraph graph = graph(builder()
                .addLayer("hidden", dense(4, units), "in")
                .addLayer(
                        "out",
                        new OutputLayer.Builder(LossFunction.MCXENT)
                                .nIn(units)
                                .nOut(3)
                                .activation(Activation.SOFTMAX)
                                .build(),
                        "hidden")
                .setOutputs("out")
                .build());
        INDArray[] x = input(8);
        INDArray[] y = {Nd4j.ones(DataType.FLOAT, 8, 3)};
        var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        int steps = 200;
        try (PlanEngine engine = PlanEngine.compile(graph)) {
            long before = 0;
            for (int i = 0; i < 2 * steps; i++) {
                if (i == steps) {
                    before = threads.getCurrentThreadAllocatedBytes();
                }
                engine.differentiate(x, y, Pass.train(i));
                engine.step(8, i, 0);
            }
            return (threads.getCurrentThreadAllocatedBytes() - before) / steps;
        }
    }

    private static long nativeBytes() {
        System.gc(); // whatever Nd4j has left to the collector is not ours
        return Pointer.totalBytes();
    }

    @Test
    void momentsOfUnitsThatLearnNothingMoreComeToRestAboveDenormals() {
        ComputationGraph graph = new ComputationGraph(new NeuralNetConfiguration.Builder()
                .updater(new Adam(1e-3))
                .graphBuilder()
                .addInputs("in")
                .addLayer("out", new DenseLayer.Builder().nIn(20).nOut(30).build(), "in")
                .setOutputs("out")
                .build());
        graph.init();
        graph.initGradientsView();
        try (PlanEngine engine = PlanEngine.compile(graph)) {
            graph.getGradientsViewArray().assign(1e-3);
            engine.step(1, 0, 0);
            for (int iteration = 1; iteration < 2000; iteration++) {
                graph.getGradientsViewArray().assign(0);
                engine.step(1, iteration, 0);
            }
            float[] moments =
                    graph.getUpdater().getStateViewArray().dup().data().asFloat();
            int parameters = Math.toIntExact(graph.numParams());
            for (int i = 0; i < parameters; i++) {
                float update = moments[i] * 1e-3f;
                assertThat(update == 0 || Math.abs(update) >= Float.MIN_NORMAL)
                        .as("first moment %s", moments[i])
                        .isTrue();
            }
        }
    }
}
