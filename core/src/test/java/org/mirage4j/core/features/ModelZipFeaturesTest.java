package org.mirage4j.core.features;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.mirage4j.core.MirageException;
import org.mirage4j.core.random.RandomStreams;
import org.mirage4j.core.support.Tolerances;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.lossfunctions.LossFunctions;
import org.nd4j.linalg.ops.transforms.Transforms;

class ModelZipFeaturesTest {
    private static final ImageShape IMAGES = new ImageShape(2, 6, 6);
    private static final INDArray BATCH =
            Transforms.sigmoid(new RandomStreams(1).gaussian("images", 0, DataType.FLOAT, 5, 2, 6, 6));

    @TempDir
    private Path folder;

    /** A convolutional classifier whose hidden layer drops units in training. */
    private ComputationGraph write(Path file) throws IOException {
        ComputationGraphConfiguration configuration = new NeuralNetConfiguration.Builder()
                .seed(3)
                .activation(Activation.TANH)
                .graphBuilder()
                .addInputs("in")
                .setInputTypes(InputType.convolutional(6, 6, 2))
                .addLayer("conv", new ConvolutionLayer.Builder(3, 3).nOut(4).build(), "in")
                .addLayer("norm", new BatchNormalization.Builder().build(), "conv")
                .addLayer(
                        "hidden", new DenseLayer.Builder().nOut(7).dropOut(0.5).build(), "norm")
                .addLayer(
                        "out",
                        new OutputLayer.Builder(LossFunctions.LossFunction.MCXENT)
                                .nOut(3)
                                .activation(Activation.SOFTMAX)
                                .build(),
                        "hidden")
                .setOutputs("out")
                .build();
        ComputationGraph graph = new ComputationGraph(configuration);
        graph.init();
        ModelSerializer.writeModel(graph, file.toFile(), true);
        return graph;
    }

    private static FeatureExtractor open(Path file, Optional<String> layer) {
        return ModelZipFeatures.open(file, IMAGES, 0, 1, layer);
    }

    @Test
    void featuresAndLogitsAreThoseOfTheGraphWithoutDropout() throws IOException {
        Path file = folder.resolve("net.zip");
        ComputationGraph graph = write(file);
        INDArray hidden = Objects.requireNonNull(graph.feedForward(BATCH, false).get("hidden"));
        INDArray probabilities = graph.outputSingle(false, BATCH);

        Extraction found = open(file, Optional.empty()).extract(BATCH);

        assertThat(found.features().equalsWithEps(hidden, Tolerances.TWO_ENGINES))
                .isTrue();
        INDArray logits = found.logits().orElseThrow();
        assertThat(Transforms.softmax(logits, true).equalsWithEps(probabilities, Tolerances.TWO_ENGINES))
                .isTrue();
    }

    @Test
    void anyLayerCanGiveTheFeatures() throws IOException {
        Path file = folder.resolve("net.zip");
        ComputationGraph graph = write(file);
        INDArray maps = Objects.requireNonNull(graph.feedForward(BATCH, false).get("norm"));

        INDArray found = open(file, Optional.of("norm")).extract(BATCH).features();

        assertThat(found.shape()).containsExactly(5, 4 * 4 * 4);
        assertThat(found.equalsWithEps(maps.dup('c').reshape('c', 5, 64), Tolerances.TWO_ENGINES))
                .isTrue();
    }

    @Test
    void theValueRangeIsMappedAndIsPartOfTheFingerprint() throws IOException {
        Path file = folder.resolve("net.zip");
        ComputationGraph graph = write(file);
        FeatureExtractor plain = open(file, Optional.empty());
        FeatureExtractor centred = ModelZipFeatures.open(file, IMAGES, -1, 1, Optional.empty());
        INDArray expected = Objects.requireNonNull(
                graph.feedForward(BATCH.mul(2).subi(1), false).get("hidden"));

        assertThat(centred.extract(BATCH).features().equalsWithEps(expected, Tolerances.TWO_ENGINES))
                .isTrue();
        assertThat(centred.fingerprint()).isNotEqualTo(plain.fingerprint());
        assertThat(open(file, Optional.empty()).fingerprint()).isEqualTo(plain.fingerprint());
    }

    @Test
    void networksOfOtherImagesLayersThatAreNotThereAndJunkAreRefused() throws IOException {
        Path file = folder.resolve("net.zip");
        write(file);
        Path junk = Files.writeString(folder.resolve("junk.zip"), "junk");

        assertThatThrownBy(() -> open(file, Optional.of("pool")))
                .isInstanceOf(MirageException.class)
                .hasMessageContainingAll("net.zip", "no layer \"pool\"", "conv", "hidden");
        assertThatThrownBy(() -> ModelZipFeatures.open(file, new ImageShape(1, 6, 6), 0, 1, Optional.empty()))
                .isInstanceOf(MirageException.class)
                .hasMessageContaining("net.zip takes no images of shape 1x6x6");
        assertThatThrownBy(() -> open(junk, Optional.empty()))
                .isInstanceOf(MirageException.class)
                .hasMessageContaining("junk.zip");
    }
}
