/**
 * Training speed beside raw Deeplearning4j and the peers: workloads, the contestants' steps as JMH
 * benchmarks, and the suite that runs them interleaved in processes of their own.
 */
@org.jspecify.annotations.NullMarked
package org.mirage4j.benchmarks;
