package org.mirage4j.core.engine.plan;

import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.jspecify.annotations.Nullable;
import org.mirage4j.core.MirageException;

/** Padding and sizes as Deeplearning4j's convolution modes define them. */
final class Windows {
    private Windows() {}

    /** The window of a convolution or pooling. */
    static Window sliding(
            String name,
            Value input,
            int[] kernel,
            int[] stride,
            int[] padding,
            int[] dilation,
            @Nullable ConvolutionMode mode) {
        requireImages(name, input);
        Window.Axis[] axes = new Window.Axis[2];
        for (int i = 0; i < 2; i++) {
            long in = input.dim(2 + i);
            axes[i] = mode == ConvolutionMode.Same
                    ? same(in, (in + stride[i] - 1) / stride[i], kernel[i], stride[i], dilation[i])
                    : new Window.Axis(kernel[i], stride[i], padding[i], padding[i], dilation[i]);
        }
        return new Window(axes[0], axes[1], false);
    }

    /** Height and width of what a transposed convolution makes. */
    static long[] stretchedSize(String name, Value input, ConvolutionLayer layer) {
        requireImages(name, input);
        long[] size = new long[2];
        for (int i = 0; i < 2; i++) {
            long in = input.dim(2 + i);
            long extent = (layer.getKernelSize()[i] - 1L) * layer.getDilation()[i] + 1;
            size[i] = layer.getConvolutionMode() == ConvolutionMode.Same
                    ? in * layer.getStride()[i]
                    : (in - 1) * layer.getStride()[i] + extent - 2L * layer.getPadding()[i];
        }
        return size;
    }

    /** The window of the convolution that takes a transposed convolution's output back to its input's size. */
    static Window mirrored(Value input, long[] size, ConvolutionLayer layer) {
        Window.Axis[] axes = new Window.Axis[2];
        for (int i = 0; i < 2; i++) {
            int kernel = layer.getKernelSize()[i];
            int stride = layer.getStride()[i];
            int padding = layer.getPadding()[i];
            int dilation = layer.getDilation()[i];
            axes[i] = layer.getConvolutionMode() == ConvolutionMode.Same
                    ? same(size[i], input.dim(2 + i), kernel, stride, dilation)
                    : new Window.Axis(kernel, stride, padding, padding, dilation);
        }
        return new Window(axes[0], axes[1], false);
    }

    /** Pads so that so many windows fit, the odd pixel going to the end. */
    private static Window.Axis same(long pixels, long windows, long kernel, long stride, long dilation) {
        long total = Math.max(0, (windows - 1) * stride + (kernel - 1) * dilation + 1 - pixels);
        return new Window.Axis(kernel, stride, total / 2, total - total / 2, dilation);
    }

    private static void requireImages(String name, Value input) {
        if (input.rank() != 4) {
            throw new MirageException("layer \"" + name + "\" takes images [N, C, H, W], but its input has shape "
                    + java.util.Arrays.toString(input.dims()));
        }
    }
}
