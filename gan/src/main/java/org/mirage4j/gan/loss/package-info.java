/**
 * Adversarial losses as pure functions of logits. A loss is a value object: adding one is one small file
 * and one line in its contract test.
 */
@NullMarked
package org.mirage4j.gan.loss;

import org.jspecify.annotations.NullMarked;
