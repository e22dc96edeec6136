/**
 * Files that are either whole or not there: whatever a run or a command leaves on disk is written to
 * the side, synced and renamed. Nothing outside this package decides how that is done.
 */
@NullMarked
package org.mirage4j.core.io;

import org.jspecify.annotations.NullMarked;
