@NullMarked
package org.mirage4j.gan.loss;

import org.jspecify.annotations.NullMarked;
