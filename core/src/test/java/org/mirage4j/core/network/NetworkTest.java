package org.mirage4j.core.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.Set;
import java.util.zip.ZipFile;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.WorkspaceMode;
import org.deeplearning4j.nn.conf.constraint.MaxNormConstraint;
import org.deeplearning4j.nn.conf.distribution.NormalDistribution;
import org.deeplearning4j.nn.conf.dropout.Dropout;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.Deconvolution2D;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.weightnoise.WeightNoise;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.mirage4j.core.MirageException;
import org.mirage4j.core.engine.EngineKind;
import org.mirage4j.core.engine.Pass;
import org.mirage4j.core.engine.Wanted;
import org.mirage4j.core.random.RandomStreams;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;
import org.nd4j.linalg.schedule.ExponentialSchedule;
import org.nd4j.linalg.schedule.ScheduleType;

class NetworkTest {
    private static final long SEED = 3;
    private static final RandomStreams STREAMS = new RandomStreams(SEED);

    private static ComputationGraphConfiguration everything() {
        return new NeuralNetConfiguration.Builder()
                .seed(SEED)
                .updater(new Adam(new ExponentialSchedule(ScheduleType.ITERATION, 1e-2, 0.99)))
                .l2(1e-3)
                .trainingWorkspaceMode(WorkspaceMode.NONE)
                .inferenceWorkspaceMode(WorkspaceMode.NONE)
                .graphBuilder()
                .addInputs("in")
                .addLayer(
                        "hidden",
                        new DenseLayer.Builder()
                                .nIn(6)
                                .nOut(12)
                                .activation(Activation.RELU)
                                .constrainWeights(new MaxNormConstraint(1.5, Set.of("W"), 0))
                                .build(),
                        "in")
                .addLayer(
                        "norm",
                        new BatchNormalization.Builder().nOut(12).decay(0.8).build(),
                        "hidden")
                .addLayer(
                        "out",
                        new OutputLayer.Builder(LossFunction.MCXENT)
                                .nIn(12)
                                .nOut(3)
                                .activation(Activation.SOFTMAX)
                                .dropOut(new Dropout(new ExponentialSchedule(ScheduleType.ITERATION, 0.9, 0.999)))
                                .build(),
                        "norm")
                .setOutputs("out")
                .build();
    }

    private static DataSet batch(long iteration) {
        INDArray features = STREAMS.gaussian("features", iteration, DataType.FLOAT, 8, 6);
        INDArray labels = Nd4j.zeros(8, 3);
        for (int i = 0; i < 8; i++) {
            labels.putScalar(i, STREAMS.generator("label", iteration * 8 + i).nextInt(3), 1);
        }
        return new DataSet(features, labels);
    }

    @Test
    void twoHundredStepsEqualFitBitForBit() {
        ComputationGraph stock = new ComputationGraph(everything());
        stock.init();
        try (Network network = Network.create(everything(), SEED, EngineKind.STOCK)) {
            assertThat(network.parameters()).isEqualTo(stock.params());
            for (int i = 0; i < 200; i++) {
                long maskKey = STREAMS.key("mask", i);
                DataSet batch = batch(i);
                Nd4j.getRandom().setSeed(maskKey);
                stock.fit(batch);
                double score = network.differentiate(batch.getFeatures(), batch.getLabels(), maskKey);
                network.step(8);
                assertThat(score).isEqualTo(stock.score());
            }
            assertThat(network.parameters()).isEqualTo(stock.params());
            assertThat(network.graph().getUpdater().getStateViewArray())
                    .isEqualTo(stock.getUpdater().getStateViewArray());
            assertThat(network.iteration()).isEqualTo(200);
        }
    }

    @Test
    void masksAreEqualInForwardAndBackwardAndHeldByTheirKey() {
        try (Network network =
                NetworkBuilder.vectors(50).dropout(DropoutRate.of(0.5)).dense(1).build(SEED)) {
            network.parameters().assign(1); // every weight 1, so dOutput/dInput is the mask itself
            INDArray ones = Nd4j.ones(4, 50);
            INDArray forward = network.forward(ones, Pass.train(7));
            INDArray masks = network.backwardToInput(Nd4j.ones(4, 1), Wanted.INPUT);
            assertThat(masks.sum(true, 1).add(1)).isEqualTo(forward);
            assertThat(masks.eq(0).castTo(DataType.INT32).sumNumber().intValue())
                    .isBetween(60, 140);
            assertThat(masks.maxNumber().floatValue()).isEqualTo(2f);
            assertThat(network.forward(ones, Pass.train(7))).isEqualTo(forward);
            assertThat(network.forward(ones, Pass.train(8))).isNotEqualTo(forward);
        }
    }

    @ParameterizedTest
    @EnumSource(EngineKind.class)
    void zeroIsASeedAndAKeyLikeAnyOther(EngineKind kind) throws InterruptedException {
        ComputationGraphConfiguration configuration =
                NetworkBuilder.vectors(5).dense(40).dropout(DropoutRate.of(0.5)).configuration();
        INDArray[] input = {STREAMS.gaussian("x", 0, DataType.FLOAT, 3, 5)};
        try (Network network = Network.create(configuration, 0, kind)) {
            INDArray output = network.forward(input, Pass.train(0))[0];
            Thread.sleep(5); // ND4J takes 0 for the time in milliseconds
            try (Network other = Network.create(configuration, 0, kind)) {
                assertThat(other.parameters()).isEqualTo(network.parameters());
                assertThat(other.forward(input, Pass.train(0))[0]).isEqualTo(output);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(EngineKind.class)
    void sharedArraysHoldWhatNewOnesWould(EngineKind kind) {
        ComputationGraphConfiguration configuration =
                NetworkBuilder.vectors(5).dense(4).leakyRelu(0.2).dense(3).configuration();
        try (Network network = Network.create(configuration, SEED, kind);
                Network other = Network.create(configuration, SEED, kind)) {
            for (int batch : new int[] {16, 8, 16}) {
                INDArray[] input = {STREAMS.gaussian("x", batch, DataType.FLOAT, batch, 5)};
                INDArray[] output = network.forwardShared(input, Pass.train(1));
                assertThat(output[0]).isEqualTo(other.forward(input, Pass.train(1))[0]);
                output[0].muli(2); // the caller's until the next pass
                INDArray[] gradient = {output[0].dup()};
                assertThat(network.backwardShared(output, Wanted.BOTH))
                        .isEqualTo(other.backward(gradient, Wanted.BOTH));
                assertThat(network.gradients()).isEqualTo(other.gradients());
                network.step(batch);
                other.step(batch);
            }
        }
    }

    @Test
    void inferenceNeitherDropsNorTouchesRunningStatistics() {
        try (Network network = normalised()) {
            INDArray before = network.parameters().dup();
            INDArray input = STREAMS.gaussian("x", 0, DataType.FLOAT, 16, 5);
            INDArray whole = network.forward(input, Pass.infer());
            INDArray alone = network.forward(input.getRow(3, true), Pass.infer());
            assertThat(whole.getRow(3, true).equalsWithEps(alone, 1e-6)).isTrue();
            assertThat(network.parameters()).isEqualTo(before);
        }
    }

    @Test
    void monteCarloDropsUnitsButKeepsExamplesIndependent() {
        try (Network network = normalised()) {
            train(network, 20);
            INDArray input = STREAMS.gaussian("x", 0, DataType.FLOAT, 16, 5);
            INDArray first = network.forward(input, Pass.monteCarlo(1));
            assertThat(network.forward(input, Pass.monteCarlo(2))).isNotEqualTo(first);
            assertThat(network.forward(input, Pass.monteCarlo(1))).isEqualTo(first);
            // batch statistics would let the others in the batch change the first example
            INDArray others = input.dup();
            others.getRow(15).muli(100);
            INDArray changed = network.forward(others, Pass.monteCarlo(1));
            assertThat(changed.getRow(0)).isEqualTo(first.getRow(0));
        }
    }

    @Test
    void weightNoiseIsDrawnAnewInEveryTrainingPass() {
        ComputationGraphConfiguration configuration = new NeuralNetConfiguration.Builder()
                .weightNoise(new WeightNoise(new NormalDistribution(0, 0.5)))
                .graphBuilder()
                .addInputs("in")
                .addLayer("hidden", new DenseLayer.Builder().nIn(20).nOut(5).build(), "in")
                .setOutputs("hidden")
                .build();
        try (Network network = Network.create(configuration, 1, EngineKind.STOCK)) {
            INDArray ones = Nd4j.ones(1, 20);
            INDArray first = network.forward(ones, Pass.train(1));
            assertThat(network.forward(ones, Pass.train(2))).isNotEqualTo(first);
            assertThat(network.forward(ones, Pass.train(1))).isEqualTo(first);
        }
    }

    @Test
    void userConfigurationIsCopiedSoTwoNetworksDoNotShareMasks() {
        ComputationGraphConfiguration configuration =
                NetworkBuilder.vectors(30).dropout(DropoutRate.of(0.5)).dense(1).configuration();
        try (Network a = Network.create(configuration, 1);
                Network b = Network.create(configuration, 1)) {
            INDArray ones = Nd4j.ones(2, 30);
            a.forward(ones, Pass.train(1));
            b.forward(ones, Pass.train(2));
            INDArray gradient = a.backwardToInput(Nd4j.ones(2, 1), Wanted.INPUT);
            a.forward(ones, Pass.train(1));
            assertThat(a.backwardToInput(Nd4j.ones(2, 1), Wanted.INPUT)).isEqualTo(gradient);
        }
    }

    @Test
    void userConfigurationWithWorkspacesTrainsToo() {
        ComputationGraphConfiguration configuration = NetworkBuilder.vectors(5)
                .dense(4)
                .batchNormalization(0.9)
                .dropout(DropoutRate.of(0.5))
                .dense(1)
                .configuration();
        configuration.setTrainingWorkspaceMode(WorkspaceMode.ENABLED);
        configuration.setInferenceWorkspaceMode(WorkspaceMode.ENABLED);
        try (Network network = Network.create(configuration, 1)) {
            train(network, 3);
            assertThat(network.iteration()).isEqualTo(3);
            assertThat(configuration.getTrainingWorkspaceMode()).isEqualTo(WorkspaceMode.ENABLED);
        }
    }

    @Test
    void gradientSumAddsGradientsButAveragesRunningStatistics() {
        try (Network network = normalised()) {
            INDArray a = STREAMS.gaussian("a", 0, DataType.FLOAT, 8, 5);
            INDArray b = STREAMS.gaussian("b", 0, DataType.FLOAT, 8, 5).addi(2);
            INDArray gradientA = gradient(network, a);
            INDArray gradientB = gradient(network, b);
            GradientSum sum = network.gradientSum();
            gradient(network, a);
            sum.add();
            gradient(network, b);
            sum.add();
            sum.finish();
            INDArray statistics = Nd4j.zeros(network.gradients().shape());
            network.runningStatistics(statistics).forEach(view -> view.assign(1));
            INDArray expected =
                    gradientA.add(gradientB).mul(statistics.mul(-0.5).add(1));
            assertThat(statistics.sumNumber().intValue()).isEqualTo(8); // mean and deviation of 4 units
            assertThat(network.gradients()).isEqualTo(expected);
        }
    }

    @Test
    void savedNetworkContinuesBitForBit(@TempDir Path folder) throws IOException {
        try (Network network = normalised()) {
            train(network, 5);
            Path file = folder.resolve("network.zip");
            network.save(file.toFile());
            try (Network restored = Network.load(file)) {
                assertThat(restored.iteration()).isEqualTo(5);
                train(network, 5);
                train(restored, 5);
                assertThat(restored.parameters()).isEqualTo(network.parameters());
                // input gradients survive a restore, which builds a plain graph
                INDArray x = STREAMS.gaussian("x", 0, DataType.FLOAT, 4, 5);
                restored.forward(x, Pass.train(0));
                assertThat(restored.backwardToInput(Nd4j.ones(4, 1), Wanted.INPUT)
                                .shape())
                        .containsExactly(4, 5);
            }
        }
    }

    @Test
    void equalNetworksAreSavedAsEqualBytesWheneverThatIs(@TempDir Path folder) throws IOException {
        byte[] first = null;
        for (int i = 0; i < 2; i++) {
            // described anew, because Deeplearning4j gives every description the time of day
            ComputationGraphConfiguration own = new NeuralNetConfiguration.Builder()
                    .graphBuilder()
                    .addInputs("in")
                    .addLayer("größe", new DenseLayer.Builder().nIn(5).nOut(4).build(), "in")
                    .addLayer("out", new DenseLayer.Builder().nIn(4).nOut(1).build(), "größe")
                    .setOutputs("out")
                    .build();
            try (Network network = Network.create(own, 3);
                    Network built = normalised()) {
                train(network, 2);
                train(built, 2);
                network.save(folder.resolve("own.zip").toFile());
                built.save(folder.resolve("built.zip").toFile());
            }
            byte[] now = join(
                    Files.readAllBytes(folder.resolve("own.zip")), Files.readAllBytes(folder.resolve("built.zip")));
            assertThat(now).isEqualTo(first == null ? now : first);
            first = now;
        }
        try (ZipFile zip = new ZipFile(folder.resolve("own.zip").toFile())) {
            assertThat(Collections.list(zip.entries()))
                    .allSatisfy(entry -> assertThat(entry.getTimeLocal()).isEqualTo("1980-02-01T00:00:00"));
        }
        assertThat(ModelSerializer.restoreComputationGraph(
                                folder.resolve("own.zip").toFile())
                        .getLayer("größe"))
                .isNotNull();
    }

    private static byte[] join(byte[] a, byte[] b) {
        byte[] both = Arrays.copyOf(a, a.length + b.length);
        System.arraycopy(b, 0, both, a.length, b.length);
        return both;
    }

    @Test
    void fileThatIsNoModelIsNamed(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("model.zip"), "not a zip");
        assertThatThrownBy(() -> Network.load(file))
                .isInstanceOf(MirageException.class)
                .hasMessageContaining("model.zip");
    }

    @Test
    void backwardNeedsItsOwnTrainingPass() {
        try (Network network = normalised()) {
            INDArray x = STREAMS.gaussian("x", 0, DataType.FLOAT, 4, 5);
            INDArray gradient = Nd4j.ones(4, 1);
            network.forward(x, Pass.infer());
            assertThatThrownBy(() -> network.backward(gradient)).isInstanceOf(IllegalStateException.class);
            network.forward(x, Pass.train(0));
            network.backward(gradient);
            assertThatThrownBy(() -> network.backward(gradient)).isInstanceOf(IllegalStateException.class);
            network.step(4);
            assertThatThrownBy(() -> network.step(4)).isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void deconvolutionWithDropOutIsRefusedBecauseItsGradientIsWrong() {
        ComputationGraphConfiguration configuration = new NeuralNetConfiguration.Builder()
                .graphBuilder()
                .addInputs("in")
                .setInputTypes(InputType.convolutional(4, 4, 2))
                .addLayer(
                        "up",
                        new Deconvolution2D.Builder(4, 4).nOut(1).dropOut(0.5).build(),
                        "in")
                .setOutputs("up")
                .build();
        assertThatThrownBy(() -> Network.create(configuration, 1))
                .isInstanceOf(MirageException.class)
                .hasMessageContaining("\"up\"")
                .hasMessageContaining("DropoutLayer");
    }

    @Test
    void gradientThroughAnOutputInsideTheGraphIsRefusedBecauseHalfOfItWouldBeLost() {
        ComputationGraphConfiguration configuration = new NeuralNetConfiguration.Builder()
                .graphBuilder()
                .addInputs("in")
                .addLayer("inside", new DenseLayer.Builder().nIn(2).nOut(2).build(), "in")
                .addLayer("last", new DenseLayer.Builder().nIn(2).nOut(2).build(), "inside")
                .setOutputs("inside", "last")
                .build();
        try (Network network = Network.create(configuration, 1, EngineKind.STOCK)) {
            INDArray[] outputs = network.forward(new INDArray[] {Nd4j.ones(1, 2)}, Pass.train(0));
            assertThatThrownBy(() -> network.backward(outputs, Wanted.BOTH))
                    .isInstanceOf(MirageException.class)
                    .hasMessageContaining("\"inside\"");
        }
    }

    @Test
    void retainProbabilityAboveOneIsRefused() {
        ComputationGraphConfiguration configuration = new NeuralNetConfiguration.Builder()
                .graphBuilder()
                .addInputs("in")
                .addLayer(
                        "hidden",
                        new DenseLayer.Builder()
                                .nIn(2)
                                .nOut(2)
                                .dropOut(new Dropout(1.5))
                                .build(),
                        "in")
                .setOutputs("hidden")
                .build();
        assertThatThrownBy(() -> Network.create(configuration, 1))
                .isInstanceOf(MirageException.class)
                .hasMessageContaining("1.5");
    }

    @Test
    void aSingleExampleIsNotNormalisedOverItsBatch() {
        try (Network network = normalised()) {
            INDArray one = Nd4j.ones(1, 5);
            network.forward(one, Pass.infer());
            assertThatThrownBy(() -> network.forward(one, Pass.train(1)))
                    .isInstanceOf(MirageException.class)
                    .hasMessageContaining("at least 2, but has 1");
            assertThatThrownBy(() -> network.differentiate(one, Nd4j.ones(1, 1), 1))
                    .isInstanceOf(MirageException.class)
                    .hasMessageContaining("at least 2");
        }
    }

    @Test
    void inputOfAnotherTypeOrCountIsNamed() {
        try (Network network = normalised()) {
            assertThatThrownBy(() -> network.forward(Nd4j.ones(DataType.DOUBLE, 2, 5), Pass.infer()))
                    .hasMessageContaining("DOUBLE");
            assertThatThrownBy(() -> network.forward(new INDArray[] {Nd4j.ones(2, 5), Nd4j.ones(2, 5)}, Pass.infer()))
                    .hasMessageContaining("1 inputs");
        }
    }

    private static Network normalised() {
        return NetworkBuilder.vectors(5)
                .dense(4)
                .batchNormalization(0.8)
                .leakyRelu(0.2)
                .dropout(DropoutRate.of(0.5))
                .dense(1)
                .build(SEED);
    }

    private static INDArray gradient(Network network, INDArray input) {
        INDArray output = network.forward(input, Pass.train(1));
        network.backward(Nd4j.onesLike(output));
        return network.gradients().dup();
    }

    private static void train(Network network, int steps) {
        for (int i = 0; i < steps; i++) {
            gradient(network, STREAMS.gaussian("train", network.iteration(), DataType.FLOAT, 8, 5));
            network.step(8);
        }
    }
}
