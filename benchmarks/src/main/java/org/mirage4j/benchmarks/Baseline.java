package org.mirage4j.benchmarks;

import org.openjdk.jmh.annotations.Benchmark;

/** An empty benchmark: what the harness itself costs. */
public class Baseline {
    /** For JMH. */
    public Baseline() {}

    /** Does nothing. */
    @Benchmark
    public void nothing() {
        // nothing to measure
    }
}
