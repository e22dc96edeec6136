package org.mirage4j.core.network;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.deeplearning4j.nn.api.OptimizationAlgorithm;
import org.deeplearning4j.nn.conf.BackpropType;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.WorkspaceMode;
import org.deeplearning4j.nn.conf.dropout.AlphaDropout;
import org.deeplearning4j.nn.conf.dropout.Dropout;
import org.deeplearning4j.nn.conf.dropout.GaussianDropout;
import org.deeplearning4j.nn.conf.dropout.GaussianNoise;
import org.deeplearning4j.nn.conf.dropout.IDropout;
import org.deeplearning4j.nn.conf.dropout.SpatialDropout;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.Deconvolution2D;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.conf.layers.misc.ElementWiseMultiplicationLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayerWithBackprop;
import org.deeplearning4j.nn.conf.layers.samediff.AbstractSameDiffLayer;
import org.deeplearning4j.nn.conf.layers.samediff.SameDiffVertex;
import org.deeplearning4j.nn.conf.weightnoise.DropConnect;
import org.deeplearning4j.nn.conf.weightnoise.WeightNoise;
import org.jspecify.annotations.Nullable;
import org.mirage4j.core.MirageException;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationGELU;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.activations.impl.ActivationRReLU;
import org.nd4j.linalg.activations.impl.ActivationReLU;
import org.nd4j.linalg.activations.impl.ActivationSigmoid;
import org.nd4j.linalg.learning.config.AdaBelief;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Nadam;
import org.nd4j.linalg.learning.regularization.Regularization;
import org.nd4j.linalg.learning.regularization.WeightDecay;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What Deeplearning4j accepts in a configuration and then runs wrongly or not at all. What its outputs suffer from is
 * refused for every network; what its training suffers from, and settings that do nothing, are refused in a
 * configuration of one's own and, in a network that somebody has already trained, once it is to be trained further.
 */
final class ConfigurationTraps {
    private static final Logger log = LoggerFactory.getLogger(ConfigurationTraps.class);

    private final List<String> outputs = new ArrayList<>();
    private final List<String> training = new ArrayList<>();
    private final List<String> idle = new ArrayList<>();

    private ConfigurationTraps() {}

    /** Refuses whatever is wrong in a configuration that is to become a network. */
    static void refuse(ComputationGraphConfiguration configuration) {
        ConfigurationTraps traps = in(configuration);
        traps.outputs.addAll(traps.training);
        traps.outputs.addAll(traps.idle);
        throwIfAny(traps.outputs);
    }

    /**
     * Refuses what makes a network's outputs wrong.
     *
     * @return why it cannot be trained; empty if it can
     */
    static Optional<String> refuseOutputs(ComputationGraphConfiguration configuration) {
        ConfigurationTraps traps = in(configuration);
        throwIfAny(traps.outputs);
        traps.idle.forEach(log::warn);
        return traps.training.isEmpty() ? Optional.empty() : Optional.of(String.join("; ", traps.training));
    }

    private static void throwIfAny(List<String> errors) {
        if (!errors.isEmpty()) {
            throw new MirageException(String.join("; ", errors));
        }
    }

    private static ConfigurationTraps in(ComputationGraphConfiguration configuration) {
        ConfigurationTraps traps = new ConfigurationTraps();
        if (configuration.getBackpropType() == BackpropType.TruncatedBPTT) {
            traps.training.add("truncated backpropagation through time is not done here: steps go back through whole"
                    + " sequences");
        }
        for (Map.Entry<String, GraphVertex> entry : configuration.getVertices().entrySet()) {
            if (entry.getValue() instanceof SameDiffVertex) {
                traps.refuseSameDiff("vertex \"" + entry.getKey() + "\"", entry.getValue());
            }
            if (entry.getValue() instanceof LayerVertex vertex) {
                String name = "layer \"" + entry.getKey() + "\"";
                Layer layer = inner(vertex.getLayerConf().getLayer());
                traps.checkDescent(name, vertex.getLayerConf());
                traps.checkDropout(name, layer);
                if (layer instanceof AbstractSameDiffLayer) {
                    traps.refuseSameDiff(name, layer);
                }
                if (layer instanceof BaseLayer base) {
                    traps.checkWeights(name, base);
                    traps.checkActivation(name, base, base.getActivationFn());
                } else if (layer instanceof ActivationLayer activation) {
                    traps.checkActivation(name, layer, activation.getActivationFn());
                }
            }
        }
        return traps;
    }

    private void refuseSameDiff(String name, Object described) {
        training.add(name + " is a " + described.getClass().getSimpleName()
                + ", built on SameDiff, of which Deeplearning4j computes twice the gradient");
    }

    private static Layer inner(Layer layer) {
        if (layer instanceof FrozenLayer frozen) {
            return inner(frozen.getLayer());
        }
        return layer instanceof FrozenLayerWithBackprop frozen ? inner(frozen.getUnderlying()) : layer;
    }

    /** What asks for another way to train than steps down the gradient. */
    private void checkDescent(String name, NeuralNetConfiguration configuration) {
        if (!configuration.isMinimize()) {
            training.add(name + " has minimize(false), but steps go down the gradient; negate the loss");
        }
        OptimizationAlgorithm algorithm = configuration.getOptimizationAlgo();
        if (algorithm != null && algorithm != OptimizationAlgorithm.STOCHASTIC_GRADIENT_DESCENT) {
            training.add(name + " asks for " + algorithm + ", but only stochastic gradient descent is done here");
        }
    }

    private void checkDropout(String name, Layer layer) {
        IDropout dropout = layer.getIDropout();
        if (dropout == null) {
            return;
        }
        checkRate(name, dropout);
        if (layer instanceof Deconvolution2D || layer instanceof ElementWiseMultiplicationLayer) {
            training.add(name + " is a " + layer.getClass().getSimpleName() + " with dropOut, for which Deeplearning4j"
                    + " computes a wrong gradient; put a DropoutLayer before it");
        }
        // no refusal: whoever gives all layers a dropout cannot take it back from these
        if (layer instanceof ActivationLayer
                || layer instanceof BatchNormalization
                || layer instanceof SubsamplingLayer
                || layer instanceof GlobalPoolingLayer
                || layer instanceof LossLayer) {
            log.warn(
                    "{} is a {}, on which Deeplearning4j ignores dropOut; put a DropoutLayer before it",
                    name,
                    layer.getClass().getSimpleName());
        }
    }

    private void checkRate(String name, IDropout dropout) {
        if (dropout instanceof Dropout kind && kind.getPSchedule() == null) {
            checkRetained(name, "dropOut", kind.getP());
        } else if (dropout instanceof AlphaDropout kind && kind.getPSchedule() == null) {
            checkRetained(name, "AlphaDropout", kind.getP());
        } else if (dropout instanceof SpatialDropout kind && kind.getPSchedule() == null) {
            checkRetained(name, "SpatialDropout", kind.getP());
        } else if (dropout instanceof GaussianDropout kind
                && kind.getRateSchedule() == null
                && !(kind.getRate() >= 0 && kind.getRate() < 1)) {
            training.add(name + " has GaussianDropout(" + kind.getRate()
                    + "), but Deeplearning4j's value is the rate dropped, in [0, 1)");
        } else if (dropout instanceof GaussianNoise kind
                && kind.getStddevSchedule() == null
                && !(kind.getStddev() >= 0)) {
            training.add(name + " has GaussianNoise(" + kind.getStddev() + "), but a deviation is at least 0");
        }
    }

    private void checkRetained(String name, String kind, double retained) {
        if (!(retained > 0 && retained <= 1)) {
            training.add(name + " has " + kind + "(" + retained
                    + "), but Deeplearning4j's value is the probability to retain, in (0, 1]");
        }
    }

    private void checkWeights(String name, BaseLayer layer) {
        if (layer.getWeightNoise() instanceof DropConnect) {
            training.add(name + " has DropConnect, of which Deeplearning4j computes a wrong gradient and whose weights"
                    + " it does not rescale");
        }
        if (layer.getWeightNoise() instanceof WeightNoise noise && !noise.isAdditive()) {
            training.add(name + " has WeightNoise that multiplies, of which Deeplearning4j computes a wrong gradient");
        }
        layer.setRegularization(decayOnce(name, layer.getRegularization()));
        layer.setRegularizationBias(decayOnce(name, layer.getRegularizationBias()));
        checkUpdater(name, layer.getIUpdater());
        if (layer.getBiasUpdater() != layer.getIUpdater()) {
            checkUpdater(name, layer.getBiasUpdater());
        }
        if (layer instanceof BatchNormalization normalization
                && normalization.isLockGammaBeta()
                && normalization.getGamma() != 1
                && normalization.getBeta() == 0) {
            training.add(name + " has a fixed gamma of " + normalization.getGamma() + " and beta 0, for which"
                    + " Deeplearning4j uses gamma backwards alone");
        }
    }

    /** Weight decay of the whole network comes into the list of each layer twice, and beside the layer's own. */
    private @Nullable List<Regularization> decayOnce(String name, @Nullable List<Regularization> regularization) {
        if (regularization == null) {
            return null;
        }
        List<Regularization> once = new ArrayList<>();
        Set<Regularization> decays = new LinkedHashSet<>();
        for (Regularization term : regularization) {
            if (!(term instanceof WeightDecay) || decays.add(term)) {
                once.add(term);
            }
        }
        if (decays.size() > 1) {
            training.add(name + " has several weight decays, " + decays
                    + ", which Deeplearning4j adds up; give the network's to every layer that has none of its own");
        }
        return once;
    }

    private void checkUpdater(String name, @Nullable IUpdater updater) {
        if (updater instanceof Nadam) {
            training.add(name + " has the updater Nadam, whose second moment Deeplearning4j does not correct: its first"
                    + " steps are up to 60 times the learning rate; take Adam");
        }
        if (updater instanceof AdaBelief) {
            training.add(name + " has the updater AdaBelief, which does not run in Deeplearning4j 1.0.0-M2.1");
        }
        if (updater != null && Schedules.of(updater).anyMatch(Schedules::isWrong)) {
            training.add(name + " has a PolySchedule, which rises in Deeplearning4j 1.0.0-M2.1 where it should fall");
        }
    }

    private void checkActivation(String name, Layer layer, @Nullable IActivation activation) {
        if (layer instanceof BatchNormalization) {
            // sigmoid is what a layer has that was given none
            if (activation != null
                    && !(activation instanceof ActivationIdentity)
                    && !(activation instanceof ActivationSigmoid)) {
                idle.add(name + " is batch normalisation with the activation " + activation + ", which Deeplearning4j"
                        + " ignores; give it IDENTITY and put an ActivationLayer after it");
            }
            return;
        }
        if (activation instanceof ActivationRReLU) {
            outputs.add(
                    name + " has the activation " + activation
                            + ", which Deeplearning4j computes wrongly: negative values become one constant, and their slope 1");
        }
        if (activation instanceof ActivationReLU relu && relu.getMax() != null && relu.getMax() == 0) {
            outputs.add(name + " has a ReLU with the maximum 0, which lets nothing through; null is no maximum");
        }
        if (activation instanceof ActivationGELU gelu && gelu.isPrecise()) {
            training.add(name + " has the activation " + activation
                    + ", which Deeplearning4j computes wrongly; take GELU without precise");
        }
    }

    /** Backward passes consult the inference mode too; in any mode but NONE they throw with dropout. */
    static void disableWorkspaces(ComputationGraphConfiguration configuration) {
        configuration.setTrainingWorkspaceMode(WorkspaceMode.NONE);
        configuration.setInferenceWorkspaceMode(WorkspaceMode.NONE);
    }
}
