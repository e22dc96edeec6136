/** Tests of whole evaluations. */
@NullMarked
package org.mirage4j.gan.evaluation;

import org.jspecify.annotations.NullMarked;
