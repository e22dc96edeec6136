package org.mirage4j.core.data;

import java.util.Arrays;
import java.util.Locale;
import org.mirage4j.core.MirageException;
import org.mirage4j.core.memory.NativeMemory;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * What may go into a network, the same for training, prediction and evaluation. Values are finite, as 32-bit numbers
 * too. Arrays of rank 4 are images: floating-point pixels in [0, 1], or bytes, which are divided by 255; what else is
 * on another scale is refused, because a network gives confident nonsense for it.
 */
public final class Inputs {
    /** Room for the rounding of a generator's tanh output mapped from [-1, 1]. */
    private static final float ROUNDING = 1e-6f;

    private static final float BYTE = 255;
    private static final int IMAGES = 4;
    private static final int MAX_CHANNELS = 4;

    private Inputs() {}

    /**
     * Checks examples.
     *
     * @param name what to call them in messages, a file say
     * @param examples shape [N, ...], of rank 4 if they are images; not changed
     * @return the array itself; images of bytes as a new float32 array in [0, 1]
     * @throws MirageException if a value is not finite, or pixels are not floating-point numbers in [0, 1] or bytes
     */
    public static INDArray checked(String name, INDArray examples) {
        float[] values = values(name, examples, 0);
        return isBytes(examples) ? Arrays32.batch(values, (int) examples.size(0), exampleShape(examples)) : examples;
    }

    /**
     * Brings images into the shape and the scale that networks take.
     *
     * @param name what to call them in messages, a file say
     * @param array [N, C, H, W], [N, H, W, C] or [N, H, W] with at most 4 channels; not changed
     * @return [N, C, H, W] with values in [0, 1]; the array itself if it is that already
     * @throws MirageException if the array is of another shape, or its values are not such as {@link #checked} takes
     */
    public static INDArray images(String name, INDArray array) {
        return checked(name, channelsFirst(name, array));
    }

    private static INDArray channelsFirst(String name, INDArray array) {
        if (array.rank() == 3) {
            return array.reshape(array.size(0), 1, array.size(1), array.size(2));
        }
        if (array.rank() == IMAGES && array.size(1) <= MAX_CHANNELS) {
            return array;
        }
        if (array.rank() == IMAGES && array.size(3) <= MAX_CHANNELS) {
            return array.permute(0, 3, 1, 2);
        }
        throw new MirageException(name + " must hold images [N, C, H, W], [N, H, W, C] or [N, H, W] of at most "
                + MAX_CHANNELS + " channels, but has shape " + Arrays.toString(array.shape()));
    }

    /**
     * The values of checked examples.
     *
     * @param first what number the first example has in messages
     * @return in row-major order
     */
    static float[] values(String name, INDArray examples, long first) {
        float[] values = NativeMemory.floats(examples);
        requireFinite(name, examples, values, first);
        if (examples.rank() == IMAGES) {
            requirePixels(name, examples.dataType(), values);
            if (isBytes(examples)) {
                for (int i = 0; i < values.length; i++) {
                    values[i] /= BYTE;
                }
            }
        }
        return values;
    }

    /** Bytes of 0 and 1 alone are black and white already scaled, which divided by 255 would be all black. */
    static boolean isScaledAlready(float largest) {
        return largest == 1;
    }

    static String scaledAlready(String name) {
        return name + ": pixels stored as bytes must reach from black, 0, to white, 255, but are all 0 or 1; multiply"
                + " them by 255";
    }

    private static boolean isBytes(INDArray examples) {
        return examples.rank() == IMAGES && isByte(examples.dataType());
    }

    private static boolean isByte(DataType type) {
        return type == DataType.UINT8 || type == DataType.INT8;
    }

    private static void requireFinite(String name, INDArray examples, float[] values, long first) {
        for (int i = 0; i < values.length; i++) {
            if (!Float.isFinite(values[i])) {
                double value = examples.dup('c').data().getDouble(i);
                throw new MirageException(name + ": " + (examples.rank() == IMAGES ? "pixels" : "features")
                        + " must be finite, but " + place(i, examples.shape(), first) + " is " + value
                        + (Double.isFinite(value) ? ", which overflows 32 bits" : ""));
            }
        }
    }

    /** Where a value stands, counted from 0. */
    private static String place(int index, long[] shape, long first) {
        long width = Arrays32.product(shape) / shape[0];
        long within = index % width;
        String example = (shape.length == IMAGES ? "image " : "example ") + (first + index / width);
        if (shape.length != IMAGES) {
            return example + ", feature " + within;
        }
        return example + ", channel " + within / (shape[2] * shape[3]) + ", row " + within / shape[3] % shape[2]
                + ", column " + within % shape[3];
    }

    private static void requirePixels(String name, DataType type, float[] values) {
        float low = Float.POSITIVE_INFINITY;
        float high = Float.NEGATIVE_INFINITY;
        for (float value : values) {
            low = Math.min(low, value);
            high = Math.max(high, value);
        }
        boolean bytes = isByte(type);
        boolean good = bytes ? low >= 0 : type.isFPType() && low >= -ROUNDING && high <= 1 + ROUNDING;
        if (!good) {
            throw new MirageException(
                    name + ": pixels must be floating-point numbers in [0, 1], or bytes from 0 to 255,"
                            + " but are of type " + name(type) + " and lie in [" + low + ", " + high + "]");
        }
        if (bytes && isScaledAlready(high)) {
            throw new MirageException(scaledAlready(name));
        }
    }

    /** As NumPy calls it. */
    private static String name(DataType type) {
        return switch (type) {
            case FLOAT -> "float32";
            case DOUBLE -> "float64";
            case HALF -> "float16";
            case BYTE -> "int8";
            case UBYTE -> "uint8";
            case SHORT -> "int16";
            case INT -> "int32";
            case LONG -> "int64";
            default -> type.name().toLowerCase(Locale.ROOT);
        };
    }

    private static long[] exampleShape(INDArray examples) {
        return Arrays.copyOfRange(examples.shape(), 1, examples.rank());
    }
}
