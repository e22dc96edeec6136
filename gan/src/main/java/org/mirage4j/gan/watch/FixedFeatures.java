package org.mirage4j.gan.watch;

import java.util.SplittableRandom;
import org.mirage4j.core.memory.NativeMemory;
import org.mirage4j.core.random.RandomStreams;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Numbers by which examples are told apart, the same for every data set of one shape. Of images they are how strongly
 * small random filters answer, in the mean over the image, and how bright each part of it is: texture and layout, which
 * pixels one by one do not show. Of anything else they are the numbers themselves.
 */
final class FixedFeatures {
    private static final int FILTERS = 32;
    private static final int SIDE = 5;
    private static final int STRIDE = 3;
    private static final int CELLS = 4;
    private static final RandomStreams STREAMS = new RandomStreams(0);

    private final int channels;
    private final int height;
    private final int width;
    private final int sideY;
    private final int sideX;
    private final double[][] filters;

    /**
     * Draws the filters.
     *
     * @param shape of one example
     */
    FixedFeatures(long... shape) {
        boolean images = shape.length == 3;
        channels = images ? (int) shape[0] : 0;
        height = images ? (int) shape[1] : 0;
        width = images ? (int) shape[2] : 0;
        sideY = Math.min(SIDE, height);
        sideX = Math.min(SIDE, width);
        filters = new double[images ? FILTERS : 0][];
        for (int k = 0; k < filters.length; k++) {
            filters[k] = filter(STREAMS.generator("sample-filters", k), channels * sideY * sideX);
        }
    }

    /** Numbers of mean 0 and length 1, so that a blank image answers with 0. */
    private static double[] filter(SplittableRandom random, int length) {
        double[] filter = new double[length];
        double mean = 0;
        for (int i = 0; i < length; i++) {
            filter[i] = random.nextGaussian();
            mean += filter[i] / length;
        }
        double squares = 0;
        for (int i = 0; i < length; i++) {
            filter[i] -= mean;
            squares += filter[i] * filter[i];
        }
        for (int i = 0; squares > 0 && i < length; i++) {
            filter[i] /= Math.sqrt(squares);
        }
        return filter;
    }

    /** How many features there are of each kind: texture and layout, or the numbers alone. */
    int[] groups(int numbers) {
        return channels == 0 ? new int[] {numbers} : new int[] {FILTERS, channels * CELLS * CELLS};
    }

    /**
     * Looks at examples.
     *
     * @param examples [N, ...]
     * @return one row of features for each
     */
    double[][] of(INDArray examples) {
        return of(rows(examples));
    }

    static float[][] rows(INDArray examples) {
        float[] values = NativeMemory.floats(examples);
        int count = Math.toIntExact(examples.size(0));
        int length = values.length / count;
        float[][] rows = new float[count][length];
        for (int i = 0; i < count; i++) {
            System.arraycopy(values, i * length, rows[i], 0, length);
        }
        return rows;
    }

    double[][] of(float[][] examples) {
        double[][] features = new double[examples.length][];
        for (int i = 0; i < examples.length; i++) {
            features[i] = channels == 0 ? numbers(examples[i]) : ofImage(examples[i]);
        }
        return features;
    }

    private static double[] numbers(float[] example) {
        double[] numbers = new double[example.length];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = example[i];
        }
        return numbers;
    }

    private double[] ofImage(float[] pixels) {
        double[] features = new double[FILTERS + channels * CELLS * CELLS];
        int places = 0;
        for (int y = 0; y + sideY <= height; y += STRIDE) {
            for (int x = 0; x + sideX <= width; x += STRIDE) {
                places++;
                for (int k = 0; k < FILTERS; k++) {
                    features[k] += Math.abs(answer(filters[k], pixels, y, x));
                }
            }
        }
        for (int k = 0; k < FILTERS; k++) {
            features[k] /= places;
        }
        double share = (double) CELLS * CELLS / (height * width);
        for (int i = 0; i < pixels.length; i++) {
            int channel = i / (height * width);
            int row = i / width % height * CELLS / height;
            int column = i % width * CELLS / width;
            features[FILTERS + (channel * CELLS + row) * CELLS + column] += pixels[i] * share;
        }
        return features;
    }

    private double answer(double[] filter, float[] pixels, int y, int x) {
        double sum = 0;
        int i = 0;
        for (int channel = 0; channel < channels; channel++) {
            for (int row = y; row < y + sideY; row++) {
                int from = (channel * height + row) * width + x;
                for (int pixel = from; pixel < from + sideX; pixel++) {
                    sum += filter[i++] * pixels[pixel];
                }
            }
        }
        return sum;
    }
}
