/**
 * Judging generated samples: each metric is a pure function of feature matrices or logits, computed
 * in double, and its result carries the extractor, so that numbers that cannot be compared are not.
 * Nothing here knows networks or training.
 */
@NullMarked
package org.mirage4j.gan.metrics;

import org.jspecify.annotations.NullMarked;
