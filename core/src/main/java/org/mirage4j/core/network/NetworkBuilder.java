package org.mirage4j.core.network;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.GradientNormalization;
import org.deeplearning4j.nn.conf.InputPreProcessor;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.WorkspaceMode;
import org.deeplearning4j.nn.conf.constraint.MaxNormConstraint;
import org.deeplearning4j.nn.conf.distribution.NormalDistribution;
import org.deeplearning4j.nn.conf.dropout.Dropout;
import org.deeplearning4j.nn.conf.dropout.IDropout;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.graph.ReshapeVertex;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.Deconvolution2D;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.DropoutLayer;
import org.deeplearning4j.nn.conf.layers.FeedForwardLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.conf.layers.Upsampling2D;
import org.deeplearning4j.nn.params.DefaultParamInitializer;
import org.deeplearning4j.nn.weights.IWeightInit;
import org.deeplearning4j.nn.weights.WeightInitDistribution;
import org.deeplearning4j.nn.weights.WeightInitXavier;
import org.jspecify.annotations.Nullable;
import org.mirage4j.core.MirageException;
import org.mirage4j.core.engine.MinibatchDeviation;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationLReLU;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.lossfunctions.ILossFunction;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;
import org.nd4j.linalg.lossfunctions.impl.LossMSE;

/**
 * A fluent description of a network, layer after layer, over Deeplearning4j's
 * {@link ComputationGraphConfiguration}. Every value and every shape is checked while describing, before
 * anything is allocated; {@link #configuration()} reports all problems together, each with its layer and
 * numbers.
 *
 * <p>Shapes are per example: {@code [units]} or {@code [channels, height, width]}. A layer is named after
 * its kind and place ("dense-2"); {@link #named} gives a name of one's own to the layer just added, which
 * {@link #from}, {@link #concatenate} and {@link #addResidual} refer to.
 *
 * <p>Dropout stands where it is written: {@code dense(128).activation(RELU).dropout(rate).dense(10)} drops
 * outputs of the first dense layer, which are inputs of the second. Not safe for concurrent use.
 */
public final class NetworkBuilder {
    /** Deeplearning4j would take the time of day, and equal descriptions would not be equal. */
    private static final long PLACEHOLDER_SEED = 1;

    private static final double BATCH_NORMALIZATION_EPSILON = 1e-5;

    private final Map<String, Node> nodes = new LinkedHashMap<>();
    private final Map<String, Integer> counters = new HashMap<>();
    private final List<String> inputs = new ArrayList<>();
    private final List<String> outputs = new ArrayList<>();
    private final List<String> problems = new ArrayList<>();
    private String current = "";
    private boolean branching;

    private IUpdater updater = new Adam();
    private IWeightInit weightInit = new WeightInitXavier();
    private DataType dataType = DataType.FLOAT;
    private double l1;
    private double l2;
    private double maxNorm;
    private double gradientClip;

    /** A vertex of the graph: a layer or one of the shape-only vertices, with what it reads and its shape. */
    private record Node(
            @Nullable Layer layer,
            org.deeplearning4j.nn.conf.graph.@Nullable GraphVertex vertex,
            List<String> inputs,
            Shape shape) {}

    private NetworkBuilder() {}

    /**
     * Starts a network that reads vectors.
     *
     * @param size length of a vector
     * @return the builder
     */
    public static NetworkBuilder vectors(long size) {
        return new NetworkBuilder().input("input", size);
    }

    /**
     * Starts a network that reads images.
     *
     * @param channels number of channels
     * @param height rows
     * @param width columns
     * @return the builder
     */
    public static NetworkBuilder images(long channels, long height, long width) {
        return new NetworkBuilder().input("input", channels, height, width);
    }

    /**
     * Adds a further input and continues from it.
     *
     * @param name name of the input
     * @param shape shape of one example: [size] or [channels, height, width]
     * @return this
     */
    public NetworkBuilder input(String name, long... shape) {
        boolean valid = isVectorOrImage(shape);
        if (!valid) {
            problems.add("input \"" + name + "\" must be [size] or [channels, height, width] with sizes of at least 1,"
                    + " but is " + Arrays.toString(shape));
        }
        checkNewName(name);
        inputs.add(name);
        nodes.put(name, new Node(null, null, List.of(), valid ? Shape.of(shape) : Shape.UNKNOWN));
        current = name;
        return this;
    }

    /**
     * A fully connected layer without activation; images are flattened first.
     *
     * @param units number of output units
     * @return this
     */
    public NetworkBuilder dense(long units) {
        String name = nextName("dense");
        require(name, "units", units, 1);
        flatten();
        DenseLayer.Builder layer = new DenseLayer.Builder().nOut(units).activation(Activation.IDENTITY);
        readFrom(layer, shape());
        constrain(layer, 0);
        return add(name, layer.build(), Shape.vector(units));
    }

    /**
     * A fully connected layer that embeds one-hot vectors: its weights, one row for each class, start as draws from
     * the standard normal distribution, whatever {@link #weightInit} says. With the small weights of other layers a
     * label would long go unnoticed beside an image.
     *
     * @param units length of an embedding
     * @return this
     */
    public NetworkBuilder embedding(long units) {
        dense(units);
        if (node().layer() instanceof BaseLayer layer) {
            layer.setWeightInitFn(new WeightInitDistribution(new NormalDistribution(0, 1)));
        }
        return this;
    }

    /**
     * A convolution without activation.
     *
     * @param channels number of output channels
     * @param kernel kernel size in both directions
     * @param stride stride in both directions
     * @param padding zero padding on every side
     * @return this
     */
    public NetworkBuilder convolution(int channels, int kernel, int stride, int padding) {
        String name = nextName("convolution");
        require(name, "channels", channels, 1);
        if (!checkWindow(name, kernel, stride, padding)) {
            return addUnusable(name);
        }
        Shape in = imageShape(name);
        Shape out = windowed(name, in, channels, kernel, stride, padding);
        ConvolutionLayer.Builder layer = new ConvolutionLayer.Builder(kernel, kernel)
                .stride(stride, stride)
                .padding(padding, padding)
                .nOut(channels)
                .activation(Activation.IDENTITY);
        readFrom(layer, in);
        constrain(layer, 1, 2, 3);
        return add(name, layer.build(), out);
    }

    /**
     * A transposed convolution without activation: the output is (in - 1) * stride - 2 * padding + kernel.
     *
     * @param channels number of output channels
     * @param kernel kernel size in both directions
     * @param stride stride in both directions
     * @param padding what is cut off on every side
     * @return this
     */
    public NetworkBuilder transposedConvolution(int channels, int kernel, int stride, int padding) {
        String name = nextName("transposed-convolution");
        require(name, "channels", channels, 1);
        if (!checkWindow(name, kernel, stride, padding)) {
            return addUnusable(name);
        }
        Shape in = imageShape(name);
        Shape out = stretched(name, in, channels, kernel, stride, padding);
        Deconvolution2D.Builder layer = new Deconvolution2D.Builder(kernel, kernel)
                .stride(stride, stride)
                .padding(padding, padding)
                .nOut(channels)
                .activation(Activation.IDENTITY);
        readFrom(layer, in);
        constrain(layer, 0, 2, 3);
        return add(name, layer.build(), out);
    }

    /**
     * Batch normalisation over units or channels (Ioffe and Szegedy 2015), with learned scale and shift.
     *
     * @param momentum share of the old running statistics kept at each step, in [0, 1)
     * @return this
     */
    public NetworkBuilder batchNormalization(double momentum) {
        String name = nextName("batch-normalization");
        if (!(momentum >= 0 && momentum < 1)) {
            problems.add("layer \"" + name + "\" needs a momentum in [0, 1), but has " + momentum);
        }
        Shape in = shape();
        BatchNormalization.Builder layer =
                new BatchNormalization.Builder().decay(momentum).eps(BATCH_NORMALIZATION_EPSILON);
        if (in.isKnown()) {
            layer.nIn(in.features()).nOut(in.features());
        }
        return add(name, layer.build(), in);
    }

    /**
     * An activation function.
     *
     * @param activation the function
     * @return this
     */
    public NetworkBuilder activation(Activation activation) {
        return activation(activation.getActivationFunction());
    }

    /**
     * An activation function with parameters of its own.
     *
     * @param activation the function
     * @return this
     */
    public NetworkBuilder activation(IActivation activation) {
        Node node = node();
        // inside a layer with weights the activation saves a vertex, but there every branch would see it
        if (!branching
                && node.layer() instanceof BaseLayer layer
                && !(layer instanceof BatchNormalization)
                && isIdentity(layer.getActivationFn())) {
            layer.setActivationFn(activation);
            return this;
        }
        String name = nextName("activation");
        return add(name, new ActivationLayer(activation), shape());
    }

    /**
     * LeakyReLU: x where positive, slope * x elsewhere (Maas et al. 2013).
     *
     * @param slope slope for negative values
     * @return this
     */
    public NetworkBuilder leakyRelu(double slope) {
        return activation(new ActivationLReLU(slope));
    }

    /**
     * Inverted Bernoulli dropout of what the network has at this point (Srivastava et al. 2014); nothing is
     * added at rate 0.
     *
     * @param rate share of units dropped
     * @return this
     */
    public NetworkBuilder dropout(DropoutRate rate) {
        return rate.isActive() ? dropout(new Dropout(rate.retain())) : this;
    }

    /**
     * Dropout of another kind, in Deeplearning4j's own classes and their conventions.
     *
     * @param dropout the kind; give every layer an instance of its own
     * @return this
     */
    public NetworkBuilder dropout(IDropout dropout) {
        return add(nextName("dropout"), new DropoutLayer(dropout), shape());
    }

    /**
     * Largest value of each window.
     *
     * @param kernel window size and stride in both directions
     * @return this
     */
    public NetworkBuilder maxPooling(int kernel) {
        return pooling("max-pooling", SubsamplingLayer.PoolingType.MAX, kernel);
    }

    /**
     * Mean of each window.
     *
     * @param kernel window size and stride in both directions
     * @return this
     */
    public NetworkBuilder averagePooling(int kernel) {
        return pooling("average-pooling", SubsamplingLayer.PoolingType.AVG, kernel);
    }

    private NetworkBuilder pooling(String kind, SubsamplingLayer.PoolingType type, int kernel) {
        String name = nextName(kind);
        if (!checkWindow(name, kernel, kernel, 0)) {
            return addUnusable(name);
        }
        Shape in = imageShape(name);
        Shape out = windowed(name, in, in.isKnown() ? in.features() : 0, kernel, kernel, 0);
        SubsamplingLayer layer = new SubsamplingLayer.Builder(type)
                .kernelSize(kernel, kernel)
                .stride(kernel, kernel)
                .build();
        return add(name, layer, out);
    }

    /**
     * The mean over all positions: one value per channel.
     *
     * @return this
     */
    public NetworkBuilder globalAveragePooling() {
        return globalPooling("global-average-pooling", PoolingType.AVG);
    }

    /**
     * The sum over all positions: one value per channel.
     *
     * @return this
     */
    public NetworkBuilder globalSumPooling() {
        return globalPooling("global-sum-pooling", PoolingType.SUM);
    }

    private NetworkBuilder globalPooling(String kind, PoolingType type) {
        String name = nextName(kind);
        Shape in = imageShape(name);
        GlobalPoolingLayer layer = new GlobalPoolingLayer.Builder(type).build();
        return add(name, layer, in.isKnown() ? Shape.vector(in.features()) : in);
    }

    /**
     * Appends how much the batch varies, averaged over all values, to each example as one more unit or channel (Karras
     * et al. 2018): a discriminator that sees it knows a generator that makes the same of everything.
     *
     * @return this
     */
    public NetworkBuilder minibatchDeviation() {
        Shape in = shape();
        Shape out = in.isKnown() ? in.withFeatures(in.features() + 1) : in;
        return add(nextName("minibatch-deviation"), new MinibatchDeviation(), List.of(current), out);
    }

    /**
     * Repeats every pixel (nearest neighbour).
     *
     * @param factor how often, in both directions
     * @return this
     */
    public NetworkBuilder upsampling(int factor) {
        String name = nextName("upsampling");
        require(name, "factor", factor, 1);
        Shape in = imageShape(name);
        Shape out =
                in.isKnown() ? Shape.image(in.features(), in.height() * factor, in.width() * factor) : Shape.UNKNOWN;
        return add(name, new Upsampling2D.Builder(factor).build(), out);
    }

    /**
     * Gives the values another shape, in row-major order.
     *
     * @param shape the new shape of one example: [size] or [channels, height, width]
     * @return this
     */
    public NetworkBuilder reshape(long... shape) {
        String name = nextName("reshape");
        if (!isVectorOrImage(shape)) {
            problems.add("layer \"" + name + "\" can reshape to [size] or [channels, height, width], but was given "
                    + Arrays.toString(shape));
            return add(name, new ReshapeVertex(-1), List.of(current), Shape.UNKNOWN);
        }
        Shape in = shape();
        Shape out = Shape.of(shape);
        if (in.isKnown() && in.count() != out.count()) {
            problems.add("layer \"" + name + "\" cannot reshape " + in + " (" + in.count() + " values) to " + out + " ("
                    + out.count() + " values)");
        }
        int[] target = new int[shape.length + 1];
        target[0] = -1;
        for (int i = 0; i < shape.length; i++) {
            target[i + 1] = Math.toIntExact(shape[i]);
        }
        return add(name, new ReshapeVertex(target), List.of(current), out);
    }

    private void flatten() {
        if (shape().isImage()) {
            reshape(shape().count());
        }
    }

    /**
     * Names the layer just added.
     *
     * @param name the name, unused so far
     * @return this
     */
    public NetworkBuilder named(String name) {
        if (inputs.contains(current)) {
            problems.add("input \"" + current + "\" cannot be renamed to \"" + name + "\"");
            return this;
        }
        checkNewName(name);
        Node node = nodes.remove(current);
        if (node != null) {
            nodes.put(name, node);
        }
        current = name;
        return this;
    }

    /**
     * Continues from an earlier layer or input: the start of a branch.
     *
     * @param name its name
     * @return this
     */
    public NetworkBuilder from(String name) {
        if (known("from", name)) {
            current = name;
            branching = true;
        }
        return this;
    }

    /**
     * Joins what the network has at this point with other branches along units or channels.
     *
     * @param others names of the other branches
     * @return this
     */
    public NetworkBuilder concatenate(String... others) {
        String name = nextName("concatenate");
        List<String> sources = sources(name, others);
        Shape out = shapeOf(current);
        for (String other : sources.subList(1, sources.size())) {
            Shape shape = shapeOf(other);
            if (!out.isKnown() || !shape.isKnown()) {
                out = Shape.UNKNOWN;
            } else if (out.joins(shape)) {
                out = out.withFeatures(out.features() + shape.features());
            } else {
                problems.add("layer \"" + name + "\" cannot join " + out + " of \"" + current + "\" with " + shape
                        + " of \"" + other + "\": all sizes but the first must agree");
                out = Shape.UNKNOWN;
            }
        }
        return add(name, new MergeVertex(), sources, out);
    }

    /**
     * Adds the values of another branch of the same shape (He et al. 2016).
     *
     * @param other name of the other branch
     * @return this
     */
    public NetworkBuilder addResidual(String other) {
        String name = nextName("residual");
        List<String> sources = sources(name, other);
        Shape a = shape();
        Shape b = shapeOf(other);
        if (a.isKnown() && b.isKnown() && !a.equals(b)) {
            problems.add("layer \"" + name + "\" cannot add " + b + " of \"" + other + "\" to " + a + " of \"" + current
                    + "\": the shapes must agree");
        }
        return add(name, new ElementWiseVertex(ElementWiseVertex.Op.Add), sources, a);
    }

    /**
     * Marks what the network has at this point as an output whose loss is computed outside; without any
     * such mark the last layer is the only output. The network may go on from here.
     *
     * @return this
     */
    public NetworkBuilder output() {
        String here = current;
        // a vertex of its own: Deeplearning4j loses the gradient of whatever reads an output further on
        add(nextName("output"), new ActivationLayer(Activation.IDENTITY), shape());
        outputs.add(current);
        current = here;
        branching = true;
        return this;
    }

    /**
     * A dense layer with softmax and cross-entropy as the network's own loss: a classifier's head.
     *
     * @param classes number of classes
     * @return this
     */
    public NetworkBuilder softmaxOutput(int classes) {
        String name = nextName("softmax-output");
        require(name, "classes", classes, 2);
        flatten();
        OutputLayer.Builder layer =
                new OutputLayer.Builder(LossFunction.MCXENT).nOut(classes).activation(Activation.SOFTMAX);
        readFrom(layer, shape());
        constrain(layer, 0);
        outputs.add(name);
        return add(name, layer.build(), Shape.vector(classes));
    }

    /**
     * A dense layer with the squared error as the network's own loss: the head of a regressor.
     *
     * @param outputs numbers to predict
     * @return this
     */
    public NetworkBuilder squaredErrorOutput(int outputs) {
        return lossOutput("squared-error-output", outputs, new LossMSE());
    }

    /**
     * A dense layer with a loss of the network's own and no activation.
     *
     * @param kind what to call the layer
     * @param units outputs of the layer, at least 1
     * @param loss the loss as a function of the layer's outputs
     * @return this
     */
    public NetworkBuilder lossOutput(String kind, int units, ILossFunction loss) {
        String name = nextName(kind);
        require(name, "outputs", units, 1);
        flatten();
        OutputLayer.Builder layer = new OutputLayer.Builder(loss).nOut(units).activation(Activation.IDENTITY);
        readFrom(layer, shape());
        constrain(layer, 0);
        outputs.add(name);
        return add(name, layer.build(), Shape.vector(units));
    }

    /**
     * The optimiser.
     *
     * @param updater Deeplearning4j's configuration of it; default Adam with its defaults
     * @return this
     */
    public NetworkBuilder updater(IUpdater updater) {
        this.updater = updater;
        return this;
    }

    /**
     * Where initial weights are drawn from.
     *
     * @param weightInit the distribution; default Xavier
     * @return this
     */
    public NetworkBuilder weightInit(IWeightInit weightInit) {
        this.weightInit = weightInit;
        return this;
    }

    /**
     * The type that the network computes in.
     *
     * @param dataType FLOAT (the default) or DOUBLE
     * @return this
     */
    public NetworkBuilder dataType(DataType dataType) {
        this.dataType = dataType;
        return this;
    }

    /**
     * L1 regularisation of all weights.
     *
     * @param coefficient the coefficient, at least 0
     * @return this
     */
    public NetworkBuilder l1(double coefficient) {
        require("l1", coefficient);
        this.l1 = coefficient;
        return this;
    }

    /**
     * L2 regularisation of all weights.
     *
     * @param coefficient the coefficient, at least 0
     * @return this
     */
    public NetworkBuilder l2(double coefficient) {
        require("l2", coefficient);
        this.l2 = coefficient;
        return this;
    }

    /**
     * Max-norm constraint (Srivastava et al. 2014): after each step, each unit's incoming weight vector is
     * projected into the ball of this radius. Holds for the layers added after this call.
     *
     * @param radius the largest norm allowed, above 0
     * @return this
     */
    public NetworkBuilder maxNorm(double radius) {
        if (!(radius > 0)) {
            problems.add("max-norm must be above 0, but is " + radius);
        }
        this.maxNorm = radius;
        return this;
    }

    /**
     * Clips every entry of the gradient.
     *
     * @param limit largest absolute value, above 0
     * @return this
     */
    public NetworkBuilder gradientClip(double limit) {
        if (!(limit > 0)) {
            problems.add("gradient clip must be above 0, but is " + limit);
        }
        this.gradientClip = limit;
        return this;
    }

    /**
     * The name of the layer or input at this point, for {@link #from} and the like.
     *
     * @return the name
     */
    public String currentName() {
        return current;
    }

    /**
     * The shape of one example at this point.
     *
     * @return [units] or [channels, height, width]
     * @throws MirageException if an earlier problem leaves it undefined
     */
    public long[] currentShape() {
        if (!shape().isKnown()) {
            throw new MirageException(String.join("; ", problems));
        }
        return shape().toArray();
    }

    /**
     * The description as Deeplearning4j's own configuration.
     *
     * @return the configuration
     * @throws MirageException with all problems found
     */
    public ComputationGraphConfiguration configuration() {
        if (nodes.size() == inputs.size()) {
            problems.add("the network has no layers");
        }
        if (!problems.isEmpty()) {
            throw new MirageException(String.join("; ", problems));
        }
        NeuralNetConfiguration.Builder global = new NeuralNetConfiguration.Builder()
                .seed(PLACEHOLDER_SEED)
                .dataType(dataType)
                .updater(updater)
                .weightInit(weightInit)
                .trainingWorkspaceMode(WorkspaceMode.NONE)
                .inferenceWorkspaceMode(WorkspaceMode.NONE);
        if (l1 > 0) {
            global.l1(l1);
        }
        if (l2 > 0) {
            global.l2(l2);
        }
        if (gradientClip > 0) {
            global.gradientNormalization(GradientNormalization.ClipElementWiseAbsoluteValue)
                    .gradientNormalizationThreshold(gradientClip);
        }
        GraphBuilder graph = global.graphBuilder().addInputs(inputs);
        nodes.forEach((name, node) -> {
            String[] sources = node.inputs().toArray(new String[0]);
            if (node.layer() != null) {
                graph.addLayer(name, node.layer(), (InputPreProcessor) null, sources);
            } else if (node.vertex() != null) {
                graph.addVertex(name, node.vertex(), sources);
            }
        });
        graph.setOutputs(outputs.isEmpty() ? new String[] {current} : outputs.toArray(new String[0]));
        graph.allowNoOutput(false);
        return graph.build();
    }

    /**
     * How large the network would be, without building it: for a description that a stranger gave.
     *
     * @return number of parameters, running statistics included
     * @throws MirageException with all problems found
     */
    public long parameterCount() {
        return configuration().getVertices().values().stream()
                .mapToLong(vertex -> vertex.numParams(true))
                .reduce(0, Math::addExact);
    }

    /**
     * Builds the network.
     *
     * @param seed seed of the initial weights
     * @return the network
     * @throws MirageException with all problems found
     */
    public Network build(long seed) {
        return Network.create(configuration(), seed);
    }

    private NetworkBuilder add(String name, Layer layer, Shape shape) {
        return addNode(name, new Node(layer, null, List.of(current), shape));
    }

    private NetworkBuilder add(
            String name, org.deeplearning4j.nn.conf.graph.GraphVertex vertex, List<String> sources, Shape shape) {
        return addNode(name, new Node(null, vertex, sources, shape));
    }

    /** Stands in for a layer that Deeplearning4j itself would refuse to describe. */
    private NetworkBuilder addUnusable(String name) {
        return add(name, new ActivationLayer(Activation.IDENTITY), Shape.UNKNOWN);
    }

    private NetworkBuilder addNode(String name, Node node) {
        nodes.put(name, node);
        current = name;
        branching = false;
        return this;
    }

    private void constrain(BaseLayer.Builder<?> layer, int... incoming) {
        if (maxNorm > 0) {
            layer.constrainWeights(
                    new MaxNormConstraint(maxNorm, Set.of(DefaultParamInitializer.WEIGHT_KEY), incoming));
        }
    }

    private String nextName(String kind) {
        return kind + "-" + counters.merge(kind, 1, Integer::sum);
    }

    private Node node() {
        Node node = nodes.get(current);
        if (node == null) {
            throw new IllegalStateException("no layer \"" + current + "\"");
        }
        return node;
    }

    private Shape shape() {
        return shapeOf(current);
    }

    private Shape shapeOf(String name) {
        Node node = nodes.get(name);
        return node == null ? Shape.UNKNOWN : node.shape();
    }

    private static void readFrom(FeedForwardLayer.Builder<?> layer, Shape shape) {
        if (shape.isKnown()) {
            layer.nIn(shape.features());
        }
    }

    private List<String> sources(String name, String... others) {
        List<String> sources = new ArrayList<>();
        sources.add(current);
        for (String other : others) {
            if (known(name, other)) {
                sources.add(other);
            }
        }
        return sources;
    }

    private boolean known(String where, String name) {
        if (!nodes.containsKey(name)) {
            problems.add("\"" + where + "\" refers to \"" + name + "\", but the layers so far are " + nodes.keySet());
            return false;
        }
        return true;
    }

    private void checkNewName(String name) {
        if (nodes.containsKey(name)) {
            problems.add("there is already a layer \"" + name + "\"");
        }
    }

    private void require(String name, String what, long value, long least) {
        if (value < least) {
            problems.add("layer \"" + name + "\" needs " + what + " of at least " + least + ", but has " + value);
        }
    }

    private void require(String what, double value) {
        if (!(value >= 0)) {
            problems.add(what + " must be at least 0, but is " + value);
        }
    }

    private boolean checkWindow(String name, int kernel, int stride, int padding) {
        require(name, "a kernel", kernel, 1);
        require(name, "a stride", stride, 1);
        require(name, "a padding", padding, 0);
        return kernel >= 1 && stride >= 1 && padding >= 0;
    }

    private Shape imageShape(String name) {
        Shape in = shape();
        if (in.isKnown() && !in.isImage()) {
            problems.add("layer \"" + name + "\" needs images [channels, height, width], but \"" + current + "\" gives "
                    + in);
            return Shape.UNKNOWN;
        }
        return in;
    }

    private Shape windowed(String name, Shape in, long channels, int kernel, int stride, int padding) {
        if (!in.isKnown()) {
            return in;
        }
        long height = in.height() + 2L * padding - kernel;
        long width = in.width() + 2L * padding - kernel;
        if (height < 0 || width < 0) {
            problems.add("layer \"" + name + "\": kernel " + kernel + " is larger than the input of " + in.height()
                    + " x " + in.width() + " with padding " + padding);
            return Shape.UNKNOWN;
        }
        return Shape.image(channels, height / stride + 1, width / stride + 1);
    }

    private Shape stretched(String name, Shape in, long channels, int kernel, int stride, int padding) {
        if (!in.isKnown()) {
            return in;
        }
        long height = (in.height() - 1) * stride - 2L * padding + kernel;
        long width = (in.width() - 1) * stride - 2L * padding + kernel;
        if (height < 1 || width < 1) {
            problems.add("layer \"" + name + "\": kernel " + kernel + ", stride " + stride + " and padding " + padding
                    + " leave nothing of an input of " + in.height() + " x " + in.width());
            return Shape.UNKNOWN;
        }
        return Shape.image(channels, height, width);
    }

    private static boolean isVectorOrImage(long[] shape) {
        return (shape.length == 1 || shape.length == 3) && Arrays.stream(shape).allMatch(size -> size > 0);
    }

    private static boolean isIdentity(IActivation activation) {
        return activation instanceof org.nd4j.linalg.activations.impl.ActivationIdentity;
    }
}
