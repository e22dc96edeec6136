package org.mirage4j.classifier;

import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.weights.WeightInit;
import org.mirage4j.core.MirageException;
import org.mirage4j.core.network.NetworkBuilder;
import org.nd4j.linalg.activations.Activation;

/** Describes the network that options ask for. */
final class ClassifierNetwork {
    private static final int KERNEL = 3;
    private static final int PADDING = 1;
    private static final int POOLING = 2;
    private static final double STATISTICS_MOMENTUM = 0.9;

    private ClassifierNetwork() {}

    static ComputationGraphConfiguration describe(ClassifierOptions options, long[] exampleShape, int classes) {
        return describe(options, exampleShape, builder -> builder.softmaxOutput(classes));
    }

    /** The hidden layers that options ask for, under a given output layer. */
    static ComputationGraphConfiguration describe(
            ClassifierOptions options, long[] exampleShape, UnaryOperator<NetworkBuilder> output) {
        NetworkBuilder builder =
                input(exampleShape).updater(options.updater()).l1(options.l1()).l2(options.l2());
        if (options.activation() == Activation.SELU) {
            builder.weightInit(
                    WeightInit.LECUN_NORMAL.getWeightInitFunction()); // keeps mean 0 and variance 1 from layer to layer
        }
        if (options.maxNorm() > 0) {
            builder.maxNorm(options.maxNorm());
        }
        convolutions(builder, options, exampleShape);
        for (int i = 0; i < options.hidden().size(); i++) {
            builder.dense(options.hidden().get(i)).named(hidden(i));
            activate(builder, options);
        }
        ComputationGraphConfiguration configuration = output.apply(builder).configuration();
        insertDropout(options, configuration);
        return configuration;
    }

    static NetworkBuilder input(long[] exampleShape) {
        return exampleShape.length == 3
                ? NetworkBuilder.images(exampleShape[0], exampleShape[1], exampleShape[2])
                : NetworkBuilder.vectors(exampleShape[0]);
    }

    private static void convolutions(NetworkBuilder builder, ClassifierOptions options, long[] exampleShape) {
        if (!options.channels().isEmpty() && exampleShape.length != 3) {
            throw new MirageException("convolutions need images [channels, height, width], but the examples have"
                    + " shape " + Arrays.toString(exampleShape));
        }
        for (int i = 0; i < options.channels().size(); i++) {
            builder.convolution(options.channels().get(i), KERNEL, 1, PADDING);
            activate(builder, options);
            builder.maxPooling(POOLING);
        }
    }

    private static void activate(NetworkBuilder builder, ClassifierOptions options) {
        if (options.batchNormalization()) {
            builder.batchNormalization(STATISTICS_MOMENTUM);
        }
        builder.activation(options.activation());
    }

    private static void insertDropout(ClassifierOptions options, ComputationGraphConfiguration configuration) {
        String output = configuration.getNetworkOutputs().get(0);
        int convolutions = options.channels().size();
        List<Integer> hidden = options.hidden();
        String firstDense = hidden.isEmpty() ? output : hidden(0);
        options.inputDropout().insertBefore(configuration, convolutions == 0 ? firstDense : convolution(0));
        for (int i = 1; i < convolutions; i++) {
            options.channelDropout().insertBefore(configuration, convolution(i));
        }
        for (int i = 1; i <= hidden.size(); i++) {
            String reader = i == hidden.size() ? output : hidden(i);
            options.hiddenDropout().get(i - 1).insertBefore(configuration, reader);
        }
    }

    /** What the builder calls it. */
    private static String convolution(int index) {
        return "convolution-" + (index + 1);
    }

    private static String hidden(int index) {
        return "hidden-" + (index + 1);
    }
}
