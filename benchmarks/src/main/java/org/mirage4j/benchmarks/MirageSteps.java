package org.mirage4j.benchmarks;

import java.util.List;
import org.mirage4j.core.MirageException;
import org.mirage4j.core.engine.Pass;
import org.mirage4j.core.engine.Wanted;
import org.mirage4j.core.network.DropoutRate;
import org.mirage4j.core.network.GradientSum;
import org.mirage4j.core.network.Network;
import org.mirage4j.core.network.NetworkBuilder;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.config.Adam;

/** The workloads on {@link Network}. */
final class MirageSteps {
    static final long SEED = 7;

    private MirageSteps() {}

    /** What runs under {@link Network}. */
    enum Engine {
        /** The compiled plan. */
        PLAN,
        /** Deeplearning4j's own layers. */
        STOCK
    }

    static Step create(Workload workload, Engine engine) {
        choose(engine);
        if (workload instanceof Workload.Classifier classifier) {
            return new ClassifierStep(classifier);
        }
        if (workload instanceof Workload.MonteCarlo monteCarlo) {
            return new MonteCarloStep(monteCarlo);
        }
        return new GanStep(workload);
    }

    /** The one place that knows how an engine is chosen. */
    private static void choose(Engine engine) {
        if (engine == Engine.PLAN) {
            throw new MirageException("engine PLAN is not in this build; there is STOCK");
        }
    }

    static Network classifier(List<Integer> hidden) {
        NetworkBuilder builder = NetworkBuilder.vectors(Workload.PIXELS).updater(new Adam(Workload.CLASSIFIER_RATE));
        for (int units : hidden) {
            builder.dense(units).activation(Activation.RELU).dropout(DropoutRate.of(Workload.DROPOUT));
        }
        return builder.softmaxOutput(Workload.CLASSES).build(SEED);
    }

    static Network generator(Workload workload) {
        NetworkBuilder builder = NetworkBuilder.vectors(Workload.LATENT).updater(ganUpdater());
        if (workload instanceof Workload.ImageGan gan) {
            int quarter = gan.side() / 4;
            return builder.dense(128L * quarter * quarter)
                    .reshape(128, quarter, quarter)
                    .batchNormalization(Workload.MOMENTUM)
                    .activation(Activation.RELU)
                    .transposedConvolution(64, 4, 2, 1)
                    .batchNormalization(Workload.MOMENTUM)
                    .activation(Activation.RELU)
                    .transposedConvolution(1, 4, 2, 1)
                    .activation(Activation.TANH)
                    .build(SEED);
        }
        return builder.dense(Workload.GAN_UNITS)
                .batchNormalization(Workload.MOMENTUM)
                .leakyRelu(Workload.SLOPE)
                .dense(Workload.PIXELS)
                .activation(Activation.TANH)
                .build(SEED);
    }

    static Network discriminator(Workload workload) {
        if (workload instanceof Workload.ImageGan gan) {
            return NetworkBuilder.images(1, gan.side(), gan.side())
                    .updater(ganUpdater())
                    .convolution(64, 4, 2, 1)
                    .leakyRelu(Workload.SLOPE)
                    .convolution(128, 4, 2, 1)
                    .leakyRelu(Workload.SLOPE)
                    .dense(1)
                    .build(SEED);
        }
        return NetworkBuilder.vectors(Workload.PIXELS)
                .updater(ganUpdater())
                .dense(Workload.GAN_UNITS)
                .leakyRelu(Workload.SLOPE)
                .dense(1)
                .build(SEED);
    }

    static Adam ganUpdater() {
        return Adam.builder()
                .learningRate(Workload.GAN_RATE)
                .beta1(Workload.GAN_BETA1)
                .build();
    }

    private static final class ClassifierStep implements Step {
        private final Network network;
        private final Rotation features;
        private final Rotation labels;
        private final int batch;

        ClassifierStep(Workload.Classifier workload) {
            network = classifier(workload.hidden());
            batch = workload.batch();
            features = Rotation.uniform(0, 1, batch, Workload.PIXELS);
            labels = Rotation.oneHot(batch, Workload.CLASSES);
        }

        @Override
        public double run() {
            double loss = network.differentiate(features.next(), labels.next(), network.iteration());
            network.step(batch);
            return loss;
        }

        @Override
        public void close() {
            network.close();
        }
    }

    private static final class MonteCarloStep implements Step {
        private final Network network;
        private final Rotation features;
        private final int passes;
        private long key;

        MonteCarloStep(Workload.MonteCarlo workload) {
            network = classifier(workload.hidden());
            features = Rotation.uniform(0, 1, workload.examples(), Workload.PIXELS);
            passes = workload.passes();
        }

        @Override
        public double run() {
            INDArray input = features.next();
            INDArray mean = network.forward(input, Pass.monteCarlo(key++));
            for (int pass = 1; pass < passes; pass++) {
                mean.addi(network.forward(input, Pass.monteCarlo(key++)));
            }
            return mean.divi(passes).maxNumber().doubleValue();
        }

        @Override
        public void close() {
            network.close();
        }
    }

    /** The two-graph step: nothing is stacked or copied. */
    static final class GanStep implements Step {
        final Network generator;
        final Network discriminator;
        private final GradientSum sum;
        private final Rotation real;
        private final Rotation latent;
        private final int batch;

        GanStep(Workload workload) {
            generator = generator(workload);
            discriminator = discriminator(workload);
            sum = discriminator.gradientSum();
            batch = GanBatches.size(workload);
            real = GanBatches.real(workload);
            latent = GanBatches.latent(workload);
        }

        @Override
        public double run() {
            INDArray fake = generator.forward(latent.next(), train(generator));
            double loss = learn(real.next(), Workload.REAL) + learn(fake, Workload.FAKE);
            sum.finish();
            discriminator.step(batch);

            fake = generator.forward(latent.next(), train(generator));
            INDArray logits = discriminator.forward(fake, train(discriminator));
            loss += LogitLoss.mean(logits, Workload.REAL);
            INDArray toFake = discriminator.backwardToInput(LogitLoss.gradient(logits, Workload.REAL), Wanted.INPUT);
            generator.backward(toFake);
            generator.step(batch);
            return loss;
        }

        private double learn(INDArray images, double target) {
            INDArray logits = discriminator.forward(images, train(discriminator));
            discriminator.backward(LogitLoss.gradient(logits, target));
            sum.add();
            return LogitLoss.mean(logits, target);
        }

        private static Pass train(Network network) {
            return Pass.train(network.iteration());
        }

        @Override
        public void close() {
            generator.close();
            discriminator.close();
        }
    }
}
