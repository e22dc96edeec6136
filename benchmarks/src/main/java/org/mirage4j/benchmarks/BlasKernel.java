package org.mirage4j.benchmarks;

import org.nd4j.linalg.factory.Nd4j;

/** Loads the BLAS of this process, which names its kernel on the error stream if the environment asks it to. */
final class BlasKernel {
    /** The environment variable that asks, with its value. */
    static final String VERBOSE = "OPENBLAS_VERBOSE";

    private BlasKernel() {}

    public static void main(String[] arguments) {
        Nd4j.create(1);
    }
}
