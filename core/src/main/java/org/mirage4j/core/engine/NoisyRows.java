package org.mirage4j.core.engine;

import java.util.List;

/** A layer of one's own that draws noise for every row of a batch, and can draw it once for all rows of a part. */
public interface NoisyRows {

    /**
     * Says how the passes to come draw their noise.
     *
     * @param parts the parts of the batch, each with the key that its noise is drawn from; empty if each row has noise
     *     of its own again
     */
    void shareNoise(List<Pass.Part> parts);
}
