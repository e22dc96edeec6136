/**
 * Choosing between ways to train by cross-validation: the dropout rate above all. Whatever is learned from
 * data, preparation included, is learned from the training part of each fold only.
 */
@NullMarked
package org.mirage4j.classifier.tuning;

import org.jspecify.annotations.NullMarked;
