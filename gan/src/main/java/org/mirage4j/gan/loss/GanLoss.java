package org.mirage4j.gan.loss;

/**
 * An adversarial loss on logits. With a = D(x) for real and b = D(G(z)) for generated examples, values are
 * means over each batch, gradients those of the value with respect to each logit. All arithmetic is in
 * double and holds for logits of any size. Implementations are immutable and safe for concurrent use.
 */
public sealed interface GanLoss
        permits Hinge, LeastSquares, Minimax, NonSaturating, Relativistic, RelativisticAverage, Wasserstein {

    /**
     * What the discriminator minimises.
     *
     * @param real logits of real examples; may be empty if {@link #pairs()} is false
     * @param fake logits of generated examples; may be empty if {@link #pairs()} is false
     * @return value and gradients
     */
    LossValue discriminator(double[] real, double[] fake);

    /**
     * What the generator minimises.
     *
     * @param real logits of real examples, read only if {@link #pairs()} is true
     * @param fake logits of generated examples
     * @return value and gradients; those in the real logits do not concern the generator
     */
    LossValue generator(double[] real, double[] fake);

    /**
     * Whether the loss compares real with generated examples, so that both logits are needed at once.
     *
     * @return true for the relativistic losses
     */
    default boolean pairs() {
        return false;
    }
}
