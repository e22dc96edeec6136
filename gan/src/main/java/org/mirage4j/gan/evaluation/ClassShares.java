package org.mirage4j.gan.evaluation;

/** What the classes of generated samples are compared with. */
public enum ClassShares {
    /** All classes are equally likely. */
    UNIFORM,
    /** The shares that the same classifier finds in the real set, which must have all classes. */
    REAL
}
