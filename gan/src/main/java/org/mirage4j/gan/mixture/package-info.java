/**
 * Mixtures of Gaussians in the plane, where missing modes can be counted, and runs and comparisons of GANs on
 * them. Everything is measured against the mixture itself, so no data are needed.
 */
@NullMarked
package org.mirage4j.gan.mixture;

import org.jspecify.annotations.NullMarked;
