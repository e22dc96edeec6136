package org.mirage4j.core.engine.plan;

import org.bytedeco.dnnl.dnnl_post_ops;
import org.bytedeco.dnnl.global.dnnl;

/** An operation that a primitive applies to its result before it leaves the registers. */
sealed interface PostOp {

    void appendTo(dnnl_post_ops chain);

    /** A scalar function. */
    record Eltwise(int algorithm, float alpha, float beta) implements PostOp {
        @Override
        public void appendTo(dnnl_post_ops chain) {
            Dnnl.check(
                    dnnl.dnnl_post_ops_append_eltwise(chain, 1f, algorithm, alpha, beta),
                    "fuse an activation function");
        }
    }

    /** An operation with a second tensor, which becomes an argument of the primitive. */
    record Binary(int algorithm, Memory operand) implements PostOp {
        @Override
        public void appendTo(dnnl_post_ops chain) {
            Dnnl.check(
                    dnnl.dnnl_post_ops_append_binary(
                            chain, algorithm, operand.layout().descriptor()),
                    "fuse a second operand");
        }
    }

    /** Adds the previous content of the destination, scaled. */
    record Accumulate(float scale) implements PostOp {
        @Override
        public void appendTo(dnnl_post_ops chain) {
            Dnnl.check(dnnl.dnnl_post_ops_append_sum(chain, scale), "accumulate");
        }
    }
}
