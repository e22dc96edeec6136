package org.mirage4j.core.features;

import java.util.Arrays;
import org.mirage4j.core.MirageException;
import org.mirage4j.core.data.Inputs;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The shape of one image.
 *
 * @param channels 1 for grey, 3 for colour
 * @param height in pixels
 * @param width in pixels
 */
public record ImageShape(int channels, int height, int width) {
    /**
     * Refuses sizes below one.
     *
     * @param channels at least 1
     * @param height at least 1
     * @param width at least 1
     */
    public ImageShape {
        if (channels < 1 || height < 1 || width < 1) {
            throw new MirageException("an image must have at least one channel, row and column, but has shape "
                    + channels + "x" + height + "x" + width);
        }
    }

    /**
     * Refuses a batch that is not made of images of this shape, or of such values as {@link Inputs#checked} takes.
     *
     * @param images the batch to look at, expected to be [N, C, H, W]
     * @return the batch itself; images of bytes as a new array with values in [0, 1]
     * @throws MirageException if the shape or the value range differs
     */
    public INDArray checked(INDArray images) {
        if (images.rank() != 4 || images.size(1) != channels || images.size(2) != height || images.size(3) != width) {
            throw new MirageException("images must have shape [N, " + channels + ", " + height + ", " + width
                    + "], but have " + Arrays.toString(images.shape()));
        }
        return Inputs.checked("images", images);
    }

    /**
     * How many numbers one image has.
     *
     * @return channels times height times width
     */
    public int size() {
        return channels * height * width;
    }

    @Override
    public String toString() {
        return channels + "x" + height + "x" + width;
    }
}
