package org.mirage4j.core.report;

import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.Arrays;
import org.mirage4j.core.MirageException;
import org.mirage4j.core.memory.NativeMemory;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Lays images out in rows and columns. Values are clamped to [0, 1]; a pixel that is not a number is
 * shown in magenta, because a network that produces one has broken. Safe for concurrent use.
 *
 * @param rows number of rows
 * @param columns number of columns
 * @param padding width in pixels of the dark lines around and between the images
 * @param scale how many pixels wide and high each pixel of an image is drawn
 */
public record ImageGrid(int rows, int columns, int padding, int scale) {
    static final int BACKGROUND = 0x262626; // grey, so that a GIF of grey images needs no more than its 256 colours
    static final int NOT_A_NUMBER = 0xFF00FF;

    private static final int MAX_SIDE = 20_000;

    /**
     * Refuses values out of range.
     *
     * @param rows 1 to 20,000
     * @param columns 1 to 20,000
     * @param padding 0 to 20,000
     * @param scale 1 to 20,000
     */
    public ImageGrid {
        check("rows", rows, 1);
        check("columns", columns, 1);
        check("padding", padding, 0);
        check("scale", scale, 1);
    }

    /**
     * A grid with thin lines and no magnification.
     *
     * @param rows number of rows
     * @param columns number of columns
     */
    public ImageGrid(int rows, int columns) {
        this(rows, columns, 2, 1);
    }

    /**
     * Draws images row by row; cells that no image is left for stay dark.
     *
     * @param images shape [N, C, H, W] with C = 1 (grey), 3 (red, green, blue) or another number, of which each channel
     *     is drawn grey and beside the one before it; at most rows x columns images
     * @return the picture
     * @throws MirageException if the shape is another one, there are more images than cells, or the
     *     picture would be wider or higher than 20,000 pixels
     */
    public BufferedImage draw(INDArray images) {
        long[] shape = images.shape();
        if (shape.length != 4) {
            throw new MirageException(
                    "images for a grid must have shape [N, C, H, W], but have " + Arrays.toString(shape));
        }
        if (shape[0] > (long) rows * columns) {
            throw new MirageException("a grid of " + rows + " x " + columns + " holds no more images than that, but "
                    + shape[0] + " were given");
        }
        int channels = (int) shape[1];
        requireRoom(shape[1], shape[2], shape[3]);
        int tiles = tiles(channels);
        int height = (int) shape[2];
        int width = (int) shape[3];
        BufferedImage picture = new BufferedImage(
                (int) totalWidth(channels, width), (int) side(rows, height), BufferedImage.TYPE_INT_RGB);
        int[] background = new int[picture.getWidth()];
        Arrays.fill(background, BACKGROUND);
        for (int y = 0; y < picture.getHeight(); y++) {
            picture.setRGB(0, y, background.length, 1, background, 0, 0);
        }
        float[] values = NativeMemory.floats(images);
        int plane = height * width;
        int[] block = new int[scale * scale];
        for (int n = 0; n < shape[0]; n++) {
            int left = padding + n % columns * (tiles * width * scale + padding);
            int top = padding + n / columns * (height * scale + padding);
            for (int tile = 0; tile < tiles; tile++) {
                int from = left + tile * width * scale;
                for (int i = 0; i < plane; i++) {
                    int offset = (n * channels + tile) * plane + i;
                    Arrays.fill(block, colour(values, offset, tiles == channels ? 0 : plane));
                    picture.setRGB(from + i % width * scale, top + i / width * scale, scale, scale, block, 0, scale);
                }
            }
        }
        return picture;
    }

    /**
     * Draws images into a PNG file.
     *
     * @param images as in {@link #draw}
     * @param file the file, written whole or not at all
     * @throws MirageException if {@link #draw} throws it or the file cannot be written
     */
    public void write(INDArray images, Path file) {
        Pictures.writePng(draw(images), file);
    }

    /**
     * Refuses images that are too large for this grid, before they are there.
     *
     * @param channels channels of an image
     * @param height its height
     * @param width its width
     * @throws MirageException if the picture would be wider or higher than 20,000 pixels
     */
    public void requireRoom(long channels, long height, long width) {
        if (!hasRoom(channels, height, width)) {
            throw new MirageException("image grid would be " + totalWidth(channels, width) + " x " + side(rows, height)
                    + " pixels, allowed are " + MAX_SIDE + " x " + MAX_SIDE);
        }
    }

    /**
     * Whether images fit.
     *
     * @param channels channels of an image
     * @param height its height
     * @param width its width
     * @return false if the picture would be wider or higher than 20,000 pixels
     */
    public boolean hasRoom(long channels, long height, long width) {
        return side(rows, height) <= MAX_SIDE && totalWidth(channels, width) <= MAX_SIDE;
    }

    private long totalWidth(long channels, long width) {
        return side(columns, tiles(Math.min(channels, MAX_SIDE)) * Math.min(width, MAX_SIDE));
    }

    /** How many pictures one image takes. */
    private static int tiles(long channels) {
        return channels == 3 ? 1 : (int) channels;
    }

    private long side(int count, long pixels) {
        return count * (Math.min(pixels, MAX_SIDE + 1) * scale + padding) + padding;
    }

    private static int colour(float[] values, int offset, int plane) {
        float red = values[offset];
        float green = values[offset + plane];
        float blue = values[offset + 2 * plane];
        if (Float.isNaN(red + green + blue)) {
            return NOT_A_NUMBER;
        }
        return level(red) << 16 | level(green) << 8 | level(blue);
    }

    private static int level(float value) {
        return Math.round(Math.min(1, Math.max(0, value)) * 255);
    }

    private static void check(String what, int value, int least) {
        if (value < least || value > MAX_SIDE) {
            throw new MirageException(
                    "image grid " + what + " must be in [" + least + ", " + MAX_SIDE + "], but is " + value);
        }
    }
}
