/**
 * Adversarial training as a whole: options, a run that trains two networks and leaves evidence on disk, and
 * a sampler that generates from a finished run.
 */
@NullMarked
package org.mirage4j.gan;

import org.jspecify.annotations.NullMarked;
