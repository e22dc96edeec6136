/**
 * How a graph is run: the stock path over Deeplearning4j's own layers, and whatever faster engine
 * stands in for it. Nothing but the network package may use it.
 */
@NullMarked
package org.mirage4j.core.engine;

import org.jspecify.annotations.NullMarked;
