@org.jspecify.annotations.NullMarked
package org.mirage4j.benchmarks;
