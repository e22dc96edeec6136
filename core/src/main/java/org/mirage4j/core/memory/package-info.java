/** Memory: whether there is room, and giving native memory back without waiting for a garbage collection. */
@NullMarked
package org.mirage4j.core.memory;

import org.jspecify.annotations.NullMarked;
