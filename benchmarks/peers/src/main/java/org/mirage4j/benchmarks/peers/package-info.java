/** The workloads on TensorFlow Java and on DJL with PyTorch, as a competent user of each writes them. */
@org.jspecify.annotations.NullMarked
package org.mirage4j.benchmarks.peers;
