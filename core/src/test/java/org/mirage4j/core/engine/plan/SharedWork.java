package org.mirage4j.core.engine.plan;

import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.mirage4j.core.engine.EngineKind;
import org.mirage4j.core.network.DropoutRate;
import org.mirage4j.core.network.Network;
import org.mirage4j.core.network.NetworkBuilder;
import org.mirage4j.core.random.RandomStreams;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;

/** A short training that is worth two threads in its products and in its updates. */
final class SharedWork {
    private static final int BATCH = 32;
    private static final int UNITS = 1024;

    private SharedWork() {}

    /** The parameters after the training. */
    static float[] train() {
        RandomStreams streams = new RandomStreams(31);
        var configuration = NetworkBuilder.vectors(UNITS)
                .updater(new Adam(1e-3))
                .dense(UNITS)
                .activation(Activation.TANH)
                .dropout(DropoutRate.of(0.5))
                .softmaxOutput(10)
                .configuration();
        try (Network network = Network.create(configuration, 1, EngineKind.AUTOMATIC)) {
            for (int i = 0; i < 5; i++) {
                INDArray labels = Nd4j.zeros(DataType.FLOAT, BATCH, 10);
                labels.putColumn(i, Nd4j.ones(DataType.FLOAT, BATCH, 1));
                network.differentiate(streams.gaussian("x", i, DataType.FLOAT, BATCH, UNITS), labels, i);
                network.step(BATCH);
            }
            return network.parameters().dup().data().asFloat();
        }
    }

    /**
     * Writes the number of threads that the training is shared among, then its parameters.
     *
     * @param arguments the file
     */
    public static void main(String[] arguments) throws IOException {
        float[] parameters = train();
        try (DataOutputStream out =
                new DataOutputStream(new java.io.BufferedOutputStream(Files.newOutputStream(Path.of(arguments[0]))))) {
            out.writeInt(Threads.forWork(2L * BATCH * UNITS * UNITS));
            for (float parameter : parameters) {
                out.writeFloat(parameter);
            }
        }
        System.exit(0); // the sleeping OpenMP team would not end by itself
    }
}
