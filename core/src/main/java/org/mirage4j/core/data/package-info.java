/**
 * Where examples come from: sources that hand out batches as a function of the iteration, and the
 * files (IDX, NPY) they are read from and samples are written to. Arrays that leave this package are
 * fresh and belong to whoever asked.
 */
@NullMarked
package org.mirage4j.core.data;

import org.jspecify.annotations.NullMarked;
