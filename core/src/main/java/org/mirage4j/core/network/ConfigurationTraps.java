package org.mirage4j.core.network;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.WorkspaceMode;
import org.deeplearning4j.nn.conf.dropout.Dropout;
import org.deeplearning4j.nn.conf.dropout.IDropout;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.Deconvolution2D;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.conf.weightnoise.DropConnect;
import org.mirage4j.core.MirageException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What Deeplearning4j accepts in a configuration and then runs wrongly or not at all. */
final class ConfigurationTraps {
    private static final Logger log = LoggerFactory.getLogger(ConfigurationTraps.class);

    private ConfigurationTraps() {}

    /** Refuses what would give wrong gradients, warns of what would silently do nothing. */
    static void check(ComputationGraphConfiguration configuration) {
        List<String> errors = new ArrayList<>();
        for (Map.Entry<String, GraphVertex> entry : configuration.getVertices().entrySet()) {
            if (entry.getValue() instanceof LayerVertex vertex) {
                check(entry.getKey(), vertex.getLayerConf().getLayer(), errors);
            }
        }
        if (!errors.isEmpty()) {
            throw new MirageException(String.join("; ", errors));
        }
    }

    private static void check(String name, Layer layer, List<String> errors) {
        IDropout dropout = layer.getIDropout();
        if (dropout instanceof Dropout bernoulli && bernoulli.getPSchedule() == null && !(bernoulli.getP() <= 1)) {
            errors.add("layer \"" + name + "\" has dropOut(" + bernoulli.getP()
                    + "), but Deeplearning4j's value is the probability to retain, in (0, 1]");
        }
        if (dropout != null && layer instanceof Deconvolution2D) {
            errors.add("layer \"" + name + "\" is a Deconvolution2D with dropOut, for which Deeplearning4j computes a"
                    + " wrong gradient; put a DropoutLayer before it");
        }
        if (dropout != null
                && (layer instanceof ActivationLayer
                        || layer instanceof BatchNormalization
                        || layer instanceof SubsamplingLayer
                        || layer instanceof LossLayer)) {
            log.warn(
                    "layer \"{}\" is a {}, on which Deeplearning4j ignores dropOut; put a DropoutLayer before it",
                    name,
                    layer.getClass().getSimpleName());
        }
        if (layer instanceof BaseLayer base && base.getWeightNoise() instanceof DropConnect) {
            log.warn(
                    "layer \"{}\" has DropConnect, which Deeplearning4j does not rescale: test-time weights are biased",
                    name);
        }
    }

    /** Backward passes consult the inference mode too; in any mode but NONE they throw with dropout. */
    static void disableWorkspaces(ComputationGraphConfiguration configuration) {
        configuration.setTrainingWorkspaceMode(WorkspaceMode.NONE);
        configuration.setInferenceWorkspaceMode(WorkspaceMode.NONE);
    }
}
