package org.mirage4j.benchmarks;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.mirage4j.classifier.ClassifierOptions;
import org.mirage4j.classifier.DropoutClassifier;
import org.mirage4j.classifier.dropout.DropoutKind;
import org.mirage4j.core.data.InMemoryExamples;
import org.mirage4j.core.engine.EngineKind;
import org.mirage4j.core.engine.Pass;
import org.mirage4j.core.engine.Wanted;
import org.mirage4j.core.memory.FlatArray;
import org.mirage4j.core.network.DropoutRate;
import org.mirage4j.core.network.GradientSum;
import org.mirage4j.core.network.Network;
import org.mirage4j.core.network.NetworkBuilder;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
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
        return new GanStep(workload, engine == Engine.PLAN);
    }

    private static void choose(Engine engine) {
        EngineKind kind = engine == Engine.PLAN ? EngineKind.AUTOMATIC : EngineKind.STOCK;
        System.setProperty(EngineKind.PROPERTY, kind.name().toLowerCase(Locale.ROOT));
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
        private final DropoutClassifier classifier;
        private final Rotation features;
        private final int passes;
        private long seed;

        MonteCarloStep(Workload.MonteCarlo workload) {
            ClassifierOptions options = ClassifierOptions.builder()
                    .hidden(workload.hidden().stream().mapToInt(i -> i).toArray())
                    .hiddenDropout(new DropoutKind.Bernoulli(DropoutRate.of(Workload.DROPOUT)))
                    .epochs(1)
                    .batchSize(workload.examples())
                    .build();
            features = Rotation.uniform(0, 1, workload.examples(), Workload.PIXELS);
            passes = workload.passes();
            InMemoryExamples examples = InMemoryExamples.of(
                    "random",
                    features.next(),
                    Rotation.oneHot(workload.examples(), Workload.CLASSES).next());
            classifier = DropoutClassifier.train(options, examples);
        }

        @Override
        public double run() {
            return Arrays.stream(classifier
                            .predict(features.next(), passes, seed++)
                            .get(0)
                            .probabilities())
                    .max()
                    .orElseThrow();
        }

        @Override
        public void close() {
            classifier.close();
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
        private final boolean joint;
        /** Real examples, then generated ones. */
        private final INDArray both;

        private final FlatArray halves;

        /**
         * @param joint real and generated images in one batch of the discriminator, as the trainer does where
         *     it has no batch normalisation; else one after the other, as the step by hand does
         */
        GanStep(Workload workload, boolean joint) {
            this.joint = joint;
            generator = generator(workload);
            discriminator = discriminator(workload);
            sum = discriminator.gradientSum();
            batch = GanBatches.size(workload);
            real = GanBatches.real(workload);
            latent = GanBatches.latent(workload);
            long[] shape = real.shape();
            shape[0] = 2L * batch;
            both = Nd4j.create(DataType.FLOAT, shape);
            halves = FlatArray.of(both);
        }

        @Override
        public double run() {
            double loss = joint ? learnJointly(real.next()) : learnSeparately(real.next());
            discriminator.step(batch);

            LogitLoss ofGenerator = new LogitLoss(forward(discriminator, forward(generator, latent.next())));
            loss += ofGenerator.mean(Workload.REAL);
            generator.backward(discriminator.backwardShared(new INDArray[] {ofGenerator.gradient()}, Wanted.INPUT)[0]);
            generator.step(batch);
            return loss;
        }

        private double learnJointly(INDArray images) {
            FlatArray flat = FlatArray.of(images);
            halves.put(0, flat);
            halves.put(flat.length(), FlatArray.of(forward(generator, latent.next())));
            LogitLoss losses = new LogitLoss(forward(discriminator, both));
            double loss = losses.mean(0, batch, Workload.REAL) + losses.mean(batch, 2 * batch, Workload.FAKE);
            discriminator.backward(losses.gradient());
            return loss;
        }

        private double learnSeparately(INDArray images) {
            INDArray fake = forward(generator, latent.next());
            double loss = learn(images, Workload.REAL) + learn(fake, Workload.FAKE);
            sum.finish();
            return loss;
        }

        private double learn(INDArray images, double target) {
            LogitLoss losses = new LogitLoss(forward(discriminator, images));
            double loss = losses.mean(target);
            discriminator.backward(losses.gradient());
            sum.add();
            return loss;
        }

        private static INDArray forward(Network network, INDArray input) {
            return network.forwardShared(new INDArray[] {input}, Pass.train(network.iteration()))[0];
        }

        @Override
        public void close() {
            generator.close();
            discriminator.close();
        }
    }
}
