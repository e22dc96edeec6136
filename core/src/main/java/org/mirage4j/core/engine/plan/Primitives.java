package org.mirage4j.core.engine.plan;

import java.util.List;
import org.bytedeco.dnnl.dnnl_batch_normalization_desc_t;
import org.bytedeco.dnnl.dnnl_binary_desc_t;
import org.bytedeco.dnnl.dnnl_convolution_desc_t;
import org.bytedeco.dnnl.dnnl_eltwise_desc_t;
import org.bytedeco.dnnl.dnnl_matmul_desc_t;
import org.bytedeco.dnnl.dnnl_pooling_v2_desc_t;
import org.bytedeco.dnnl.dnnl_resampling_desc_t;
import org.bytedeco.dnnl.dnnl_softmax_desc_t;
import org.bytedeco.dnnl.global.dnnl;
import org.jspecify.annotations.Nullable;

/** Creates primitives of every kind the layers need. */
final class Primitives {
    private Primitives() {}

    /** dst[M, N] = src[M, K] * weights[K, N] + bias[1, N]. */
    static Primitive matmul(
            Arena arena, Layout src, Layout weights, @Nullable Layout bias, Layout dst, List<PostOp> postOps) {
        try (dnnl_matmul_desc_t operation = new dnnl_matmul_desc_t()) {
            Dnnl.check(
                    dnnl.dnnl_matmul_desc_init(
                            operation,
                            src.descriptor(),
                            weights.descriptor(),
                            bias == null ? null : bias.descriptor(),
                            dst.descriptor()),
                    "describe a matrix product");
            return Primitive.create(arena, operation, postOps, null);
        }
    }

    static Primitive binary(Arena arena, int algorithm, Layout first, Layout second, Layout dst, List<PostOp> postOps) {
        try (dnnl_binary_desc_t operation = new dnnl_binary_desc_t()) {
            Dnnl.check(
                    dnnl.dnnl_binary_desc_init(
                            operation, algorithm, first.descriptor(), second.descriptor(), dst.descriptor()),
                    "describe an element-wise operation");
            return Primitive.create(arena, operation, postOps, null);
        }
    }

    static Primitive eltwise(Arena arena, boolean training, int algorithm, Layout layout, float alpha, float beta) {
        try (dnnl_eltwise_desc_t operation = new dnnl_eltwise_desc_t()) {
            Dnnl.check(
                    dnnl.dnnl_eltwise_forward_desc_init(
                            operation,
                            training ? dnnl.dnnl_forward_training : dnnl.dnnl_forward_inference,
                            algorithm,
                            layout.descriptor(),
                            alpha,
                            beta),
                    "describe an activation");
            return Primitive.create(arena, operation, List.of(), null);
        }
    }

    static Primitive eltwiseBackward(
            Arena arena, int algorithm, Layout diff, Layout data, float alpha, float beta, Primitive forward) {
        try (dnnl_eltwise_desc_t operation = new dnnl_eltwise_desc_t()) {
            Dnnl.check(
                    dnnl.dnnl_eltwise_backward_desc_init(
                            operation, algorithm, diff.descriptor(), data.descriptor(), alpha, beta),
                    "describe an activation's gradient");
            return Primitive.create(arena, operation, List.of(), forward);
        }
    }

    /** Copies between layouts. */
    static Primitive reorder(Arena arena, Layout from, Layout to) {
        return Primitive.create(
                arena,
                List.of(),
                1f,
                (into, attributes) -> dnnl.dnnl_reorder_primitive_desc_create(
                        into, from.descriptor(), Dnnl.engine(), to.descriptor(), Dnnl.engine(), attributes));
    }

    static Primitive softmax(Arena arena, Layout layout) {
        try (dnnl_softmax_desc_t operation = new dnnl_softmax_desc_t()) {
            Dnnl.check(
                    dnnl.dnnl_softmax_forward_desc_init(operation, dnnl.dnnl_forward_training, layout.descriptor(), 1),
                    "describe a softmax");
            return Primitive.create(arena, operation, List.of(), null);
        }
    }

    static Primitive softmaxBackward(Arena arena, Layout layout, Primitive forward) {
        try (dnnl_softmax_desc_t operation = new dnnl_softmax_desc_t()) {
            Dnnl.check(
                    dnnl.dnnl_softmax_backward_desc_init(operation, layout.descriptor(), layout.descriptor(), 1),
                    "describe a softmax gradient");
            return Primitive.create(arena, operation, List.of(), forward);
        }
    }

    static Primitive batchNormalization(Arena arena, boolean training, Layout layout, float epsilon, int flags) {
        try (dnnl_batch_normalization_desc_t operation = new dnnl_batch_normalization_desc_t()) {
            Dnnl.check(
                    dnnl.dnnl_batch_normalization_forward_desc_init(
                            operation,
                            training ? dnnl.dnnl_forward_training : dnnl.dnnl_forward_inference,
                            layout.descriptor(),
                            epsilon,
                            flags),
                    "describe a batch normalisation");
            return Primitive.create(arena, operation, List.of(), null);
        }
    }

    static Primitive batchNormalizationBackward(
            Arena arena, boolean parameters, Layout layout, float epsilon, int flags, Primitive forward) {
        try (dnnl_batch_normalization_desc_t operation = new dnnl_batch_normalization_desc_t()) {
            Dnnl.check(
                    dnnl.dnnl_batch_normalization_backward_desc_init(
                            operation,
                            parameters ? dnnl.dnnl_backward : dnnl.dnnl_backward_data,
                            layout.descriptor(),
                            layout.descriptor(),
                            epsilon,
                            flags),
                    "describe a batch normalisation's gradient");
            return Primitive.create(arena, operation, List.of(), forward);
        }
    }

    /** A convolution or a transposed one, in one of its three directions. */
    static Primitive convolution(
            Arena arena,
            Window window,
            Layout src,
            Layout weights,
            @Nullable Layout bias,
            Layout dst,
            List<PostOp> postOps) {
        try (dnnl_convolution_desc_t operation = new dnnl_convolution_desc_t()) {
            Dnnl.check(
                    window.transposed()
                            ? dnnl.dnnl_dilated_deconvolution_forward_desc_init(
                                    operation,
                                    dnnl.dnnl_forward_training,
                                    dnnl.dnnl_deconvolution_direct,
                                    src.descriptor(),
                                    weights.descriptor(),
                                    bias == null ? null : bias.descriptor(),
                                    dst.descriptor(),
                                    window.stride(),
                                    window.dilation(),
                                    window.before(),
                                    window.after())
                            : dnnl.dnnl_dilated_convolution_forward_desc_init(
                                    operation,
                                    dnnl.dnnl_forward_training,
                                    dnnl.dnnl_convolution_direct,
                                    src.descriptor(),
                                    weights.descriptor(),
                                    bias == null ? null : bias.descriptor(),
                                    dst.descriptor(),
                                    window.stride(),
                                    window.dilation(),
                                    window.before(),
                                    window.after()),
                    "describe a convolution");
            return Primitive.create(arena, operation, postOps, null);
        }
    }

    static Primitive convolutionBackwardData(
            Arena arena, Window window, Layout diffSrc, Layout weights, Layout diffDst, Primitive forward) {
        try (dnnl_convolution_desc_t operation = new dnnl_convolution_desc_t()) {
            Dnnl.check(
                    window.transposed()
                            ? dnnl.dnnl_dilated_deconvolution_backward_data_desc_init(
                                    operation,
                                    dnnl.dnnl_deconvolution_direct,
                                    diffSrc.descriptor(),
                                    weights.descriptor(),
                                    diffDst.descriptor(),
                                    window.stride(),
                                    window.dilation(),
                                    window.before(),
                                    window.after())
                            : dnnl.dnnl_dilated_convolution_backward_data_desc_init(
                                    operation,
                                    dnnl.dnnl_convolution_direct,
                                    diffSrc.descriptor(),
                                    weights.descriptor(),
                                    diffDst.descriptor(),
                                    window.stride(),
                                    window.dilation(),
                                    window.before(),
                                    window.after()),
                    "describe a convolution's data gradient");
            return Primitive.create(arena, operation, List.of(), forward);
        }
    }

    static Primitive convolutionBackwardWeights(
            Arena arena,
            Window window,
            Layout src,
            Layout diffWeights,
            @Nullable Layout diffBias,
            Layout diffDst,
            Primitive forward) {
        try (dnnl_convolution_desc_t operation = new dnnl_convolution_desc_t()) {
            Dnnl.check(
                    window.transposed()
                            ? dnnl.dnnl_dilated_deconvolution_backward_weights_desc_init(
                                    operation,
                                    dnnl.dnnl_deconvolution_direct,
                                    src.descriptor(),
                                    diffWeights.descriptor(),
                                    diffBias == null ? null : diffBias.descriptor(),
                                    diffDst.descriptor(),
                                    window.stride(),
                                    window.dilation(),
                                    window.before(),
                                    window.after())
                            : dnnl.dnnl_dilated_convolution_backward_weights_desc_init(
                                    operation,
                                    dnnl.dnnl_convolution_direct,
                                    src.descriptor(),
                                    diffWeights.descriptor(),
                                    diffBias == null ? null : diffBias.descriptor(),
                                    diffDst.descriptor(),
                                    window.stride(),
                                    window.dilation(),
                                    window.before(),
                                    window.after()),
                    "describe a convolution's weight gradient");
            return Primitive.create(arena, operation, List.of(), forward);
        }
    }

    static Primitive pooling(Arena arena, boolean training, int algorithm, Window window, Layout src, Layout dst) {
        try (dnnl_pooling_v2_desc_t operation = new dnnl_pooling_v2_desc_t()) {
            Dnnl.check(
                    dnnl.dnnl_pooling_v2_forward_desc_init(
                            operation,
                            training ? dnnl.dnnl_forward_training : dnnl.dnnl_forward_inference,
                            algorithm,
                            src.descriptor(),
                            dst.descriptor(),
                            window.stride(),
                            window.kernel(),
                            window.dilation(),
                            window.before(),
                            window.after()),
                    "describe a pooling");
            return Primitive.create(arena, operation, List.of(), null);
        }
    }

    static Primitive poolingBackward(
            Arena arena, int algorithm, Window window, Layout diffSrc, Layout diffDst, Primitive forward) {
        try (dnnl_pooling_v2_desc_t operation = new dnnl_pooling_v2_desc_t()) {
            Dnnl.check(
                    dnnl.dnnl_pooling_v2_backward_desc_init(
                            operation,
                            algorithm,
                            diffSrc.descriptor(),
                            diffDst.descriptor(),
                            window.stride(),
                            window.kernel(),
                            window.dilation(),
                            window.before(),
                            window.after()),
                    "describe a pooling's gradient");
            return Primitive.create(arena, operation, List.of(), forward);
        }
    }

    /** Nearest-neighbour enlargement by whole factors. */
    static Primitive repetition(Arena arena, Layout src, Layout dst) {
        try (dnnl_resampling_desc_t operation = new dnnl_resampling_desc_t()) {
            Dnnl.check(
                    dnnl.dnnl_resampling_forward_desc_init(
                            operation,
                            dnnl.dnnl_forward_training,
                            dnnl.dnnl_resampling_nearest,
                            factors(src, dst),
                            src.descriptor(),
                            dst.descriptor()),
                    "describe an upsampling");
            return Primitive.create(arena, operation, List.of(), null);
        }
    }

    static Primitive repetitionBackward(Arena arena, Layout diffSrc, Layout diffDst, Primitive forward) {
        try (dnnl_resampling_desc_t operation = new dnnl_resampling_desc_t()) {
            Dnnl.check(
                    dnnl.dnnl_resampling_backward_desc_init(
                            operation,
                            dnnl.dnnl_resampling_nearest,
                            factors(diffSrc, diffDst),
                            diffSrc.descriptor(),
                            diffDst.descriptor()),
                    "describe an upsampling's gradient");
            return Primitive.create(arena, operation, List.of(), forward);
        }
    }

    private static float[] factors(Layout small, Layout large) {
        return new float[] {(float) large.dim(2) / small.dim(2), (float) large.dim(3) / small.dim(3)};
    }
}
