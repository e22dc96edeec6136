package org.mirage4j.benchmarks.peers;

import ai.djl.Model;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.Blocks;
import ai.djl.nn.LambdaBlock;
import ai.djl.nn.Parameter;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.BatchNorm;
import ai.djl.nn.norm.Dropout;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.GradientCollector;
import ai.djl.training.ParameterStore;
import ai.djl.training.Trainer;
import ai.djl.training.initializer.XavierInitializer;
import ai.djl.training.loss.Loss;
import ai.djl.training.loss.SigmoidBinaryCrossEntropyLoss;
import ai.djl.training.optimizer.Optimizer;
import ai.djl.training.tracker.Tracker;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.mirage4j.benchmarks.Batches;
import org.mirage4j.benchmarks.Step;
import org.mirage4j.benchmarks.Workload;

/** The workloads as DJL blocks and trainers on PyTorch. */
final class DjlSteps {
    /** The variance that Deeplearning4j's Xavier has: 2 / (fan in + fan out). */
    private static final XavierInitializer XAVIER =
            new XavierInitializer(XavierInitializer.RandomType.UNIFORM, XavierInitializer.FactorType.AVG, 3);

    private static final int SEED = 7;

    private DjlSteps() {}

    static Step create(Workload workload, boolean stacked) {
        Engine.getEngine("PyTorch").setRandomSeed(SEED);
        if (workload instanceof Workload.Classifier classifier) {
            return new ClassifierStep(classifier);
        }
        if (workload instanceof Workload.MonteCarlo monteCarlo) {
            return new MonteCarloStep(monteCarlo, stacked);
        }
        return new GanStep(workload);
    }

    private static Block classifier(List<Integer> hidden) {
        SequentialBlock block = new SequentialBlock();
        for (int units : hidden) {
            block.add(linear(units))
                    .add(Activation::relu)
                    .add(Dropout.builder().optRate((float) Workload.DROPOUT).build());
        }
        return block.add(linear(Workload.CLASSES));
    }

    private static Block linear(long units) {
        return Linear.builder().setUnits(units).build();
    }

    private static Block generator(Workload workload) {
        SequentialBlock block = new SequentialBlock();
        if (workload instanceof Workload.ImageGan gan) {
            int quarter = gan.side() / 4;
            return block.add(linear(128L * quarter * quarter))
                    .add(LambdaBlock.singleton(x -> x.reshape(-1, 128, quarter, quarter)))
                    .add(normalise())
                    .add(Activation::relu)
                    .add(convolution(4 * 64, 2, 1))
                    .add(LambdaBlock.singleton(x -> shuffled(x, 64, quarter + 1)))
                    .add(normalise())
                    .add(Activation::relu)
                    .add(convolution(4, 2, 1))
                    .add(LambdaBlock.singleton(x -> shuffled(x, 1, 2 * quarter + 1)))
                    .add(Activation::tanh);
        }
        return block.add(linear(Workload.GAN_UNITS))
                .add(normalise())
                .add(Activation.leakyReluBlock((float) Workload.SLOPE))
                .add(linear(Workload.PIXELS))
                .add(Activation::tanh);
    }

    private static Block discriminator(Workload workload) {
        SequentialBlock block = new SequentialBlock();
        Block leaky = Activation.leakyReluBlock((float) Workload.SLOPE);
        if (workload instanceof Workload.ImageGan) {
            return block.add(convolution(64, 4, 2))
                    .add(leaky)
                    .add(convolution(128, 4, 2))
                    .add(Activation.leakyReluBlock((float) Workload.SLOPE))
                    .add(Blocks.batchFlattenBlock())
                    .add(linear(1));
        }
        return block.add(linear(Workload.GAN_UNITS)).add(leaky).add(linear(1));
    }

    private static Block normalise() {
        return BatchNorm.builder()
                .optMomentum((float) Workload.MOMENTUM)
                .optEpsilon(1e-5f)
                .build();
    }

    private static Block convolution(int filters, int kernel, int stride) {
        return Conv2d.builder()
                .setKernelShape(new Shape(kernel, kernel))
                .optStride(new Shape(stride, stride))
                .optPadding(new Shape(1, 1))
                .setFilters(filters)
                .build();
    }

    /**
     * The engine has no transposed convolution. With 4x4 kernels and stride 2 it is the same function as four
     * interleaved 2x2 convolutions, one per parity of row and column, with a border cut off (Shi et al. 2016).
     */
    private static NDArray shuffled(NDArray parities, int channels, int side) {
        return parities.reshape(-1, channels, 2, 2, side, side)
                .transpose(0, 1, 4, 2, 5, 3)
                .reshape(-1, channels, 2L * side, 2L * side)
                .get(":,:,1:-1,1:-1");
    }

    private static Trainer trainer(Model model, Loss loss, double rate, double beta1, Shape input) {
        Optimizer adam = Optimizer.adam()
                .optLearningRateTracker(Tracker.fixed((float) rate))
                .optBeta1((float) beta1)
                .build();
        Trainer trainer = model.newTrainer(
                new DefaultTrainingConfig(loss).optOptimizer(adam).optInitializer(XAVIER, Parameter.Type.WEIGHT));
        trainer.initialize(input);
        return trainer;
    }

    private static Model model(String name, Block block) {
        Model model = Model.newInstance(name, "PyTorch");
        model.setBlock(block);
        return model;
    }

    private static final class ClassifierStep implements Step {
        private final Model model;
        private final Trainer trainer;
        private final NDManager manager;
        private final Rotation features;
        private final Rotation labels;

        ClassifierStep(Workload.Classifier workload) {
            int batch = workload.batch();
            Shape shape = new Shape(batch, Workload.PIXELS);
            model = model("classifier", classifier(workload.hidden()));
            Loss loss = Loss.softmaxCrossEntropyLoss("loss", 1, -1, false, true);
            trainer = trainer(model, loss, Workload.CLASSIFIER_RATE, 0.9, shape);
            manager = trainer.getManager();
            features = new Rotation(i -> Batches.uniform(i, batch * Workload.PIXELS, 0, 1), shape);
            labels = new Rotation(i -> Batches.oneHot(i, batch, Workload.CLASSES), new Shape(batch, Workload.CLASSES));
        }

        @Override
        public double run() {
            double value;
            try (NDManager here = manager.newSubManager()) {
                NDList input = new NDList(features.next(here));
                NDList expected = new NDList(labels.next(here));
                NDArray loss;
                try (GradientCollector collector = trainer.newGradientCollector()) {
                    loss = trainer.getLoss().evaluate(expected, trainer.forward(input));
                    collector.backward(loss);
                }
                trainer.step();
                value = loss.getFloat();
            }
            return value;
        }

        @Override
        public void close() {
            trainer.close();
            model.close();
        }
    }

    private static final class MonteCarloStep implements Step {
        private final Model model;
        private final NDManager manager;
        private final ParameterStore parameters;
        private final Rotation features;
        private final int passes;
        private final int examples;
        private final boolean stacked;

        MonteCarloStep(Workload.MonteCarlo workload, boolean stacked) {
            this.stacked = stacked;
            passes = workload.passes();
            examples = workload.examples();
            model = model("classifier", classifier(workload.hidden()));
            manager = Engine.getEngine("PyTorch").newBaseManager();
            Shape shape = new Shape(examples, Workload.PIXELS);
            model.getBlock().initialize(manager, ai.djl.ndarray.types.DataType.FLOAT32, shape);
            parameters = new ParameterStore(manager, false);
            features = new Rotation(i -> Batches.uniform(i, examples * Workload.PIXELS, 0, 1), shape);
        }

        @Override
        public double run() {
            try (NDManager here = manager.newSubManager()) {
                NDArray input = features.next(here);
                if (stacked) {
                    return predict(input.tile(new long[] {passes, 1}))
                            .reshape(passes, examples, Workload.CLASSES)
                            .mean(new int[] {0})
                            .max()
                            .getFloat();
                }
                NDArray sum = predict(input);
                for (int pass = 1; pass < passes; pass++) {
                    sum.addi(predict(input));
                }
                return sum.max().getFloat() / passes;
            }
        }

        private NDArray predict(NDArray input) {
            return model.getBlock()
                    .forward(parameters, new NDList(input), true)
                    .singletonOrThrow()
                    .softmax(1);
        }

        @Override
        public void close() {
            manager.close();
            model.close();
        }
    }

    private static final class GanStep implements Step {
        private final Model generatorModel;
        private final Model discriminatorModel;
        private final Trainer generator;
        private final Trainer discriminator;
        private final NDManager manager;
        private final Rotation real;
        private final Rotation latent;
        private final NDList realAndFake;
        private final NDList allReal;

        GanStep(Workload workload) {
            int batch =
                    workload instanceof Workload.ImageGan gan ? gan.batch() : ((Workload.DenseGan) workload).batch();
            int side = workload instanceof Workload.ImageGan gan ? gan.side() : Workload.SIDE;
            Shape images = workload instanceof Workload.ImageGan
                    ? new Shape(batch, 1, side, side)
                    : new Shape(batch, Workload.PIXELS);
            Shape latents = new Shape(batch, Workload.LATENT);
            generatorModel = model("generator", generator(workload));
            discriminatorModel = model("discriminator", discriminator(workload));
            Loss loss = new SigmoidBinaryCrossEntropyLoss();
            generator = trainer(generatorModel, loss, Workload.GAN_RATE, Workload.GAN_BETA1, latents);
            discriminator = trainer(discriminatorModel, loss, Workload.GAN_RATE, Workload.GAN_BETA1, images);
            manager = generator.getManager();
            NDArray ones = manager.ones(new Shape(batch, 1));
            allReal = new NDList(ones.mul(Workload.REAL));
            realAndFake = new NDList(allReal.singletonOrThrow().concat(ones.mul(Workload.FAKE), 0));
            real = new Rotation(i -> Batches.uniform(i, batch * side * side, -1, 1), images);
            latent = new Rotation(i -> Batches.gaussian(i, batch * Workload.LATENT), latents);
        }

        @Override
        public double run() {
            double value;
            try (NDManager here = manager.newSubManager()) {
                // outside a collector nothing is recorded; no batch normalisation in the discriminator: one pass
                NDArray fake = generator.forward(new NDList(latent.next(here))).singletonOrThrow();
                NDArray images = real.next(here).concat(fake, 0);
                NDArray loss;
                try (GradientCollector collector = discriminator.newGradientCollector()) {
                    loss = loss(realAndFake, discriminator.forward(new NDList(images)));
                    loss.attach(here);
                    collector.backward(loss);
                }
                discriminator.step();
                value = 2 * loss.getFloat();
            }
            try (NDManager here = manager.newSubManager()) {
                NDArray loss;
                discriminatorModel.getBlock().freezeParameters(true); // its weight gradients are not needed
                try (GradientCollector collector = generator.newGradientCollector()) {
                    NDList fake = generator.forward(new NDList(latent.next(here)));
                    loss = loss(allReal, discriminator.forward(fake));
                    loss.attach(here);
                    collector.backward(loss);
                }
                discriminatorModel.getBlock().freezeParameters(false);
                generator.step();
                return value + loss.getFloat();
            }
        }

        /** DJL's loss is a mean over each example's outputs only. */
        private NDArray loss(NDList targets, NDList logits) {
            return discriminator.getLoss().evaluate(targets, logits).mean();
        }

        @Override
        public void close() {
            generator.close();
            discriminator.close();
            generatorModel.close();
            discriminatorModel.close();
        }
    }

    /**
     * Batches that take turns for ever. Arrays are made anew for each step, as DJL's data sets do: a
     * gradient collector visits every array alive, so keeping them all would cost more.
     */
    private static final class Rotation {
        private final float[][] batches;
        private final Shape shape;
        private int next;

        Rotation(IntFunction<float[]> values, Shape shape) {
            this.shape = shape;
            batches = IntStream.range(0, Batches.COUNT).mapToObj(values).toArray(float[][]::new);
        }

        NDArray next(NDManager manager) {
            float[] batch = batches[next];
            next = (next + 1) % batches.length;
            return manager.create(batch, shape);
        }
    }
}
