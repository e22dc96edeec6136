package org.mirage4j.classifier.dropout;

import java.util.List;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.gradient.DefaultGradient;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.layers.BaseLayer;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.jspecify.annotations.Nullable;
import org.mirage4j.core.engine.NoisyRows;
import org.mirage4j.core.engine.Pass;
import org.mirage4j.core.random.NativeSeed;
import org.mirage4j.core.random.RandomStreams;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.ops.transforms.Transforms;

/**
 * Runs concrete dropout. With rate p, u uniform and temperature t, a unit is dropped to the degree
 * z = sigmoid((logit p + logit u) / t) and scaled: x (1 - z) / (1 - p).
 */
final class ConcreteDropoutRun extends BaseLayer<ConcreteDropoutLayer> implements NoisyRows {
    static final String LOGIT = "logit";

    private static final long serialVersionUID = 1L;
    private static final double TEMPERATURE = 0.1;
    private static final double SMALLEST_UNIFORM = 1e-7;

    private transient @Nullable INDArray dropped;
    private transient List<Pass.Part> parts = List.of();

    ConcreteDropoutRun(NeuralNetConfiguration conf, DataType type) {
        super(conf, type);
    }

    double rate() {
        return 1 / (1 + Math.exp(-getParam(LOGIT).getDouble(0)));
    }

    @Override
    public INDArray activate(boolean training, LayerWorkspaceMgr memory) {
        assertInputSet(false);
        if (!training) {
            return memory.leverageTo(ArrayType.ACTIVATIONS, input);
        }
        INDArray uniform = uniform().muli(1 - 2 * SMALLEST_UNIFORM).addi(SMALLEST_UNIFORM);
        INDArray logits = Transforms.log(uniform, true).subi(Transforms.log(uniform.rsub(1), false));
        INDArray degree =
                Transforms.sigmoid(logits.addi(getParam(LOGIT).getDouble(0)).divi(TEMPERATURE), false);
        dropped = degree;
        return memory.leverageTo(
                ArrayType.ACTIVATIONS, degree.rsub(1).muli(input).divi(1 - rate()));
    }

    @Override
    public void shareNoise(List<Pass.Part> newParts) {
        parts = newParts;
    }

    private INDArray uniform() {
        if (parts.isEmpty()) {
            return Nd4j.rand(dataType, input.shape());
        }
        INDArray[] shared = new INDArray[parts.size()];
        for (int i = 0; i < shared.length; i++) {
            long key = new RandomStreams(parts.get(i).maskKey()).key("layer", getIndex());
            Nd4j.getRandom().setSeed(NativeSeed.of(key));
            shared[i] =
                    Nd4j.rand(dataType, 1, input.size(1)).broadcast(parts.get(i).rows(), input.size(1));
        }
        return Nd4j.concat(0, shared);
    }

    @Override
    public Pair<Gradient, INDArray> backpropGradient(INDArray epsilon, LayerWorkspaceMgr memory) {
        INDArray z = dropped;
        if (z == null) {
            throw new IllegalStateException("no training pass to go back through");
        }
        double p = rate();
        INDArray kept = z.rsub(1);
        // d/dlogit of (1 - z) / (1 - p) is (1 - z) (p - z / t) / (1 - p)
        INDArray slope = z.div(TEMPERATURE).rsubi(p).muli(kept).divi(1 - p);
        INDArray logitGradient = getGradientsViewArray().reshape(1, 1);
        logitGradient.assign(slope.muli(epsilon).muli(input).sumNumber().doubleValue());
        Gradient gradient = new DefaultGradient();
        gradient.setGradientFor(LOGIT, logitGradient);
        dropped = null;
        INDArray inputGradient = kept.muli(epsilon).divi(1 - p);
        return new Pair<>(gradient, memory.leverageTo(ArrayType.ACTIVATION_GRAD, inputGradient));
    }

    @Override
    public void clear() {
        super.clear();
        dropped = null;
    }

    @Override
    public boolean isPretrainLayer() {
        return false;
    }
}
