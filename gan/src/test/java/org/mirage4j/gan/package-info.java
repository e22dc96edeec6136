@NullMarked
package org.mirage4j.gan;

import org.jspecify.annotations.NullMarked;
