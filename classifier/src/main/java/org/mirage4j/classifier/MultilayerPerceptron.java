package org.mirage4j.classifier;

import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.weights.WeightInit;
import org.mirage4j.core.network.NetworkBuilder;
import org.nd4j.linalg.activations.Activation;

/** Describes the network that options ask for. */
final class MultilayerPerceptron {
    private MultilayerPerceptron() {}

    static ComputationGraphConfiguration describe(ClassifierOptions options, long[] exampleShape, int classes) {
        NetworkBuilder builder =
                input(exampleShape).updater(options.updater()).l1(options.l1()).l2(options.l2());
        if (options.activation() == Activation.SELU) {
            builder.weightInit(
                    WeightInit.LECUN_NORMAL.getWeightInitFunction()); // keeps mean 0 and variance 1 from layer to layer
        }
        if (options.maxNorm() > 0) {
            builder.maxNorm(options.maxNorm());
        }
        for (int i = 0; i < options.hidden().size(); i++) {
            builder.dense(options.hidden().get(i)).activation(options.activation());
            builder.named("hidden-" + (i + 1));
        }
        ComputationGraphConfiguration configuration =
                builder.softmaxOutput(classes).configuration();
        String output = configuration.getNetworkOutputs().get(0);
        int hidden = options.hidden().size();
        options.inputDropout().insertBefore(configuration, hidden == 0 ? output : "hidden-1");
        for (int i = 1; i <= hidden; i++) {
            String reader = i == hidden ? output : "hidden-" + (i + 1);
            options.hiddenDropout().get(i - 1).insertBefore(configuration, reader);
        }
        return configuration;
    }

    static NetworkBuilder input(long[] exampleShape) {
        return exampleShape.length == 3
                ? NetworkBuilder.images(exampleShape[0], exampleShape[1], exampleShape[2])
                : NetworkBuilder.vectors(exampleShape[0]);
    }
}
