@NullMarked
package org.mirage4j.core.memory;

import org.jspecify.annotations.NullMarked;
