/**
 * Whether probabilities mean what they say: scores, reliability diagrams, accuracy against coverage,
 * temperature scaling and the detection of inputs unlike the training data. Everything is computed in double.
 */
@NullMarked
package org.mirage4j.classifier.calibration;

import org.jspecify.annotations.NullMarked;
