@NullMarked
package org.mirage4j.gan.mixture;

import org.jspecify.annotations.NullMarked;
