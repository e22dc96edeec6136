/**
 * Judging a set of samples as a whole: which metrics, by which extractor, against which real set, and a result that
 * carries all of it. The metrics themselves are in {@code org.mirage4j.gan.metrics}.
 */
@NullMarked
package org.mirage4j.gan.evaluation;

import org.jspecify.annotations.NullMarked;
