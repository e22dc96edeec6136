/**
 * What turns images into the numbers that sample metrics compare: one interface, and the two
 * extractors that need no training. A number computed from features means nothing without the
 * extractor's fingerprint, so every extractor has one.
 */
@NullMarked
package org.mirage4j.core.features;

import org.jspecify.annotations.NullMarked;
