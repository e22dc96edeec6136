/**
 * Monitors of a running game: whether it is balanced, whether the generator has collapsed. They read statistics and
 * samples, never the networks, and can be saved and restored with the run.
 */
@NullMarked
package org.mirage4j.gan.watch;

import org.jspecify.annotations.NullMarked;
