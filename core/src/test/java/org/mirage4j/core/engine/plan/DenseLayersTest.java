package org.mirage4j.core.engine.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mirage4j.core.engine.plan.Compare.assertClose;

import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.mirage4j.core.engine.Pass;
import org.mirage4j.core.engine.Wanted;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

final class DenseLayersTest {
    private static final int BATCH = 7;

    static ComputationGraph graph(ComputationGraphConfiguration configuration) {
        ComputationGraph graph = new ComputationGraph(configuration);
        graph.init();
        return graph;
    }

    @ParameterizedTest
    @EnumSource(
            value = Activation.class,
            names = {
                "IDENTITY",
                "RELU",
                "LEAKYRELU",
                "TANH",
                "SIGMOID",
                "SOFTPLUS",
                "ELU",
                "SELU",
                "SOFTMAX",
                "SWISH",
                "HARDTANH",
                "HARDSIGMOID"
            })
    void denseLayerAgreesWithStockForActivation(Activation activation) {
        ComputationGraphConfiguration configuration = new NeuralNetConfiguration.Builder()
                .seed(1)
                .graphBuilder()
                .addInputs("in")
                .addLayer(
                        "hidden",
                        new DenseLayer.Builder()
                                .nIn(12)
                                .nOut(9)
                                .activation(activation)
                                .build(),
                        "in")
                .addLayer(
                        "out",
                        new DenseLayer.Builder()
                                .nIn(9)
                                .nOut(4)
                                .activation(activation)
                                .build(),
                        "hidden")
                .setOutputs("out")
                .build();
        assertForwardAndGradientsAgree(
                configuration, Nd4j.rand(DataType.FLOAT, BATCH, 12).subi(0.5).muli(4));
    }

    static void assertForwardAndGradientsAgree(ComputationGraphConfiguration configuration, INDArray... inputs) {
        Nd4j.getRandom().setSeed(5);
        ComputationGraph stockGraph = graph(configuration.clone());
        ComputationGraph planGraph = graph(configuration.clone());
        planGraph.setParams(stockGraph.params());
        StockReference stock = new StockReference(stockGraph);
        INDArray[] expected = stock.forward(true, copies(inputs));
        INDArray[] outputGradients = new INDArray[expected.length];
        for (int i = 0; i < expected.length; i++) {
            outputGradients[i] = Nd4j.rand(DataType.FLOAT, expected[i].shape()).subi(0.5);
        }
        INDArray[] expectedInputs = stock.backward(copies(outputGradients));
        INDArray[] expectedInference = stock.forward(false, copies(inputs));
        try (PlanEngine engine = PlanEngine.compile(planGraph)) {
            INDArray[] actual = engine.forward(inputs, Pass.train(3));
            INDArray[] actualInputs = engine.backward(outputGradients, Wanted.BOTH);
            INDArray gradients = planGraph.getGradientsViewArray().dup();
            for (int i = 0; i < actual.length; i++) {
                assertClose("output " + i, actual[i], expected[i]);
            }
            assertClose("parameter gradients", gradients, stockGraph.getGradientsViewArray());
            for (int i = 0; i < inputs.length; i++) {
                assertClose("gradient of input " + i, actualInputs[i], expectedInputs[i]);
            }
            engine.forward(inputs, Pass.train(3));
            assertThat(engine.backward(outputGradients, Wanted.PARAMETERS)).isEmpty();
            assertThat(planGraph.getGradientsViewArray()).isEqualTo(gradients);
            engine.forward(inputs, Pass.train(3));
            INDArray[] inputsOnly = engine.backward(outputGradients, Wanted.INPUT);
            for (int i = 0; i < inputs.length; i++) {
                assertThat(inputsOnly[i]).isEqualTo(actualInputs[i]);
            }
            INDArray[] inference = engine.forward(inputs, Pass.infer());
            for (int i = 0; i < inference.length; i++) {
                assertClose("inference output " + i, inference[i], expectedInference[i]);
            }
        }
    }

    static INDArray[] copies(INDArray[] arrays) {
        INDArray[] copies = new INDArray[arrays.length];
        for (int i = 0; i < arrays.length; i++) {
            copies[i] = arrays[i].dup();
        }
        return copies;
    }

    @Test
    void batchNormalisationOfFeaturesAgreesWithStock() {
        ComputationGraphConfiguration configuration = new NeuralNetConfiguration.Builder()
                .seed(1)
                .graphBuilder()
                .addInputs("in")
                .addLayer(
                        "first",
                        new DenseLayer.Builder()
                                .nIn(12)
                                .nOut(9)
                                .activation(Activation.IDENTITY)
                                .build(),
                        "in")
                .addLayer("bn", new BatchNormalization.Builder().nIn(9).nOut(9).build(), "first")
                .addLayer(
                        "out",
                        new DenseLayer.Builder()
                                .nIn(9)
                                .nOut(4)
                                .activation(Activation.TANH)
                                .build(),
                        "bn")
                .setOutputs("out")
                .build();
        assertForwardAndGradientsAgree(
                configuration, Nd4j.rand(DataType.FLOAT, 50, 12).subi(0.5).muli(4));
    }
}
