package org.mirage4j.benchmarks;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.InputPreProcessor;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.WorkspaceMode;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.Deconvolution2D;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayerWithBackprop;
import org.deeplearning4j.nn.conf.preprocessor.CnnToFeedForwardPreProcessor;
import org.deeplearning4j.nn.conf.preprocessor.FeedForwardToCnnPreProcessor;
import org.deeplearning4j.nn.weights.WeightInit;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationLReLU;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** Generator and discriminator in Deeplearning4j's own configuration. */
final class RawGanLayers {
    private static final double EPSILON = 1e-5;

    private final Map<String, Layer> layers = new LinkedHashMap<>();
    private final Map<String, InputPreProcessor> preprocessors = new LinkedHashMap<>();

    private RawGanLayers() {}

    static GraphBuilder generator(Workload workload) {
        return start(WorkspaceMode.NONE, ofGenerator(workload), "generator");
    }

    static GraphBuilder discriminator(Workload workload) {
        return start(WorkspaceMode.NONE, ofDiscriminator(workload), "discriminator");
    }

    /** The generator, trained inside the stacked graph and only run here. */
    static GraphBuilder stackedGenerator(Workload workload) {
        return start(WorkspaceMode.ENABLED, ofGenerator(workload), "generator");
    }

    /** The discriminator with its own loss, for {@code fit()}. */
    static GraphBuilder stackedDiscriminator(Workload workload) {
        return withLoss(start(WorkspaceMode.ENABLED, ofDiscriminator(workload), "discriminator"));
    }

    /** Generator and frozen discriminator in one graph. */
    static GraphBuilder stacked(Workload workload) {
        GraphBuilder builder = start(WorkspaceMode.ENABLED, ofGenerator(workload), "generator");
        String last = builder.getNetworkOutputs().get(0);
        ofDiscriminator(workload).addTo(builder, last, "discriminator", FrozenLayerWithBackprop::new);
        return withLoss(builder);
    }

    private static GraphBuilder withLoss(GraphBuilder builder) {
        LossLayer loss = new LossLayer.Builder(LossFunction.XENT)
                .activation(Activation.SIGMOID)
                .build();
        return builder.addLayer("loss", loss, builder.getNetworkOutputs().get(0))
                .setOutputs("loss");
    }

    private static GraphBuilder start(WorkspaceMode mode, RawGanLayers layers, String prefix) {
        GraphBuilder builder = new NeuralNetConfiguration.Builder()
                .seed(MirageSteps.SEED)
                .updater(MirageSteps.ganUpdater())
                .weightInit(WeightInit.XAVIER)
                .trainingWorkspaceMode(mode)
                .inferenceWorkspaceMode(mode)
                .graphBuilder()
                .addInputs("input");
        layers.addTo(builder, "input", prefix, UnaryOperator.identity());
        return builder;
    }

    private void addTo(GraphBuilder builder, String input, String prefix, UnaryOperator<Layer> wrapper) {
        String previous = input;
        for (Map.Entry<String, Layer> entry : layers.entrySet()) {
            String name = prefix + "-" + entry.getKey();
            Layer layer = wrapper.apply(entry.getValue());
            InputPreProcessor preprocessor = preprocessors.get(entry.getKey());
            if (preprocessor == null) {
                builder.addLayer(name, layer, previous);
            } else {
                builder.addLayer(name, layer, preprocessor, previous);
            }
            previous = name;
        }
        builder.setOutputs(previous);
    }

    private static RawGanLayers ofGenerator(Workload workload) {
        RawGanLayers all = new RawGanLayers();
        if (workload instanceof Workload.ImageGan gan) {
            int quarter = gan.side() / 4;
            all.dense(Workload.LATENT, 128 * quarter * quarter, Activation.IDENTITY.getActivationFunction());
            all.preprocessors.put("normalise-1", new FeedForwardToCnnPreProcessor(quarter, quarter, 128));
            all.normalise("normalise-1", 128);
            all.activate("activate-1", Activation.RELU.getActivationFunction());
            all.layers.put("up-1", deconvolution(128, 64, Activation.IDENTITY));
            all.normalise("normalise-2", 64);
            all.activate("activate-2", Activation.RELU.getActivationFunction());
            all.layers.put("up-2", deconvolution(64, 1, Activation.TANH));
        } else {
            all.dense(Workload.LATENT, Workload.GAN_UNITS, Activation.IDENTITY.getActivationFunction());
            all.normalise("normalise-1", Workload.GAN_UNITS);
            all.activate("activate-1", leakyRelu());
            all.dense(Workload.GAN_UNITS, Workload.PIXELS, Activation.TANH.getActivationFunction());
        }
        return all;
    }

    private static RawGanLayers ofDiscriminator(Workload workload) {
        RawGanLayers all = new RawGanLayers();
        if (workload instanceof Workload.ImageGan gan) {
            int quarter = gan.side() / 4;
            int flat = 128 * quarter * quarter;
            all.layers.put("down-1", convolution(1, 64));
            all.layers.put("down-2", convolution(64, 128));
            all.preprocessors.put("dense-" + flat, new CnnToFeedForwardPreProcessor(quarter, quarter, 128));
            all.dense(flat, 1, Activation.IDENTITY.getActivationFunction());
        } else {
            all.dense(Workload.PIXELS, Workload.GAN_UNITS, leakyRelu());
            all.dense(Workload.GAN_UNITS, 1, Activation.IDENTITY.getActivationFunction());
        }
        return all;
    }

    private static IActivation leakyRelu() {
        return new ActivationLReLU(Workload.SLOPE);
    }

    private void dense(int in, int out, IActivation activation) {
        DenseLayer layer = new DenseLayer.Builder()
                .nIn(in)
                .nOut(out)
                .activation(activation)
                .build();
        layers.put("dense-" + in, layer);
    }

    private void normalise(String name, int features) {
        BatchNormalization layer = new BatchNormalization.Builder()
                .nIn(features)
                .nOut(features)
                .decay(Workload.MOMENTUM)
                .eps(EPSILON)
                .build();
        layers.put(name, layer);
    }

    private void activate(String name, IActivation activation) {
        layers.put(name, new ActivationLayer(activation));
    }

    private static Layer convolution(int in, int out) {
        return new ConvolutionLayer.Builder(4, 4)
                .stride(2, 2)
                .padding(1, 1)
                .nIn(in)
                .nOut(out)
                .activation(leakyRelu())
                .build();
    }

    private static Layer deconvolution(int in, int out, Activation activation) {
        return new Deconvolution2D.Builder(4, 4)
                .stride(2, 2)
                .padding(1, 1)
                .nIn(in)
                .nOut(out)
                .activation(activation)
                .build();
    }
}
