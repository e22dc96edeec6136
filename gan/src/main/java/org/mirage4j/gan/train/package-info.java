/**
 * Training of two graphs against each other: one iteration of the game, and the architectures that play
 * it.
 */
@NullMarked
package org.mirage4j.gan.train;

import org.jspecify.annotations.NullMarked;
