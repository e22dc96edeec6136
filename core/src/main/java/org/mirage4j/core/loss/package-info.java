/** Losses that Deeplearning4j does not have. */
@NullMarked
package org.mirage4j.core.loss;

import org.jspecify.annotations.NullMarked;
