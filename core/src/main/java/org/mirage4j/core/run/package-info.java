/**
 * What a run leaves on disk: one folder with its configuration, manifest, metrics and checkpoints,
 * each written so that a kill at any moment leaves the last good state readable. Nothing is written
 * outside that folder, and every file is checked when it is read back.
 */
@NullMarked
package org.mirage4j.core.run;

import org.jspecify.annotations.NullMarked;
