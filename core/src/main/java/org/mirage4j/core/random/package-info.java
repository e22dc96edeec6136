/**
 * Named random streams: every draw is a function of (run seed, stream name, iteration), so no draw
 * depends on what happened before it and a resumed run repeats an uninterrupted one bit for bit.
 */
@NullMarked
package org.mirage4j.core.random;

import org.jspecify.annotations.NullMarked;
