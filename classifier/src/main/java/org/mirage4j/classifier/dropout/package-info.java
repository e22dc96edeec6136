/**
 * The dropout family: kinds of noise that keep expectations in training, so that the network without noise
 * is on the right scale at test time.
 */
@NullMarked
package org.mirage4j.classifier.dropout;

import org.jspecify.annotations.NullMarked;
