package org.mirage4j.core.engine.plan;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.dnnl.global.dnnl;
import org.jspecify.annotations.Nullable;

/**
 * The element-wise operations that a product or convolution applies to its result on the way out: an
 * activation, then dropout. Whatever is fused leaves no trace in memory but the last result.
 */
final class Epilogue {
    private final @Nullable Activate activation;
    private final @Nullable DropUnits dropout;

    private Epilogue(@Nullable Activate activation, @Nullable DropUnits dropout) {
        this.activation = activation;
        this.dropout = dropout;
    }

    /** Finds what can be fused behind a matrix, given that backward passes may follow. */
    static Epilogue behind(Value result, Compilation compilation) {
        return behind(result, compilation, true);
    }

    /** The same behind images, whose layout need not be that of a mask. */
    static Epilogue behindImages(Value result, Compilation compilation) {
        return behind(result, compilation, false);
    }

    private static Epilogue behind(Value result, Compilation compilation, boolean matrix) {
        boolean training = compilation.training();
        Value last = result;
        Activate activation = null;
        DropUnits dropout = null;
        if (last.soleConsumer() instanceof Activate next
                && (!training || next.kind().fromOutput())
                && (matrix || !compilation.replaying() || !next.kind().piecewiseLinear())
                && !next.followsTangent(compilation)) {
            activation = next;
            last = next.output();
        }
        if (matrix
                && last.soleConsumer() instanceof DropUnits next
                && next.multiplicative()
                && (!training || activation == null || (activation.kind().signPreserving() && next.nonNegative()))) {
            dropout = next;
        }
        return new Epilogue(activation, dropout);
    }

    /** The post-operations; where nothing is fused, none. */
    List<PostOp> compile(Compilation compilation) {
        List<PostOp> postOps = new ArrayList<>();
        if (activation != null) {
            postOps.add(
                    compilation.replaying() && activation.kind().piecewiseLinear()
                            ? new PostOp.Binary(dnnl.dnnl_binary_mul, activation.compileSlopes(compilation))
                            : activation.kind().postOp());
        }
        if (dropout != null) {
            postOps.add(new PostOp.Binary(dnnl.dnnl_binary_mul, dropout.compileMask(compilation)));
        }
        return postOps;
    }

    /** Hands the result to the last fused operation and tells the others where it is. */
    void finish(Value result, Memory data) {
        result.setData(data);
        if (activation != null) {
            activation.fuse();
            activation.output().setData(data);
        }
        if (dropout != null) {
            dropout.fuse();
            dropout.output().setData(data);
        }
    }
}
