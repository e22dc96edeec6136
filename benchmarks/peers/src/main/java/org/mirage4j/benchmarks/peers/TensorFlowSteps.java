package org.mirage4j.benchmarks.peers;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.mirage4j.benchmarks.Batches;
import org.mirage4j.benchmarks.Step;
import org.mirage4j.benchmarks.Workload;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.framework.optimizers.Adam;
import org.tensorflow.framework.optimizers.Optimizer.GradAndVar;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.op.core.Variable;
import org.tensorflow.op.nn.Conv2d;
import org.tensorflow.op.nn.FusedBatchNorm;
import org.tensorflow.op.nn.LeakyRelu;
import org.tensorflow.op.nn.SoftmaxCrossEntropyWithLogits;
import org.tensorflow.op.random.RandomUniform;
import org.tensorflow.op.random.TruncatedNormal;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.types.TFloat32;

/** The workloads as TensorFlow graphs: everything of a step in one graph, images with channels last. */
final class TensorFlowSteps {
    private static final float EPSILON = 1e-7f;
    private static final long SEED = 7;

    private TensorFlowSteps() {}

    static Step create(Workload workload, boolean stacked) {
        if (workload instanceof Workload.Classifier classifier) {
            return new ClassifierStep(classifier);
        }
        if (workload instanceof Workload.MonteCarlo monteCarlo) {
            return new MonteCarloStep(monteCarlo, stacked);
        }
        return new GanStep(workload);
    }

    /** A graph in the making, then its session. */
    private abstract static class GraphStep implements Step {
        final Graph graph = new Graph();
        final Ops tf = Ops.create(graph);
        final List<Output<TFloat32>> variables = new ArrayList<>();
        final List<Op> statistics = new ArrayList<>();
        private final Session session = new Session(
                graph,
                ConfigProto.newBuilder()
                        .setIntraOpParallelismThreads(Threads.allowed())
                        .setInterOpParallelismThreads(Threads.allowed())
                        .build());
        private final List<Rotation> rotations = new ArrayList<>();
        private long draws;

        Rotation rotation(IntFunction<float[]> values, long... shape) {
            Rotation rotation = new Rotation(values, Shape.of(shape));
            rotations.add(rotation);
            return rotation;
        }

        Placeholder<TFloat32> placeholder(long... shape) {
            return tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(shape)));
        }

        Session session() {
            session.initialize();
            return session;
        }

        Operand<TFloat32> dense(Operand<TFloat32> input, long in, long out) {
            Variable<TFloat32> weights = weights(in + out, in, out);
            return tf.nn.biasAdd(tf.linalg.matMul(input, weights), constant(0, out));
        }

        Variable<TFloat32> weights(long fan, long... shape) {
            Operand<TFloat32> normal = tf.random.truncatedNormal(
                    tf.constant(shape), TFloat32.class, TruncatedNormal.seed(SEED), TruncatedNormal.seed2(++draws));
            return trained(tf.math.mul(normal, tf.constant((float) Math.sqrt(2.0 / fan))));
        }

        Variable<TFloat32> constant(float value, long length) {
            return trained(tf.fill(tf.constant(new long[] {length}), tf.constant(value)));
        }

        private Variable<TFloat32> trained(Operand<TFloat32> initial) {
            Variable<TFloat32> variable = tf.variable(initial);
            variables.add(variable.asOutput());
            return variable;
        }

        Operand<TFloat32> dropout(Operand<TFloat32> input, long... shape) {
            Operand<TFloat32> uniform = tf.random.randomUniform(
                    tf.constant(shape), TFloat32.class, RandomUniform.seed(SEED), RandomUniform.seed2(++draws));
            Operand<TFloat32> kept = tf.dtypes.cast(
                    tf.math.greaterEqual(uniform, tf.constant((float) Workload.DROPOUT)), TFloat32.class);
            return tf.math.mul(input, tf.math.mul(kept, tf.constant((float) (1 / (1 - Workload.DROPOUT)))));
        }

        Operand<TFloat32> classifier(Operand<TFloat32> input, int batch, List<Integer> hidden) {
            Operand<TFloat32> layer = input;
            int width = Workload.PIXELS;
            for (int units : hidden) {
                layer = dropout(tf.nn.relu(dense(layer, width, units)), batch, units);
                width = units;
            }
            return dense(layer, width, Workload.CLASSES);
        }

        /** Gradients with respect to some of the variables only, then Adam. */
        Op minimise(Adam adam, Operand<TFloat32> loss, List<Output<TFloat32>> trained, String name) {
            Output<?>[] gradients = graph.addGradients(loss.asOutput(), trained.toArray(new Output<?>[0]));
            List<GradAndVar<?>> pairs = new ArrayList<>();
            for (int i = 0; i < gradients.length; i++) {
                pairs.add(new GradAndVar<>(gradients[i].expect(TFloat32.class), trained.get(i)));
            }
            return adam.applyGradients(List.copyOf(pairs), name);
        }

        @Override
        public void close() {
            rotations.forEach(Rotation::close);
            session.close();
            graph.close();
        }
    }

    private static final class ClassifierStep extends GraphStep {
        private final Placeholder<TFloat32> features;
        private final Placeholder<TFloat32> labels;
        private final Operand<TFloat32> loss;
        private final Op train;
        private final Rotation featureBatches;
        private final Rotation labelBatches;
        private final Session session;

        ClassifierStep(Workload.Classifier workload) {
            int batch = workload.batch();
            features = placeholder(batch, Workload.PIXELS);
            labels = placeholder(batch, Workload.CLASSES);
            Operand<TFloat32> logits = classifier(features, batch, workload.hidden());
            SoftmaxCrossEntropyWithLogits<TFloat32> entropy = tf.nn.softmaxCrossEntropyWithLogits(logits, labels);
            loss = tf.math.mean(entropy.loss(), tf.constant(0));
            Adam adam = new Adam(graph, (float) Workload.CLASSIFIER_RATE);
            train = minimise(adam, loss, variables, "train");
            featureBatches = rotation(i -> Batches.uniform(i, batch * Workload.PIXELS, 0, 1), batch, Workload.PIXELS);
            labelBatches = rotation(i -> Batches.oneHot(i, batch, Workload.CLASSES), batch, Workload.CLASSES);
            session = session();
        }

        @Override
        public double run() {
            try (Result result = session.runner()
                    .feed(features, featureBatches.next())
                    .feed(labels, labelBatches.next())
                    .fetch(loss)
                    .addTarget(train)
                    .run()) {
                return ((TFloat32) result.get(0)).getFloat();
            }
        }
    }

    private static final class MonteCarloStep extends GraphStep {
        private final Placeholder<TFloat32> features;
        private final Operand<TFloat32> probabilities;
        private final Rotation batches;
        private final int calls;
        private final Session session;

        MonteCarloStep(Workload.MonteCarlo workload, boolean stacked) {
            int examples = workload.examples();
            int passes = workload.passes();
            features = placeholder(examples, Workload.PIXELS);
            if (stacked) {
                Operand<TFloat32> tiled = tf.tile(features, tf.constant(new int[] {passes, 1}));
                Operand<TFloat32> all = tf.nn.softmax(classifier(tiled, examples * passes, workload.hidden()));
                Operand<TFloat32> byPass = tf.reshape(all, tf.constant(new int[] {passes, examples, Workload.CLASSES}));
                probabilities = tf.math.mean(byPass, tf.constant(0));
                calls = 1;
            } else {
                probabilities = tf.nn.softmax(classifier(features, examples, workload.hidden()));
                calls = passes;
            }
            batches = rotation(i -> Batches.uniform(i, examples * Workload.PIXELS, 0, 1), examples, Workload.PIXELS);
            session = session();
        }

        @Override
        public double run() {
            TFloat32 batch = batches.next();
            float[] sum = new float[Math.toIntExact(batch.shape().get(0)) * Workload.CLASSES];
            float[] one = new float[sum.length];
            for (int call = 0; call < calls; call++) {
                try (Result result = session.runner()
                        .feed(features, batch)
                        .fetch(probabilities)
                        .run()) {
                    ((TFloat32) result.get(0)).asRawTensor().data().asFloats().read(one);
                    for (int i = 0; i < sum.length; i++) {
                        sum[i] += one[i];
                    }
                }
            }
            double largest = 0;
            for (float value : sum) {
                largest = Math.max(largest, value / calls);
            }
            return largest;
        }
    }

    private static final class GanStep extends GraphStep {
        private final Placeholder<TFloat32> real;
        private final Placeholder<TFloat32> latent;
        private final Operand<TFloat32> discriminatorLoss;
        private final Operand<TFloat32> generatorLoss;
        private final Op trainDiscriminator;
        private final Op trainGenerator;
        private final Rotation realBatches;
        private final Rotation latentBatches;
        private final Session session;

        private final int batch;
        private final int side;
        private final boolean dense;
        private final List<Variable<TFloat32>> shared = new ArrayList<>();

        GanStep(Workload workload) {
            dense = workload instanceof Workload.DenseGan;
            batch = workload instanceof Workload.ImageGan gan ? gan.batch() : ((Workload.DenseGan) workload).batch();
            side = workload instanceof Workload.ImageGan gan ? gan.side() : Workload.SIDE;
            long[] shape = dense ? new long[] {batch, Workload.PIXELS} : new long[] {batch, side, side, 1};
            real = placeholder(shape);
            latent = placeholder(batch, Workload.LATENT);

            Operand<TFloat32> fake = dense ? denseGenerator() : imageGenerator();
            List<Output<TFloat32>> ofGenerator = List.copyOf(variables);
            variables.clear();
            createDiscriminator();
            List<Output<TFloat32>> ofDiscriminator = List.copyOf(variables);

            // no batch normalisation in the discriminator: real and fake in one pass are the same, and faster
            Operand<TFloat32> both = tf.concat(List.of(real, tf.stopGradient(fake)), tf.constant(0));
            Operand<TFloat32> targets =
                    tf.concat(List.of(targets(Workload.REAL), targets(Workload.FAKE)), tf.constant(0));
            discriminatorLoss = loss(discriminate(both, 2 * batch), targets);
            generatorLoss = loss(discriminate(fake, batch), targets(Workload.REAL));
            trainDiscriminator = minimise(adam("d"), discriminatorLoss, ofDiscriminator, "train-d");
            trainGenerator = minimise(adam("g"), generatorLoss, ofGenerator, "train-g");
            realBatches = rotation(i -> Batches.uniform(i, batch * side * side, -1, 1), shape);
            latentBatches = rotation(i -> Batches.gaussian(i, batch * Workload.LATENT), batch, Workload.LATENT);
            session = session();
        }

        private Adam adam(String name) {
            return new Adam(graph, name, (float) Workload.GAN_RATE, (float) Workload.GAN_BETA1, 0.999f, EPSILON);
        }

        private Operand<TFloat32> targets(double value) {
            return tf.fill(tf.constant(new long[] {batch, 1}), tf.constant((float) value));
        }

        private Operand<TFloat32> denseGenerator() {
            Operand<TFloat32> hidden = dense(latent, Workload.LATENT, Workload.GAN_UNITS);
            Operand<TFloat32> normal = tf.reshape(
                    normalise(
                            tf.reshape(hidden, tf.constant(new int[] {batch, 1, 1, Workload.GAN_UNITS})),
                            Workload.GAN_UNITS),
                    tf.constant(new int[] {batch, Workload.GAN_UNITS}));
            return tf.math.tanh(dense(leakyRelu(normal), Workload.GAN_UNITS, Workload.PIXELS));
        }

        private Operand<TFloat32> imageGenerator() {
            int quarter = side / 4;
            Operand<TFloat32> start = tf.reshape(
                    dense(latent, Workload.LATENT, 128L * quarter * quarter),
                    tf.constant(new int[] {batch, quarter, quarter, 128}));
            Operand<TFloat32> low = tf.nn.relu(normalise(start, 128));
            Operand<TFloat32> middle = tf.nn.relu(normalise(deconvolution(low, side / 2, 128, 64), 64));
            return tf.math.tanh(deconvolution(middle, side, 64, 1));
        }

        private Operand<TFloat32> normalise(Operand<TFloat32> input, int features) {
            Variable<TFloat32> mean = tf.variable(tf.zeros(tf.array(features), TFloat32.class));
            Variable<TFloat32> variance = tf.variable(tf.ones(tf.array(features), TFloat32.class));
            FusedBatchNorm<TFloat32, TFloat32> normal = tf.nn.fusedBatchNorm(
                    input,
                    constant(1, features),
                    constant(0, features),
                    mean,
                    variance,
                    FusedBatchNorm.epsilon(1e-5f),
                    FusedBatchNorm.exponentialAvgFactor((float) (1 - Workload.MOMENTUM)),
                    FusedBatchNorm.isTraining(true));
            statistics.add(tf.assign(mean, normal.batchMean()));
            statistics.add(tf.assign(variance, normal.batchVariance()));
            return normal.y();
        }

        private Operand<TFloat32> deconvolution(Operand<TFloat32> input, int size, int in, int out) {
            Variable<TFloat32> filter = weights(16L * (in + out) / 4, 4, 4, out, in);
            Operand<TFloat32> output = tf.nn.conv2dBackpropInput(
                    tf.constant(new int[] {batch, size, size, out}), filter, input, List.of(1L, 2L, 2L, 1L), "SAME");
            return tf.nn.biasAdd(output, constant(0, out));
        }

        private Operand<TFloat32> leakyRelu(Operand<TFloat32> input) {
            return tf.nn.leakyRelu(input, LeakyRelu.alpha((float) Workload.SLOPE));
        }

        private void createDiscriminator() {
            if (dense) {
                shared.add(weights(Workload.PIXELS + Workload.GAN_UNITS, Workload.PIXELS, Workload.GAN_UNITS));
                shared.add(constant(0, Workload.GAN_UNITS));
                shared.add(weights(Workload.GAN_UNITS, Workload.GAN_UNITS, 1));
            } else {
                shared.add(weights(16 * 65, 4, 4, 1, 64));
                shared.add(constant(0, 64));
                shared.add(weights(16 * 192, 4, 4, 64, 128));
                shared.add(constant(0, 128));
                int flat = 128 * (side / 4) * (side / 4);
                shared.add(weights(flat, flat, 1));
            }
            shared.add(constant(0, 1));
        }

        private Operand<TFloat32> discriminate(Operand<TFloat32> images, int count) {
            int head = shared.size() - 2;
            Operand<TFloat32> features = images;
            if (dense) {
                features = leakyRelu(tf.nn.biasAdd(tf.linalg.matMul(images, shared.get(0)), shared.get(1)));
            } else {
                for (int i = 0; i < head; i += 2) {
                    Conv2d<TFloat32> convolution =
                            tf.nn.conv2d(features, shared.get(i), List.of(1L, 2L, 2L, 1L), "SAME");
                    features = leakyRelu(tf.nn.biasAdd(convolution, shared.get(i + 1)));
                }
                features = tf.reshape(features, tf.constant(new int[] {count, -1}));
            }
            return tf.nn.biasAdd(tf.linalg.matMul(features, shared.get(head)), shared.get(head + 1));
        }

        /** Sigmoid cross-entropy on logits: softplus(x) - x * target. */
        private Operand<TFloat32> loss(Operand<TFloat32> logits, Operand<TFloat32> targets) {
            return tf.math.mean(tf.math.sub(tf.math.softplus(logits), tf.math.mul(logits, targets)), tf.array(0, 1));
        }

        @Override
        public double run() {
            double loss;
            try (Result result = session.runner()
                    .feed(real, realBatches.next())
                    .feed(latent, latentBatches.next())
                    .fetch(discriminatorLoss)
                    .addTarget(trainDiscriminator)
                    .run()) {
                loss = 2 * ((TFloat32) result.get(0)).getFloat();
            }
            Session.Runner runner = session.runner()
                    .feed(latent, latentBatches.next())
                    .fetch(generatorLoss)
                    .addTarget(trainGenerator);
            statistics.forEach(runner::addTarget);
            try (Result result = runner.run()) {
                return loss + ((TFloat32) result.get(0)).getFloat();
            }
        }
    }

    /** Batches as tensors, made beforehand, that take turns for ever. */
    private static final class Rotation {
        private final TFloat32[] batches;
        private int next;

        Rotation(IntFunction<float[]> values, Shape shape) {
            batches = IntStream.range(0, Batches.COUNT)
                    .mapToObj(i -> TFloat32.tensorOf(shape, DataBuffers.of(values.apply(i))))
                    .toArray(TFloat32[]::new);
        }

        TFloat32 next() {
            TFloat32 batch = batches[next];
            next = (next + 1) % batches.length;
            return batch;
        }

        void close() {
            for (TFloat32 batch : batches) {
                batch.close();
            }
        }
    }
}
