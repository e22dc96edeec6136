package org.mirage4j.core.network;

import java.util.Locale;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.mirage4j.core.MirageException;
import org.mirage4j.core.memory.Room;
import org.nd4j.linalg.api.buffer.DataType;

/** How much a described network would need. */
final class NetworkSize {
    private NetworkSize() {}

    /**
     * Refuses networks whose parameters cannot be.
     *
     * @throws MirageException if they are more than one array of Java holds, or need more memory with their gradients
     *     than there may be
     */
    static void check(ComputationGraphConfiguration configuration) {
        double parameters = 0;
        double most = 0;
        String largest = "";
        for (var entry : configuration.getVertices().entrySet()) {
            if (entry.getValue() instanceof LayerVertex vertex) {
                double own = parameters(vertex.getLayerConf());
                parameters += own;
                if (own > most) {
                    most = own;
                    largest = entry.getKey();
                }
            }
        }
        String what = String.format(
                Locale.ROOT, "%.0f parameters of a network, %.0f of them in layer %s,", parameters, most, largest);
        if (parameters > Room.LARGEST_ARRAY) {
            throw new MirageException(what + " are too many, allowed are " + Room.LARGEST_ARRAY
                    + "; make that layer narrower, or what goes into it");
        }
        int width = DataType.DOUBLE.equals(configuration.getDataType()) ? Double.BYTES : Float.BYTES;
        Room.requireNative(what + " with their gradients", 2 * width * parameters);
    }

    private static double parameters(NeuralNetConfiguration layer) {
        long count = layer.getLayer().initializer().numParams(layer);
        return count < 0 ? Long.MAX_VALUE : count; // the product of two sizes was beyond
    }
}
