/**
 * Runs as processes of their own, killed at random moments and resumed until they are done, against runs that nobody
 * disturbed. What both leave must be the same bits.
 */
@NullMarked
package org.mirage4j.examples.survive;

import org.jspecify.annotations.NullMarked;
