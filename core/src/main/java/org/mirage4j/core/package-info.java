/**
 * What every other package shares: the one exception type whose message is written for the person at
 * the keyboard.
 */
@NullMarked
package org.mirage4j.core;

import org.jspecify.annotations.NullMarked;
