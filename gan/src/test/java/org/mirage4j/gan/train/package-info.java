@NullMarked
package org.mirage4j.gan.train;

import org.jspecify.annotations.NullMarked;
