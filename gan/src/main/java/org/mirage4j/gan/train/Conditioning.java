package org.mirage4j.gan.train;

import org.mirage4j.core.MirageException;

/**
 * How the two networks learn of an example's class. The generator always reads the one-hot label beside its latent
 * vector (Mirza and Osindero 2014).
 *
 * @param kind what the discriminator does with labels
 * @param classes number of classes, 0 without labels
 */
public record Conditioning(Kind kind, int classes) {
    /** No labels. */
    public static final Conditioning NONE = new Conditioning(Kind.NONE, 0);

    /** What the discriminator does with labels. */
    public enum Kind {
        /** There are none. */
        NONE,
        /** It reads the label beside the example (Mirza and Osindero 2014). */
        CONCAT,
        /** Its logit has a term for each class, an inner product with its features (Miyato and Koyama 2018). */
        PROJECTION,
        /** It names the class of every example, real or generated, by cross-entropy (Odena et al. 2017). */
        AUXILIARY
    }

    /**
     * Checks that kind and classes go together.
     *
     * @param kind any
     * @param classes 0 without labels, else at least 2
     */
    public Conditioning {
        if (kind == Kind.NONE && classes != 0) {
            throw new MirageException("networks without labels have 0 classes, but were given " + classes);
        }
        if (kind != Kind.NONE && classes < 2) {
            throw new MirageException("networks with labels need at least 2 classes, but were given " + classes);
        }
    }

    /** Whether the discriminator has a second input, the one-hot label. */
    boolean readsLabel() {
        return kind == Kind.CONCAT;
    }

    /** Whether the discriminator gives a value for each class behind its logit. */
    boolean scoresClasses() {
        return kind == Kind.PROJECTION || kind == Kind.AUXILIARY;
    }
}
