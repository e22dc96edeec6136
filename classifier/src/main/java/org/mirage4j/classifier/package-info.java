/**
 * Dropout classifiers: training, Monte Carlo prediction and evaluation. What a model predicts comes with
 * how unsure it is.
 */
@NullMarked
package org.mirage4j.classifier;

import org.jspecify.annotations.NullMarked;
